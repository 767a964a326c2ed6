//! Column generation: the relaxation in which bins are whole patterns, opened fractionally often.
//!
//! A simplex prices the tasks against the patterns known so far, a knapsack per kind of bin looks for a pattern worth
//! more than its bin. The bound never needs the end of that: divided by the largest excess any knapsack can still have,
//! the prices of any round are lawful (Farley). Prices are asked for between the best ones so far and those of the
//! simplex: the latter jump about, the former move slowly to the optimum.
use super::knapsack::{Answer, Pattern};
use super::pricing::{Pricing, Search, pricing};
use super::problem::Problem;
use super::simplex::{Column, Master, Outcome};
use super::watch::Watch;
use std::collections::HashSet;

/// A way of running tasks: a pattern of a kind of bin, or one task alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Use {
    pub bin: Option<u32>,
    /// Rows of the programme, ascending.
    pub items: Vec<(u32, u64)>,
}

/// What is to be covered: some canonical sizes, how many tasks of each, what one costs alone.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub sizes: Vec<u32>,
    pub count: Vec<f64>,
    pub alone: Vec<f64>,
    /// Most tasks of a size that a pattern may hold; infinite for what its rules allow.
    pub most: Vec<f64>,
}

impl Wanted {
    /// No pattern holds more tasks of a size than there are: "proper" patterns.
    pub(super) fn proper(mut self) -> Self {
        self.most.clone_from(&self.count);
        self
    }
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Depth {
    /// Stop when the bound is this close (relative) to the value of the programme.
    pub tolerance: f64,
    /// Largest budget of steps of one exact knapsack; 0 for quick, uncertain columns.
    pub steps: u64,
}

/// A programme and the columns it knows.
pub(super) struct Programme<'a> {
    problem: &'a Problem,
    pub wanted: Wanted,
    pricing: Box<dyn Pricing>,
    kinds: Vec<(u32, f64)>,
    most: Vec<f64>,
    master: Master,
    pub uses: Vec<Use>,
    seen: HashSet<Use>,
    /// Best prices so far: lawful for every pattern.
    pub prices: Vec<f64>,
    pub bound: f64,
    /// Whether the bound met the value of the programme.
    pub closed: bool,
}

/// Covers rounding in the knapsacks; the integers of the certificate are rounded down by far more.
const ROUNDING: f64 = 1.0 + 1e-12;
/// Budgets of steps of the exact knapsack, tried in turn when the one before finds nothing.
const STEPS: [u64; 6] = [0, 2_000, 20_000, 200_000, 1_000_000, 10_000_000];
/// The weight falls by this factor when the prices asked for lead to no column.
const FADING: f64 = 0.9;
/// Weight of the best prices in the prices asked for, at first.
const SMOOTHING: f64 = 0.8;

impl<'a> Programme<'a> {
    /// `None` where column generation is not for this problem: too many resources, free bins, sizes without a place.
    pub(super) fn new(problem: &'a Problem, wanted: Wanted) -> Option<Self> {
        let held = wanted.most.iter().zip(&wanted.count);
        let held: Vec<f64> = held.map(|(&m, &n)| if m.is_finite() { m.max(n) } else { n }).collect();
        let pricing = pricing(problem, &wanted.sizes, &held)?;
        let kinds = pricing.kinds();
        if wanted.sizes.is_empty() || kinds.iter().any(|k| k.1 <= 0.0) {
            return None;
        }
        let n = problem.sizes;
        let most: Vec<f64> = (wanted.sizes.iter().zip(&wanted.count).zip(&wanted.most))
            .map(|((&s, &count), &most)| {
                let fit = (0..problem.bins).fold(0.0_f64, |m, b| m.max(problem.fit[b * n + s as usize]));
                if most.is_finite() {
                    most
                } else if fit.is_infinite() {
                    count
                } else {
                    fit
                }
            })
            .collect();
        let mut uses = Vec::new();
        let mut start = Vec::new();
        for (row, &s) in wanted.sizes.iter().enumerate() {
            let mut best = (wanted.alone[row], None, 1.0);
            for &(bin, price) in &kinds {
                let copies = problem.fit[bin as usize * n + s as usize].min(most[row]);
                if copies >= 1.0 && price / copies < best.0 / best.2 {
                    best = (price, Some(bin), copies);
                }
            }
            if !best.0.is_finite() {
                return None;
            }
            uses.push(Use { bin: best.1, items: vec![(row as u32, best.2 as u64)] });
            start.push(Some(Column { cost: best.0, entries: vec![(row as u32, best.2)] }));
        }
        let master = Master::new(&wanted.count, start);
        let mut programme = Self {
            problem,
            prices: vec![0.0; wanted.sizes.len()],
            bound: 0.0,
            closed: false,
            seen: uses.iter().cloned().collect(),
            wanted,
            pricing,
            kinds,
            most,
            master,
            uses,
        };
        for row in 0..programme.wanted.sizes.len() {
            programme.add(Use { bin: None, items: vec![(row as u32, 1)] });
        }
        Some(programme)
    }

