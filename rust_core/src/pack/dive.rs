//! From the fractional solution to a whole plan: take its whole parts, fix the largest rests, solve what is left anew.
mod ending;

use super::colgen::{Depth, Programme, Use, Wanted};
use super::construct::complete;
use super::plan::{Opened, Plan};
use super::problem::Problem;
use super::rng::Rng;
use super::watch::Watch;
use crate::table::demand::Demand;
use ending::{CLOSE, Ending};

/// How a dive goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dive {
    /// Share of the fractional bins fixed in one stage.
    pub quota: f64,
    /// Steps of the exact knapsack while what is left is solved.
    pub steps: u64,
    /// Precision of a stage, relative to what is left.
    pub tolerance: f64,
    /// Shuffles what is fixed first; 0 for the largest rests.
    pub seed: u64,
    /// Greedy runs for what is left at each stage.
    pub completing: usize,
    /// Only plans cheaper than this matter: what is left is packed exactly as soon as it is little.
    pub below: Option<f64>,
}

/// A fixed bin must be worth this share of its price, unless nothing better is there.
const WORTHY: f64 = 0.97;
/// Columns of the first programme offered to each later one.
const OFFERED: usize = 1500;

/// Fixings taken back in one dive.
const RETREATS: usize = 12;
/// How strongly a seed shuffles.
const SHUFFLE: f64 = 0.5;

#[derive(Clone)]
struct State<'a> {
    problem: &'a Problem,
    demand: &'a Demand,
    opened: Vec<Opened>,
    alone: Vec<u64>,
    left: Vec<u64>,
}

/// Dives from the solution of `programme`; the best whole plan met on the way, if any.
pub(super) fn dive(
    problem: &Problem,
    demand: &Demand,
    programme: &Programme<'_>,
    prices: &[f64],
    how: Dive,
    watch: &Watch<'_>,
) -> Option<Plan> {
    let mut state = State {
        problem,
        demand,
        opened: Vec::new(),
        alone: vec![0; problem.sizes],
        left: demand.count.clone(),
    };
    let pool: Vec<Use> = programme.uses.iter().map(|u| to_sizes(u, &programme.wanted.sizes)).collect();
    let mut solution: Vec<(Use, f64)> =
        (programme.solution().into_iter()).map(|(u, x)| (to_sizes(&u, &programme.wanted.sizes), x)).collect();
    let mut prices = prices.to_vec();
    let mut best: Option<Plan> = None;
    let mut rng = Rng::new(how.seed);
    let (mut quota, mut retreats) = (how.quota, RETREATS);
    for stage in 0.. {
        let floored = state.floor(&mut solution);
        let ended = state.left.iter().all(|&n| n == 0);
        let completed = state.completed(&prices, how.completing);
        if let Some(plan) = completed.as_ref()
            && best.as_ref().is_none_or(|b| plan.1.cost < b.cost)
        {
            best = Some(plan.1.clone());
        }
        if ended || watch.over() {
            break;
        }
        let before = how.below.map(|_| (state.clone(), solution.clone()));
        if how.seed > 0 {
            solution.iter_mut().for_each(|s| s.1 = rng.around(s.1, SHUFFLE).min(1.0 - 1e-6));
        }
        if stage > 0 || !floored {
            state.fix_largest(&mut solution, &prices, quota);
        }
        if state.left.iter().all(|&n| n == 0) {
            continue;
        }
        let wanted = state.wanted();
        let rows = wanted.sizes.clone();
        let worth: f64 = rows.iter().map(|&s| prices[s as usize] * state.left[s as usize] as f64).sum();
        let Some(mut next) = Programme::new(problem, wanted.proper()) else { break };
        for (way, _) in &solution {
            state.offer(&mut next, way);
        }
        for way in completed.iter().flat_map(|c| &c.0) {
            state.offer(&mut next, way);
        }
        for way in state.promising(&pool, &prices) {
            state.offer(&mut next, way);
        }
        next.start_from(&rows.iter().map(|&s| prices[s as usize]).collect::<Vec<_>>(), 0.0);
        let tolerance = (how.tolerance * programme.bound / worth.max(f64::MIN_POSITIVE)).clamp(1e-3, 0.05);
        let depth = if how.below.is_some() { CLOSE } else { Depth { tolerance, steps: how.steps } };
        let part = watch.part(watch.budget / 4);
        next.run(depth, &part, &mut |_| ());
        watch.spend(part.spent.get());
        match how.below.map_or(Ending::Open, |below| state.ending(&next, &rows, below, watch)) {
            Ending::Found(plan) => return Some(plan),
            Ending::Open => {}
            Ending::Hopeless if retreats == 0 || watch.over() => break,
            Ending::Hopeless => {
                // One of those just fixed was wrong: fewer of them, others first.
                (retreats, quota) = (retreats - 1, quota / 2.0);
                if let Some((was, fractional)) = before {
                    (state, solution) = (was, fractional);
                }
                continue;
            }
        }
        solution = next.solution().into_iter().map(|(u, x)| (to_sizes(&u, &rows), x)).collect();
        for (&s, price) in rows.iter().zip(next.duals()) {
            prices[s as usize] = price.max(1e-9 * prices[s as usize]);
        }
    }
    best
}

