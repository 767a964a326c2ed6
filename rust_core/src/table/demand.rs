//! Task sizes and how many of each are wanted, as the caller gives them.
use crate::error::{CoreError, invalid};

/// Largest count of one size; keeps every product with a grid weight exact in `f64`.
pub const MAX_COUNT: u64 = 1_000_000_000_000;

/// Task sizes, one row each.
#[derive(Debug, Clone, Default)]
pub struct Sizes {
    /// Resources, row-major `[size][resource]`, finite and >= 0.
    pub weight: Vec<f64>,
    /// Bit `g` is set when the size may use bins of group `g`.
    pub mask: Vec<u64>,
    /// Most tasks of this size in one bin; `u64::MAX` for no such rule.
    pub max_per_bin: Vec<u64>,
}

impl Sizes {
    /// Number of sizes.
    pub fn len(&self) -> usize {
        self.mask.len()
    }

    /// Whether there is no size at all.
    pub fn is_empty(&self) -> bool {
        self.mask.is_empty()
    }

    /// Refuses NaN, infinite and negative resources and ragged columns.
    pub fn validate(&self, dims: usize) -> Result<(), CoreError> {
        if self.weight.len() != self.len() * dims || self.max_per_bin.len() != self.len() {
            return Err(invalid("tasks", 0, "columns differ in length"));
        }
        check_resources("tasks", &self.weight, dims)?;
        match self.max_per_bin.iter().position(|&m| m == 0) {
            Some(row) => Err(invalid("max_per_bin", row, "must be at least 1")),
            None => Ok(()),
        }
    }
}

/// How many tasks of each size are wanted, and what one costs outside every bin.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Demand {
    /// Tasks per size.
    pub count: Vec<u64>,
    /// USD per hour of one task outside every bin; `f64::INFINITY` where that is not possible.
    pub alone: Vec<f64>,
}

impl Demand {
    /// Refuses counts beyond [`MAX_COUNT`] and prices that are NaN or negative.
    pub fn validate(&self, sizes: usize) -> Result<(), CoreError> {
        if self.count.len() != sizes || self.alone.len() != sizes {
            return Err(invalid("tasks", 0, "columns differ in length"));
        }
        if let Some(row) = self.count.iter().position(|&c| c > MAX_COUNT) {
            return Err(invalid("count", row, format!("more than {MAX_COUNT}")));
        }
        match self.alone.iter().position(|&a| a.is_nan() || a < 0.0) {
            Some(row) => Err(invalid("alone_usd_per_hour", row, "must be >= 0")),
            None => Ok(()),
        }
    }
}

/// Shared check of a resource matrix; names the row that is wrong.
pub(crate) fn check_resources(table: &str, values: &[f64], dims: usize) -> Result<(), CoreError> {
    match values.iter().position(|v| !v.is_finite() || *v < 0.0) {
        Some(at) => Err(invalid(
            &format!("{table} resource {}", at % dims.max(1)),
            at / dims.max(1),
            format!("{} is not a finite number >= 0", values[at]),
        )),
        None => Ok(()),
    }
}
