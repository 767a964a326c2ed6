//! The optimising core of `advisor`, a crate that does not know Python.
#![forbid(unsafe_op_in_unsafe_fn)]

pub mod error;
pub mod hours;
pub mod pack;

pub mod series;
pub mod table;

#[cfg(feature = "python")]
mod py;
