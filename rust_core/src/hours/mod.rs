//! The same sizes and bins over many hours: equal hours solved once, different ones in parallel.
mod exchange;
pub(crate) mod landmarks;
pub mod portfolio;
pub mod rooms;

use crate::error::CoreError;
use crate::pack::adapt::adapted;
use crate::pack::bound::Bound;
use crate::pack::check_places;
use crate::pack::construct::{Starts, Values, best_start, size_bias};
use crate::pack::fluid::{Fluid, ResourcePrices};
use crate::pack::follow::{End, News};
use crate::pack::plan::Plan;
use crate::pack::problem::Problem;
use crate::pack::recreate::{Budget, chain};
use crate::table::bins::Bins;
use crate::table::demand::{Demand, Sizes};
use landmarks::landmarks;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Hours that are packed with care; every other one follows the nearest of them.
const LANDMARKS: usize = 24;
/// The same where packings are only compared with each other.
const LANDMARKS_ROUGHLY: usize = 1;
/// Greedy runs on a landmark; what they learn about which sizes are hard steers the hours like it.
const LEARNED_ONCE: usize = 24;
/// The same where packings are only compared with each other.
const LEARNED_ROUGHLY: usize = 6;
/// Greedy runs on every other hour.
const LEARNED_EACH: usize = 2;
/// Hours with at most so many bins get trials of ruin and recreate: there they are cheap and the greedy is weakest.
const SMALL_FLEET: u64 = 12;
const SMALL_FLEET_TRIALS: usize = 40;

/// What hours ask for, one row per hour and size; rows of one hour may be anywhere.
#[derive(Debug, Clone, Default)]
pub struct HourlyDemand {
    /// Any number that names the hour.
    pub hour: Vec<i64>,
    /// Row of the size.
    pub size: Vec<u32>,
    /// Tasks, > 0.
    pub count: Vec<u64>,
    /// USD per hour of one such task outside every bin in that hour; infinite where not possible.
    pub alone: Vec<f64>,
}

/// One distinct demand, solved.
#[derive(Debug, Clone)]
pub struct SolvedHour {
    /// The packing in canonical indices; empty when only the bound was asked for.
    pub plan: Plan,
    /// The proof and the price of each task size.
    pub bound: Bound,
}

/// What [`pack_hours`] found.
#[derive(Debug, Clone)]
pub struct PackedHours {
    /// The problem in canonical order.
    pub problem: Problem,
    /// Hours, ascending.
    pub hours: Vec<i64>,
    /// Index into `solved` for each hour.
    pub which: Vec<usize>,
    /// Distinct demands in canonical order.
    pub demands: Vec<Demand>,
    /// Their solutions.
    pub solved: Vec<SolvedHour>,
}

/// How to solve the hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HoursOptions {
    /// Bins open at least in every hour with a task in a bin (capped by the number of such tasks).
    pub min_bins: u64,
    /// Bounds and prices only, no packing.
    pub bound_only: bool,
    /// Fewer runs: good enough to compare pools with each other, not to run one.
    pub rough: bool,
}

/// Packs every hour. Errors as in [`crate::pack::pack`], naming the size without a place.
pub fn pack_hours(
    sizes: &Sizes,
    bins: &Bins,
    demand: &HourlyDemand,
    dims: usize,
    options: HoursOptions,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<PackedHours, CoreError> {
    let problem = Problem::build(sizes, bins, dims, None)?;
    let (hours, which, demands) = distinct(demand, &problem)?;
    let fluid = Fluid::new(&problem);
    let bounded: Vec<Bounded> =
        demands.par_iter().map(|d| bounded(&problem, &fluid, d, options)).collect::<Result<Vec<_>, _>>()?;
    if options.bound_only || demands.is_empty() {
        let solved = bounded.into_iter().map(|b| SolvedHour { plan: Plan::default(), bound: b.bound });
        return Ok(PackedHours { solved: solved.collect(), problem, hours, which, demands });
    }
    let one = One { problem: &problem, fluid: &fluid, options, interrupted };
    let dearest = (0..demands.len())
        .fold(0, |dearest, i| if bounded[i].bound.usd > bounded[dearest].bound.usd { i } else { dearest });
    let most = if options.rough { LANDMARKS_ROUGHLY } else { LANDMARKS };
    let (chosen, nearest) = landmarks(&demands, &bounded[dearest].task_price, dearest, most);
    let known: Vec<(Plan, Vec<f64>)> = chosen
        .par_iter()
        .map(|&i| {
            let learned = if options.rough { LEARNED_ROUGHLY } else { LEARNED_ONCE };
            one.packed(&demands[i], &bounded[i], &size_bias(&bounded[i].task_price), (true, learned))
        })
        .collect::<Result<_, _>>()?;
    let solved = demands
        .par_iter()
        .zip(bounded)
        .zip(nearest)
        .enumerate()
        .map(|(i, ((demand, own), near))| {
            let plan =
                if chosen[near] == i { known[near].0.clone() } else { one.like(demand, &own, &known[near])? };
            Ok(SolvedHour { plan: one.improved(demand, &own, plan), bound: own.bound })
        })
        .collect::<Result<Vec<_>, CoreError>>();
    if interrupted() {
        return Err(CoreError::Interrupted);
    }
    Ok(PackedHours { solved: solved?, problem, hours, which, demands })
}

struct Bounded {
    bound: Bound,
    resource: ResourcePrices,
    task_price: Vec<f64>,
}

fn bounded(
    problem: &Problem,
    fluid: &Fluid,
    demand: &Demand,
    options: HoursOptions,
) -> Result<Bounded, CoreError> {
    check_places(problem, demand)?;
    let resource = fluid.solve(&demand.count, &demand.alone);
    let task_price = fluid.task_prices(&resource, &demand.alone);
    let bound = Bound::dual(problem, demand, &task_price).or_few_bins(problem, demand, options.min_bins);
    Ok(Bounded { bound, resource, task_price })
}

/// What packing one hour after the other shares.
struct One<'a> {
    problem: &'a Problem,
    fluid: &'a Fluid,
    options: HoursOptions,
    interrupted: &'a (dyn Fn() -> bool + Sync),
}

