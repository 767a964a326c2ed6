//! Greedy fillings: the relaxation rounded down and filled up, and two from scratch.
use super::relax::{Relaxed, dot};
use super::{Pattern, Sack};
use crate::pack::fill::room;

/// Items this close to the best density may also be tried big ones first.
const NEARLY_BEST: f64 = 0.97;

/// A few fillings with their values, best first; items are indices into the sack.
pub(super) fn fillings<const D: usize>(
    sack: &Sack<D>,
    value: &[f64],
    most: &[f64],
    relaxed: &Relaxed<D>,
) -> Vec<(f64, Pattern)> {
    let density: Vec<f64> = (sack.items.iter().zip(value))
        .map(|(i, v)| v / dot(&relaxed.shadow, &i.share).max(f64::MIN_POSITIVE))
        .collect();
    let mut order: Vec<usize> = (0..value.len()).filter(|&j| most[j] >= 1.0).collect();
    order.sort_unstable_by(|&a, &b| density[b].total_cmp(&density[a]).then(a.cmp(&b)));
    let Some(&first) = order.first() else {
        return Vec::new();
    };
    let begun: Vec<(usize, f64)> =
        (order.iter()).map(|&j| (j, (relaxed.amount[j] + 1e-9).floor())).filter(|x| x.1 >= 1.0).collect();
    let rounded = fill(sack, value, most, &begun, &order);
    let dense = fill(sack, value, most, &[], &order);
    let mut big: Vec<usize> = order.clone();
    let close = |j: usize| density[j] > NEARLY_BEST * density[first];
    let share = |j: usize| sack.items[j].share.iter().fold(0.0_f64, |m, s| m.max(*s));
    let many = order.partition_point(|&j| close(j));
    big[..many].sort_unstable_by(|&a, &b| share(b).total_cmp(&share(a)).then(a.cmp(&b)));
    let big = fill(sack, value, most, &[], &big);
    let mut all: Vec<(f64, Pattern)> = [rounded, dense, big].into_iter().filter(|f| f.0 > 0.0).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all
}

fn fill<const D: usize>(
    sack: &Sack<D>,
    value: &[f64],
    most: &[f64],
    begun: &[(usize, f64)],
    order: &[usize],
) -> (f64, Pattern) {
    let mut free = sack.capacity;
    let mut copies = vec![0.0; value.len()];
    let mut worth = 0.0;
    let mut add = |j: usize, want: f64| {
        let weight = &sack.items[j].weight;
        let n = room(&free, weight, want.min(most[j] - copies[j]));
        if n >= 1.0 {
            (0..D).for_each(|k| free[k] -= n * weight[k]);
            copies[j] += n;
            worth += n * value[j];
        }
    };
    begun.iter().for_each(|&(j, n)| add(j, n));
    order.iter().for_each(|&j| add(j, f64::INFINITY));
    let pattern = copies.iter().enumerate().filter(|(_, n)| **n >= 1.0).map(|(j, &n)| (j as u32, n));
    (worth, pattern.collect())
}
