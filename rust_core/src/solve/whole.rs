//! Whole fleets for single hours, and which of several to run when commitments are levels of dollars.
use super::block_prices::{Market, Priced, at_share};
use super::levels::{self, Metered, Use as Usage};
use crate::pack::colgen::Use;
use crate::pack::construct::complete;
use crate::pack::dive::rounded;
use crate::pack::plan::{Opened, Plan};
use crate::pack::problem::Problem;
use crate::table::demand::Demand;
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

/// Turns of choosing fleets for levels, and levels for fleets.
const TURNS: usize = 4;

impl Market<'_> {
    /// Different fleets for one demand, by the prices of its block in each of the guides.
    pub(super) fn whole(&self, row: usize, guides: &[&[Priced]]) -> Vec<Fleet> {
        let mut found: Vec<Fleet> = Vec::new();
        for guide in guides {
            let priced = &guide[self.block[row]];
            if let Some(plan) = self.one(row, priced)
                && !found.iter().any(|f| f.plan == plan)
            {
                let metered = Metered::new(self.usage(&plan, &self.demands[row]), self.terms);
                found.push(Fleet { plan, metered });
            }
        }
        found
    }

    fn one(&self, row: usize, priced: &Priced) -> Option<Plan> {
        let problem = &priced.problem;
        let demand = at_share(&self.demands[row], priced.alone);
        let index = problem.bin_of_row();
        let here =
            |way: &Use| Use { bin: way.bin.and_then(|row| index[row as usize]), items: way.items.clone() };
        let ways: Vec<(Use, f64)> = priced.ways.iter().map(|(way, x)| (here(way), *x)).collect();
        let plan = rounded(problem, &demand, ways, &priced.prices)?;
        let opened = plan.opened.into_iter().map(|o| {
            let bin = self.bin(problem.bin_row[o.bin as usize]) as u32;
            Opened { bin, ..o }
        });
        Some(Plan::new(self.problem, opened.collect(), plan.alone, &self.demands[row].alone))
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
