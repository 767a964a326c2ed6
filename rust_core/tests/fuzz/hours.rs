//! The same for many hours and for small pools.
use crate::campaign::Outcome;
use crate::case::Case;
use crate::check;
use crate::numbers::Numbers;
use advisor_core::error::CoreError;
use advisor_core::hours::portfolio::Estate;
use advisor_core::hours::{HourlyDemand, HoursOptions, PackedHours, pack_hours};
use advisor_core::pack::{Effort, pack};
use advisor_core::table::demand::Demand;
use std::time::Instant;

/// A few hours of one input, packed together; each by itself; and as a pool of few kinds of bin.
pub fn hours_and_pools(numbers: &mut Numbers, deadline: Instant) -> Outcome {
    let case = Case::shown(numbers);
    let late = || Instant::now() >= deadline;
    let hours: Vec<Demand> = (0..1 + numbers.below(4)).map(|_| hour(&case, numbers)).collect();
    let options = HoursOptions {
        min_bins: numbers.one_of(&[0, 0, 1, 2, 3, 5]),
        bound_only: numbers.once_in(5),
        rough: numbers.once_in(2),
    };
    let rows = rows(&hours);
    let word = match pack_hours(&case.sizes, &case.bins, &rows, case.dims, options, &late) {
        Ok(found) => {
            let packed = check_hours(&case, &hours, &found, options)?;
            if options.min_bins < 2 && !options.bound_only {
                against_pack(&case, &found, &late)?;
            }
            packed
        }
        Err(error) => refusal(&case, &hours, options, &error)?,
    };
    pools(&case, &hours, numbers, &late)?;
    Ok(word)
}

fn hour(case: &Case, numbers: &mut Numbers) -> Demand {
    let count = case.demand.count.iter().map(|&n| if numbers.once_in(4) { 0 } else { n / 2 + n % 2 });
    Demand { count: count.collect(), alone: case.demand.alone.clone() }
}

fn rows(hours: &[Demand]) -> HourlyDemand {
    let mut rows = HourlyDemand::default();
    for (hour, demand) in hours.iter().enumerate() {
        for (s, &count) in demand.count.iter().enumerate().filter(|(_, n)| **n > 0) {
            rows.hour.push(hour as i64);
            rows.size.push(s as u32);
            rows.count.push(count);
            rows.alone.push(demand.alone[s]);
        }
    }
    rows
}

fn check_hours(case: &Case, hours: &[Demand], found: &PackedHours, options: HoursOptions) -> Outcome {
    if case.sizes.max_per_bin.contains(&0) {
        return Err("tables that must be refused were packed".to_owned());
    }
    let asked: Vec<usize> = (0..hours.len()).filter(|&h| hours[h].count.iter().any(|n| *n > 0)).collect();
    if found.hours != asked.iter().map(|&h| h as i64).collect::<Vec<_>>() {
        return Err(format!("hours {:?} for {asked:?}", found.hours));
    }
    for (&h, &which) in asked.iter().zip(&found.which) {
        let solved = &found.solved[which];
        if options.bound_only {
            continue;
        }
        check::plan(case, &hours[h], &found.problem, &solved.plan)?;
        check::below(&solved.bound, &solved.plan)?;
        let inside = |o: &advisor_core::pack::plan::Opened| {
            u128::from(o.times) * o.items.iter().map(|i| u128::from(i.1)).sum::<u128>()
        };
        let tasks: u128 = solved.plan.opened.iter().map(inside).sum();
        if u128::from(solved.plan.bins()) < tasks.min(u128::from(options.min_bins)) {
            return Err(format!("{} bins open in hour {h}", solved.plan.bins()));
        }
    }
    Ok(if options.bound_only { "bounded" } else { "packed" })
}

/// Each hour by itself: neither bound may exceed the other's plan.
fn against_pack(case: &Case, found: &PackedHours, late: &(dyn Fn() -> bool + Sync)) -> Result<(), String> {
    let Some((demand, solved)) = found.demands.iter().zip(&found.solved).next() else { return Ok(()) };
    let mut own = Demand { count: vec![0; case.sizes.len()], alone: vec![0.0; case.sizes.len()] };
    for (at, &row) in found.problem.size_row.iter().enumerate() {
        own.count[row as usize] = demand.count[at];
        own.alone[row as usize] = demand.alone[at];
    }
    let effort = Effort { trials: 4, ..Effort::default() };
    let one =
        pack(&case.sizes, &case.bins, &own, case.dims, effort, late).map_err(|e| format!("alone: {e:?}"))?;
    check::below(&solved.bound, &one.plan)?;
    check::below(&one.bound, &solved.plan)
}

