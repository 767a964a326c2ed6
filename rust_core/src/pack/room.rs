//! What the room of one task is worth in hours that have the same sizes and bins but different numbers of tasks.
//!
//! Patterns may hold as many tasks of a size as there are in its busiest hour, so the prices found for one hour are
//! lawful in every other, and the patterns found for one hour are good to begin the next with, at other prices of the bins
//! too.
use super::colgen::{Depth, Programme, Use, Wanted};
use super::dive::to_sizes;
use super::problem::Problem;
use super::watch::Watch;

/// Sizes and peaks, and the patterns known so far (bins by the caller's rows, sizes by row of `sizes`).
#[derive(Debug, Clone)]
pub(crate) struct Rooms {
    sizes: Vec<u32>,
    peak: Vec<f64>,
    known: Vec<Use>,
}

/// A fractional packing of an hour, and lawful prices.
#[derive(Debug, Clone)]
pub(crate) struct Relaxed {
    /// USD per hour of one task, by canonical size.
    pub prices: Vec<f64>,
    /// Bins by the caller's rows, canonical sizes; how often each is opened.
    pub ways: Vec<(Use, f64)>,
}

/// Prices are lowered by so little that the bound hardly falls and by enough that a check need not split hairs.
const LOWERED: f64 = 1.0 - 1e-4;
/// Steps of one exact knapsack.
const STEPS: u64 = 20_000;
/// More sizes than this keep the prices that they have: the simplex is dense.
const MOST_SIZES: usize = 400;
/// Patterns kept for the next hour: those worth most for their price.
const KEPT: usize = 1_500;

impl Rooms {
    /// Takes the most tasks of each canonical size in any hour.
    pub(crate) fn new(peak: &[u64]) -> Self {
        let sizes: Vec<u32> = (0..peak.len() as u32).filter(|&s| peak[s as usize] > 0).collect();
        let peak = sizes.iter().map(|&s| peak[s as usize] as f64).collect();
        Self { sizes, peak, known: Vec::new() }
    }

    /// Packs an hour fractionally (`tasks` of each canonical size, perhaps parts of them), from lawful task prices to better ones; `None` where that is not possible.
    ///
    /// `tolerance` is the relative distance to the best prices at which it is done.
    pub(crate) fn relax(
        &mut self,
        problem: &Problem,
        tasks: &[f64],
        alone: &[f64],
        prices: &[f64],
        tolerance: f64,
        watch: &Watch<'_>,
    ) -> Option<Relaxed> {
        if self.sizes.len() > MOST_SIZES {
            return None;
        }
        let start: Vec<f64> = self.sizes.iter().map(|&s| prices[s as usize]).collect();
        let of = |list: &[f64]| self.sizes.iter().map(|&s| list[s as usize]).collect();
        let wanted =
            Wanted { sizes: self.sizes.clone(), count: of(tasks), alone: of(alone), most: self.peak.clone() };
        let proven: f64 = start.iter().zip(&wanted.count).map(|(p, n)| p * n).sum();
        let mut programme = Programme::new(problem, wanted)?;
        let index = problem.bin_of_row();
        for way in &self.known {
            if let Some(bin) = way.bin.and_then(|row| index.get(row as usize).copied().flatten()) {
                programme.add(Use { bin: Some(bin), items: way.items.clone() });
            }
        }
        programme.start_from(&start, proven);
        programme.run(Depth { tolerance, steps: STEPS }, watch, &mut |_| ());
        let mut lawful = prices.to_vec();
        for (&s, price) in self.sizes.iter().zip(&programme.prices) {
            lawful[s as usize] = price * LOWERED;
        }
        let by_row = |way: Use| Use { bin: way.bin.map(|b| problem.bin_row[b as usize]), ..way };
        let ways =
            programme.solution().into_iter().map(|(u, x)| (to_sizes(&by_row(u), &self.sizes), x)).collect();
        let duals = programme.duals();
        let worth = |u: &Use| u.items.iter().map(|&(r, n)| duals[r as usize] * n as f64).sum::<f64>();
        let mut known: Vec<(f64, Use)> = (programme.uses.iter())
            .filter_map(|u| u.bin.map(|b| (worth(u) / problem.price[b as usize], u.clone())))
            .collect();
        known.sort_by(|a, b| b.0.total_cmp(&a.0));
        known.truncate(KEPT);
        self.known = known.into_iter().map(|(_, u)| by_row(u)).collect();
        Some(Relaxed { prices: lawful, ways })
    }
}
