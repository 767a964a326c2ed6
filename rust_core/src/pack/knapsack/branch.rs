//! Branch and bound on the linear relaxation, most promising first: needs few nodes where the search needs many steps,
//! and its open nodes still say something when the budget ends.
use super::relax::{Hint, dot, relax};
use super::search::{Core, SLACK};
use super::{Item, Pattern, Sack};
use crate::pack::fill::room;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A box of numbers of copies, and what it can be worth at most.
struct Node<const D: usize> {
    upper: f64,
    /// `(item, least, most)` where the box is smaller than the whole.
    limits: Vec<(u32, f64, f64)>,
    hint: Hint<D>,
}

impl<const D: usize> PartialEq for Node<D> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<const D: usize> Eq for Node<D> {}

impl<const D: usize> PartialOrd for Node<D> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const D: usize> Ord for Node<D> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.upper.total_cmp(&other.upper).then(self.limits.len().cmp(&other.limits.len()))
    }
}

pub(super) struct Branched {
    /// Bound on every filling better than the wanted value; the wanted value itself when there is none.
    pub upper: f64,
    /// Ever better fillings, the best last.
    pub found: Vec<(f64, Pattern)>,
    pub nodes: u64,
}

/// Looks for fillings worth more than `worth` in at most `nodes` nodes.
pub(super) fn branch<const D: usize>(
    sack: &Sack<D>,
    core: &Core<D>,
    worth: f64,
    upper: f64,
    nodes: u64,
) -> Branched {
    let n = core.items.len();
    let order = dense_order(core);
    let (mut best, mut found, mut done) = (worth, Vec::new(), 0);
    let mut heap = BinaryHeap::new();
    heap.push(Node { upper, limits: Vec::new(), hint: Hint::<D>::new() });
    let (mut least, mut free_most) = (vec![0.0; n], core.most.clone());
    while let Some(node) = heap.pop() {
        if node.upper <= best * SLACK {
            break;
        }
        if done >= nodes {
            return Branched { upper: node.upper.max(best), found, nodes: done };
        }
        done += 1;
        least.fill(0.0);
        free_most.copy_from_slice(&core.most);
        for &(j, low, high) in &node.limits {
            (least[j as usize], free_most[j as usize]) = (low, high - low);
        }
        let Some((free, start)) = begun(sack, &core.items, &least) else { continue };
        let begun_worth: f64 = least.iter().zip(&core.value).map(|(x, v)| x * v).sum();
        let mut hint = node.hint;
        let relaxed = relax(&core.items, &core.value, &free_most, &start, &mut hint);
        let bound = (relaxed.upper + begun_worth).min(node.upper);
        if bound <= best * SLACK {
            continue;
        }
        let copies = filled(core, free, &least, &free_most, &relaxed.amount, &order);
        let value: f64 = copies.iter().zip(&core.value).map(|(x, v)| x * v).sum();
        if value > best * SLACK {
            best = value;
            let chosen = copies.iter().enumerate().filter(|(_, x)| **x >= 1.0);
            found.push((value, chosen.map(|(j, &x)| (core.at[j], x)).collect()));
        }
        let share = |j: usize| core.items[j].share.iter().fold(0.0_f64, |m, s| m.max(*s));
        let fractional = |j: &usize| (relaxed.amount[*j] - relaxed.amount[*j].round()).abs() > 1e-7;
        let wide = |&a: &usize, &b: &usize| share(a).total_cmp(&share(b));
        // Rounding may leave a relaxation that looks whole and still is not met: then any undecided item is split.
        let split = (0..n).filter(fractional).max_by(wide);
        let split = split.or_else(|| (0..n).filter(|&j| free_most[j] >= 1.0).max_by(wide));
        let Some(j) = split else { continue };
        let down = least[j] + relaxed.amount[j].floor().min(free_most[j] - 1.0);
        let (low, high) = (least[j], least[j] + free_most[j]);
        for (low, high) in [(down + 1.0, high), (low, down)] {
            let mut limits: Vec<_> = node.limits.iter().copied().filter(|l| l.0 != j as u32).collect();
            limits.push((j as u32, low, high));
            heap.push(Node { upper: bound, limits, hint: hint.clone() });
        }
    }
    Branched { upper: best * SLACK, found, nodes: done }
}

fn dense_order<const D: usize>(core: &Core<D>) -> Vec<usize> {
    let density: Vec<f64> = (core.items.iter().zip(&core.value))
        .map(|(i, v)| v / dot(&core.shadow, &i.share).max(f64::MIN_POSITIVE))
        .collect();
    let mut order: Vec<usize> = (0..density.len()).collect();
    order.sort_unstable_by(|&a, &b| density[b].total_cmp(&density[a]).then(a.cmp(&b)));
    order
}

/// What is free after the least copies, in grid units and as shares; `None` when they do not fit.
fn begun<const D: usize>(sack: &Sack<D>, items: &[Item<D>], least: &[f64]) -> Option<([f64; D], [f64; D])> {
    let mut free = sack.capacity;
    for (item, n) in items.iter().zip(least).filter(|(_, n)| **n >= 1.0) {
        (0..D).for_each(|k| free[k] -= n * item.weight[k]);
    }
    if free.iter().any(|f| *f < 0.0) {
        return None;
    }
    Some((
        free,
        std::array::from_fn(|k| if sack.capacity[k] > 0.0 { free[k] / sack.capacity[k] } else { 1.0 }),
    ))
}

/// Least copies, then the relaxation rounded down, then greedily.
fn filled<const D: usize>(
    core: &Core<D>,
    mut free: [f64; D],
    least: &[f64],
    free_most: &[f64],
    amount: &[f64],
    order: &[usize],
) -> Vec<f64> {
    let mut copies = least.to_vec();
    let mut add = |j: usize, want: f64| {
        let weight = &core.items[j].weight;
        let n = room(&free, weight, want.min(least[j] + free_most[j] - copies[j]));
        if n >= 1.0 {
            (0..D).for_each(|k| free[k] -= n * weight[k]);
            copies[j] += n;
        }
    };
    order.iter().for_each(|&j| add(j, (amount[j] + 1e-7).floor()));
    order.iter().for_each(|&j| add(j, f64::INFINITY));
    copies
}
