//! Prices of task room for blocks of hours when a dollar of each offer has some worth in each of them.
use super::blocks::{Block, blocks};
use super::master::Fleet;
use super::terms::Terms;
use crate::error::CoreError;
use crate::pack::colgen::Use;
use crate::pack::fluid::Fluid;
use crate::pack::follow::{End, News};
use crate::pack::problem::Problem;
use crate::pack::room::Rooms;
use crate::pack::watch::Watch;
use crate::table::demand::Demand;
use rayon::prelude::*;
use std::cell::Cell;

/// Everything that stays the same while worths are tried.
pub(super) struct Market<'a> {
    pub problem: &'a Problem,
    pub terms: &'a Terms,
    pub demands: &'a [Demand],
    pub times: &'a [f64],
    pub blocks: Vec<Block>,
    /// Block of each demand.
    pub block: Vec<usize>,
    /// Canonical bin by the caller's row.
    index: Vec<Option<u32>>,
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// A block at some worths.
#[derive(Debug, Clone)]
pub(super) struct Priced {
    /// The bins at the prices that the worths leave, in their own order.
    pub problem: Problem,
    /// Share of its price that a task outside every bin costs.
    pub alone: f64,
    /// USD per hour of one task: no bin holds tasks worth more than it costs.
    pub prices: Vec<f64>,
    /// A fractional packing of the mean hour, bins by the caller's rows.
    pub ways: Vec<(Use, f64)>,
    /// The same bought in different ways, the first as is cheapest.
    pub fleets: Vec<Fleet>,
}

impl Priced {
    /// USD per hour of the fleet that is cheapest at the worths, less what offers cover.
    pub(super) fn on_demand(&self) -> f64 {
        self.fleets.first().map_or(0.0, |f| f.on_demand)
    }
}

/// Relative distance to the best prices at which a block is done, and the work it may take.
const TOLERANCE: f64 = 5e-4;
const WORK: u64 = 150_000_000;

impl<'a> Market<'a> {
    pub(super) fn new(
        problem: &'a Problem,
        terms: &'a Terms,
        demands: &'a [Demand],
        times: &'a [f64],
        most: usize,
        interrupted: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let fluid = Fluid::new(problem);
        let mean = blocks(demands, times, &vec![0.0; problem.sizes], 1);
        let price = mean
            .first()
            .map_or_else(Vec::new, |b| fluid.task_prices(&fluid.solve(&whole(&b.tasks), &b.alone), &b.alone));
        let blocks = blocks(demands, times, &price, most);
        let mut block = vec![0; demands.len()];
        blocks.iter().enumerate().for_each(|(k, b)| b.members.iter().for_each(|&m| block[m] = k));
        Self { problem, terms, demands, times, blocks, block, index: problem.bin_of_row(), interrupted }
    }

    pub(super) fn hours(&self) -> Vec<f64> {
        self.blocks.iter().map(|b| b.hours).collect()
    }

    /// Canonical bin of a caller's row that was kept.
    pub(super) fn bin(&self, row: u32) -> usize {
        self.index.get(row as usize).copied().flatten().unwrap_or(0) as usize
    }

    /// What each block knows of patterns: at first those of the middle one.
    pub(super) fn rooms(&self) -> Vec<Rooms> {
        let sizes = self.problem.sizes;
        let peak: Vec<u64> =
            (0..sizes).map(|s| self.demands.iter().map(|d| d.count[s]).max().unwrap_or(0)).collect();
        let mut rooms = Rooms::new(&peak);
        if let Some(middle) = self.blocks.get(self.blocks.len() / 2) {
            let worth = vec![f64::INFINITY; self.terms.offers()];
            self.price(middle, &mut rooms, &worth);
        }
        vec![rooms; self.blocks.len()]
    }

    /// Every block at its worths.
    pub(super) fn priced(&self, rooms: &mut [Rooms], worth: &[Vec<f64>]) -> Result<Vec<Priced>, CoreError> {
        let found: Vec<Priced> = (self.blocks.par_iter().zip(rooms).zip(worth))
            .map(|((block, rooms), worth)| self.price(block, rooms, worth))
            .collect();
        if (self.interrupted)() { Err(CoreError::Interrupted) } else { Ok(found) }
    }

