//! Quantiles of sorted values.

/// The `q`-quantile (0 to 1) of ascending values, linear between order statistics (Hyndman and Fan's type 7, the
/// default of numpy and polars' `linear`). NaN when there are none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    between(sorted.len() as u64, q, |at| sorted[at as usize])
}

/// The same of `count` ascending values that are looked up by their rank.
pub(super) fn between(count: u64, q: f64, value: impl Fn(u64) -> f64) -> f64 {
    let last = count - 1;
    let at = q.clamp(0.0, 1.0) * last as f64;
    let below = at.floor();
    let index = below as u64;
    let part = at - below;
    if part <= 0.0 || index >= last {
        return value(index.min(last));
    }
    let low = value(index);
    low + (value(index + 1) - low) * part
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn meets_known_values() {
        let values = [1.0, 2.0, 3.0, 4.0];
        assert!((quantile(&values, 0.5) - 2.5).abs() < 1e-12);
        assert!((quantile(&values, 0.95) - 3.85).abs() < 1e-12);
        assert!((quantile(&values, 1.0) - 4.0).abs() < 1e-12);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
