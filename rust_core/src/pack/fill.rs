//! Fills one bin: quick heuristics for the multi-dimensional bounded knapsack.
use super::problem::Problem;

/// Sizes and copies of one filled bin.
pub(super) type Pattern = Vec<(u32, f64)>;

/// Buffers for filling, reused between bins.
#[derive(Debug, Default)]
pub(super) struct Filler {
    free: Vec<f64>,
    trial: Pattern,
    best: Pattern,
    open: Pattern,
    inverse: Vec<f64>,
}

/// What a bin is to be filled with.
pub(super) struct Wanted<'a> {
    /// Tasks still to place, by size.
    pub left: &'a [f64],
    /// Worth of one task, by size.
    pub value: &'a [f64],
    /// Sizes still wanted, each list in another order of preference.
    pub orders: &'a [Vec<u32>],
    /// Most copies of one size in this search (spread rule).
    pub cap: &'a [f64],
    /// Whether to try the slower balanced filling too.
    pub balanced: bool,
}

impl Filler {
    /// The most valuable filling found of bin `b`, and its worth.
    pub(super) fn fill(&mut self, problem: &Problem, b: usize, wanted: &Wanted<'_>) -> (f64, &Pattern) {
        let mut best = 0.0;
        self.best.clear();
        for order in wanted.orders {
            let worth = self.in_order(problem, b, wanted, order);
            self.keep_if_better(worth, &mut best);
        }
        if wanted.balanced
            && let Some(order) = wanted.orders.first()
        {
            let worth = self.balanced(problem, b, wanted, order);
            self.keep_if_better(worth, &mut best);
        }
        (best, &self.best)
    }

    fn keep_if_better(&mut self, worth: f64, best: &mut f64) {
        // A filling of no worth is still a place for its tasks.
        if worth > *best || self.best.is_empty() {
            *best = worth;
            std::mem::swap(&mut self.best, &mut self.trial);
        }
    }

    fn start(&mut self, problem: &Problem, b: usize) {
        self.trial.clear();
        self.free.clear();
        self.free.extend_from_slice(problem.bin(b));
    }

    /// Takes as many as fit of each size, in the given order.
    fn in_order(&mut self, problem: &Problem, b: usize, wanted: &Wanted<'_>, order: &[u32]) -> f64 {
        self.start(problem, b);
        let fit = &problem.fit[b * problem.sizes..(b + 1) * problem.sizes];
        let mut worth = 0.0;
        for &size in order {
            let s = size as usize;
            let most = fit[s].min(wanted.left[s]).min(wanted.cap[s]);
            if most < 1.0 {
                continue;
            }
            let copies = room(&self.free, problem.size(s), most);
            if copies >= 1.0 {
                take(&mut self.free, problem.size(s), copies);
                self.trial.push((size, copies));
                worth += copies * wanted.value[s];
            }
        }
        worth
    }

    /// Always takes the size with the most worth for the share of free room it needs, half of what fits at a time.
    fn balanced(&mut self, problem: &Problem, b: usize, wanted: &Wanted<'_>, order: &[u32]) -> f64 {
        self.start(problem, b);
        let fit = &problem.fit[b * problem.sizes..(b + 1) * problem.sizes];
        let mut worth = 0.0;
        let Self { free, trial, open, inverse, .. } = self;
        open.clear();
        open.extend(order.iter().filter_map(|&s| {
            let most = fit[s as usize].min(wanted.left[s as usize]).min(wanted.cap[s as usize]);
            (most >= 1.0).then_some((s, most))
        }));
        while !open.is_empty() {
            inverse.clear();
            inverse.extend(free.iter().map(|f| if *f > 0.0 { 1.0 / f } else { 0.0 }));
            let mut best = (-1.0, 0);
            let mut at = 0;
            open.retain(|&(size, _)| {
                let weight = problem.size(size as usize);
                if weight.iter().zip(free.iter()).any(|(w, f)| w > f) {
                    return false;
                }
                let share: f64 = weight.iter().zip(inverse.iter()).map(|(w, i)| w * i).sum();
                let score = wanted.value[size as usize] / share.max(f64::MIN_POSITIVE);
                if score > best.0 {
                    best = (score, at);
                }
                at += 1;
                true
            });
            let Some(&(size, most)) = open.get(best.1) else {
                break;
            };
            let weight = problem.size(size as usize);
            let copies = (room(free, weight, most) * 0.5).ceil();
            take(free, weight, copies);
            worth += copies * wanted.value[size as usize];
            match trial.iter_mut().find(|x| x.0 == size) {
                Some(entry) => entry.1 += copies,
                None => trial.push((size, copies)),
            }
            open[best.1].1 -= copies;
            if open[best.1].1 < 1.0 {
                open.remove(best.1);
            }
        }
        worth
    }
}

/// How many copies fit in the free room, at most `most`. Exact: both sides are integers.
pub(super) fn room(free: &[f64], weight: &[f64], most: f64) -> f64 {
    let mut copies = most;
    for (w, f) in weight.iter().zip(free) {
        if *w > 0.0 && copies * w > *f {
            if w > f {
                return 0.0;
            }
            copies = copies.min((f / w).floor());
        }
    }
    copies
}

pub(super) fn take(free: &mut [f64], weight: &[f64], copies: f64) {
    free.iter_mut().zip(weight).for_each(|(f, w)| *f -= copies * w);
}
