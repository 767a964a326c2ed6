//! Whole fleets for single hours, and which of several to run when commitments are levels of dollars.
use super::block_prices::{Market, Priced, at_share};
use super::levels::{self, Metered, Use as Usage};
use crate::hours::landmarks::landmarks;
use crate::pack::adapt::adapted;
use crate::pack::colgen::Use;
use crate::pack::construct::complete;
use crate::pack::dive::rounded;
use crate::pack::follow::{End, News};
use crate::pack::plan::{Opened, Plan};
use crate::pack::problem::Problem;
use crate::pack::recreate::{Budget, chain};
use crate::table::demand::Demand;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A fleet of one demand, in canonical bins at list prices.
#[derive(Debug, Clone)]
pub(super) struct Fleet {
    pub plan: Plan,
    pub metered: Metered,
}

/// What to run in each demand, and what to buy.
pub(super) struct Chosen {
    /// Index into the candidates of each demand.
    pub fleet: Vec<usize>,
    pub bought: Vec<f64>,
    pub usd: f64,
}

/// Demands of a block that are rounded with care, and how many times each is ruined and recreated for it.
const LANDMARKS: usize = 3;
const TRIALS: usize = 400;
/// Turns of choosing fleets for levels, and levels for fleets.
const TURNS: usize = 4;

impl Market<'_> {
    /// Different fleets for every demand, by the prices of its block in each of the guides; none where a task finds no place.
    pub(super) fn whole(&self, guides: &[&[Priced]]) -> Vec<Vec<Fleet>> {
        let mut found: Vec<Vec<Fleet>> = vec![Vec::new(); self.demands.len()];
        for guide in guides {
            let blocks: Vec<Vec<(usize, Plan)>> =
                (0..self.blocks.len()).into_par_iter().map(|k| self.block_whole(k, &guide[k])).collect();
            for (row, plan) in blocks.into_iter().flatten() {
                if !found[row].iter().any(|f| f.plan == plan) {
                    let metered = Metered::new(self.usage(&plan, &self.demands[row]), self.terms);
                    found[row].push(Fleet { plan, metered });
                }
            }
        }
        found
    }

    /// A block's demands: a few are rounded with care, the others follow the nearest of them where that is cheaper.
    fn block_whole(&self, k: usize, priced: &Priced) -> Vec<(usize, Plan)> {
        let rows = &self.blocks[k].members;
        let problem = &priced.problem;
        let demands: Vec<Demand> = rows.iter().map(|&r| at_share(&self.demands[r], priced.alone)).collect();
        let (chosen, nearest) = landmarks(&demands, &priced.prices, 0, LANDMARKS);
        let known: Vec<Option<Plan>> = chosen
            .par_iter()
            .map(|&i| {
                let plan = self.rounded(&demands[i], priced)?;
                let budget = Budget {
                    trials: TRIALS,
                    target: 0.0,
                    min_bins: 0,
                    end: End::NEVER,
                    interrupted: self.interrupted,
                    news: &News::untold(),
                };
                Some(chain(problem, &demands[i], &priced.prices, &plan, 1, budget).0)
            })
            .collect();
        let one = |i: usize| -> Option<(usize, Plan)> {
            let near = known[nearest[i]].as_ref()?;
            let plan = if chosen[nearest[i]] == i {
                near.clone()
            } else {
                let own = self.rounded(&demands[i], priced)?;
                let like = adapted(problem, &demands[i], near, &priced.prices, 0);
                like.filter(|plan| plan.cost < own.cost).unwrap_or(own)
            };
            Some((rows[i], self.canonical(plan, priced, rows[i])))
        };
        if (self.interrupted)() {
            return Vec::new();
        }
        (0..rows.len()).into_par_iter().filter_map(one).collect()
    }

    fn rounded(&self, demand: &Demand, priced: &Priced) -> Option<Plan> {
        let index = priced.problem.bin_of_row();
        let here =
            |way: &Use| Use { bin: way.bin.and_then(|row| index[row as usize]), items: way.items.clone() };
        let ways: Vec<(Use, f64)> = priced.ways.iter().map(|(way, x)| (here(way), *x)).collect();
        rounded(&priced.problem, demand, ways, &priced.prices)
    }

    /// The same packing in canonical bins at list prices.
    fn canonical(&self, plan: Plan, priced: &Priced, row: usize) -> Plan {
        let opened = plan.opened.into_iter().map(|o| {
            let bin = self.bin(priced.problem.bin_row[o.bin as usize]) as u32;
            Opened { bin, ..o }
        });
        Plan::new(self.problem, opened.collect(), plan.alone, &self.demands[row].alone)
    }

    fn usage(&self, plan: &Plan, demand: &Demand) -> Usage {
        let mut dollars: BTreeMap<usize, f64> = BTreeMap::new();
        for o in &plan.opened {
            let bin = o.bin as usize;
            *dollars.entry(bin).or_default() += self.terms.eligible[bin] * o.times as f64;
        }
        let alone: f64 = (plan.alone.iter().zip(&demand.alone))
            .filter(|(n, _)| **n > 0)
            .map(|(n, usd)| *n as f64 * usd)
            .sum();
        if alone > 0.0 {
            dollars.insert(self.terms.price.len(), alone);
        }
        Usage { covered: dollars.into_iter().collect(), on_demand: plan.cost }
    }
}

