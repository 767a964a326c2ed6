//! What must be true of every packing, checked on the caller's own numbers.
use crate::campaign::Outcome;
use crate::case::Case;
use crate::numbers::Numbers;
use crate::optimum::optimum;
use crate::told::Told;
use advisor_core::certificate::{Claim, Verdict, verify};
use advisor_core::error::CoreError;
use advisor_core::pack::bound::{Bound, Proof};
use advisor_core::pack::plan::Plan;
use advisor_core::pack::problem::Problem;
use advisor_core::pack::{Packed, StoppedBy, pack_followed};
use advisor_core::table::demand::Demand;
use std::time::Instant;

/// Boxes of the independent knapsack: enough for nearly every small bin.
const STATES: usize = 2_000;
/// Share of a resource by which the grid may round.
const GRID: f64 = 3e-9;
/// Capacities that are so many times a weight may be refused.
const SPAN: f64 = 1e9;
/// Fleets up to so many tasks are packed by trying everything.
const TINY: u128 = 6;

/// `pack` of one input.
pub fn packing(numbers: &mut Numbers, deadline: Instant) -> Outcome {
    let case = Case::shown(numbers);
    let told = Told::new(if numbers.once_in(20) { 1 } else { usize::MAX });
    let solved = told.hear(deadline, |follower| {
        pack_followed(&case.sizes, &case.bins, &case.demand, case.dims, case.effort, follower)
    });
    let found = match solved {
        Ok(found) => found,
        Err(error) => return refusal(&case, &error),
    };
    if case.is_refused() {
        return Err("tables that must be refused were packed".to_owned());
    }
    plan(&case, &case.demand, &found.problem, &found.plan)?;
    below(&found.bound, &found.plan)?;
    told.check(&found)?;
    if case.effort.time_limit.is_none() && found.stopped_by == StoppedBy::Time {
        return Err("stopped by a time limit nobody gave".to_owned());
    }
    let decided = certificate(&case, &found)?;
    let tiny = case.tasks() <= TINY && case.sizes.len() <= 5;
    if tiny {
        against_everything(&case, &found)?;
    }
    Ok(match (found.bound.proof, tiny) {
        _ if !decided => "certificate undecided",
        (Proof::Dual, false) => "dual",
        (Proof::FewBins, false) => "few bins",
        (Proof::Search, false) => "search",
        (Proof::Dual, true) => "dual, optimum known",
        (Proof::FewBins, true) => "few bins, optimum known",
        (Proof::Search, true) => "search, optimum known",
    })
}

/// Whether an error of the core is the input's fault.
pub fn refusal(case: &Case, error: &CoreError) -> Outcome {
    let CoreError::NoPlace { size, .. } = error else { return refusal_of(case, error) };
    let holds = |b: usize| {
        let room = case.bin(b).iter().zip(case.size(*size)).all(|(c, w)| w <= c);
        room && case.open(*size, b) && case.bins.limit[b] == u64::MAX
    };
    let placeable = case.demand.alone[*size].is_finite() || (0..case.bins.len()).any(holds);
    if placeable || case.demand.count[*size] == 0 {
        return Err(format!("size {size} has a place, yet {error}"));
    }
    Ok("no place")
}

/// The same for a part of the input, whose rows are not the input's.
pub fn refusal_of(case: &Case, error: &CoreError) -> Outcome {
    let limited = case.bins.limit.iter().any(|&l| l != u64::MAX);
    let of_weights = |field: &str| field.starts_with("tasks resource");
    match error {
        CoreError::NoPlace { .. } if limited => Ok("no place"),
        CoreError::InvalidInput { .. } if case.is_refused() => Ok("refused"),
        CoreError::InvalidInput { field, .. }
            if of_weights(field) && (0..case.dims).any(|k| case.span(k) > SPAN) =>
        {
            Ok("too far apart")
        }
        other => Err(format!("{other:?}")),
    }
}