fn refusal(case: &Case, hours: &[Demand], options: HoursOptions, error: &CoreError) -> Outcome {
    // Limits and a least number of bins may contradict each other.
    let limited = case.bins.limit.iter().any(|&l| l != u64::MAX);
    match error {
        CoreError::NoPlace { .. } if options.min_bins > 1 && limited => Ok("no place"),
        CoreError::NoPlace { size, .. } if hours.iter().all(|h| h.count[*size] == 0) => {
            Err(format!("size {size} is not wanted, yet {error}"))
        }
        other => check::refusal(case, other),
    }
}

fn pools(
    case: &Case,
    hours: &[Demand],
    numbers: &mut Numbers,
    late: &(dyn Fn() -> bool + Sync),
) -> Result<(), String> {
    let subset = |rows: usize, numbers: &mut Numbers| -> Vec<u32> {
        (0..rows as u32).filter(|_| numbers.once_in(2)).collect()
    };
    let estate = Estate {
        sizes: case.sizes.clone(),
        spread: (0..case.sizes.len()).map(|_| numbers.one_of(&[0, 1, 1, 2, 3])).collect(),
        bins: case.bins.clone(),
        count: hours.iter().map(|h| h.count.clone()).collect(),
        weight: hours.iter().map(|_| numbers.below(100) as f64).collect(),
        dims: case.dims,
    };
    let (members, keep) = (subset(case.sizes.len(), numbers), subset(case.bins.len(), numbers));
    let keep = if numbers.once_in(2) { keep } else { Vec::new() };
    let group = case.bins.group.first().copied().unwrap_or(0);
    let most = 1 + numbers.below(3);
    let pool = match estate.portfolio(group, &members, &keep, most, late) {
        Ok(None) => return Ok(()),
        Ok(Some(pool)) => pool,
        Err(error) => return check::refusal_of(case, &error).map(|_| ()),
    };
    if pool.bins != keep
        && (pool.bins.len() > most || pool.bins.iter().any(|&b| case.bins.group[b as usize] != group))
    {
        return Err(format!("pool {:?} of at most {most} in group {group}", pool.bins));
    }
    let whole = bounds(case, hours, &members, &pool.bins, late)?;
    match pool.hourly.iter().zip(&whole).find(|(usd, bound)| usd < bound) {
        Some((usd, bound)) => Err(format!("a pool costs {usd:e}, its bound is {bound:e}")),
        None if pool.hourly.len() == hours.len() => Ok(()),
        None => Err(format!("{} hours of {}", pool.hourly.len(), hours.len())),
    }
}

/// Bound of every hour for the members in the pool's own bins, by the packing of hours.
fn bounds(
    case: &Case,
    hours: &[Demand],
    members: &[u32],
    kinds: &[u32],
    late: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<f64>, String> {
    let mut pool = case.clone();
    pool.sizes.mask.fill(1);
    pool.bins.group.fill(1);
    kinds.iter().for_each(|&b| pool.bins.group[b as usize] = 0);
    let wanted = |h: &Demand| Demand {
        count: (0..h.count.len())
            .map(|s| if members.contains(&(s as u32)) { h.count[s] } else { 0 })
            .collect(),
        alone: vec![f64::INFINITY; h.count.len()],
    };
    let rows = rows(&hours.iter().map(wanted).collect::<Vec<_>>());
    let options = HoursOptions { bound_only: true, ..HoursOptions::default() };
    let mut usd = vec![0.0; hours.len()];
    match pack_hours(&pool.sizes, &pool.bins, &rows, pool.dims, options, late) {
        Ok(found) => {
            found
                .hours
                .iter()
                .zip(&found.which)
                .for_each(|(&h, &w)| usd[h as usize] = found.solved[w].bound.usd);
            Ok(usd)
        }
        // Other sizes of the estate may be lost on the grid of all bins.
        Err(CoreError::InvalidInput { .. }) => Ok(usd),
        Err(error) => Err(format!("bounds of a pool: {error:?}")),
    }
}
