//! Ruin and recreate: empties a few wasteful bins and packs their tasks anew, many times, on a fixed budget of trials.
use super::follow::{End, News};
use super::greedy::{Greedy, Steering, downsize};
use super::plan::{Opened, Plan};
use super::problem::Problem;
use super::rng::Rng;
use super::spread;
use crate::table::demand::Demand;

/// When a chain of trials ends.
#[derive(Clone, Copy)]
pub(crate) struct Budget<'a> {
    pub trials: usize,
    /// Good enough: stop at or below this cost.
    pub target: f64,
    /// Bins that must stay open when any is.
    pub min_bins: u64,
    pub end: End<'a>,
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    pub news: &'a News<'a>,
}

/// Why a chain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Target,
    Trials,
    Time,
}

/// Largest number of bins emptied in one trial.
const RUIN_MOST: usize = 10;
/// A worse packing is taken while the loss is under this share of what was emptied, falling to 0 over the trials.
const ACCEPT: f64 = 0.02;

/// One chain from `start`; never returns anything worse.
pub(crate) fn chain(
    problem: &Problem,
    demand: &Demand,
    task_price: &[f64],
    start: &Plan,
    seed: u64,
    budget: Budget<'_>,
) -> (Plan, Ended) {
    let mut rng = Rng::new(seed);
    let mut greedy = Greedy::default();
    let cap = spread::caps(demand, budget.min_bins);
    let mut state = State::new(problem, start, task_price);
    let (mut best, mut best_cost) = (start.clone(), start.cost);
    let mut ended = Ended::Trials;
    for trial in 0..budget.trials {
        if best_cost <= budget.target {
            ended = Ended::Target;
            break;
        }
        if trial % 32 == 0 && budget.end.reached() {
            ended = Ended::Time;
            break;
        }
        if trial % 32 == 0 && (budget.interrupted)() {
            break;
        }
        let ruined = state.ruin(problem, demand, &mut rng);
        if ruined.cost <= 0.0 {
            state.restore(problem, &ruined);
            continue;
        }
        let spread = 0.02 + 0.3 * rng.share() * rng.share();
        let value: Vec<f64> = task_price.iter().map(|&p| rng.around(p, spread)).collect();
        let rank: Vec<f64> = (0..problem.sizes).map(|_| rng.share()).collect();
        let mut left = ruined.left.clone();
        let mut used = state.used.clone();
        let (mut opened, mut alone) = (Vec::new(), vec![0; problem.sizes]);
        let balanced = rng.share() < 0.5;
        let steering =
            Steering { value: &value, alone: &demand.alone, cap: &cap, rank: &rank, balanced, only: None };
        greedy.run(problem, &mut left, steering, &mut used, &mut opened, &mut alone);
        let complete = left.iter().all(|&x| x < 1.0);
        if problem.limit.iter().all(|l| l.is_infinite()) {
            downsize(problem, &mut opened, &demand.alone, &mut alone);
        }
        let cost = opened.iter().map(|o| problem.price[o.bin as usize] * o.times as f64).sum::<f64>()
            + alone
                .iter()
                .zip(&demand.alone)
                .filter(|(n, _)| **n > 0)
                .map(|(n, p)| *n as f64 * p)
                .sum::<f64>();
        let heat = ACCEPT * (1.0 - trial as f64 / budget.trials as f64).powi(2);
        let bins = state.used.iter().sum::<f64>() + opened.iter().map(|o| o.times as f64).sum::<f64>();
        let spread_kept = bins < 1.0 || bins >= budget.min_bins as f64;
        if complete && spread_kept && cost <= ruined.cost * (1.0 + heat) {
            state.accept(problem, opened, &alone, cost - ruined.cost, task_price);
            if state.cost < best_cost * (1.0 - 1e-12)
                && spread::holds(&state.opened(), demand, budget.min_bins)
            {
                best = Plan::new(problem, state.opened(), state.alone.clone(), &demand.alone);
                best_cost = best.cost;
                state.cost = best.cost;
                budget.news.cost(best_cost);
            }
        } else {
            state.restore(problem, &ruined);
        }
    }
    if best_cost <= budget.target {
        ended = Ended::Target;
    }
    (best, ended)
}

