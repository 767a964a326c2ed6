//! The linear programme over whole fleets of blocks (Dantzig and Wolfe): what a dollar of each offer is worth in each block.
use super::block_prices::Priced;
use crate::pack::simplex::{Column, Master};

/// A fractional fleet of a block, each bin bought the way that was cheapest when it was found.
#[derive(Debug, Clone)]
pub(super) struct Fleet {
    /// USD per hour on demand.
    pub on_demand: f64,
    /// Dollars of each offer.
    pub uses: Vec<f64>,
}

/// Rows: one fleet for each block, then for each offer and block no more than is bought.
pub(super) struct Fleets {
    master: Master,
    /// Hours of each block.
    hours: Vec<f64>,
    offers: usize,
    /// Dollars an hour of the mean block: what the rows of offers are counted in.
    unit: f64,
}

/// Room in the rows of an offer: without it every basis would be degenerate.
const SLACK: f64 = 1e-5;
const PIVOTS: usize = 20_000;

impl Fleets {
    /// Starts from one fleet per block, all of it on demand.
    pub(super) fn new(hours: &[f64], first: &[f64], owned: &[f64], total: f64) -> Self {
        let (blocks, offers) = (hours.len(), owned.len());
        let unit = (first.iter().sum::<f64>() / blocks.max(1) as f64).max(f64::MIN_POSITIVE);
        let mut rhs = vec![1.0; blocks];
        let mut start: Vec<Option<Column>> = (0..blocks)
            .map(|k| Some(Column { cost: hours[k] * first[k], entries: vec![(k as u32, 1.0)] }))
            .collect();
        for &owned in owned {
            rhs.extend(vec![-(owned / unit) - SLACK; blocks]);
            start.extend(vec![None; blocks]);
        }
        let mut master = Master::new(&rhs, start);
        for offer in 0..offers {
            let rows = (0..blocks).map(|k| ((blocks * (1 + offer) + k) as u32, 1.0 / unit));
            master.add(Column { cost: total, entries: rows.collect() });
        }
        Self { master, hours: hours.to_vec(), offers, unit }
    }

    /// Adds the fleet of every block as bought in different ways.
    pub(super) fn add(&mut self, priced: &[Priced]) {
        priced.iter().enumerate().for_each(|(block, p)| self.add_block(block, &p.fleets));
    }

    fn add_block(&mut self, block: usize, fleets: &[Fleet]) {
        let blocks = self.hours.len();
        for fleet in fleets {
            let used = fleet.uses.iter().enumerate().filter(|(_, u)| **u > 0.0);
            let entries = std::iter::once((block as u32, 1.0))
                .chain(used.map(|(o, u)| ((blocks * (1 + o) + block) as u32, -u / self.unit)))
                .collect();
            self.master.add(Column { cost: self.hours[block] * fleet.on_demand, entries });
        }
    }

    /// Solves it; what a dollar of each offer is worth, `[block][offer]`, and the levels bought.
    pub(super) fn solve(&mut self, interrupted: &dyn Fn() -> bool) -> (Vec<Vec<f64>>, Vec<f64>) {
        self.master.solve(PIVOTS, interrupted);
        let blocks = self.hours.len();
        let duals = self.master.duals();
        let worth = (0..blocks)
            .map(|k| {
                (0..self.offers)
                    .map(|o| duals[blocks * (1 + o) + k].max(0.0) / self.unit / self.hours[k])
                    .collect()
            })
            .collect();
        let mut levels = vec![0.0; self.offers];
        for (column, x) in self.master.primal() {
            // the first columns are the fleets of the start, then come the offers
            if (blocks..blocks + self.offers).contains(&column) {
                levels[column - blocks] = x;
            }
        }
        (worth, levels)
    }

    pub(super) fn value(&self) -> f64 {
        self.master.value()
    }
}
