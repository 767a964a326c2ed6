//! What column generation adds to the first plan and bound: sharper prices, and plans rounded from its solution.
use super::ROUNDED;
use super::bound::Bound;
use super::colgen::{Depth, Programme, Use};
use super::dive::{Dive, dive, wanted};
use super::last_step::{Known, last_step};
use super::plan::Plan;
use super::problem::Problem;
use super::watch::Watch;
use super::whole::Step;
use crate::table::demand::Demand;

/// More sizes than this are left to the fluid bound: the simplex is dense.
const MOST_SIZES: usize = 700;
/// From so many tasks on, patterns that hold more of a size than there is weaken the bound by nothing to speak of.
const MANY_TASKS: u64 = 5_000;
/// From so many tasks on, whole bins are so small a part that coarser steps do.
pub(super) const VAST: u64 = 50_000;
/// Steps of the exact knapsack where the bound is at stake.
const STEPS: u64 = 10_000_000;

/// What came out.
pub(super) struct Refined {
    /// Different plans, the cheapest first.
    pub plans: Vec<Plan>,
    pub bound: Bound,
    /// Prices that steer the search for plans best.
    pub steering: Vec<f64>,
}

/// Work that a number of trials stands for: about a second for 50 sizes and the usual number.
pub(super) fn budget(trials: usize, sizes: usize) -> u64 {
    (trials as u64).saturating_mul(sizes.max(10) as u64 * 13_000)
}

/// Sharpens `bound` (proven by `prices`) and the plan `start`; `None` where column generation does not apply.
pub(super) fn refine(
    problem: &Problem,
    demand: &Demand,
    prices: &[f64],
    bound: &Bound,
    start: &Plan,
    gap: f64,
    watch: &Watch<'_>,
) -> Option<Refined> {
    let wanted = wanted(&demand.count, &demand.alone);
    if wanted.sizes.len() > MOST_SIZES {
        return None;
    }
    let rows = wanted.sizes.clone();
    let tasks: u64 = demand.count.iter().fold(0, |sum, &n| sum.saturating_add(n));
    let mut programme = Programme::new(problem, if tasks < MANY_TASKS { wanted.proper() } else { wanted })?;
    for o in &start.opened {
        let row = |s: u32| rows.binary_search(&s).ok().map(|r| r as u32);
        let items: Option<Vec<(u32, u64)>> = o.items.iter().map(|&(s, n)| row(s).map(|r| (r, n))).collect();
        if let Some(items) = items {
            programme.add(Use { bin: Some(o.bin), items });
        }
    }
    let proven = rows.iter().map(|&s| prices[s as usize] * demand.count[s as usize] as f64).sum::<f64>();
    programme.start_from(&rows.iter().map(|&s| prices[s as usize]).collect::<Vec<_>>(), proven);
    let tolerance = if tasks >= VAST {
        3e-4
    } else if tasks >= MANY_TASKS {
        1e-4
    } else {
        1e-5
    };
    let part = watch.part(watch.budget / 2).until(watch.end.half_way());
    // Kept on the way: rounded to whole numbers, the last prices need not be the best.
    let mut generated = Bound::dual(problem, demand, prices);
    let mut lawful = prices.to_vec();
    programme.run(Depth { tolerance, steps: STEPS }, &part, &mut |of_rows| {
        rows.iter().zip(of_rows).for_each(|(&s, price)| lawful[s as usize] = *price);
        let rounded = Bound::dual(problem, demand, &lawful);
        if rounded.scaled >= generated.scaled {
            watch.news.bound(rounded.usd);
            generated = rounded;
        }
    });
    watch.spend(part.spent.get());
    let mut steering = prices.to_vec();
    for (&s, dual) in rows.iter().zip(programme.duals()) {
        steering[s as usize] = dual.max(1e-9 * prices[s as usize]);
    }
    let generated = generated.or_few_bins(problem, demand, 0).or_whole_bins(problem, demand);
    let bound = sharper(generated, bound.clone());
    let mut plans: Vec<Plan> = Vec::new();
    if problem.limit.iter().all(|l| l.is_infinite()) {
        let target = bound.usd * (1.0 + gap + ROUNDED);
        // Ruin and recreate, which comes after, does much for small fleets and little for large ones.
        let late = if tasks < MANY_TASKS { watch.end.half_way() } else { watch.end };
        let diving = &watch.until(late);
        let step = Step::of(problem, demand).map_or(0.0, Step::usd);
        let mut least = start.cost;
        for how in dives(tasks) {
            if diving.over() || least <= target || least - step <= target {
                break;
            }
            if let Some(plan) = dive(problem, demand, &programme, &steering, *how, diving)
                && !plans.contains(&plan)
            {
                watch.news.cost(plan.cost);
                least = least.min(plan.cost);
                let at = plans.partition_point(|p| p.cost <= plan.cost);
                plans.insert(at, plan);
            }
        }
        if least > target && least - step <= target {
            let known = Known { programme: &programme, prices: &steering, least, target };
            plans.splice(0..0, last_step(problem, demand, known, diving));
        }
        watch.spend(diving.spent.get());
    }
    // What the dives left over goes to a bound that is not as sharp as it could be.
    if programme.closed || plans.first().unwrap_or(start).cost <= bound.usd * (1.0 + gap + ROUNDED) {
        return Some(Refined { plans, bound, steering });
    }
    let mut later = Bound::dual(problem, demand, &lawful);
    programme.run(Depth { tolerance, steps: STEPS }, &watch.until(watch.end.half_way()), &mut |of_rows| {
        rows.iter().zip(of_rows).for_each(|(&s, price)| lawful[s as usize] = *price);
        let rounded = Bound::dual(problem, demand, &lawful);
        if rounded.scaled >= later.scaled {
            watch.news.bound(rounded.usd);
            later = rounded;
        }
    });
    let bound = sharper(later.or_few_bins(problem, demand, 0).or_whole_bins(problem, demand), bound);
    Some(Refined { plans, bound, steering })
}

/// The higher bound; of two that round up to the same, the one of the sharper prices.
fn sharper(one: Bound, other: Bound) -> Bound {
    if (one.usd, one.scaled) > (other.usd, other.scaled) { one } else { other }
}

/// Small fleets are worth slow dives; in vast ones the first quick one is nearly as good.
fn dives(tasks: u64) -> &'static [Dive] {
    const PLAIN: Dive = Dive { quota: 0.0, steps: 0, tolerance: 0.0, seed: 0, completing: 6, below: None };
    const COARSE: Dive = Dive { quota: 0.25, steps: 0, tolerance: 2e-4, completing: 1, ..PLAIN };
    const QUICK: Dive = Dive { quota: 0.25, steps: 0, tolerance: 2e-4, ..PLAIN };
    const SLOW: Dive = Dive { quota: 0.02, steps: 20_000, tolerance: 2e-5, ..PLAIN };
    if tasks >= VAST {
        &[Dive { quota: 0.4, tolerance: 1e-3, ..COARSE }, COARSE]
    } else if tasks >= MANY_TASKS {
        &[QUICK, Dive { quota: 0.1, steps: 0, tolerance: 1e-4, ..PLAIN }]
    } else {
        &[
            QUICK,
            Dive { quota: 0.1, steps: 2_000, tolerance: 1e-4, ..PLAIN },
            SLOW,
            Dive { quota: 0.05, steps: 2_000, tolerance: 2e-5, ..PLAIN },
            Dive { quota: 0.15, steps: 20_000, tolerance: 5e-5, ..PLAIN },
            Dive { quota: 0.01, steps: 0, tolerance: 1e-5, ..PLAIN },
        ]
    }
}
