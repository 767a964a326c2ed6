//! Builds packings from scratch: several greedy runs with different task values, and one-kind first-fit; the best wins.
use super::ffd;
use super::greedy::{Greedy, Steering, downsize};
use super::plan::{Opened, Plan};
use super::problem::Problem;
use super::rng::Rng;
use super::spread;
use crate::error::CoreError;
use crate::table::demand::Demand;

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Starts {
    /// Greedy runs with perturbed values, after the three basic ones.
    pub perturbed: usize,
    /// Use the slower balanced filling in every run, not only in the first.
    pub balanced: bool,
    /// Bins that must be open when any is.
    pub min_bins: u64,
    /// Stop as soon as a packing costs no more than this.
    pub target: f64,
}

/// Values that steer the greedy.
pub(crate) struct Values<'a> {
    /// Fluid task prices.
    pub task_price: &'a [f64],
    /// The same without the cap by the price outside every bin.
    pub resource_worth: &'a [f64],
}

/// The best packing of the demand among the starts.
pub(crate) fn best_start(
    problem: &Problem,
    demand: &Demand,
    values: &Values<'_>,
    starts: Starts,
) -> Result<Plan, CoreError> {
    let mut best: Option<Plan> = None;
    let mut unplaced = 0;
    let keep = |made: Result<Plan, usize>, best: &mut Option<Plan>, unplaced: &mut usize| match made
    {
        Ok(plan) if best.as_ref().is_none_or(|b| plan.cost < b.cost) => *best = Some(plan),
        Ok(_) => {}
        Err(size) => *unplaced = size,
    };
    let reached = |best: &Option<Plan>| best.as_ref().is_some_and(|b| b.cost <= starts.target);
    if demand
        .count
        .iter()
        .zip(&demand.alone)
        .all(|(n, a)| *n == 0 || a.is_finite())
    {
        keep(
            Ok(Plan::new(
                problem,
                Vec::new(),
                demand.count.clone(),
                &demand.alone,
            )),
            &mut best,
            &mut unplaced,
        );
    }
    let n = problem.sizes;
    let no_cap = vec![f64::INFINITY; n];
    let spread_cap: Vec<f64> = demand
        .count
        .iter()
        .map(|&c| (c as f64 / starts.min_bins.max(1) as f64).ceil())
        .collect();
    let cap = if starts.min_bins > 1 {
        &spread_cap
    } else {
        &no_cap
    };
    let density: Vec<f64> = (0..n)
        .map(|s| values.task_price[s] / values.resource_worth[s].max(f64::MIN_POSITIVE))
        .collect();
    let outside: Vec<f64> = (0..n)
        .map(|s| {
            if demand.alone[s].is_finite() {
                demand.alone[s]
            } else {
                values.resource_worth[s]
            }
        })
        .collect();
    let mut rng = Rng::new(0x5eed);
    let mut greedy = Greedy::default();
    for run in 0..3 + starts.perturbed {
        if reached(&best) {
            break;
        }
        let perturbed: Vec<f64>;
        let value: &[f64] = match run {
            0 => values.task_price,
            1 => values.resource_worth,
            2 => &outside,
            _ => {
                let wide = 0.04 * (1 + (run - 3) % 6) as f64;
                perturbed = values
                    .task_price
                    .iter()
                    .map(|&p| rng.around(p, wide))
                    .collect();
                &perturbed
            }
        };
        let balanced = starts.balanced || run == 0;
        let steering = Steering {
            value,
            alone: &demand.alone,
            cap,
            rank: &density,
            balanced,
            only: None,
        };
        keep(
            greedy_plan(
                problem,
                demand,
                steering,
                &mut greedy,
                starts.min_bins,
                None,
            ),
            &mut best,
            &mut unplaced,
        );
    }
    let steering = Steering {
        value: values.task_price,
        alone: &demand.alone,
        cap,
        rank: &density,
        balanced: true,
        only: None,
    };
    for b in 0..problem.bins {
        let limit = best.as_ref().map_or(f64::INFINITY, |p| p.cost);
        if !reached(&best) && ffd::least_cost(problem, b, &demand.count, values.task_price) < limit
        {
            let made = greedy_plan(
                problem,
                demand,
                steering,
                &mut greedy,
                starts.min_bins,
                Some(b),
            );
            keep(made, &mut best, &mut unplaced);
        }
    }
    best.ok_or_else(|| CoreError::NoPlace {
        size: problem.size_row[unplaced] as usize,
        reason:
            "the limits of the bins leave tasks of it over, and it has no price outside every bin"
                .to_owned(),
    })
}

/// One run: optionally first-fit into one kind, then the greedy for the rest. `Err` is a size that found no place.
fn greedy_plan(
    problem: &Problem,
    demand: &Demand,
    steering: Steering<'_>,
    greedy: &mut Greedy,
    min_bins: u64,
    first: Option<usize>,
) -> Result<Plan, usize> {
    let mut left: Vec<f64> = demand.count.iter().map(|&c| c as f64).collect();
    let mut used = vec![0.0; problem.bins];
    let mut alone = vec![0; problem.sizes];
    let mut opened: Vec<Opened> = Vec::new();
    if let Some(b) = first {
        ffd::pack_one_kind(problem, b, &mut left, steering.cap, &mut opened);
        used[b] = opened.iter().map(|o| o.times as f64).sum();
    }
    greedy.run(
        problem,
        &mut left,
        steering,
        &mut used,
        &mut opened,
        &mut alone,
    );
    if let Some(size) = left.iter().position(|&x| x >= 1.0) {
        return Err(size);
    }
    downsize(problem, &mut opened, &demand.alone, &mut alone);
    if min_bins > 1 && !spread::at_least(problem, &mut opened, &demand.alone, &mut alone, min_bins)
    {
        let over = demand.count.iter().position(|&c| c > 0);
        return Err(over.unwrap_or(0));
    }
    Ok(Plan::new(problem, opened, alone, &demand.alone))
}