    fn price(&self, block: &Block, rooms: &mut Rooms, worth: &[f64]) -> Priced {
        let rates: Vec<f64> = (0..self.problem.bins).map(|b| self.terms.rate(b, worth).0).collect();
        let problem = self.problem.repriced(&rates);
        let alone = self.terms.alone_rate(worth).0;
        let outside: Vec<f64> = block.alone.iter().map(|a| a * alone).collect();
        let fluid = Fluid::new(&problem);
        let start = fluid.task_prices(&fluid.solve(&whole(&block.tasks), &outside), &outside);
        let news = News::untold();
        let watch = Watch {
            end: End::NEVER,
            interrupted: self.interrupted,
            news: &news,
            budget: WORK,
            spent: Cell::new(0),
        };
        let (prices, ways) = match rooms.relax(&problem, &block.tasks, &outside, &start, TOLERANCE, &watch) {
            Some(relaxed) => (relaxed.prices, relaxed.ways),
            None => {
                let mean =
                    Demand { count: block.tasks.iter().map(|n| n.ceil() as u64).collect(), alone: outside };
                let ways = super::whole::greedy(&problem, &mean, &start);
                (start, ways)
            }
        };
        let fleets = self.fleets(block, &ways, worth);
        Priced { problem, alone, prices, ways, fleets }
    }

    /// What a fractional fleet costs, bought in different ways: as is cheapest at the worths, on demand, by each single offer
    /// and by all of them, those with the largest discount first.
    fn fleets(&self, block: &Block, ways: &[(Use, f64)], worth: &[f64]) -> Vec<Fleet> {
        let offers = self.terms.offers();
        let only = |o: usize| (0..offers).map(|i| if i == o { 1.0 } else { f64::INFINITY }).collect();
        let mut tried: Vec<Vec<f64>> = vec![worth.to_vec()];
        if offers > 0 {
            tried.push(vec![f64::INFINITY; offers]);
            tried.push(vec![1.0; offers]);
            tried.extend((0..offers).filter(|_| offers > 1).map(only));
        }
        tried.iter().map(|worth| self.fleet(block, ways, worth)).collect()
    }

    /// What a fractional fleet costs, each bin bought in the way that is cheapest at the worths.
    fn fleet(&self, block: &Block, ways: &[(Use, f64)], worth: &[f64]) -> Fleet {
        let mut fleet = Fleet { on_demand: 0.0, uses: vec![0.0; self.terms.offers()] };
        for (way, x) in ways {
            let (price, eligible, offer, share) = match way.bin {
                Some(row) => {
                    let b = self.bin(row);
                    let offer = self.terms.rate(b, worth).1;
                    let share = offer.map_or(0.0, |o| self.terms.share[o][b]);
                    (self.terms.price[b], self.terms.eligible[b], offer, share)
                }
                None => {
                    let usd = way.items.iter().map(|&(s, n)| block.alone[s as usize] * n as f64).sum();
                    let offer = self.terms.alone_rate(worth).1;
                    (usd, usd, offer, offer.map_or(0.0, |o| self.terms.alone_share[o]))
                }
            };
            match offer {
                None => fleet.on_demand += price * x,
                Some(o) => {
                    fleet.on_demand += (price - eligible) * x;
                    fleet.uses[o] += eligible * share * x;
                }
            }
        }
        fleet
    }

    /// Worths after the newsvendor's rule: a dollar of an offer counts in the busiest hours only, there so much that what it
    /// covers costs what it costs on demand (Nodari et al. 2016); as many of them as an hour less the discount allows.
    pub(super) fn busiest(&self, listed: &[Priced], total: f64) -> Vec<Vec<f64>> {
        let mut order: Vec<usize> = (0..self.blocks.len()).collect();
        order.sort_by(|&a, &b| listed[b].on_demand().total_cmp(&listed[a].on_demand()).then(a.cmp(&b)));
        let lowest = |o: usize| {
            let shares = self.terms.share[o].iter().chain([&self.terms.alone_share[o]]);
            shares.fold(1.0_f64, |m, s| m.min(*s))
        };
        let mut left = vec![total; self.terms.offers()];
        let mut worth = vec![Vec::new(); self.blocks.len()];
        for &k in &order {
            let hours = self.blocks[k].hours;
            let mut part = |(o, left): (usize, &mut f64)| {
                let taken = (hours / lowest(o)).min(*left);
                *left -= taken;
                taken / hours
            };
            worth[k] = left.iter_mut().enumerate().map(&mut part).collect();
        }
        worth
    }

