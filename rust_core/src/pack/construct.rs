//! Builds packings from scratch: several greedy runs with different task values, and one-kind first-fit; the best wins.
use super::ffd;
use super::greedy::{Greedy, Steering, downsize};
use super::plan::{Opened, Plan};
use super::problem::Problem;
use super::spread;
use crate::error::CoreError;
use crate::table::demand::Demand;

/// How strongly a task's value follows what its bins cost for their worth (1: at once). 0.7 was best of 0.4, 0.7, 1.
const LEARNING: f64 = 0.7;
/// Big tasks are hard to place late: a first bias of (price / largest price) to this power. Best of 0 to 0.2.
const SIZE_BIAS: f64 = 0.1;

/// More runs where limits of the bins have left every one without a place for some task, which comes earlier each time.
const RESCUES: usize = 40;

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Starts {
    /// Begin with two runs at plain values.
    pub basic: bool,
    /// Greedy runs whose task values learn from the run before.
    pub learned: usize,
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
    /// First factor on the prices: [`size_bias`], or what another hour has learned.
    pub bias: &'a [f64],
}

/// The bias to begin with when nothing is learned yet.
pub(crate) fn size_bias(task_price: &[f64]) -> Vec<f64> {
    let largest = task_price.iter().fold(0.0_f64, |m, &p| m.max(p));
    let bias = |&p: &f64| if p > 0.0 { (p / largest).powf(SIZE_BIAS) } else { 1.0 };
    task_price.iter().map(bias).collect()
}

fn ratios(values: &[f64], task_price: &[f64], otherwise: &[f64]) -> Vec<f64> {
    let ratio = |((v, p), o): ((&f64, &f64), &f64)| if *p > 0.0 { v / p } else { *o };
    values.iter().zip(task_price).zip(otherwise).map(ratio).collect()
}

