//! Values that stand for stretches of time: statistics count seconds, not points.
//!
//! Intervals may differ inside a series (CloudWatch keeps minutes for two weeks, then five minutes, then hours). A value
//! then counts as often as the finest step common to all intervals fits into its own: as if every interval had been
//! recorded in that step. Where all intervals are equal every value counts once.
use super::quantile::{between, quantile};

/// How often each interval counts; `None` when all count alike.
pub(super) fn units(interval: &[i64]) -> Option<Vec<u64>> {
    let first = *interval.first()?;
    if interval.iter().all(|&s| s == first) {
        return None;
    }
    let step = interval.iter().fold(0, |a, &b| common(a, b.unsigned_abs()));
    Some(interval.iter().map(|s| s.unsigned_abs() / step).collect())
}

fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common(b, a % b) }
}

/// Sum of `pick(value)` over units of time, and the number of units.
pub(super) fn total(value: &[f64], units: Option<&[u64]>, pick: impl Fn(f64) -> f64) -> (f64, f64) {
    match units {
        None => (value.iter().map(|&v| pick(v)).sum(), value.len() as f64),
        Some(units) => (
            value.iter().zip(units).map(|(&v, &u)| pick(v) * u as f64).sum(),
            units.iter().sum::<u64>() as f64,
        ),
    }
}

/// Mean over time; NaN when there is none.
pub(super) fn mean(value: &[f64], units: Option<&[u64]>) -> f64 {
    let (sum, count) = total(value, units, |v| v);
    sum / count
}

/// Share of the time in which a condition holds.
pub(super) fn share(value: &[f64], units: Option<&[u64]>, holds: impl Fn(f64) -> bool) -> f64 {
    let (held, count) = total(value, units, |v| f64::from(u8::from(holds(v))));
    held / count
}

/// Values in ascending order, and how many units of time lie at or below each.
pub(super) struct Sample {
    sorted: Vec<f64>,
    upto: Option<Vec<u64>>,
}

impl Sample {
    pub(super) fn new(value: &[f64], units: Option<&[u64]>) -> Self {
        let Some(units) = units else {
            let mut sorted = value.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            return Self { sorted, upto: None };
        };
        let mut pairs: Vec<(f64, u64)> = value.iter().copied().zip(units.iter().copied()).collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut held = 0;
        let upto = pairs.iter().map(|p| {
            held += p.1;
            held
        });
        let upto = Some(upto.collect());
        Self { sorted: pairs.into_iter().map(|p| p.0).collect(), upto }
    }

    pub(super) fn min(&self) -> f64 {
        self.sorted.first().copied().unwrap_or(f64::NAN)
    }

    pub(super) fn max(&self) -> f64 {
        self.sorted.last().copied().unwrap_or(f64::NAN)
    }

    /// The `q`-quantile over units of time: what [`quantile`] gives when every value stands there once for each.
    pub(super) fn quantile(&self, q: f64) -> f64 {
        let Some(upto) = &self.upto else { return quantile(&self.sorted, q) };
        let Some(&count) = upto.last() else { return f64::NAN };
        let value = |unit: u64| self.sorted[upto.partition_point(|&held| held <= unit)];
        between(count, q, value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, mean, share, units};
    use crate::series::quantile::quantile;

    #[test]
    fn equal_intervals_count_alike() {
        assert_eq!(units(&[300, 300]), None);
        assert_eq!(units(&[60, 300, 3600]), Some(vec![1, 5, 60]));
        assert_eq!(units(&[90, 60]), Some(vec![3, 2]));
    }

    #[test]
    fn a_long_interval_counts_as_the_short_ones_it_stands_for() {
        let (value, often) = ([5.0, 1.0, 2.0], [3_u64, 1, 4]);
        let mut long = vec![1.0, 2.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0];
        let sample = Sample::new(&value, Some(&often));
        for q in [0.0, 0.1, 0.5, 0.6, 0.95, 1.0] {
            assert_eq!(sample.quantile(q).to_bits(), quantile(&long, q).to_bits(), "{q}");
        }
        assert!((mean(&value, Some(&often)) - 3.0).abs() < 1e-12);
        assert!((share(&value, Some(&often), |v| v > 2.0) - 0.375).abs() < 1e-12);
        long.clear();
        assert!(Sample::new(&long, None).quantile(0.5).is_nan());
    }
}