    /// Worths a step up the slope of the bound: an offer's dollar counts more where more of it is used than in the mean hour.
    ///
    /// `short` is how far the bound is believed to be from its best, which sets the length of the step (Polyak 1969).
    pub(super) fn uphill(
        &self,
        priced: &[Priced],
        worth: &[Vec<f64>],
        short: f64,
        total: f64,
    ) -> Vec<Vec<f64>> {
        let uses = |k: usize, o: usize| priced[k].fleets.first().map_or(0.0, |f| f.uses[o]);
        let mut slope = vec![vec![0.0; self.terms.offers()]; self.blocks.len()];
        for o in 0..self.terms.offers() {
            let mean: f64 =
                (0..self.blocks.len()).map(|k| self.blocks[k].hours * uses(k, o)).sum::<f64>() / total;
            slope.iter_mut().enumerate().for_each(|(k, s)| s[o] = uses(k, o) - mean);
        }
        let norm: f64 = (slope.iter().zip(&self.blocks))
            .map(|(s, b)| b.hours * s.iter().map(|x| x * x).sum::<f64>())
            .sum();
        let step = if norm > 0.0 { short / norm } else { 0.0 };
        let moved = |(w, s): (&Vec<f64>, &Vec<f64>)| w.iter().zip(s).map(|(w, s)| w + step * s).collect();
        worth.iter().zip(&slope).map(moved).collect()
    }

    /// Worths that are lawful: over the hours those of an offer add up to no more than there are.
    pub(super) fn lawful(&self, mut worth: Vec<Vec<f64>>, total: f64, least: f64) -> Vec<Vec<f64>> {
        for o in 0..self.terms.offers() {
            worth.iter_mut().for_each(|w| w[o] = w[o].max(least));
            let sum: f64 = worth.iter().zip(&self.blocks).map(|(w, b)| w[o] * b.hours).sum();
            if sum > total {
                // a hair below, for rounding
                worth.iter_mut().for_each(|w| w[o] *= total / sum * (1.0 - 1e-12));
            }
        }
        worth
    }

    /// The bound in `1/scale` USD, over all hours; what owned commitments are worth is taken off.
    pub(super) fn bound(&self, priced: &[Priced], worth: &[Vec<f64>], scale: u64) -> i128 {
        let usage: u128 = (0..self.demands.len())
            .map(|row| self.stated(&priced[self.block[row]], row, scale).1 * self.times[row] as u128)
            .sum();
        let owned: f64 = (worth.iter().zip(&self.blocks))
            .map(|(w, b)| b.hours * w.iter().zip(&self.terms.owned).map(|(w, o)| w * o).sum::<f64>())
            .sum();
        usage as i128 - (owned * scale as f64).ceil() as i128
    }

    /// Whole-number prices of the tasks of a demand, and what they add up to.
    pub(super) fn stated(&self, priced: &Priced, row: usize, scale: u64) -> (Vec<u64>, u128) {
        let demand = &self.demands[row];
        let price: Vec<u64> = (priced.prices.iter().zip(&demand.alone))
            .map(|(p, a)| (p.min(a * priced.alone) * scale as f64).floor() as u64)
            .collect();
        let sum = price.iter().zip(&demand.count).map(|(&p, &n)| u128::from(p) * u128::from(n)).sum();
        (price, sum)
    }
}

/// The same tasks with what they cost outside every bin at a share of it.
pub(super) fn at_share(demand: &Demand, share: f64) -> Demand {
    Demand { count: demand.count.clone(), alone: demand.alone.iter().map(|a| a * share).collect() }
}

/// Parts of tasks in whole thousandths: the fluid prices of a demand do not change when all of it grows.
fn whole(tasks: &[f64]) -> Vec<u64> {
    tasks.iter().map(|n| (n * 1000.0).ceil() as u64).collect()
}