/// The best packing of the demand among the starts, and the factors on the prices that led to the best learned run.
pub(crate) fn best_start(
    problem: &Problem,
    demand: &Demand,
    values: &Values<'_>,
    starts: Starts,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<(Plan, Vec<f64>), CoreError> {
    let mut best: Option<Plan> = None;
    let mut unplaced = 0;
    let keep = |made: Result<Plan, usize>, best: &mut Option<Plan>, unplaced: &mut usize| match made {
        Ok(plan) if best.as_ref().is_none_or(|b| plan.cost < b.cost) => *best = Some(plan),
        Ok(_) => {}
        Err(size) => *unplaced = size,
    };
    let reached = |best: &Option<Plan>| best.as_ref().is_some_and(|b| b.cost <= starts.target);
    if demand.count.iter().zip(&demand.alone).all(|(n, a)| *n == 0 || a.is_finite()) {
        keep(
            Ok(Plan::new(problem, Vec::new(), demand.count.clone(), &demand.alone)),
            &mut best,
            &mut unplaced,
        );
    }
    let n = problem.sizes;
    let cap = &spread::even_caps(demand, starts.min_bins);
    let density: Vec<f64> =
        (0..n).map(|s| values.task_price[s] / values.resource_worth[s].max(f64::MIN_POSITIVE)).collect();
    let outside: Vec<f64> = (0..n)
        .map(|s| if demand.alone[s].is_finite() { demand.alone[s] } else { values.resource_worth[s] })
        .collect();
    let mut greedy = Greedy::default();
    let mut learning: Vec<f64> = values.task_price.iter().zip(values.bias).map(|(p, b)| p * b).collect();
    let mut learned = values.bias.to_vec();
    for run in (if starts.basic { 0 } else { 2 })..2 + starts.learned + RESCUES {
        if interrupted() {
            return Err(CoreError::Interrupted);
        }
        if reached(&best) || run >= 2 + starts.learned && best.is_some() {
            break;
        }
        let value: &[f64] = match run {
            0 => values.resource_worth,
            1 => &outside,
            _ => &learning,
        };
        let balanced = starts.balanced || run % 3 == 2;
        let steering = Steering { value, alone: &demand.alone, cap, rank: &density, balanced, only: None };
        let made = greedy_plan(problem, demand, steering, &mut greedy, starts.min_bins, None);
        if run >= 2
            && let Ok(plan) = &made
        {
            if best.as_ref().is_none_or(|b| plan.cost < b.cost) {
                learned = ratios(&learning, values.task_price, values.bias);
            }
            blame(problem, demand, plan, &mut learning);
        }
        if let Err(size) = &made {
            learning[*size] *= 2.0;
        }
        keep(made, &mut best, &mut unplaced);
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
        if interrupted() {
            return Err(CoreError::Interrupted);
        }
        if !reached(&best) && ffd::least_cost(problem, b, &demand.count, values.task_price) < limit {
            let first = Some((b, limit));
            let made = greedy_plan(problem, demand, steering, &mut greedy, starts.min_bins, first);
            keep(made, &mut best, &mut unplaced);
        }
    }
    let best = best.ok_or_else(|| CoreError::NoPlace {
        size: problem.size_row[unplaced] as usize,
        reason: "the limits of the bins leave tasks of it over, and it has no price outside every bin"
            .to_owned(),
    })?;
    Ok((best, learned))
}

/// One run, and where it leaves a size on too few bins another one under a cap that cannot.
fn greedy_plan(
    problem: &Problem,
    demand: &Demand,
    steering: Steering<'_>,
    greedy: &mut Greedy,
    min_bins: u64,
    first: Option<(usize, f64)>,
) -> Result<Plan, usize> {
    let made = one_plan(problem, demand, steering, greedy, min_bins, first);
    if made.as_ref().is_ok_and(|plan| !spread::holds(&plan.opened, demand, min_bins)) {
        let cap = &spread::caps(demand, min_bins);
        return one_plan(problem, demand, Steering { cap, ..steering }, greedy, min_bins, first);
    }
    made
}

/// One run: optionally first-fit into one kind, then the greedy for the rest. `Err` is a size that found no place.
fn one_plan(
    problem: &Problem,
    demand: &Demand,
    steering: Steering<'_>,
    greedy: &mut Greedy,
    min_bins: u64,
    first: Option<(usize, f64)>,
) -> Result<Plan, usize> {
    let mut left: Vec<f64> = demand.count.iter().map(|&c| c as f64).collect();
    let mut used = vec![0.0; problem.bins];
    let mut alone = vec![0; problem.sizes];
    let mut opened: Vec<Opened> = Vec::new();
    if let Some((b, best)) = first {
        ffd::pack_one_kind(problem, b, &mut left, steering.cap, &mut opened);
        used[b] = opened.iter().map(|o| o.times as f64).sum();
        // The values are the dual prices here: what is left costs at least its worth.
        let rest: f64 = left.iter().zip(steering.value).map(|(n, v)| n * v).sum();
        if used[b] * problem.price[b] + rest >= best {
            return Err(0);
        }
    }
    greedy.run(problem, &mut left, steering, &mut used, &mut opened, &mut alone);
    if let Some(size) = left.iter().position(|&x| x >= 1.0) {
        return Err(size);
    }
    downsize(problem, &mut opened, &demand.alone, &mut alone);
    if min_bins > 1 && !spread::at_least(problem, &mut opened, &demand.alone, &mut alone, min_bins) {
        let over = demand.count.iter().position(|&c| c > 0);
        return Err(over.unwrap_or(0));
    }
    Ok(Plan::new(problem, opened, alone, &demand.alone))
}

/// Raises the value of tasks that ended up in bins dear for their worth, so that the next run places them earlier.
fn blame(problem: &Problem, demand: &Demand, plan: &Plan, value: &mut [f64]) {
    let mut paid = vec![0.0; value.len()];
    for o in &plan.opened {
        let worth: f64 = o.items.iter().map(|&(s, n)| value[s as usize] * n as f64).sum();
        let rate = problem.price[o.bin as usize] / worth.max(f64::MIN_POSITIVE);
        o.items.iter().for_each(|&(s, n)| paid[s as usize] += rate * n as f64 * o.times as f64);
    }
    for (s, v) in value.iter_mut().enumerate() {
        let count = demand.count[s] as f64;
        let alone = plan.alone[s] as f64;
        if count > 0.0 && *v > 0.0 {
            let outside = if alone > 0.0 { alone * demand.alone[s] / *v } else { 0.0 };
            let rate = (paid[s] + outside) / count;
            *v *= rate.clamp(0.5, 2.0).powf(LEARNING);
        }
    }
}

/// The best of some greedy `runs` for what is left over, the first at the values given and each later one the wiser for the
/// one before; `None` where a task finds no place.
pub(crate) fn complete(problem: &Problem, demand: &Demand, value: &[f64], runs: usize) -> Option<Plan> {
    let free = vec![f64::INFINITY; problem.sizes];
    let mut learning = value.to_vec();
    let mut greedy = Greedy::default();
    let mut best: Option<Plan> = None;
    for run in 0..runs {
        let steering = Steering {
            value: &learning,
            alone: &demand.alone,
            cap: &free,
            rank: value,
            balanced: true,
            only: None,
        };
        let Ok(plan) = one_plan(problem, demand, steering, &mut greedy, 0, None) else { break };
        if run + 1 < runs {
            blame(problem, demand, &plan, &mut learning);
        }
        if best.as_ref().is_none_or(|b| plan.cost < b.cost) {
            best = Some(plan);
        }
    }
    best
}
