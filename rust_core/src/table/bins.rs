//! Kinds of bin one can open (instance types), as the caller gives them.
use super::demand::check_resources;
use crate::error::{CoreError, invalid};

/// Kinds of bin, one row each.
#[derive(Debug, Clone, Default)]
pub struct Bins {
    /// Resources, row-major `[bin][resource]`, finite and >= 0.
    pub capacity: Vec<f64>,
    /// USD per hour of one such bin.
    pub price: Vec<f64>,
    /// Group of the bin, 0..=63: a size uses it only when its mask has that bit.
    pub group: Vec<u8>,
    /// Most bins of this kind; `u64::MAX` for no such rule.
    pub limit: Vec<u64>,
}

impl Bins {
    /// Number of kinds.
    pub fn len(&self) -> usize {
        self.price.len()
    }

    /// Whether there is no bin at all.
    pub fn is_empty(&self) -> bool {
        self.price.is_empty()
    }

    /// Refuses NaN, infinite and negative numbers, groups above 63 and ragged columns.
    pub fn validate(&self, dims: usize) -> Result<(), CoreError> {
        let n = self.len();
        if self.capacity.len() != n * dims || self.group.len() != n || self.limit.len() != n {
            return Err(invalid("bins", 0, "columns differ in length"));
        }
        check_resources("bins", &self.capacity, dims)?;
        if let Some(row) = self.price.iter().position(|p| !p.is_finite() || *p < 0.0) {
            return Err(invalid("usd_per_hour", row, "must be a finite number >= 0"));
        }
        match self.group.iter().position(|&g| g > 63) {
            Some(row) => Err(invalid("group", row, "at most 64 groups")),
            None => Ok(()),
        }
    }
}
