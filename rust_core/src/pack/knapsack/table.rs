//! The table over the grid of one or two resources: exact where the search stalls, if the grid is small.
use super::search::Core;
use super::{FOUND, Pattern, Sack};
use crate::pack::grid::gcd;

/// Updates of a cell that take as long as one step of the search.
const CELLS_PER_STEP: f64 = 16.0;
/// A table may take so much more work than was left for the search: unlike that, it always ends.
const PATIENCE: f64 = 2.0;

/// What a table says.
pub(super) struct Solved {
    /// Nothing is worth more.
    pub value: f64,
    /// The best filling, and the best whose last part (in the table's order) is another.
    pub found: Vec<(f64, Pattern)>,
    pub steps: u64,
}

/// Fillings worth more than `worth`; `None` when more than two resources bind or the grid is too large.
pub(super) fn solve<const D: usize>(
    sack: &Sack<D>,
    core: &Core<D>,
    worth: f64,
    steps: f64,
) -> Option<Solved> {
    let most_work = steps * CELLS_PER_STEP * PATIENCE;
    let items = &core.items;
    let mut kept = [true; D];
    // One after the other: a resource may only be left out on the strength of those that stay in.
    for k in 0..D {
        kept[k] = binds(sack, core, k, &kept);
    }
    let mut axes: Vec<(usize, f64)> = (0..D).filter(|&k| kept[k]).map(|k| (k, 1.0)).collect();
    if axes.len() > 2 || items.is_empty() {
        return None;
    }
    let mut cells = [1usize; 2];
    for (axis, (k, step)) in axes.iter_mut().enumerate() {
        *step = items.iter().fold(0.0, |g, i| gcd(g, i.weight[*k])).max(1.0);
        let many = (sack.capacity[*k] / *step).floor() + 1.0;
        if many > most_work {
            return None;
        }
        cells[axis] = many as usize;
    }
    let mut splits: Vec<(usize, f64)> = Vec::new();
    for (at, most) in core.most.iter().enumerate() {
        let (mut left, mut part) = (*most, 1.0_f64);
        while left >= 1.0 {
            let take = part.min(left);
            splits.push((at, take));
            left -= take;
            part *= 2.0;
        }
    }
    let work = cells[0] as f64 * cells[1] as f64 * splits.len() as f64;
    if work > most_work {
        return None;
    }
    let (width, all) = (cells[1], cells[0] * cells[1]);
    let offset = |at: usize, copies: f64| -> [usize; 2] {
        let mut out = [0; 2];
        for (axis, (k, step)) in axes.iter().enumerate() {
            out[axis] = (items[at].weight[*k] / step * copies) as usize;
        }
        out
    };
    let mut best = vec![0.0; all];
    let words = all.div_ceil(64);
    let mut taken = vec![0u64; words * splits.len()];
    let mut last: Vec<(f64, usize)> = Vec::new();
    for (split, &(at, copies)) in splits.iter().enumerate() {
        let [a, b] = offset(at, copies);
        let gain = core.value[at] * copies;
        if a < cells[0] && b < width {
            last.push((best[all - 1 - (a * width + b)] + gain, split));
        }
        let bits = &mut taken[split * words..(split + 1) * words];
        for x in (a..cells[0]).rev() {
            for y in (b..width).rev() {
                let (to, from) = (x * width + y, (x - a) * width + y - b);
                let value = best[from] + gain;
                if value > best[to] {
                    best[to] = value;
                    bits[to / 64] |= 1 << (to % 64);
                }
            }
        }
    }
    last.retain(|l| l.0 > worth);
    last.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    last.truncate(FOUND);
    let traced = |end: usize| {
        let mut pattern: Pattern = Vec::new();
        let mut cell = all - 1;
        for (split, &(at, copies)) in splits.iter().enumerate().take(end + 1).rev() {
            if split == end || taken[split * words + cell / 64] >> (cell % 64) & 1 == 1 {
                let [a, b] = offset(at, copies);
                cell -= a * width + b;
                match pattern.last_mut() {
                    Some(last) if last.0 == core.at[at] => last.1 += copies,
                    _ => pattern.push((core.at[at], copies)),
                }
            }
        }
        pattern
    };
    let found = last.into_iter().map(|(value, end)| (value, traced(end))).collect();
    Some(Solved { value: best[all - 1], found, steps: (work / CELLS_PER_STEP) as u64 })
}

/// Whether resource `k` can run out before the others do.
fn binds<const D: usize>(sack: &Sack<D>, core: &Core<D>, k: usize, kept: &[bool; D]) -> bool {
    let largest = core.items.iter().fold(0.0_f64, |m, i| m.max(i.weight[k]));
    if largest <= 0.0 {
        return false;
    }
    let mut copies: f64 = core.most.iter().sum();
    for other in (0..D).filter(|&o| o != k && kept[o]) {
        let least = core.items.iter().fold(f64::INFINITY, |m, i| m.min(i.weight[other]));
        if least > 0.0 {
            copies = copies.min((sack.capacity[other] / least).floor());
        }
    }
    copies * largest > sack.capacity[k]
}