/// Parts of a bin from which on it is opened whole, tried in turn.
const PARTS: [f64; 5] = [1.0, 0.85, 0.7, 0.55, 0.4];

/// The whole parts of a fractional packing (canonical sizes and bins) as far as this demand needs them, the largest of the
/// other parts, and the greedy for the rest; `None` where a task finds no place.
pub(crate) fn rounded(
    problem: &Problem,
    demand: &Demand,
    mut ways: Vec<(Use, f64)>,
    prices: &[f64],
) -> Option<Plan> {
    let mut whole = State {
        problem,
        demand,
        opened: Vec::new(),
        alone: vec![0; problem.sizes],
        left: demand.count.clone(),
    };
    whole.floor(&mut ways);
    ways.sort_by(|a, b| b.1.total_cmp(&a.1));
    let tried = PARTS.iter().map(|&part| {
        let mut state = whole.clone();
        for (way, _) in ways.iter().take_while(|w| w.1 >= part) {
            let Some(trimmed) = state.cheapest(&state.trimmed(way)) else { continue };
            let worth: f64 = trimmed.items.iter().map(|&(s, n)| prices[s as usize] * n as f64).sum();
            if worth >= WORTHY * state.cost(&trimmed) {
                state.take(&trimmed, 1);
            }
        }
        state.completed(prices, 1).map(|c| c.1)
    });
    tried.flatten().min_by(|a, b| a.cost.total_cmp(&b.cost))
}

/// The same use in canonical sizes instead of rows.
pub(super) fn to_sizes(way: &Use, sizes: &[u32]) -> Use {
    Use { bin: way.bin, items: way.items.iter().map(|&(r, n)| (sizes[r as usize], n)).collect() }
}

