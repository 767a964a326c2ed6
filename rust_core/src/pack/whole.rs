//! Where every price is a whole multiple of one amount, so is the cost of every plan: a bound between two multiples rises
//! to the upper one. With one price for all bins that is "no plan opens half a bin".
use super::problem::Problem;
use crate::table::demand::Demand;

/// Units of the measure that prices are read in: nine decimals.
const UNITS: f64 = 1e9;
/// Relative distance from a whole number of units that is taken for the rounding of a decimal price.
const NEAR: f64 = 1e-12;
/// Covers that distance and the arithmetic below, on the way to the multiple and back.
const SAFETY: f64 = 1.0 - 4.0 * NEAR;
/// Beyond so many units a price is no exact number of them.
const MOST_UNITS: f64 = 1e15;

/// What all costs are multiples of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// USD per hour.
    measure: f64,
    /// In units of the measure.
    units: u64,
}

impl Step {
    /// The greatest amount that goes into the cost of every plan without a rest; `None` where there is none.
    pub(super) fn of(problem: &Problem, demand: &Demand) -> Option<Self> {
        let prices = payable(problem, demand);
        let cheapest = prices.iter().copied().filter(|&p| p > 0.0).min_by(f64::total_cmp)?;
        // Decimals of a dollar, else parts of the cheapest price: thirds are no decimals, but all the same when equal.
        let measures = [1.0, cheapest];
        measures.into_iter().find_map(|m| common_step(&prices, m).map(|units| Self { measure: m, units }))
    }

    /// USD per hour, never too much.
    pub(super) fn usd(self) -> f64 {
        self.units as f64 / UNITS * self.measure * SAFETY
    }

    /// The least multiple that is not below a bound on the cost of every plan: a bound too.
    pub(super) fn raised(self, usd: f64) -> Option<f64> {
        let units = (usd / self.measure * UNITS * SAFETY).floor();
        if !(0.0..MOST_UNITS).contains(&units) {
            return None;
        }
        let whole = (units as u64).div_ceil(self.units).checked_mul(self.units)?;
        Some(whole as f64 / UNITS * self.measure * SAFETY)
    }
}

/// Prices that a plan may be made of.
fn payable(problem: &Problem, demand: &Demand) -> Vec<f64> {
    let wanted = (0..problem.sizes).filter(|&s| demand.count[s] > 0);
    let alone = wanted.map(|s| demand.alone[s]).filter(|a| a.is_finite());
    problem.price.iter().copied().chain(alone).collect()
}

/// The greatest number of units that goes into each price without a rest; `None` where one is no whole number of units.
fn common_step(prices: &[f64], measure: f64) -> Option<u64> {
    let units = |price: f64| {
        let exact = price / measure * UNITS;
        let whole = exact.round();
        (whole < MOST_UNITS && (exact - whole).abs() <= NEAR * whole).then_some(whole as u64)
    };
    let step = prices.iter().try_fold(0, |step, &price| units(price).map(|n| gcd(step, n)))?;
    (step > 0).then_some(step)
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::{Step, common_step, gcd};

    #[test]
    fn prices_share_their_greatest_common_divisor() {
        assert_eq!(common_step(&[0.0725, 0.145, 0.2175], 1.0), Some(72_500_000));
        assert_eq!(common_step(&[0.0725, 0.1632], 1.0), Some(100_000));
        assert_eq!(common_step(&[0.5, 0.0], 1.0), Some(500_000_000));
        assert_eq!((gcd(0, 7), gcd(12, 18)), (7, 6));
    }

    #[test]
    fn thirds_are_whole_multiples_of_each_other_only() {
        let third = 1.0 / 3.0;
        assert_eq!(common_step(&[third, 2.0 * third], 1.0), None);
        assert_eq!(common_step(&[third, 2.0 * third], third), Some(1_000_000_000));
    }

    #[test]
    fn a_bound_rises_to_the_next_multiple_and_no_further() {
        let step = Step { measure: 1.0, units: 72_500_000 };
        let near = |usd: f64, wanted: f64| {
            step.raised(usd).is_some_and(|r| r <= wanted && r >= wanted * (1.0 - 1e-11))
        };
        assert!(near(0.1, 0.145) && near(0.0726, 0.145) && near(0.0, 0.0));
        assert!(near(0.145 * (1.0 + 1e-12), 0.145), "a hair above a multiple is that multiple");
        assert!(step.raised(1e9).is_none());
    }

    #[test]
    fn no_price_that_is_too_small_or_too_large_is_a_number_of_units() {
        assert_eq!(common_step(&[1e-10], 1.0), None);
        assert_eq!(common_step(&[1e7], 1.0), None);
        assert_eq!(common_step(&[0.0], 1.0), None);
    }
}
