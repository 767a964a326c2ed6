//! Exact depth-first search over the items that can still matter, big ones first, under a budget of steps.
use super::relax::{Relaxed, dot};
use super::{FOUND, Item, Pattern, Sack};

/// The items that can be part of a filling worth more than the wanted value, big ones first.
pub(super) struct Core<const D: usize> {
    /// Index of each in the sack.
    pub at: Vec<u32>,
    pub items: Vec<Item<D>>,
    pub value: Vec<f64>,
    pub most: Vec<f64>,
    /// Value beyond the price of the resources.
    gain: Vec<f64>,
    /// Price of a whole bin's worth of each resource.
    pub shadow: [f64; D],
}

impl<const D: usize> Core<D> {
    /// An item that loses more against the resource prices than the bound leaves over `worth` cannot be in a better
    /// filling; one that loses less can be in it only so often.
    pub(super) fn new(
        items: &[Item<D>],
        value: &[f64],
        most: &[f64],
        relaxed: &Relaxed<D>,
        worth: f64,
    ) -> Self {
        let slack = (relaxed.upper - worth) * (1.0 + 1e-9) + relaxed.upper * 1e-12;
        let gain: Vec<f64> =
            items.iter().zip(value).map(|(i, v)| v - dot(&relaxed.shadow, &i.share)).collect();
        let most: Vec<f64> = (most.iter().zip(&gain))
            .map(|(m, g)| if *g < 0.0 { m.min((slack / -g).floor()) } else { *m })
            .collect();
        let mut at: Vec<u32> = (0..items.len() as u32).filter(|&j| most[j as usize] >= 1.0).collect();
        let size = |j: u32| value[j as usize] - gain[j as usize];
        at.sort_by(|&a, &b| size(b).total_cmp(&size(a)).then(a.cmp(&b)));
        let pick = |values: &[f64]| at.iter().map(|&j| values[j as usize]).collect();
        Self {
            items: at.iter().map(|&j| items[j as usize].clone()).collect(),
            value: pick(value),
            most: pick(&most),
            gain: pick(&gain),
            shadow: relaxed.shadow,
            at,
        }
    }
}

/// Fillings better by less than this are not looked for: far above rounding, far below a cent.
pub(super) const SLACK: f64 = 1.0 + 1e-9;

pub(super) struct Searched {
    /// Whether every better filling was looked at.
    pub complete: bool,
    /// Ever better fillings, the best last.
    pub found: Vec<(f64, Pattern)>,
    pub steps: u64,
}

struct Walk<'a, const D: usize> {
    core: &'a Core<D>,
    lambda: [f64; D],
    /// Gains still to be had from item `q` on.
    rest: Vec<f64>,
    /// Least weights from item `q` on.
    least: Vec<[f64; D]>,
    copies: Vec<f64>,
    best: f64,
    found: Vec<(f64, Pattern)>,
    steps: u64,
    budget: u64,
}

/// Looks for fillings worth more than `worth`.
pub(super) fn search<const D: usize>(sack: &Sack<D>, core: &Core<D>, worth: f64, budget: u64) -> Searched {
    let n = core.items.len();
    let mut rest = vec![0.0; n + 1];
    let mut least = vec![[f64::INFINITY; D]; n + 1];
    for (q, item) in core.items.iter().enumerate().rev() {
        rest[q] = rest[q + 1] + core.gain[q].max(0.0) * core.most[q];
        least[q] = std::array::from_fn(|k| least[q + 1][k].min(item.weight[k]));
    }
    let lambda = std::array::from_fn(|k| core.shadow[k] / sack.capacity[k].max(1.0));
    let mut walk = Walk {
        core,
        lambda,
        rest,
        least,
        copies: vec![0.0; n],
        best: worth,
        found: Vec::new(),
        steps: 0,
        budget,
    };
    let complete = walk.go(0, sack.capacity, 0.0);
    Searched { complete, found: walk.found, steps: walk.steps }
}

impl<const D: usize> Walk<'_, D> {
    /// Explores what can follow with items from `q` on; false when the budget is spent.
    fn go(&mut self, q: usize, free: [f64; D], value: f64) -> bool {
        self.steps += 1;
        if self.steps > self.budget {
            return false;
        }
        if value > self.best * SLACK {
            self.best = value;
            self.keep(value);
        }
        let base = value + dot(&self.lambda, &free);
        let wanted = self.best * SLACK;
        let core = self.core;
        for (at, item) in core.items.iter().enumerate().skip(q) {
            if base + self.rest[at] <= wanted || (0..D).any(|k| self.least[at][k] > free[k]) {
                return true;
            }
            if (0..D).any(|k| item.weight[k] > free[k]) {
                continue;
            }
            let mut copies = core.most[at];
            for (w, f) in item.weight.iter().zip(&free) {
                if copies * w > *f {
                    copies = (f / w).floor();
                }
            }
            while copies >= 1.0 {
                let left = std::array::from_fn(|k| free[k] - copies * item.weight[k]);
                self.copies[at] = copies;
                if !self.go(at + 1, left, value + copies * core.value[at]) {
                    return false;
                }
                copies -= 1.0;
            }
            self.copies[at] = 0.0;
        }
        true
    }

    fn keep(&mut self, value: f64) {
        let chosen = self.core.at.iter().zip(&self.copies).filter(|(_, n)| **n >= 1.0);
        let pattern = chosen.map(|(&at, &n)| (at, n)).collect();
        if self.found.len() >= FOUND {
            self.found.remove(0);
        }
        self.found.push((value, pattern));
    }
}
