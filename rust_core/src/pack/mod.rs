//! One hour's packing: the plan, the proven bound and the price of each task size.
pub(crate) mod adapt;
mod basis;
pub mod bound;
pub(crate) mod colgen;
pub(crate) mod construct;
pub(crate) mod dive;
mod exact;
mod ffd;
mod fill;
pub mod fluid;
pub mod follow;
mod greedy;
mod grid;
mod knapsack;
mod last_step;
mod patterns;
pub mod plan;
mod pricing;
pub mod problem;
mod prune;
pub(crate) mod recreate;
mod refine;
mod rng;
pub(crate) mod room;
pub(crate) mod simplex;
mod simplex_basis;
mod spread;
pub(crate) mod watch;
mod whole;

pub(crate) use bound::floor_scaled;
pub(crate) use grid::all_to_grid;

use crate::error::CoreError;
use crate::table::bins::Bins;
use crate::table::demand::{Demand, Sizes};
use bound::Bound;
use construct::{Starts, Values, best_start, size_bias};
use exact::close;
use fluid::Fluid;
use follow::{End, Follower, News};
use plan::Plan;
use problem::Problem;
use rayon::prelude::*;
use recreate::{Budget, Ended, chain};
use refine::{VAST, budget, refine};
use std::cell::Cell;
use std::time::{Duration, Instant};
use watch::Watch;

/// How long and how hard to search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Stop when `cost <= bound * (1 + gap)`.
    pub gap: f64,
    /// Wall-clock limit; none by default, since it makes results depend on the machine.
    pub time_limit: Option<Duration>,
    /// Multiplies the budget of trials; 0 only constructs.
    pub trials: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { gap: 0.0, time_limit: None, trials: 1500 }
    }
}

/// Why the search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoppedBy {
    /// The wanted gap is proven.
    Gap,
    /// The budget of trials is spent.
    Work,
    /// The time limit.
    Time,
    /// The caller had enough.
    Caller,
}

/// What [`pack`] found.
#[derive(Debug, Clone)]
pub struct Packed {
    /// The problem in canonical order; `size_row` and `bin_row` lead back to the caller's rows.
    pub problem: Problem,
    /// The packing, in canonical indices.
    pub plan: Plan,
    /// The proof.
    pub bound: Bound,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
}

/// Greedy runs that learn from one another which tasks are hard to place. 2 and 24 were worse: on some fleets they find what
/// no dive does, and they take time from the dives.
const STARTS: usize = 12;
/// Below so many tasks twice the trials are made.
const SMALL: u64 = 500;
/// Up to so many tasks the optimum is proven at once; larger fleets get a better plan first, which leaves less to look at.
const TINY: u64 = 30;
/// Work of the exact closing that one trial stands for: a second for the usual number.
const CLOSING: u64 = 500_000;
/// Relative share by which a certificate is rounded down: a plan this close to it is as good as proven.
const ROUNDED: f64 = 3e-9;
/// Independent chains of trials; fixed, so that the number of threads changes nothing.
const CHAINS: u64 = 4;

