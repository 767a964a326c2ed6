//! The optimising core of `advisor`, a crate that does not know Python.
#![forbid(unsafe_op_in_unsafe_fn)]

pub mod error;

#[cfg(feature = "python")]
mod py;
