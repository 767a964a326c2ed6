//! Resources on an integer grid, so that "does it fit" is exact: integers held in `f64`.

/// Values above this lose exactness when multiplied by small counts.
const GRID_MAX: f64 = (1u64 << 50) as f64;
/// Relative distance from an integer that is taken for a rounding error of the caller.
const NEAR: f64 = 1e-9;

fn near_integer(x: f64) -> bool {
    (x - x.round()).abs() <= NEAR * x.abs().max(1.0)
}

/// Puts one resource column of weights and of capacities on a common grid.
///
/// The first of some decimal and binary scales that makes every weight an integer is taken (0.25 vCPU, 0.1 GiB);
/// else the column is rounded to about 1e-12 of its largest value, and capacities get 1e-9 of slack.
fn to_grid(weights: &mut [f64], capacities: &mut [f64]) {
    let largest = weights.iter().chain(capacities.iter()).fold(0.0_f64, |a, &b| a.max(b));
    if largest <= 0.0 {
        return;
    }
    let decimal = (0..=6).map(|e| 10f64.powi(e));
    let binary = (1..=20).map(|e| 2f64.powi(e));
    let exact = decimal.chain(binary).find(|&scale| {
        largest * scale < GRID_MAX
            && weights.iter().all(|&w| near_integer(w * scale) && (w <= 0.0 || w * scale >= 0.5))
    });
    let (scale, slack) = match exact {
        Some(scale) => (scale, 0.0),
        None => {
            let scale = 2f64.powi(40 - largest.log2().ceil() as i32);
            (scale, 2f64.powi(40) * NEAR)
        }
    };
    for w in weights.iter_mut() {
        // A weight that vanishes on the grid still occupies one unit of it.
        *w = if *w > 0.0 { (*w * scale).round().max(1.0) } else { 0.0 };
    }
    for c in capacities.iter_mut() {
        let x = *c * scale;
        let on_grid = if near_integer(x) { x.round() } else { x.floor() };
        *c = if on_grid > 0.0 { on_grid + slack.floor() } else { 0.0 };
    }
}

/// Weights and capacities (`[row][resource]`) with each of `dims` resources on a grid of its own.
pub(crate) fn all_to_grid(weights: &[f64], capacities: &[f64], dims: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut weight, mut capacity) = (weights.to_vec(), capacities.to_vec());
    for k in 0..dims {
        let mut w: Vec<f64> = weight.iter().skip(k).step_by(dims).copied().collect();
        let mut c: Vec<f64> = capacity.iter().skip(k).step_by(dims).copied().collect();
        to_grid(&mut w, &mut c);
        w.iter().enumerate().for_each(|(s, &x)| weight[s * dims + k] = x);
        c.iter().enumerate().for_each(|(b, &x)| capacity[b * dims + k] = x);
    }
    (weight, capacity)
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
        to_grid(&mut w, &mut c);
        assert_eq!((w[0] as u64, c[0] as u64), (1, 3));
    }

    #[test]
    fn thirds_fit_three_times() {
        let (mut w, mut c) = (vec![1.0 / 3.0], vec![1.0]);
        to_grid(&mut w, &mut c);
        assert!(3.0 * w[0] <= c[0] && 4.0 * w[0] > c[0]);
    }

    #[test]
    fn gcd_of_fargate_steps() {
        assert_eq!(gcd(gcd(0.0, 768.0), 1024.0) as u64, 256);
    }
}