    /// Cost of a use; infinite where a task cannot run alone.
    pub(super) fn cost(&self, way: &Use) -> f64 {
        match way.bin {
            Some(b) => self.problem.price[b as usize],
            None => way.items.iter().map(|&(r, n)| self.wanted.alone[r as usize] * n as f64).sum(),
        }
    }

    /// Adds a column unless it is known; returns whether it is new.
    pub(super) fn add(&mut self, way: Use) -> bool {
        let cost = self.cost(&way);
        if !cost.is_finite() || !self.seen.insert(way.clone()) {
            return false;
        }
        let entries = way.items.iter().map(|&(r, n)| (r, n as f64)).collect();
        self.master.add(Column { cost, entries });
        self.uses.push(way);
        true
    }

    /// Value of the programme over the columns known.
    pub(super) fn value(&self) -> f64 {
        self.master.value()
    }

    /// Prices of the simplex: sharper than the lawful ones while these are still on the way.
    pub(super) fn duals(&self) -> Vec<f64> {
        self.clipped(self.master.duals())
    }

    /// The uses of the current solution and how often each is opened.
    pub(super) fn solution(&self) -> Vec<(Use, f64)> {
        self.master.primal().into_iter().map(|(j, x)| (self.uses[j].clone(), x)).collect()
    }

    fn clipped(&self, prices: &[f64]) -> Vec<f64> {
        prices.iter().zip(&self.wanted.alone).map(|(p, a)| p.max(0.0).min(*a)).collect()
    }

    /// Prices to start from; `bound` is what they prove, 0 where they may be unlawful.
    pub(super) fn start_from(&mut self, prices: &[f64], bound: f64) {
        self.prices = self.clipped(prices);
        self.bound = bound;
    }

    /// Generates columns until the bound is close or the watch says stop; `improved` is shown better prices.
    pub(super) fn run(&mut self, depth: Depth, watch: &Watch<'_>, improved: &mut dyn FnMut(&[f64])) {
        let (mut level, mut smoothing) = (0, SMOOTHING);
        let n = self.wanted.sizes.len() as u64;
        loop {
            let pivots = self.master.pivots;
            let solved = self.master.solve(20 * n as usize + 2000, &|| watch.over());
            let pivots = (self.master.pivots - pivots) as u64;
            watch.spend(pivots * (n * n / 2 + 40 * n + 5_000) + 12 * self.uses.len() as u64);
            if solved == Outcome::Stopped {
                return;
            }
            let out = self.duals();
            let mut added = 0;
            for weight in [smoothing, 0.0] {
                let between = |(best, out): (&f64, &f64)| weight * best + (1.0 - weight) * out;
                let asked: Vec<f64> = self.prices.iter().zip(&out).map(between).collect();
                let effort = Search { steps: STEPS[level].min(depth.steps), excess: 0.4 * depth.tolerance };
                let Some(answers) = self.pricing.price(&asked, &self.most, effort, watch.interrupted) else {
                    return;
                };
                let work: u64 = answers.iter().map(|a| 12 * a.steps).sum();
                watch.spend(work + answers.len() as u64 * (n * 20 + 500));
                if self.improve(&asked, &answers) {
                    improved(&self.prices);
                }
                added = self.take(answers, &out);
                if added == 0 {
                    smoothing *= FADING;
                }
                if added > 0 || weight <= 0.0 {
                    break;
                }
            }
            let value = self.value();
            if value - self.bound <= depth.tolerance * value {
                self.closed = true;
                return;
            }
            if watch.over() {
                return;
            }
            if added == 0 {
                if STEPS[level] >= depth.steps || level + 1 >= STEPS.len() {
                    return;
                }
                level += 1;
                smoothing = 0.3;
            }
        }
    }

    /// Farley's bound at these prices; keeps them when it is better, and says so.
    fn improve(&mut self, asked: &[f64], answers: &[Answer]) -> bool {
        let excess =
            (answers.iter().zip(&self.kinds)).fold(1.0_f64, |m, (a, k)| m.max(a.upper * ROUNDING / k.1));
        let total: f64 = asked.iter().zip(&self.wanted.count).map(|(p, n)| p * n).sum();
        let bound = total / excess;
        if bound.is_nan() || bound <= self.bound {
            return false;
        }
        self.bound = bound;
        self.prices = asked.iter().map(|p| p / excess).collect();
        true
    }

    /// Adds the patterns that the simplex would enter; returns how many.
    fn take(&mut self, answers: Vec<Answer>, out: &[f64]) -> usize {
        let kinds = std::mem::take(&mut self.kinds);
        let mut added = 0;
        for (answer, &(bin, price)) in answers.into_iter().zip(&kinds) {
            for (_, pattern) in answer.found {
                let worth: f64 = pattern.iter().map(|&(r, k)| out[r as usize] * k).sum();
                if worth > price * (1.0 + 1e-8) && self.add(of_bin(bin, &pattern)) {
                    added += 1;
                }
            }
        }
        self.kinds = kinds;
        added
    }
}

fn of_bin(bin: u32, pattern: &Pattern) -> Use {
    Use { bin: Some(bin), items: pattern.iter().map(|&(r, k)| (r, k as u64)).collect() }
}
