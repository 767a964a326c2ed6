//! The linear relaxation, by a dual simplex on as many rows as there are resources.
//!
//! Every choice of resource prices bounds the knapsack from above, so the method may stop, warm or cold, wherever it
//! is. Any basis is a start: items whose value exceeds their price lie at their upper limit. A step follows the ray of
//! prices past all items that merely change sides (the "long step"), as far as the bound falls.
use super::Item;

/// The basis of the last call: an item's index, or `items + k` for the slack of resource `k`.
#[derive(Debug, Clone)]
pub(super) struct Hint<const D: usize> {
    basis: Option<[usize; D]>,
    shadow: [f64; D],
}

impl<const D: usize> Hint<D> {
    pub(super) fn new() -> Self {
        Self { basis: None, shadow: [0.0; D] }
    }

    /// Resource prices of the last call, per whole bin.
    pub(super) fn shadow(&self) -> &[f64; D] {
        &self.shadow
    }
}

/// Optimum of the relaxation.
#[derive(Debug)]
pub(super) struct Relaxed<const D: usize> {
    pub upper: f64,
    /// Price of a whole bin's worth of each resource.
    pub shadow: [f64; D],
    pub amount: Vec<f64>,
}

const STEPS: usize = 80;

/// Value bound of what is `free` (shares of the bin) under the resource prices `shadow` (any that are not negative).
pub(super) fn upper<const D: usize>(
    items: &[Item<D>],
    value: &[f64],
    most: &[f64],
    free: &[f64; D],
    shadow: &[f64; D],
) -> f64 {
    let mut total: f64 = dot(shadow, free);
    for ((item, v), m) in items.iter().zip(value).zip(most) {
        total += (v - dot(shadow, &item.share)).max(0.0) * m;
    }
    if total.is_nan() { f64::INFINITY } else { total }
}

pub(super) fn dot<const D: usize>(a: &[f64; D], b: &[f64; D]) -> f64 {
    let mut sum = 0.0;
    for k in 0..D {
        sum += a[k] * b[k];
    }
    sum
}

/// Optimum for what is `free`: shares of the bin.
pub(super) fn relax<const D: usize>(
    items: &[Item<D>],
    value: &[f64],
    most: &[f64],
    free: &[f64; D],
    hint: &mut Hint<D>,
) -> Relaxed<D> {
    let n = items.len();
    let slack: [usize; D] = std::array::from_fn(|k| n + k);
    let mut basis = hint.basis.filter(|b| b.iter().all(|&j| j >= n || most[j] >= 1.0)).unwrap_or(slack);
    let mut tries = 0;
    let mut amount = vec![0.0; n];
    let mut shadow = [0.0; D];
    let mut breaks: Vec<(f64, f64, usize)> = Vec::new();
    let mut gain = vec![0.0; n];
    while tries < STEPS {
        tries += 1;
        let Some(inverse) = invert(items, &basis) else {
            if basis == slack {
                break;
            }
            basis = slack;
            continue;
        };
        shadow = [0.0; D];
        for (r, row) in inverse.iter().enumerate() {
            if basis[r] < n {
                (0..D).for_each(|k| shadow[k] += value[basis[r]] * row[k]);
            }
        }
        if shadow.iter().any(|x| *x < -1e-9 * value.iter().fold(0.0, |m: f64, v| m.max(*v))) && basis != slack
        {
            // Prices must not be negative: this basis is no start.
            basis = slack;
            continue;
        }
        let mut room = *free;
        for j in 0..n {
            gain[j] = value[j] - dot(&shadow, &items[j].share);
            amount[j] = if gain[j] > 0.0 { most[j] } else { 0.0 };
        }
        for &j in basis.iter().filter(|&&j| j < n) {
            (gain[j], amount[j]) = (0.0, 0.0);
        }
        for (item, x) in items.iter().zip(&amount).filter(|(_, x)| **x > 0.0) {
            (0..D).for_each(|k| room[k] -= item.share[k] * x);
        }
        let mut worst = (1e-9, None);
        for (r, row) in inverse.iter().enumerate() {
            let x = dot(row, &room);
            let limit = if basis[r] < n { most[basis[r]] } else { f64::INFINITY };
            if basis[r] < n {
                amount[basis[r]] = x.clamp(0.0, limit);
            }
            let (over, sign) = if x > limit { (x - limit, 1.0) } else { (-x, -1.0) };
            if over > worst.0 {
                worst = (over, Some((r, sign)));
            }
        }
        let Some((r, sign)) = worst.1 else { break };
        let row = inverse[r];
        breaks.clear();
        for j in 0..n {
            if most[j] < 1.0 || basis.contains(&j) {
                continue;
            }
            let alpha = sign * dot(&row, &items[j].share);
            if (gain[j] > 0.0 && alpha < -1e-12) || (gain[j] <= 0.0 && alpha > 1e-12) {
                breaks.push((-gain[j] / alpha, alpha.abs() * most[j], j));
            }
        }
        for k in (0..D).filter(|k| !basis.contains(&(n + k))) {
            let alpha = sign * row[k];
            if alpha > 1e-12 {
                breaks.push((shadow[k].max(0.0) / alpha, f64::INFINITY, n + k));
            }
        }
        let Some(entering) = passed(&mut breaks, worst.0) else { break };
        basis[r] = entering;
    }
    shadow.iter_mut().for_each(|x| *x = if x.is_finite() { x.max(0.0) } else { 0.0 });
    let bound = upper(items, value, most, free, &shadow);
    (hint.basis, hint.shadow) = (Some(basis), shadow);
    Relaxed { upper: bound, shadow, amount }
}

