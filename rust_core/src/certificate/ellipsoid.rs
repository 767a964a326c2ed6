//! Prices of a few resources under which a bin is worth little, by deep cuts through an ellipsoid (Shor; Bland, Goldfarb
//! and Todd 1981): slow in many dimensions, sure in the few that a bin has. Floating point: the caller rounds what
//! comes out, and any prices are lawful.

/// Steps: an ellipsoid in four dimensions shrinks by a tenth of its volume in each.
const STEPS: usize = 600;

/// Looks for `rates >= 0` at which `worth` (convex; with its slope) is at most `wanted`, none of them above it; the best
/// ones met.
pub(super) fn search(dims: usize, wanted: f64, mut worth: impl FnMut(&[f64], &mut [f64]) -> f64) -> Vec<f64> {
    // In one dimension the update is not defined: a second one that counts for nothing does no harm.
    let d = dims.max(2);
    let n = d as f64;
    let mut centre = vec![wanted / 2.0; d];
    let mut shape = vec![0.0; d * d];
    (0..d).for_each(|k| shape[k * d + k] = n * wanted * wanted / 4.0);
    let (mut best, mut least) = (vec![wanted / n; dims], f64::INFINITY);
    let mut slope = vec![0.0; d];
    for _ in 0..STEPS {
        let negative = (0..d).filter(|&k| centre[k] < 0.0).min_by(|&a, &b| centre[a].total_cmp(&centre[b]));
        slope.fill(0.0);
        let excess = if let Some(k) = negative {
            slope[k] = -1.0;
            -centre[k]
        } else {
            let found = worth(&centre[..dims], &mut slope[..dims]);
            if found < least {
                least = found;
                best.copy_from_slice(&centre[..dims]);
            }
            found - wanted
        };
        if excess <= 0.0 && negative.is_none() {
            break;
        }
        let row = |i: usize| &shape[i * d..(i + 1) * d];
        let along: Vec<f64> = (0..d).map(|i| row(i).iter().zip(&slope).map(|(p, g)| p * g).sum()).collect();
        let width = along.iter().zip(&slope).map(|(a, g)| a * g).sum::<f64>().sqrt();
        let depth = excess / width;
        if depth.is_nan() || depth >= 1.0 {
            // Nothing in the ellipsoid is worth so little (or it is as thin as rounding).
            break;
        }
        let shift = (1.0 + n * depth) / (n + 1.0) / width;
        let squeeze = 2.0 * (1.0 + n * depth) / ((n + 1.0) * (1.0 + depth)) / (width * width);
        let grow = n * n / (n * n - 1.0) * (1.0 - depth * depth);
        centre.iter_mut().zip(&along).for_each(|(c, a)| *c -= shift * a);
        for i in 0..d {
            for j in 0..d {
                shape[i * d + j] = grow * (shape[i * d + j] - squeeze * along[i] * along[j]);
            }
        }
    }
    best
}
