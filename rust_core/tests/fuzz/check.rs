//! What must be true of every packing, checked on the caller's own numbers.
use crate::campaign::Outcome;
use crate::case::Case;
use crate::lawful;
use crate::numbers::Numbers;
use crate::optimum::{Rules, optimum};
use crate::told::Told;
use advisor_core::certificate::{Claim, Verdict, verify};
use advisor_core::error::CoreError;
use advisor_core::pack::bound::Proof;
use advisor_core::pack::{Packed, StoppedBy, pack_followed};
use std::time::Instant;

/// Boxes of the independent knapsack: enough for nearly every small bin.
const STATES: usize = 2_000;
/// Capacities that are so many times a weight may be refused.
const SPAN: f64 = 1e9;
/// Least costs without limits, which can only be lower.
const UNLIMITED: Rules = Rules { min_bins: 0, limited: false };

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
    lawful::plan(&case, &case.demand, &found.problem, &found.plan)?;
    lawful::below(&found.bound, &found.plan)?;
    told.check(&found)?;
    if case.effort.time_limit.is_none() && found.stopped_by == StoppedBy::Time {
        return Err("stopped by a time limit nobody gave".to_owned());
    }
    let decided = certificate(&case, &found)?;
    let best = optimum(&case, &case.demand, UNLIMITED);
    if let Some(best) = best {
        lawful::not_above(&found.bound, best)?;
        proven(&case, &found, best)?;
    }
    Ok(match (found.bound.proof, best.is_some()) {
        _ if !decided => "certificate undecided",
        (Proof::Dual, false) => "dual",
        (Proof::FewBins, false) => "few bins",
        (Proof::WholeBins, false) => "whole bins",
        (Proof::Search, false) => "search",
        (Proof::Dual, true) => "dual, optimum known",
        (Proof::FewBins, true) => "few bins, optimum known",
        (Proof::WholeBins, true) => "whole bins, optimum known",
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
    // Under limits no place is looked for but greedily.
    let all = Rules { min_bins: 0, limited: true };
    let missed = optimum(case, &case.demand, all).is_some_and(f64::is_finite);
    Ok(if missed { "no place found within the limits" } else { "no place" })
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

/// The plan against the optimum, where it is said to be proven.
fn proven(case: &Case, found: &Packed, best: f64) -> Result<(), String> {
    let limited = case.bins.limit.iter().any(|&l| l != u64::MAX);
    let proven = found.stopped_by == StoppedBy::Gap && case.effort.gap <= 0.0;
    if proven && !limited && found.plan.cost > best * (1.0 + 1e-8) {
        return Err(format!("said to be optimal at {:e}, optimum {best:e}", found.plan.cost));
    }
    Ok(())
}
