//! One hour's packing: the plan, the proven bound and the price of each task size.
mod basis;
pub mod bound;
pub(crate) mod construct;
mod ffd;
mod fill;
pub mod fluid;
mod greedy;
mod grid;
pub mod plan;
pub mod problem;
mod prune;
pub(crate) mod recreate;
mod rng;
mod spread;

use crate::error::CoreError;
use crate::table::bins::Bins;
use crate::table::demand::{Demand, Sizes};
use bound::Bound;
use construct::{Starts, Values, best_start, size_bias};
use fluid::Fluid;
use plan::Plan;
use problem::Problem;
use rayon::prelude::*;
use recreate::{Budget, Ended, chain};
use std::time::{Duration, Instant};

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
    let deadline = effort.time_limit.map(|limit| Instant::now() + limit);
    demand.validate(sizes.len())?;
    let problem = Problem::build(sizes, bins, dims, Some(demand))?;
    let demand = problem.demand(demand);
    check_places(&problem, &demand)?;
    let fluid = Fluid::new(&problem);
    let resource = fluid.solve(&demand.count, &demand.alone);
    let task_price = fluid.task_prices(&resource, &demand.alone);
    let worth = fluid.task_prices(&resource, &vec![f64::INFINITY; problem.sizes]);
    let bound = Bound::dual(&problem, &demand, &task_price).or_few_bins(&problem, &demand, 0);
    let target = bound.usd * (1.0 + effort.gap);
    let values = Values { task_price: &task_price, resource_worth: &worth, bias: &size_bias(&task_price) };
    let starts = Starts { basic: true, learned: 12, balanced: true, min_bins: 0, target };
    let (start, _) = best_start(&problem, &demand, &values, starts, interrupted)?;
    let budget = Budget { trials: effort.trials, min_bins: 0, target, deadline, interrupted };
    let found: Vec<(Plan, Ended)> = (1..=CHAINS)
        .into_par_iter()
        .map(|seed| chain(&problem, &demand, &task_price, &start, seed, budget))
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
    let stopped_by = match best.1 {
        Ended::Target => StoppedBy::Gap,
        Ended::Trials => StoppedBy::Work,
        Ended::Time => StoppedBy::Time,
    };
    Ok(Packed { problem, plan: best.0, bound, stopped_by })
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
