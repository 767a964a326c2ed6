//! When the best plan is one step of cost above the bound, a cheaper one is the cheapest: dives for nothing less.
//!
//! Every filling of such a plan wastes hardly anything, so there are few, and a dive that wastes more is wrong at once.
use super::colgen::Programme;
use super::dive::{Dive, dive};
use super::plan::Plan;
use super::problem::Problem;
use super::watch::Watch;
use crate::table::demand::Demand;

/// Shares of the fractional bins fixed in one stage, in turn.
const QUOTAS: [f64; 3] = [0.1, 0.02, 0.05];
/// Dives, unless the work ends them.
const DIVES: usize = 200;

/// What dives start from.
pub(super) struct Known<'a> {
    pub programme: &'a Programme<'a>,
    pub prices: &'a [f64],
    /// Cost of the best plan, one step above the target.
    pub least: f64,
    pub target: f64,
}

/// The plan that costs no more than the target, if the work suffices to find one.
pub(super) fn last_step(
    problem: &Problem,
    demand: &Demand,
    known: Known<'_>,
    watch: &Watch<'_>,
) -> Option<Plan> {
    for seed in 0..DIVES {
        if watch.over() {
            break;
        }
        let quota = QUOTAS[seed % QUOTAS.len()];
        let how = Dive {
            quota,
            steps: 0,
            tolerance: 0.0,
            seed: seed as u64,
            completing: 1,
            below: Some(known.least),
        };
        match dive(problem, demand, known.programme, known.prices, how, watch) {
            Some(plan) if plan.cost <= known.target => return Some(plan),
            _ => {}
        }
    }
    None
}
