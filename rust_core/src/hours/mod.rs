//! The same sizes and bins over many hours: equal hours solved once, different ones in parallel.
pub mod portfolio;
pub mod rooms;

use crate::error::CoreError;
use crate::pack::bound::Bound;
use crate::pack::check_places;
use crate::pack::construct::{Starts, Values, best_start, size_bias};
use crate::pack::fluid::{Fluid, ResourcePrices};
use crate::pack::plan::Plan;
use crate::pack::problem::Problem;
use crate::pack::recreate::{Budget, chain};
use crate::table::bins::Bins;
use crate::table::demand::{Demand, Sizes};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Greedy runs on the dearest hour; what they learn about which sizes are hard steers every other hour.
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
    let bias = match bounded.iter().zip(&demands).max_by(|a, b| a.0.bound.usd.total_cmp(&b.0.bound.usd)) {
        Some((dearest, demand)) if !options.bound_only => {
            let starts = Starts {
                basic: true,
                learned: if options.rough { LEARNED_ROUGHLY } else { LEARNED_ONCE },
                balanced: true,
                min_bins: options.min_bins,
                target: 0.0,
            };
            packed(&problem, &fluid, demand, dearest, &size_bias(&dearest.task_price), starts, interrupted)?.1
        }
        _ => vec![1.0; problem.sizes],
    };
    let solved = demands
        .par_iter()
        .zip(bounded)
        .map(|(demand, known)| {
            if interrupted() {
                return Err(CoreError::Interrupted);
            }
            if options.bound_only {
                return Ok(SolvedHour { plan: Plan::default(), bound: known.bound });
            }
            let target = known.bound.usd * (1.0 + 1e-6);
            let starts = Starts {
                basic: false,
                learned: if options.rough { 1 } else { LEARNED_EACH },
                balanced: true,
                min_bins: options.min_bins,
                target,
            };
            let plan = packed(&problem, &fluid, demand, &known, &bias, starts, interrupted)?.0;
            let small = plan.bins() <= SMALL_FLEET && !options.rough;
            let budget = Budget {
                trials: if small { SMALL_FLEET_TRIALS } else { 0 },
                target,
                min_bins: options.min_bins,
                deadline: None,
                interrupted,
            };
            let (plan, _) = chain(&problem, demand, &known.task_price, &plan, 1, budget);
            Ok(SolvedHour { plan, bound: known.bound })
        })
        .collect::<Vec<_>>();
    if interrupted() {
        return Err(CoreError::Interrupted);
    }
    let solved = solved.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(PackedHours { problem, hours, which, demands, solved })
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

fn packed(
    problem: &Problem,
    fluid: &Fluid,
    demand: &Demand,
    known: &Bounded,
    bias: &[f64],
    starts: Starts,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(Plan, Vec<f64>), CoreError> {
    let worth = fluid.task_prices(&known.resource, &vec![f64::INFINITY; problem.sizes]);
    let values = Values { task_price: &known.task_price, resource_worth: &worth, bias };
    best_start(problem, demand, &values, starts, interrupted)
}

type Distinct = (Vec<i64>, Vec<usize>, Vec<Demand>);

/// Groups rows by hour, checks them, and finds the hours that ask for the same at the same prices.
fn distinct(rows: &HourlyDemand, problem: &Problem) -> Result<Distinct, CoreError> {
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