/// One after the other: every demand at list prices, then the levels for these fleets.
pub(super) fn in_sequence(candidates: &[Vec<Fleet>], times: &[f64], owned: &[f64], hours: f64) -> Chosen {
    let first = vec![0; candidates.len()];
    let (bought, usd) = levels::best(&of(candidates, &first, times), &vec![0.0; owned.len()], owned, hours);
    Chosen { fleet: first, bought, usd }
}

/// The cheapest fleet of each demand at the best levels, found by turns from some levels; never worse than `known`.
pub(super) fn choose(
    candidates: &[Vec<Fleet>],
    times: &[f64],
    start: &[f64],
    owned: &[f64],
    hours: f64,
    known: Chosen,
) -> Chosen {
    let mut best = known;
    for start in [start.to_vec(), best.bought.clone()] {
        let (mut bought, mut before) = (start, f64::INFINITY);
        for _ in 0..TURNS {
            let level: Vec<f64> = bought.iter().zip(owned).map(|(b, o)| b + o).collect();
            let mut left = Vec::new();
            let fleet: Vec<usize> = (candidates.iter())
                .map(|of| {
                    let usd: Vec<f64> = of.iter().map(|f| f.metered.usd(&level, &mut left)).collect();
                    (0..of.len()).min_by(|&a, &b| usd[a].total_cmp(&usd[b]).then(a.cmp(&b))).unwrap_or(0)
                })
                .collect();
            let (levels, usd) = levels::best(&of(candidates, &fleet, times), &bought, owned, hours);
            if usd >= before * (1.0 - 1e-9) {
                break;
            }
            (bought, before) = (levels, usd);
            if usd < best.usd {
                best = Chosen { fleet, bought: bought.clone(), usd };
            }
        }
    }
    best
}

fn of<'a>(candidates: &'a [Vec<Fleet>], fleet: &[usize], times: &[f64]) -> Vec<(&'a Metered, f64)> {
    candidates.iter().zip(fleet).zip(times).map(|((of, &f), &t)| (&of[f].metered, t)).collect()
}

/// A quick packing as a fractional one, for problems too large for column generation.
pub(super) fn greedy(problem: &Problem, demand: &Demand, prices: &[f64]) -> Vec<(Use, f64)> {
    let Some(plan) = complete(problem, demand, prices) else { return Vec::new() };
    let bins = plan.opened.into_iter().map(|o| {
        let row = problem.bin_row[o.bin as usize];
        (Use { bin: Some(row), items: o.items }, o.times as f64)
    });
    let alone = plan.alone.iter().enumerate().filter(|(_, n)| **n > 0);
    bins.chain(alone.map(|(s, &n)| (Use { bin: None, items: vec![(s as u32, 1)] }, n as f64))).collect()
}
