//! The tables the kernels work on: slices of numbers, no objects and no strings.
pub mod bins;
pub mod demand;
