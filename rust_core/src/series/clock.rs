//! At what time of day things begin.
const DAY_S: i64 = 86_400;

/// The stretch of the clock's face that holds most beginnings.
#[derive(Debug, Clone, Copy)]
pub struct Gathered {
    /// Share of the beginnings that lie in it.
    pub share: f64,
    /// Median of these, seconds after midnight UTC.
    pub time_of_day_s: f64,
}

impl Default for Gathered {
    fn default() -> Self {
        Self { share: f64::NAN, time_of_day_s: f64::NAN }
    }
}

/// Finds where most of the moments (seconds since the epoch) lie within `width_s` on the clock; of equal places the
/// earliest.
pub(super) fn gathered(moments: &[i64], width_s: i64) -> Gathered {
    let mut face: Vec<i64> = moments.iter().map(|t| t.rem_euclid(DAY_S)).collect();
    face.sort_unstable();
    let n = face.len();
    // round the clock once more, so that midnight is no edge
    face.extend_from_within(..);
    for later in &mut face[n..] {
        *later += DAY_S;
    }
    let (mut best, mut most, mut to) = (0, 0, 0);
    for from in 0..n {
        while to < from + n && face[to] - face[from] <= width_s {
            to += 1;
        }
        if to - from > most {
            (best, most) = (from, to - from);
        }
    }
    if most == 0 {
        return Gathered::default();
    }
    let middle = (face[best + (most - 1) / 2] + face[best + most / 2]) as f64 / 2.0;
    Gathered { share: most as f64 / n as f64, time_of_day_s: middle.rem_euclid(DAY_S as f64) }
}

#[cfg(test)]
mod tests {
    use super::gathered;

    #[test]
    fn midnight_is_no_edge_and_a_stray_does_not_count() {
        let found = gathered(&[86_000, 86_400 + 100, 2 * 86_400 - 400 + 200, 40_000], 1800);
        assert!((found.share - 0.75).abs() < 1e-12);
        assert!((found.time_of_day_s - 86_200.0).abs() < 1e-9);
        assert!(gathered(&[], 1800).share.is_nan());
    }

    #[test]
    fn two_times_are_not_their_middle() {
        let found = gathered(&[3600, 10_800, 86_400 + 3600, 86_400 + 10_800], 1800);
        assert!((found.share - 0.5).abs() < 1e-12);
        assert!((found.time_of_day_s - 3600.0).abs() < 1e-9);
    }
}
