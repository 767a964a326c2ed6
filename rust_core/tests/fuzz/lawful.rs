//! What makes a plan and a bound lawful, on the caller's own numbers.
use crate::case::Case;
use advisor_core::pack::bound::Bound;
use advisor_core::pack::plan::Plan;
use advisor_core::pack::problem::Problem;
use advisor_core::table::demand::Demand;

/// Share of a resource by which the grid may round.
const GRID: f64 = 3e-9;

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

/// A bound against the optimum.
pub fn not_above(bound: &Bound, best: f64) -> Result<(), String> {
    if bound.usd > best * (1.0 + 1e-12) {
        return Err(format!("bound {:e} ({:?}), optimum {best:e}", bound.usd, bound.proof));
    }
    Ok(())
}
