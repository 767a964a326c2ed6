//! The same for many hours.
use crate::campaign::Outcome;
use crate::case::Case;
use crate::check;
use crate::lawful;
use crate::numbers::Numbers;
use crate::optimum::{Rules, optimum};
use crate::pools::pools;
use advisor_core::error::CoreError;
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

pub fn hour(case: &Case, numbers: &mut Numbers) -> Demand {
    let count = case.demand.count.iter().map(|&n| if numbers.once_in(4) { 0 } else { n / 2 + n % 2 });
    Demand { count: count.collect(), alone: case.demand.alone.clone() }
}

/// Hours as rows, those of a size that is not wanted left out.
pub fn rows(hours: &[Demand]) -> HourlyDemand {
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
        let rules = Rules { min_bins: options.min_bins, limited: false };
        if let Some(best) = optimum(case, &hours[h], rules) {
            lawful::not_above(&solved.bound, best)?;
        }
        if options.bound_only {
            continue;
        }
        lawful::plan(case, &hours[h], &found.problem, &solved.plan)?;
        lawful::below(&solved.bound, &solved.plan)?;
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
    let limited = case.bins.limit.iter().any(|&l| l != u64::MAX);
    let one = match pack(&case.sizes, &case.bins, &own, case.dims, effort, late) {
        Ok(one) => one,
        // Under limits no place is looked for but greedily.
        Err(CoreError::NoPlace { .. }) if limited => return Ok(()),
        Err(e) => return Err(format!("alone: {e:?}")),
    };
    lawful::below(&solved.bound, &one.plan)?;
    lawful::below(&one.bound, &solved.plan)
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