/// Every task placed once, every bin within its rules, the cost the sum of its parts.
pub fn plan(case: &Case, demand: &Demand, problem: &Problem, plan: &Plan) -> Result<(), String> {
    let mut left: Vec<i128> = demand.count.iter().map(|&n| i128::from(n)).collect();
    let mut used = vec![0u128; case.bins.len()];
    let mut cost = 0.0;
    for o in &plan.opened {
        let b = problem.bin_row[o.bin as usize] as usize;
        used[b] += u128::from(o.times);
        cost += case.bins.price[b] * o.times as f64;
        let items: Vec<(usize, u64)> =
            o.items.iter().map(|&(s, n)| (problem.size_row[s as usize] as usize, n)).collect();
        for k in 0..case.dims {
            let (room, rounding) = (case.bin(b)[k], GRID + case.span(k) * f64::EPSILON * 8.0);
            // In shares of the room: sums of the largest numbers there are would overflow.
            let share = |s: usize| if case.size(s)[k] > 0.0 { case.size(s)[k] / room } else { 0.0 };
            let load: f64 = items.iter().map(|&(s, n)| share(s) * n as f64).sum();
            if load.is_nan() || load > 1.0 + rounding {
                return Err(format!("bin {b} is loaded to {load} of its resource {k}"));
            }
        }
        for &(s, n) in &items {
            if !case.open(s, b) || n == 0 || n > case.sizes.max_per_bin[s] {
                return Err(format!("bin {b} may not hold {n} of size {s}"));
            }
            left[s] -= i128::from(n) * i128::from(o.times);
        }
    }
    for (s, &n) in plan.alone.iter().enumerate().filter(|(_, n)| **n > 0) {
        let s = problem.size_row[s] as usize;
        left[s] -= i128::from(n);
        cost += demand.alone[s] * n as f64;
    }
    if let Some(s) = left.iter().position(|&n| n != 0) {
        return Err(format!("{} tasks of size {s} have no place", left[s]));
    }
    if let Some(b) = (0..used.len()).find(|&b| used[b] > u128::from(case.bins.limit[b])) {
        return Err(format!("{} bins of {b}", used[b]));
    }
    let same = (cost - plan.cost).abs() <= 1e-12 * cost || cost.to_bits() == plan.cost.to_bits();
    if same { Ok(()) } else { Err(format!("costs {cost}, said {}", plan.cost)) }
}

/// A bound is a number, and no plan costs less.
pub fn below(bound: &Bound, plan: &Plan) -> Result<(), String> {
    if bound.usd >= 0.0 && bound.usd <= plan.cost {
        Ok(())
    } else {
        Err(format!("bound {:e} ({:?}), cost {:e}", bound.usd, bound.proof, plan.cost))
    }
}

/// Whether the prices hold under the independent verifier; false where they are too hard for it.
fn certificate(case: &Case, found: &Packed) -> Result<bool, String> {
    let mut price = vec![0; case.sizes.len()];
    found.problem.size_row.iter().zip(&found.bound.task_price).for_each(|(&row, &p)| price[row as usize] = p);
    let claim = Claim { price, scale: found.bound.scale, scaled: found.bound.scaled };
    match verify(&case.sizes, &case.bins, &case.demand, case.dims, &claim, STATES, &|| false) {
        Ok(Verdict::Holds) => Ok(true),
        Ok(Verdict::Undecided(_)) => Ok(false),
        other => Err(format!("certificate: {other:?}")),
    }
}

/// The bound against the optimum, and the plan where it is said to be proven.
fn against_everything(case: &Case, found: &Packed) -> Result<(), String> {
    let best = optimum(case);
    if found.bound.usd > best * (1.0 + 1e-12) {
        return Err(format!("bound {:e} ({:?}), optimum {best:e}", found.bound.usd, found.bound.proof));
    }
    let limited = case.bins.limit.iter().any(|&l| l != u64::MAX);
    let proven = found.stopped_by == StoppedBy::Gap && case.effort.gap <= 0.0;
    if proven && !limited && found.plan.cost > best * (1.0 + 1e-8) {
        return Err(format!("said to be optimal at {:e}, optimum {best:e}", found.plan.cost));
    }
    Ok(())
}