struct Entry {
    opened: Opened,
    waste: f64,
}

struct State {
    entries: Vec<Entry>,
    alone: Vec<u64>,
    used: Vec<f64>,
    cost: f64,
}

struct Ruined {
    entries: Vec<(usize, u64)>,
    alone: Vec<(usize, u64)>,
    left: Vec<f64>,
    cost: f64,
}

impl State {
    fn new(problem: &Problem, plan: &Plan, task_price: &[f64]) -> Self {
        let mut state = Self {
            entries: Vec::new(),
            alone: plan.alone.clone(),
            used: vec![0.0; problem.bins],
            cost: plan.cost,
        };
        plan.opened.iter().for_each(|o| state.push(problem, o.clone(), task_price));
        state
    }

    fn opened(&self) -> Vec<Opened> {
        self.entries.iter().map(|e| e.opened.clone()).collect()
    }

    fn push(&mut self, problem: &Problem, opened: Opened, task_price: &[f64]) {
        let worth: f64 = opened.items.iter().map(|&(s, n)| task_price[s as usize] * n as f64).sum();
        let price = problem.price[opened.bin as usize];
        self.used[opened.bin as usize] += opened.times as f64;
        self.entries.push(Entry { opened, waste: price - worth });
    }

    /// Empties a few bins (the more wasteful of two drawn, each time) and sometimes calls back lone tasks.
    fn ruin(&mut self, problem: &Problem, demand: &Demand, rng: &mut Rng) -> Ruined {
        let mut ruined =
            Ruined { entries: Vec::new(), alone: Vec::new(), left: vec![0.0; problem.sizes], cost: 0.0 };
        let many = 1 + rng.below(RUIN_MOST);
        for _ in 0..many {
            let (a, b) = (rng.below(self.entries.len()), rng.below(self.entries.len()));
            let Some(first) = self.entries.get(a) else {
                break;
            };
            let at = if self.entries[b].waste > first.waste { b } else { a };
            let opened = &mut self.entries[at].opened;
            if opened.times == 0 {
                continue;
            }
            // One bin, or a random number of equal ones: big fleets need big moves.
            let times = if rng.share() < 0.5 { 1 } else { 1 + rng.below(opened.times as usize) as u64 };
            let bins = times as f64;
            opened.times -= times;
            self.used[opened.bin as usize] -= bins;
            for &(s, n) in &opened.items {
                ruined.left[s as usize] += n as f64 * bins;
            }
            ruined.cost += problem.price[opened.bin as usize] * bins;
            ruined.entries.push((at, times));
        }
        if rng.share() < 0.5 {
            for s in (0..problem.sizes).filter(|&s| self.alone[s] > 0).collect::<Vec<_>>() {
                if rng.share() < 0.5 {
                    let back = 1 + rng.below(self.alone[s].min(32) as usize) as u64;
                    self.alone[s] -= back;
                    ruined.left[s] += back as f64;
                    ruined.cost += demand.alone[s] * back as f64;
                    ruined.alone.push((s, back));
                }
            }
        }
        ruined
    }

    fn restore(&mut self, problem: &Problem, ruined: &Ruined) {
        debug_assert_eq!(self.used.len(), problem.bins);
        for &(at, times) in &ruined.entries {
            self.entries[at].opened.times += times;
            self.used[self.entries[at].opened.bin as usize] += times as f64;
        }
        ruined.alone.iter().for_each(|&(s, n)| self.alone[s] += n);
    }

    fn accept(
        &mut self,
        problem: &Problem,
        opened: Vec<Opened>,
        alone: &[u64],
        change: f64,
        task_price: &[f64],
    ) {
        self.entries.retain(|e| e.opened.times > 0);
        for mut o in opened {
            o.items.sort_unstable();
            let same = self.entries.iter_mut().find(|e| e.opened.bin == o.bin && e.opened.items == o.items);
            match same {
                Some(entry) => {
                    entry.opened.times += o.times;
                    self.used[o.bin as usize] += o.times as f64;
                }
                None => self.push(problem, o, task_price),
            }
        }
        self.alone.iter_mut().zip(alone).for_each(|(a, n)| *a += n);
        self.cost += change;
    }
}
