//! Shorter numbers of the same meaning: a commitment's capacity and weights over their greatest common divisor.
use super::ratio::gcd;
use super::{Commitment, Draw};
use ethnum::U256;

/// A [`Draw`] in shortened quanta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShortDraw {
    /// Index of the commitment.
    pub(super) owned: usize,
    /// Column of the usage.
    pub(super) meter: usize,
    /// Shortened capacity quanta that a quantum of the meter takes.
    pub(super) weight: U256,
}

/// Returns the draws and each commitment's capacity in the largest quanta that leave all of them whole.
pub(super) fn shorten(draws: &[Draw], owned: &[Commitment]) -> (Vec<ShortDraw>, Vec<U256>) {
    let mut common: Vec<U256> = owned.iter().map(|c| c.capacity.into()).collect();
    for draw in draws {
        common[draw.owned] = gcd(common[draw.owned], draw.weight.into());
    }
    let short = |number: u128, owned: usize| U256::from(number) / common[owned].max(U256::ONE);
    let draws =
        draws.iter().map(|d| ShortDraw { owned: d.owned, meter: d.meter, weight: short(d.weight, d.owned) });
    (draws.collect(), owned.iter().enumerate().map(|(o, c)| short(c.capacity, o)).collect())
}
