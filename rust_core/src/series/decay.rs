//! The decaying histogram of the Vertical Pod Autoscaler: recent use counts for more.
//!
//! Buckets grow by 5 % from a first width; a sample's weight halves every `half_life_s`. A percentile is the end of the
//! bucket in which it falls, as the recommender publishes it (kubernetes/autoscaler, `util/histogram.go`).

const GROWTH: f64 = 1.05;

/// Percentile `share` (0 to 1) of `value`, weighted by age against the newest start; NaN when there is none.
pub(super) fn percentile(start: &[i64], value: &[f64], share: f64, first: f64, half_life_s: f64) -> f64 {
    let Some(&newest) = start.last() else { return f64::NAN };
    let mut weights: Vec<f64> = Vec::new();
    for (&at, &v) in start.iter().zip(value) {
        let slot = bucket(v, first);
        if slot >= weights.len() {
            weights.resize(slot + 1, 0.0);
        }
        weights[slot] += (-((newest - at) as f64) / half_life_s).exp2();
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
    use super::percentile;

    #[test]
    fn old_samples_fade() {
        let day = 86_400;
        let start = [0, day, 2 * day, 10 * day];
        let found = percentile(&start, &[9.0, 9.0, 9.0, 1.0], 0.9, 0.01, 86_400.0);
        assert!((1.0..=1.06).contains(&found), "{found}");
    }
}
