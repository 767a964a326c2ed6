//! Resources on an integer grid, so that "does it fit" is exact: integers held in `f64`.
use crate::error::{CoreError, invalid};

/// Values above this lose exactness when multiplied by small counts.
const GRID_MAX: f64 = (1u64 << 50) as f64;
/// Relative distance from an integer that is taken for a rounding error of the caller.
const NEAR: f64 = 1e-9;
/// Largest share by which rounding may change a weight; no bin is overfilled by more than twice that.
const ROUGH: f64 = 1e-6;

fn near_integer(x: f64) -> bool {
    (x - x.round()).abs() <= NEAR * x.abs().max(1.0)
}

/// A scale of the grid, in two factors: that of the smallest numbers there are is beyond the largest.
type Scale = (f64, f64);

/// Puts one resource column of weights and of capacities on a common grid. `Err` is a row whose weight is too small for
/// it beside the largest capacity.
///
/// The first of some decimal and binary scales that makes every weight an integer is taken (0.25 vCPU, 0.1 GiB);
/// else the largest capacity becomes about 2^50. Sums of rounded weights grow by no more than the share by which
/// rounding raises one of them, and capacities are raised by that share: what fits the bin also fits on the grid.
fn to_grid(weights: &mut [f64], capacities: &mut [f64]) -> Result<(), usize> {
    let largest = capacities.iter().fold(0.0_f64, |a, &b| a.max(b));
    if largest <= 0.0 {
        weights.iter_mut().for_each(|w| *w = w.ceil().min(1.0));
        return Ok(());
    }
    // What fits nowhere needs no precision.
    let fits = |w: f64| w > 0.0 && w <= largest * (1.0 + NEAR);
    let decimal = (0..=6).map(|e| 10f64.powi(e));
    let binary = (1..=20).map(|e| 2f64.powi(e));
    let exact = decimal.chain(binary).find(|&scale| {
        largest * scale < GRID_MAX
            && weights.iter().all(|&w| !fits(w) || near_integer(w * scale) && w * scale >= 0.5)
    });
    let scale = exact.map_or_else(|| finest(largest), |scale| (scale, 1.0));
    let on_grid = |x: f64| x * scale.0 * scale.1;
    let mut raised = 0.0_f64;
    for (row, w) in weights.iter_mut().enumerate() {
        if fits(*w) {
            let x = on_grid(*w);
            let off = (x.round() - x).abs() / x;
            if off.is_nan() || off > ROUGH {
                return Err(row);
            }
            raised = raised.max((x.round() - x) / x);
            *w = x.round();
        } else if *w > 0.0 {
            *w = 2.0 * GRID_MAX;
        }
    }
    for c in capacities.iter_mut() {
        let x = on_grid(*c) * (1.0 + raised);
        *c = if near_integer(x) { x.round() } else { x.floor() };
    }
    Ok(())
}

/// The power of two that makes the largest number about as large as exactness allows.
fn finest(largest: f64) -> Scale {
    let exponent = 50 - largest.log2().ceil() as i32;
    (2f64.powi(exponent / 2), 2f64.powi(exponent - exponent / 2))
}

/// Weights and capacities (`[row][resource]`) with each of `dims` resources on a grid of its own; refuses a weight that
/// is lost on it.
pub(crate) fn all_to_grid(
    weights: &[f64],
    capacities: &[f64],
    dims: usize,
) -> Result<(Vec<f64>, Vec<f64>), CoreError> {
    let (mut weight, mut capacity) = (weights.to_vec(), capacities.to_vec());
    for k in 0..dims {
        let mut w: Vec<f64> = weight.iter().skip(k).step_by(dims).copied().collect();
        let mut c: Vec<f64> = capacity.iter().skip(k).step_by(dims).copied().collect();
        to_grid(&mut w, &mut c).map_err(|row| {
            let reason = "too small a part of the largest bin to be told from nothing";
            invalid(&format!("tasks resource {k}"), row, reason)
        })?;
        w.iter().enumerate().for_each(|(s, &x)| weight[s * dims + k] = x);
        c.iter().enumerate().for_each(|(b, &x)| capacity[b * dims + k] = x);
    }
    Ok((weight, capacity))
}

/// Greatest common divisor of two integers held in `f64`; 0 is neutral.
pub(super) fn gcd(a: f64, b: f64) -> f64 {
    let (mut a, mut b) = (a as u64, b as u64);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_tenths_hold_three_times_a_tenth() {
        let (mut w, mut c) = (vec![0.1], vec![0.3]);
        assert!(to_grid(&mut w, &mut c).is_ok());
        assert_eq!((w[0] as u64, c[0] as u64), (1, 3));
    }

    #[test]
    fn thirds_fit_three_times() {
        let (mut w, mut c) = (vec![1.0 / 3.0], vec![1.0]);
        assert!(to_grid(&mut w, &mut c).is_ok());
        assert!(3.0 * w[0] <= c[0] && 4.0 * w[0] > c[0]);
    }

    #[test]
    fn a_small_bin_beside_a_huge_one_is_not_overfilled() {
        let (mut w, mut c) = (vec![1.0 / 3.0], vec![1.0, 1e8]);
        assert!(to_grid(&mut w, &mut c).is_ok());
        assert!(3.0 * w[0] <= c[0] && 3.001 * w[0] > c[0]);
    }

    #[test]
    fn the_smallest_numbers_have_a_grid_too() {
        let tiny = f64::from_bits(1);
        let (mut w, mut c) = (vec![tiny, 3.0 * tiny], vec![5.0 * tiny]);
        assert!(to_grid(&mut w, &mut c).is_ok());
        assert!(w[0] >= 1.0 && w[0] + w[1] < c[0] && 2.0 * w[1] > c[0]);
    }

    #[test]
    fn a_weight_lost_beside_the_largest_bin_is_refused() {
        let (mut w, mut c) = (vec![1.0, 1.0 / 3.0], vec![1.0, 1e300]);
        assert_eq!(to_grid(&mut w, &mut c), Err(0));
    }

    #[test]
    fn gcd_of_fargate_steps() {
        assert_eq!(gcd(gcd(0.0, 768.0), 1024.0) as u64, 256);
    }
}
