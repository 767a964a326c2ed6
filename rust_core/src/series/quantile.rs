//! Quantiles of sorted values.

/// The `q`-quantile (0 to 1) of ascending values, linear between order statistics (Hyndman and Fan's type 7, the
/// default of numpy and polars' `linear`). NaN when there are none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let below = at.floor();
    let index = below as usize;
    let part = at - below;
    if part <= 0.0 || index >= last {
        return sorted[index.min(last)];
    }
    sorted[index] + (sorted[index + 1] - sorted[index]) * part
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