impl One<'_> {
    /// The best of some runs, and what they learned; `runs`: whether the plain ones too, and how many that learn.
    fn packed(
        &self,
        demand: &Demand,
        own: &Bounded,
        bias: &[f64],
        (basic, learned): (bool, usize),
    ) -> Result<(Plan, Vec<f64>), CoreError> {
        let worth = self.fluid.task_prices(&own.resource, &vec![f64::INFINITY; self.problem.sizes]);
        let values = Values { task_price: &own.task_price, resource_worth: &worth, bias };
        let starts = Starts {
            basic,
            learned,
            balanced: true,
            min_bins: self.options.min_bins,
            target: own.bound.usd * (1.0 + 1e-6),
        };
        best_start(self.problem, demand, &values, starts, self.interrupted)
    }

    /// The better of the landmark's packing carried over, and a few runs with what it learned.
    fn like(
        &self,
        demand: &Demand,
        own: &Bounded,
        (plan, bias): &(Plan, Vec<f64>),
    ) -> Result<Plan, CoreError> {
        let learned = if self.options.rough { 1 } else { LEARNED_EACH };
        let anew = self.packed(demand, own, bias, (false, learned))?.0;
        let value: Vec<f64> = own.task_price.iter().zip(bias).map(|(price, bias)| price * bias).collect();
        let carried = adapted(self.problem, demand, plan, &value, self.options.min_bins);
        Ok(carried.filter(|plan| plan.cost < anew.cost).unwrap_or(anew))
    }

    /// A plan after some trials, where it is small.
    fn improved(&self, demand: &Demand, own: &Bounded, plan: Plan) -> Plan {
        if plan.bins() > SMALL_FLEET || self.options.rough {
            return plan;
        }
        let budget = Budget {
            trials: SMALL_FLEET_TRIALS,
            target: own.bound.usd * (1.0 + 1e-6),
            min_bins: self.options.min_bins,
            end: End::NEVER,
            interrupted: self.interrupted,
            news: &News::untold(),
        };
        chain(self.problem, demand, &own.task_price, &plan, 1, budget).0
    }
}

pub(crate) type Distinct = (Vec<i64>, Vec<usize>, Vec<Demand>);

/// Groups rows by hour, checks them, and finds the hours that ask for the same at the same prices.
pub(crate) fn distinct(rows: &HourlyDemand, problem: &Problem) -> Result<Distinct, CoreError> {
    let n = problem.sizes;
    let mut canonical = vec![0u32; n];
    problem.size_row.iter().enumerate().for_each(|(at, &row)| canonical[row as usize] = at as u32);
    let mut by_hour: BTreeMap<i64, Vec<(u32, u64, u64)>> = BTreeMap::new();
    for (row, (((&hour, &size), &count), &alone)) in
        rows.hour.iter().zip(&rows.size).zip(&rows.count).zip(&rows.alone).enumerate()
    {
        let refuse = |field: &str, reason: String| Err(crate::error::invalid(field, row, reason));
        let Some(&size) = canonical.get(size as usize) else {
            return refuse("size", format!("there are only {n} sizes"));
        };
        if count > crate::table::demand::MAX_COUNT {
            return refuse("count", "too large".to_owned());
        }
        if alone.is_nan() || alone < 0.0 {
            return refuse("alone_usd_per_hour", "must be >= 0".to_owned());
        }
        by_hour.entry(hour).or_default().push((size, count, alone.to_bits()));
    }
    let mut known: BTreeMap<Vec<(u32, u64, u64)>, usize> = BTreeMap::new();
    let (mut hours, mut which, mut demands) = (Vec::new(), Vec::new(), Vec::new());
    for (hour, mut wanted) in by_hour {
        wanted.sort_unstable();
        if let Some(pair) = wanted.windows(2).find(|p| p[0].0 == p[1].0) {
            let size = problem.size_row[pair[0].0 as usize];
            let row = rows.hour.iter().zip(&rows.size).rposition(|(&h, &s)| h == hour && s == size);
            return Err(crate::error::invalid(
                "size",
                row.unwrap_or(0),
                format!("hour {hour} has this size twice"),
            ));
        }
        let at = *known.entry(wanted).or_insert_with_key(|wanted| {
            let mut demand = Demand { count: vec![0; n], alone: vec![f64::INFINITY; n] };
            for &(size, count, alone) in wanted {
                demand.count[size as usize] = count;
                demand.alone[size as usize] = f64::from_bits(alone);
            }
            demands.push(demand);
            demands.len() - 1
        });
        hours.push(hour);
        which.push(at);
    }
    Ok((hours, which, demands))
}
