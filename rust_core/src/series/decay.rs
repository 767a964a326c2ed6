//! The decaying histogram of the Vertical Pod Autoscaler: recent use counts for more.
//!
//! Buckets grow by 5 % from a first width; a sample's weight halves every `half_life_s`. A percentile is the end of the
//! bucket in which it falls, as the recommender publishes it (kubernetes/autoscaler, `util/histogram.go`).

use super::Track;

const GROWTH: f64 = 1.05;

/// Percentile `share` (0 to 1) of the values, weighted by their time and by age against the newest start; NaN when there
/// is none.
pub(super) fn percentile(track: &Track<'_>, share: f64, first: f64, half_life_s: f64) -> f64 {
    let Some(&newest) = track.start.last() else { return f64::NAN };
    let mut weights: Vec<f64> = Vec::new();
    for (i, (&at, &v)) in track.start.iter().zip(track.value).enumerate() {
        let slot = bucket(v, first);
        if slot >= weights.len() {
            weights.resize(slot + 1, 0.0);
        }
        let often = track.units.map_or(1.0, |u| u[i] as f64);
        weights[slot] += often * (-((newest - at) as f64) / half_life_s).exp2();
    }
    let threshold = share * weights.iter().sum::<f64>();
    let mut held = 0.0;
    let last = weights.len() - 1;
    for (slot, weight) in weights.iter().enumerate() {
        held += weight;
        if held >= threshold && held > 0.0 {
            return end(slot, first);
        }
    }
    end(last, first)
}

fn bucket(value: f64, first: f64) -> usize {
    if value < first {
        return 0;
    }
    let slot = (value * (GROWTH - 1.0) / first + 1.0).ln() / GROWTH.ln();
    slot.floor().max(0.0) as usize
}

/// Start of the next bucket.
fn end(slot: usize, first: f64) -> f64 {
    first * (GROWTH.powi(i32::try_from(slot).unwrap_or(i32::MAX) + 1) - 1.0) / (GROWTH - 1.0)
}

#[cfg(test)]
mod tests {
    use super::{Track, percentile};

    #[test]
    fn old_samples_fade() {
        let day = 86_400;
        let start = [0, day, 2 * day, 10 * day];
        let value = [9.0, 9.0, 9.0, 1.0];
        let track = Track { start: &start, interval: &[], value: &value, units: None };
        let found = percentile(&track, 0.9, 0.01, 86_400.0);
        assert!((1.0..=1.06).contains(&found), "{found}");
    }
}