impl State<'_> {
    /// Takes every use as often as it is wholly in the solution; whether anything was taken.
    fn floor(&mut self, solution: &mut [(Use, f64)]) -> bool {
        let mut any = false;
        for (way, x) in solution {
            let fits = way.items.iter().map(|&(s, n)| self.left[s as usize] / n).min().unwrap_or(0);
            let times = fits.min((*x + 1e-6).max(0.0).floor() as u64);
            if times > 0 {
                self.take(way, times);
                *x -= times as f64;
                any = true;
            }
        }
        any
    }

    fn take(&mut self, way: &Use, times: u64) {
        for &(s, n) in &way.items {
            self.left[s as usize] -= n * times;
            if way.bin.is_none() {
                self.alone[s as usize] += n * times;
            }
        }
        if let Some(bin) = way.bin {
            self.opened.push(Opened { bin, items: way.items.clone(), times });
        }
    }

    /// Opens one bin of each of the most whole rests, trimmed to what is left and moved to the cheapest place.
    fn fix_largest(&mut self, solution: &mut [(Use, f64)], prices: &[f64], quota: f64) {
        solution.sort_by(|a, b| b.1.total_cmp(&a.1));
        let rests: f64 = solution.iter().map(|s| s.1.max(0.0)).sum();
        let most = ((rests * quota).ceil() as usize).max(1);
        let mut fixed = 0;
        for (way, x) in solution.iter_mut().filter(|s| s.1 > 1e-6) {
            let Some(trimmed) = self.cheapest(&self.trimmed(way)) else { continue };
            let worth: f64 = trimmed.items.iter().map(|&(s, n)| prices[s as usize] * n as f64).sum();
            if worth < WORTHY * self.cost(&trimmed) && fixed > 0 {
                continue;
            }
            self.take(&trimmed, 1);
            *x -= 1.0;
            fixed += 1;
            if fixed >= most {
                return;
            }
        }
    }

    fn cost(&self, way: &Use) -> f64 {
        match way.bin {
            Some(b) => self.problem.price[b as usize],
            None => way.items.iter().map(|&(s, n)| self.demand.alone[s as usize] * n as f64).sum(),
        }
    }

    fn trimmed(&self, way: &Use) -> Use {
        let items = way.items.iter().map(|&(s, n)| (s, n.min(self.left[s as usize]))).filter(|i| i.1 > 0);
        Use { bin: way.bin, items: items.collect() }
    }

    /// The cheapest kind (or none at all) that holds the tasks of a use; `None` when it has none left.
    fn cheapest(&self, way: &Use) -> Option<Use> {
        if way.items.is_empty() {
            return None;
        }
        let outside: f64 = way.items.iter().map(|&(s, n)| self.demand.alone[s as usize] * n as f64).sum();
        let bin = way.bin.map(|from| {
            let holds = |b: &u32| holds(self.problem, *b as usize, &way.items);
            (0..from).find(holds).unwrap_or(from)
        });
        let cost = bin.map_or(f64::INFINITY, |b| self.problem.price[b as usize]);
        Some(Use { bin: if outside <= cost { None } else { bin }, items: way.items.clone() })
    }

    fn offer(&self, next: &mut Programme<'_>, way: &Use) {
        let Some(trimmed) = self.cheapest(&self.trimmed(way)) else { return };
        let row = |s: u32| next.wanted.sizes.binary_search(&s).ok().map(|r| r as u32);
        let items: Option<Vec<(u32, u64)>> =
            trimmed.items.iter().map(|&(s, n)| row(s).map(|r| (r, n))).collect();
        if let Some(items) = items
            && (trimmed.bin.is_some() || items.len() == 1)
        {
            next.add(Use { bin: trimmed.bin, items });
        }
    }

    /// Uses of the pool that are still worth nearly their price for what is left.
    fn promising<'p>(&self, pool: &'p [Use], prices: &[f64]) -> Vec<&'p Use> {
        let rate = |way: &Use| {
            let left = |&(s, n): &(u32, u64)| prices[s as usize] * n.min(self.left[s as usize]) as f64;
            way.items.iter().map(left).sum::<f64>() / self.cost(way).max(f64::MIN_POSITIVE)
        };
        let mut rated: Vec<(f64, &Use)> =
            pool.iter().filter(|u| u.bin.is_some()).map(|u| (rate(u), u)).filter(|r| r.0 >= 0.95).collect();
        rated.sort_by(|a, b| b.0.total_cmp(&a.0));
        rated.into_iter().take(OFFERED).map(|r| r.1).collect()
    }

    fn wanted(&self) -> Wanted {
        wanted(&self.left, &self.demand.alone)
    }

    /// The plan in which the greedy places what is left, and the uses it placed.
    fn completed(&self, prices: &[f64], runs: usize) -> Option<(Vec<Use>, Plan)> {
        let rest = Demand { count: self.left.clone(), alone: self.demand.alone.clone() };
        let plan = complete(self.problem, &rest, prices, runs)?;
        let uses = plan.opened.iter().map(|o| Use { bin: Some(o.bin), items: o.items.clone() }).collect();
        let opened = self.opened.iter().cloned().chain(plan.opened).collect();
        let alone = self.alone.iter().zip(&plan.alone).map(|(a, b)| a + b).collect();
        Some((uses, Plan::new(self.problem, opened, alone, &self.demand.alone)))
    }
}

/// The sizes of which tasks are left.
pub(super) fn wanted(left: &[u64], alone: &[f64]) -> Wanted {
    let sizes: Vec<u32> = (0..left.len() as u32).filter(|&s| left[s as usize] > 0).collect();
    Wanted {
        most: vec![f64::INFINITY; sizes.len()],
        count: sizes.iter().map(|&s| left[s as usize] as f64).collect(),
        alone: sizes.iter().map(|&s| alone[s as usize]).collect(),
        sizes,
    }
}

fn holds(problem: &Problem, b: usize, items: &[(u32, u64)]) -> bool {
    items.iter().all(|&(s, n)| problem.fit[b * problem.sizes + s as usize] >= n as f64)
        && (0..problem.dims).all(|k| {
            let load: f64 = items.iter().map(|&(s, n)| problem.size(s as usize)[k] * n as f64).sum();
            load <= problem.bin(b)[k]
        })
}
