//! What the room of one task is worth in hours that have the same sizes and bins but different numbers of tasks.
//!
//! Patterns may hold as many tasks of a size as there are in its busiest hour, so the prices found for one hour are
//! lawful in every other, and the patterns found for one hour are good to begin the next with.
use super::colgen::{Depth, Programme, Use, Wanted};
use super::problem::Problem;
use super::watch::Watch;
use crate::table::demand::Demand;

/// Sizes, bins and peaks, and the patterns known so far.
pub(crate) struct Rooms<'a> {
    problem: &'a Problem,
    sizes: Vec<u32>,
    peak: Vec<f64>,
    known: Vec<Use>,
}

/// Relative distance to the best prices at which an hour is done.
const TOLERANCE: f64 = 2e-4;
/// Prices are lowered by so little that the bound hardly falls and by enough that a check need not split hairs.
const LOWERED: f64 = 1.0 - 1e-4;
/// Steps of one exact knapsack.
const STEPS: u64 = 20_000;
/// More sizes than this keep the prices that they have: the simplex is dense.
const MOST_SIZES: usize = 400;

impl<'a> Rooms<'a> {
    /// Takes the most tasks of each canonical size in any hour.
    pub(crate) fn new(problem: &'a Problem, peak: &[u64]) -> Self {
        let sizes: Vec<u32> = (0..problem.sizes as u32).filter(|&s| peak[s as usize] > 0).collect();
        let peak = sizes.iter().map(|&s| peak[s as usize] as f64).collect();
        Self { problem, sizes, peak, known: Vec::new() }
    }

    /// Raises lawful task prices for the demand of an hour; whatever comes back is lawful.
    pub(crate) fn raise(&mut self, demand: &Demand, prices: &[f64], watch: &Watch<'_>) -> Vec<f64> {
        let mut raised = prices.to_vec();
        if self.sizes.len() > MOST_SIZES {
            return raised;
        }
        let of = |values: &dyn Fn(usize) -> f64| -> Vec<f64> {
            self.sizes.iter().map(|&s| values(s as usize)).collect()
        };
        let wanted = Wanted {
            sizes: self.sizes.clone(),
            count: of(&|s| demand.count[s] as f64),
            alone: of(&|s| demand.alone[s]),
            most: self.peak.clone(),
        };
        let start = of(&|s| prices[s]);
        let proven: f64 = start.iter().zip(&wanted.count).map(|(p, n)| p * n).sum();
        let Some(mut programme) = Programme::new(self.problem, wanted) else { return raised };
        for way in &self.known {
            programme.add(way.clone());
        }
        programme.start_from(&start, proven);
        programme.run(Depth { tolerance: TOLERANCE, steps: STEPS }, watch);
        watch.spend(programme.uses.len() as u64);
        for (&s, price) in self.sizes.iter().zip(&programme.prices) {
            raised[s as usize] = price * LOWERED;
        }
        self.known = programme.uses.into_iter().filter(|u| u.bin.is_some()).collect();
        raised
    }
}
