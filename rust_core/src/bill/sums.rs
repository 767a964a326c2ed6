//! Exact sums of fractions that share few bottoms.
use super::ratio::Ratio;
use ethnum::U256;
use std::collections::BTreeMap;

/// A sum, kept as the sum of the tops over each bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    whole: U256,
    parts: BTreeMap<U256, U256>,
}

impl Sums {
    /// The sum as (top, bottom) pairs to add up, bottoms ascending; none when it is zero.
    pub fn terms(&self) -> impl Iterator<Item = (U256, U256)> + '_ {
        let whole = (self.whole != U256::ZERO).then_some((self.whole, U256::ONE));
        whole.into_iter().chain(self.parts.iter().map(|(&bottom, &top)| (top, bottom)))
    }

    /// Adds one; `None` when the sum does not fit.
    pub(super) fn add(&mut self, amount: Ratio) -> Option<()> {
        // most are whole, and many are nothing
        let sum = match amount.bottom {
            U256::ONE => &mut self.whole,
            _ if amount.is_zero() => return Some(()),
            bottom => self.parts.entry(bottom).or_default(),
        };
        *sum = sum.checked_add(amount.top)?;
        Some(())
    }
}
