//! Hours, instances and commitments in one plan.
use crate::campaign::Outcome;
use crate::case::Case;
use crate::check;
use crate::hours::{hour, rows};
use crate::lawful;
use crate::numbers::Numbers;
use advisor_core::error::CoreError;
use advisor_core::pack::plan::Plan;
use advisor_core::pack::problem::Problem;
use advisor_core::solve::{Offer, SolveOptions, Solved, solve};
use advisor_core::table::demand::Demand;
use std::time::Instant;

/// Relative distance of two sums of the same dollars in another order.
const SAME: f64 = 1e-9;

/// A few hours and offers of one input.
pub fn joint(numbers: &mut Numbers, deadline: Instant) -> Outcome {
    let mut case = Case::shown(numbers);
    let limited = numbers.once_in(20);
    if !limited {
        case.bins.limit.iter_mut().for_each(|limit| *limit = u64::MAX);
    }
    let late = || Instant::now() >= deadline;
    let hours: Vec<Demand> = (0..1 + numbers.below(5)).map(|_| hour(&case, numbers)).collect();
    let parts = [0.0, 0.5, 1.0, 1.0, 1.0];
    let eligible: Vec<f64> = case.bins.price.iter().map(|p| p * numbers.one_of(&parts)).collect();
    let offers: Vec<Offer> = (0..numbers.below(4)).map(|_| offer(case.bins.len(), numbers)).collect();
    let options = SolveOptions {
        blocks: numbers.below(5),
        rounds: numbers.below(8),
        tolerance: numbers.one_of(&[0.0, 0.0, 1e-3, 0.1]),
    };
    let wanted = rows(&hours);
    match solve(&case.sizes, &case.bins, &wanted, &eligible, &offers, case.dims, options, &late) {
        Ok(found) => checked(&case, &hours, &eligible, &offers, &found, numbers),
        Err(CoreError::InvalidInput { field, .. }) if limited && field == "limit" => Ok("limits refused"),
        Err(CoreError::NoPlace { size, .. }) if hours.iter().all(|h| h.count[size] == 0) => {
            Err(format!("size {size} is not wanted, yet it has no place"))
        }
        Err(error) => check::refusal(&case, &error),
    }
}

fn offer(bins: usize, numbers: &mut Numbers) -> Offer {
    let shares = [f64::INFINITY, f64::INFINITY, 0.5, 0.6, 0.72, 0.72, 0.9, 1.0, 1.3, 1e-9];
    let (one, single) = (numbers.one_of(&shares), numbers.once_in(2));
    let share = |numbers: &mut Numbers| if single { one } else { numbers.one_of(&shares) };
    Offer {
        share: (0..bins).map(|_| share(numbers)).collect(),
        alone_share: share(numbers),
        owned_usd_per_hour: numbers.one_of(&[0.0, 0.0, 0.0, 0.3, 7.5, 1e9]),
    }
}

fn checked(
    case: &Case,
    hours: &[Demand],
    eligible: &[f64],
    offers: &[Offer],
    found: &Solved,
    numbers: &mut Numbers,
) -> Outcome {
    let packed = &found.packed;
    for (&h, &which) in packed.hours.iter().zip(&packed.which) {
        lawful::plan(case, &hours[h as usize], &packed.problem, &packed.solved[which].plan)?;
    }
    let money = [found.usd, found.lower_bound_usd, found.sequential_usd];
    let gross: f64 = packed.which.iter().map(|&which| packed.solved[which].plan.cost).sum();
    // a level is paid for in every hour, on top of what it does not cover
    if !(2.0 * gross * packed.hours.len() as f64).is_finite() {
        return Ok("too many dollars to add up");
    }
    if money.iter().any(|usd| !usd.is_finite() || *usd < 0.0)
        || found.bought.iter().any(|b| b.is_nan() || *b < 0.0)
    {
        return Err(format!("{money:?} dollars, {:?} bought", found.bought));
    }
    let near = |usd: f64| usd * (1.0 + SAME) + gross * SAME;
    if found.usd > near(found.sequential_usd) {
        return Err(format!("{:e} together, {:e} in turn", found.usd, found.sequential_usd));
    }
    let bill = |levels: &[f64]| -> f64 {
        let hourly = packed.hours.iter().zip(&packed.which).map(|(&h, &which)| {
            let plan = &packed.solved[which].plan;
            billed(case, &hours[h as usize], &packed.problem, plan, eligible, offers, levels)
        });
        hourly.sum::<f64>() + levels.iter().sum::<f64>() * packed.hours.len() as f64
    };
    let own = bill(&found.bought);
    if (own - found.usd).abs() > SAME * own.max(gross) {
        return Err(format!("said to cost {:e}, billed {own:e}", found.usd));
    }
    // No levels for these fleets, and so neither the best nor any others, come under the bound.
    for _ in 0..3 {
        let levels: Vec<f64> =
            found.bought.iter().map(|b| b * numbers.one_of(&[0.0, 0.5, 1.0, 1.1, 2.0])).collect();
        if found.lower_bound_usd > near(bill(&levels)) {
            return Err(format!("bound {:e}, {levels:?} cost {:e}", found.lower_bound_usd, bill(&levels)));
        }
    }
    Ok(if offers.is_empty() { "without offers" } else { "with offers" })
}

/// What is left on demand of one hour: each offer in turn covers what those before it left, the largest discount first.
fn billed(
    case: &Case,
    demand: &Demand,
    problem: &Problem,
    plan: &Plan,
    eligible: &[f64],
    offers: &[Offer],
    levels: &[f64],
) -> f64 {
    let bins = case.bins.len();
    let mut usage = vec![0.0; bins + 1];
    let mut usd = 0.0;
    for o in &plan.opened {
        let row = problem.bin_row[o.bin as usize] as usize;
        usage[row] += eligible[row] * o.times as f64;
        usd += case.bins.price[row] * o.times as f64;
    }
    for (s, &n) in plan.alone.iter().enumerate().filter(|(_, n)| **n > 0) {
        let dollars = demand.alone[problem.size_row[s] as usize] * n as f64;
        usage[bins] += dollars;
        usd += dollars;
    }
    for (offer, &level) in offers.iter().zip(levels) {
        let share = |row: usize| if row == bins { offer.alone_share } else { offer.share[row] };
        // of equal discounts the cheaper bin first, tasks outside them last
        let rows = problem.bin_row.iter().map(|&row| row as usize).chain([bins]);
        let mut order: Vec<usize> = rows.filter(|&row| share(row) < 1.0).collect();
        order.sort_by(|&a, &b| share(a).total_cmp(&share(b)));
        let mut rest = level + offer.owned_usd_per_hour;
        for row in order {
            let covered = usage[row].min(rest / share(row));
            usage[row] -= covered;
            usd -= covered;
            rest = (rest - covered * share(row)).max(0.0);
        }
    }
    usd.max(0.0)
}
