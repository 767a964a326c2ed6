//! Prices of task room for the hours of a window, at several prices of the bins.
use super::{HourlyDemand, distinct};
use crate::error::{CoreError, invalid};
use crate::pack::check_places;
use crate::pack::fluid::Fluid;
use crate::pack::problem::Problem;
use crate::pack::room::Rooms;
use crate::pack::watch::Watch;
use crate::table::bins::Bins;
use crate::table::demand::{Demand, Sizes};
use rayon::prelude::*;
use std::cell::Cell;

/// Work spent on the prices of one hour, in nanoseconds of a machine of 2024.
const WORK: u64 = 20_000_000;

/// What a task's room is worth, hour by hour.
#[derive(Debug, Clone)]
pub struct RoomPrices {
    /// Hours, ascending.
    pub hours: Vec<i64>,
    /// Index into `price` for each hour.
    pub which: Vec<usize>,
    /// USD per hour of one task by size (caller's rows): no lawful bin holds tasks worth more than it costs.
    pub price: Vec<Vec<f64>>,
}

/// What bins and tasks outside them cost.
#[derive(Debug, Clone)]
pub struct PriceSet {
    /// USD per hour by the caller's bin rows.
    pub bins: Vec<f64>,
    /// USD per hour of one task outside every bin, by row of the demand; infinite where not possible.
    pub alone: Vec<f64>,
}

/// Prices of room for every hour, once for each set of prices; those in `bins` and `demand` count for nothing.
///
/// `peak` bounds the tasks of a size (caller's rows) in any hour the prices are to be good for. Errors as in
/// [`super::pack_hours`].
pub fn room_prices(
    sizes: &Sizes,
    bins: &Bins,
    demand: &HourlyDemand,
    peak: &[u64],
    prices: &[PriceSet],
    dims: usize,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<RoomPrices>, CoreError> {
    if peak.len() != sizes.len() {
        return Err(invalid("peak", 0, "one number per size is needed"));
    }
    if prices.iter().any(|set| set.bins.len() != bins.len() || set.alone.len() != demand.size.len()) {
        return Err(invalid("prices", 0, "one price per bin and row of the demand is needed"));
    }
    prices
        .par_iter()
        .map(|set| {
            let bins = Bins { price: set.bins.clone(), ..bins.clone() };
            let demand = HourlyDemand { alone: set.alone.clone(), ..demand.clone() };
            at_prices(sizes, &bins, &demand, peak, dims, interrupted)
        })
        .collect()
}

fn at_prices(
    sizes: &Sizes,
    bins: &Bins,
    demand: &HourlyDemand,
    peak: &[u64],
    dims: usize,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<RoomPrices, CoreError> {
    let problem = Problem::build(sizes, bins, dims, None)?;
    let (hours, which, demands) = distinct(demand, &problem)?;
    let fluid = Fluid::new(&problem);
    let mut peak: Vec<u64> = problem.size_row.iter().map(|&row| peak[row as usize]).collect();
    for demand in &demands {
        check_places(&problem, demand)?;
        peak.iter_mut().zip(&demand.count).for_each(|(most, &n)| *most = n.max(*most));
    }
    let mut rooms = Rooms::new(&problem, &peak);
    let worth = |prices: &[f64], demand: &Demand| -> f64 {
        let lawful = |((p, a), n): ((&f64, &f64), &u64)| p.min(*a) * *n as f64;
        prices.iter().zip(&demand.alone).zip(&demand.count).map(lawful).sum()
    };
    let mut canonical: Vec<Vec<f64>> = Vec::with_capacity(demands.len());
    for demand in &demands {
        let resource = fluid.solve(&demand.count, &demand.alone);
        let mut best = fluid.task_prices(&resource, &demand.alone);
        // the last hour's prices are lawful here too
        if let Some(last) = canonical.last()
            && worth(last, demand) > worth(&best, demand)
        {
            best.clone_from(last);
        }
        let watch = Watch { deadline: None, interrupted, budget: WORK, spent: Cell::new(0) };
        canonical.push(rooms.raise(demand, &best, &watch));
        if interrupted() {
            return Err(CoreError::Interrupted);
        }
    }
    let price = canonical
        .into_iter()
        .map(|prices| {
            let mut by_row = vec![0.0; prices.len()];
            problem.size_row.iter().zip(prices).for_each(|(&row, price)| by_row[row as usize] = price);
            by_row
        })
        .collect();
    Ok(RoomPrices { hours, which, price })
}