/// Packs `demand` tasks of `sizes` into `bins` at least cost.
///
/// `interrupted` is polled a few thousand times a second. Errors: [`CoreError::InvalidInput`], [`CoreError::NoPlace`],
/// [`CoreError::Interrupted`].
pub fn pack(
    sizes: &Sizes,
    bins: &Bins,
    demand: &Demand,
    dims: usize,
    effort: Effort,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<Packed, CoreError> {
    pack_followed(sizes, bins, demand, dims, effort, Follower::waiting(interrupted))
}

/// [`pack`] for a caller that wants to hear of it, or to end it with the best plan so far.
pub fn pack_followed(
    sizes: &Sizes,
    bins: &Bins,
    demand: &Demand,
    dims: usize,
    effort: Effort,
    follower: Follower<'_>,
) -> Result<Packed, CoreError> {
    let news = News::new(follower.progress);
    let packed = search(sizes, bins, demand, dims, effort, follower, &news)?;
    news.bound(packed.bound.usd);
    news.cost(packed.plan.cost);
    Ok(packed)
}

fn search(
    sizes: &Sizes,
    bins: &Bins,
    demand: &Demand,
    dims: usize,
    effort: Effort,
    follower: Follower<'_>,
    news: &News<'_>,
) -> Result<Packed, CoreError> {
    let interrupted = follower.interrupted;
    // A limit beyond what the clock can count is none.
    let at = effort.time_limit.and_then(|limit| Instant::now().checked_add(limit));
    let end = End { at, enough: follower.enough };
    demand.validate(sizes.len())?;
    let problem = Problem::build(sizes, bins, dims, Some(demand))?;
    let demand = problem.demand(demand);
    check_places(&problem, &demand)?;
    let fluid = Fluid::new(&problem);
    let resource = fluid.solve(&demand.count, &demand.alone);
    let task_price = fluid.task_prices(&resource, &demand.alone);
    let worth = fluid.task_prices(&resource, &vec![f64::INFINITY; problem.sizes]);
    let mut bound = Bound::dual(&problem, &demand, &task_price)
        .or_few_bins(&problem, &demand, 0)
        .or_whole_bins(&problem, &demand);
    let mut target = bound.usd * (1.0 + effort.gap + ROUNDED);
    let refines = effort.trials > 0;
    let values = Values { task_price: &task_price, resource_worth: &worth, bias: &size_bias(&task_price) };
    let tasks: u64 = demand.count.iter().fold(0, |sum, &n| sum.saturating_add(n));
    let vast = refines && tasks >= VAST;
    let learned = if vast { 1 } else { STARTS };
    let starts = Starts { basic: true, learned, balanced: !vast, min_bins: 0, target };
    news.bound(bound.usd);
    let (mut start, _) = best_start(&problem, &demand, &values, starts, interrupted)?;
    news.cost(start.cost);
    let mut steering = task_price.clone();
    let mut starts = vec![start.clone()];
    if refines && start.cost > target {
        let watch = Watch {
            end,
            interrupted,
            news,
            budget: budget(effort.trials, problem.sizes),
            spent: Cell::new(0),
        };
        if let Some(refined) = refine(&problem, &demand, &task_price, &bound, &start, effort.gap, &watch) {
            (bound, steering) = (refined.bound, refined.steering);
            target = bound.usd * (1.0 + effort.gap + ROUNDED);
            starts = refined.plans;
            starts.truncate(CHAINS as usize);
            match starts.first() {
                Some(plan) if plan.cost < start.cost => start = plan.clone(),
                _ => starts = vec![start.clone()],
            }
        }
    }
    let closed = |known: &Plan, bound: &Bound| {
        let watch = Watch {
            end,
            interrupted,
            news,
            budget: (effort.trials as u64).saturating_mul(CLOSING),
            spent: Cell::new(0),
        };
        close(&problem, &demand, bound, known, &watch)
    };
    if refines
        && tasks <= TINY
        && start.cost > target
        && let Some((plan, bound)) = closed(&start, &bound)
    {
        return Ok(proven(problem, plan, bound, effort.gap));
    }
    // Trials on small fleets are cheap, and there they find most.
    let trials = if tasks < SMALL { effort.trials.saturating_mul(2) } else { effort.trials };
    let budget = Budget { trials, min_bins: 0, target, end, interrupted, news };
    let found: Vec<(Plan, Ended)> = (1..=CHAINS)
        .into_par_iter()
        .map(|seed| {
            // Half of them from the best plan.
            let from = &starts[(seed as usize / 2) % starts.len()];
            chain(&problem, &demand, &steering, from, seed, budget)
        })
        .collect();
    if interrupted() {
        return Err(CoreError::Interrupted);
    }
    let mut best: (Plan, Ended) = (start, Ended::Trials);
    for (plan, ended) in found {
        if ended != Ended::Trials || best.1 == Ended::Trials {
            best.1 = if best.1 == Ended::Target { Ended::Target } else { ended };
        }
        if plan.cost < best.0.cost {
            best.0 = plan;
        }
    }
    if refines
        && best.0.cost > target
        && best.1 == Ended::Trials
        && let Some((plan, bound)) = closed(&best.0, &bound)
    {
        return Ok(proven(problem, plan, bound, effort.gap));
    }
    let stopped_by = match best.1 {
        Ended::Target => StoppedBy::Gap,
        Ended::Trials => StoppedBy::Work,
        Ended::Time if (follower.enough)() => StoppedBy::Caller,
        Ended::Time => StoppedBy::Time,
    };
    Ok(Packed { problem, plan: best.0, bound, stopped_by })
}

/// What closing the fleet has shown. It counts in units of `1/scale` USD: prices smaller than that leave a gap open.
fn proven(problem: Problem, plan: Plan, bound: Bound, gap: f64) -> Packed {
    let met = plan.cost <= bound.usd * (1.0 + gap + ROUNDED);
    Packed { problem, plan, bound, stopped_by: if met { StoppedBy::Gap } else { StoppedBy::Work } }
}

/// Every wanted size needs a bin or a price outside every bin.
pub(crate) fn check_places(problem: &Problem, demand: &Demand) -> Result<(), CoreError> {
    let lost =
        |s: &usize| demand.count[*s] > 0 && demand.alone[*s].is_infinite() && problem.solo[*s].is_infinite();
    match (0..problem.sizes).filter(lost).map(|s| problem.size_row[s] as usize).min() {
        None => Ok(()),
        Some(size) => Err(CoreError::NoPlace {
            size,
            reason: "it fits no bin it may use, and has no price outside every bin".to_owned(),
        }),
    }
}