/// How often the nearest break is sought by a scan before all are sorted: from a warm start few are passed.
const SCANS: usize = 6;

/// The break at which the bound stops falling, when it falls by `slope` at first and less after each break.
fn passed(breaks: &mut Vec<(f64, f64, usize)>, mut slope: f64) -> Option<usize> {
    let order = |a: &(f64, f64, usize), b: &(f64, f64, usize)| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2));
    for _ in 0..SCANS {
        let nearest = (0..breaks.len()).min_by(|&a, &b| order(&breaks[a], &breaks[b]))?;
        let found = breaks.swap_remove(nearest);
        slope -= found.1;
        if slope <= 0.0 {
            return Some(found.2);
        }
    }
    breaks.sort_unstable_by(order);
    let last = breaks.iter().find(|b| {
        slope -= b.1;
        slope <= 0.0
    });
    last.map(|b| b.2)
}

/// Inverse of the basis matrix, row `r` belonging to `basis[r]`.
fn invert<const D: usize>(items: &[Item<D>], basis: &[usize; D]) -> Option<[[f64; D]; D]> {
    let n = items.len();
    let mut a = [[0.0; D]; D];
    let mut inv = [[0.0; D]; D];
    for (r, &j) in basis.iter().enumerate() {
        inv[r][r] = 1.0;
        for (k, row) in a.iter_mut().enumerate() {
            row[r] = if j < n { items[j].share[k] } else { f64::from(u8::from(j - n == k)) };
        }
    }
    for c in 0..D {
        let p = (c..D).max_by(|&x, &y| a[x][c].abs().total_cmp(&a[y][c].abs()))?;
        if a[p][c].abs() < 1e-10 {
            return None;
        }
        a.swap(p, c);
        inv.swap(p, c);
        let scale = 1.0 / a[c][c];
        a[c].iter_mut().chain(&mut inv[c]).for_each(|x| *x *= scale);
        for r in (0..D).filter(|&r| r != c) {
            let (factor, pivot, solved) = (a[r][c], a[c], inv[c]);
            a[r].iter_mut().zip(pivot).for_each(|(x, p)| *x -= factor * p);
            inv[r].iter_mut().zip(solved).for_each(|(x, p)| *x -= factor * p);
        }
    }
    Some(inv)
}
