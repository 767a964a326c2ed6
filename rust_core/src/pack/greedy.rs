//! Opens, again and again, the bin with the most worth for its price, as often as the demand still fills it.
use super::fill::{Filler, Pattern, Wanted};
use super::plan::Opened;
use super::problem::Problem;

/// What steers one greedy run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steering<'a> {
    /// Worth of one task by size.
    pub value: &'a [f64],
    /// Price of one task outside every bin.
    pub alone: &'a [f64],
    /// Most copies of a size in one bin, beyond the problem's own rules.
    pub cap: &'a [f64],
    /// Second order of preference (higher first); the first is by value.
    pub rank: &'a [f64],
    /// Try the slower balanced filling too.
    pub balanced: bool,
    /// Bins allowed (`None`: all).
    pub only: Option<usize>,
}

/// Reused buffers of the greedy.
#[derive(Debug, Default)]
pub(super) struct Greedy {
    filler: Filler,
    orders: Vec<Vec<u32>>,
    best: Vec<Candidate>,
}

#[derive(Debug, Clone, Default)]
struct Candidate {
    ratio: f64,
    pattern: Pattern,
}

impl Greedy {
    /// Places `left` (which it empties as far as it can) in bins and outside them; `used` counts bins per kind.
    /// What stays in `left` has no place.
    pub(super) fn run(
        &mut self,
        problem: &Problem,
        left: &mut [f64],
        steering: Steering<'_>,
        used: &mut [f64],
        opened: &mut Vec<Opened>,
        alone: &mut [u64],
    ) {
        let active: Vec<u32> = (0..left.len() as u32).filter(|&s| left[s as usize] >= 1.0).collect();
        let by = |key: &[f64]| {
            let mut order = active.clone();
            order.sort_by(|&a, &b| key[b as usize].total_cmp(&key[a as usize]).then(a.cmp(&b)));
            order
        };
        self.orders = vec![by(steering.value), by(steering.rank)];
        let kinds: Vec<usize> = match steering.only {
            Some(b) => vec![b],
            None => (0..problem.bins).collect(),
        };
        self.best.clear();
        self.best.resize(kinds.len(), Candidate { ratio: f64::INFINITY, pattern: Pattern::new() });
        while let Some(at) = self.choose(problem, left, steering, used, &kinds) {
            let bin = kinds[at];
            let pattern = std::mem::take(&mut self.best[at].pattern);
            let outside: f64 = pattern.iter().map(|&(s, n)| steering.alone[s as usize] * n).sum();
            let times =
                pattern.iter().fold(f64::INFINITY, |t, &(s, n)| t.min((left[s as usize] / n).floor()));
            if outside <= problem.price[bin] {
                for &(s, n) in &pattern {
                    alone[s as usize] += (n * times) as u64;
                    left[s as usize] -= n * times;
                }
            } else {
                let times = times.min(problem.limit[bin] - used[bin]);
                used[bin] += times;
                pattern.iter().for_each(|&(s, n)| left[s as usize] -= n * times);
                opened.push(Opened {
                    bin: bin as u32,
                    items: pattern.iter().map(|&(s, n)| (s, n as u64)).collect(),
                    times: times as u64,
                });
            }
            self.orders.iter_mut().for_each(|o| o.retain(|&s| left[s as usize] >= 1.0));
        }
        for &s in &active {
            let s = s as usize;
            if left[s] >= 1.0 && steering.alone[s].is_finite() && steering.only.is_none() {
                alone[s] += left[s] as u64;
                left[s] = 0.0;
            }
        }
    }

    /// The kind with the best ratio. Ratios only fall as demand shrinks, so old ones are upper bounds: refresh the
    /// best one until it is current.
    fn choose(
        &mut self,
        problem: &Problem,
        left: &[f64],
        steering: Steering<'_>,
        used: &[f64],
        kinds: &[usize],
    ) -> Option<usize> {
        if self.orders.first().is_none_or(Vec::is_empty) {
            return None;
        }
        loop {
            let mut at = 0;
            for i in 1..kinds.len() {
                if self.best[i].ratio > self.best[at].ratio {
                    at = i;
                }
            }
            let candidate = self.best.get_mut(at)?;
            let bin = kinds[at];
            if candidate.ratio <= 0.0 {
                return None;
            }
            if used[bin] + 1.0 > problem.limit[bin] {
                candidate.ratio = 0.0;
                continue;
            }
            let current = !candidate.pattern.is_empty()
                && candidate.pattern.iter().all(|&(s, n)| left[s as usize] >= n);
            if current {
                return Some(at);
            }
            let wanted = Wanted {
                left,
                value: steering.value,
                orders: &self.orders,
                cap: steering.cap,
                balanced: steering.balanced,
            };
            let (worth, pattern) = self.filler.fill(problem, bin, &wanted);
            candidate.pattern.clone_from(pattern);
            candidate.ratio = if candidate.pattern.is_empty() {
                0.0
            } else {
                // Never 0, which would say that nothing fits.
                (worth / problem.price[bin].max(f64::MIN_POSITIVE)).max(f64::MIN_POSITIVE)
            };
        }
    }
}

/// Moves each bin's content to the cheapest kind that holds it, or outside where that costs no more.
pub(super) fn downsize(problem: &Problem, opened: &mut Vec<Opened>, alone_price: &[f64], alone: &mut [u64]) {
    let mut used = vec![0.0; problem.bins];
    opened.iter().for_each(|o| used[o.bin as usize] += o.times as f64);
    let mut load = vec![0.0; problem.dims];
    opened.retain_mut(|o| {
        load.fill(0.0);
        for &(s, n) in &o.items {
            let weight = problem.size(s as usize);
            load.iter_mut().zip(weight).for_each(|(l, w)| *l += w * n as f64);
        }
        let holds = |b: usize| {
            problem.bin(b).iter().zip(&load).all(|(c, l)| c >= l)
                && o.items.iter().all(|&(s, n)| problem.fit[b * problem.sizes + s as usize] >= n as f64)
                && used[b] + o.times as f64 <= problem.limit[b]
        };
        let cheaper =
            (0..o.bin as usize).find(|&b| problem.price[b] < problem.price[o.bin as usize] && holds(b));
        if let Some(b) = cheaper {
            used[o.bin as usize] -= o.times as f64;
            used[b] += o.times as f64;
            o.bin = b as u32;
        }
        let outside: f64 = o.items.iter().map(|&(s, n)| alone_price[s as usize] * n as f64).sum();
        if outside <= problem.price[o.bin as usize] {
            used[o.bin as usize] -= o.times as f64;
            o.items.iter().for_each(|&(s, n)| alone[s as usize] += n * o.times);
            return false;
        }
        true
    });
}
