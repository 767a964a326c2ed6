//! The most valuable lawful content of one bin: a bounded knapsack in several resources.
//!
//! Four steps, each only where the one before leaves a doubt: the linear relaxation (which already says "nothing here is
//! worth more than the bin" for most kinds), greedy fillings, an exact search over what can still matter, and a table
//! over the grid where that is small. Whatever happens, [`Answer::upper`] is a bound on the value of every filling.
mod branch;
mod complete;
mod relax;
mod search;
mod table;
#[cfg(test)]
mod tests;

use super::problem::Problem;
use relax::Hint;

/// Sizes (rows of the caller's demand) and copies of each.
pub(super) type Pattern = Vec<(u32, f64)>;

/// A size that may go into a bin.
#[derive(Debug, Clone)]
struct Item<const D: usize> {
    row: u32,
    /// Grid weights: whole numbers.
    weight: [f64; D],
    /// Shares of the bin.
    share: [f64; D],
    /// Most copies that fit with nothing else.
    fit: f64,
}

/// One kind of bin and the sizes that may go into it.
#[derive(Debug)]
pub(super) struct Sack<const D: usize> {
    /// Canonical index of the kind.
    pub bin: u32,
    /// USD per hour.
    pub price: f64,
    capacity: [f64; D],
    items: Vec<Item<D>>,
}

/// What a knapsack remembers between calls: nothing but speed depends on it.
#[derive(Debug, Clone)]
pub(super) struct Memory<const D: usize> {
    hint: Hint<D>,
}

impl<const D: usize> Default for Memory<D> {
    fn default() -> Self {
        Self { hint: Hint::new() }
    }
}

/// What one call found.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// No lawful content is worth more (up to a relative 1e-12 of rounding).
    pub upper: f64,
    /// Fillings worth looking at with their values, best first.
    pub found: Vec<(f64, Pattern)>,
    /// Steps of the search, the measure of work.
    pub steps: u64,
}

/// What one task of each row is worth, and how many copies a bin may hold at most.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub value: &'a [f64],
    pub most: &'a [f64],
    /// Fillings worth no more than this are of no interest.
    pub stop: f64,
    /// Steps the exact search may take; 0 leaves it out.
    pub steps: u64,
}

/// Steps of the depth-first search before stronger methods are tried.
const QUICK: u64 = 4_000;
/// From so many steps on, where no table fits, half of them are the search's: of few tasks to a bin it tries all, while the
/// relaxation stays above what they are worth.
const PATIENT: u64 = 1_000_000;
/// How many fillings one call hands back at most.
const FOUND: usize = 4;

impl<const D: usize> Sack<D> {
    /// Bin `bin` with the sizes of `rows` (canonical), in the resources `dims` (canonical, at most `D`).
    pub(super) fn new(problem: &Problem, bin: usize, rows: &[u32], dims: &[usize]) -> Self {
        let pick = |values: &[f64]| {
            let mut out = [0.0; D];
            dims.iter().zip(&mut out).for_each(|(&k, x)| *x = values[k]);
            out
        };
        let capacity = pick(problem.bin(bin));
        let items = rows.iter().enumerate().filter_map(|(row, &s)| {
            let fit = problem.fit[bin * problem.sizes + s as usize];
            let weight = pick(problem.size(s as usize));
            let mut share = weight;
            share.iter_mut().zip(&capacity).for_each(|(w, c)| *w /= c.max(1.0));
            (fit >= 1.0).then_some(Item { row: row as u32, weight, share, fit })
        });
        Self { bin: bin as u32, price: problem.price[bin], capacity, items: items.collect() }
    }

    /// Whether no size may go in at all.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Value and most copies of each item.
    fn rows(&self, value: &[f64], most: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let value: Vec<f64> = self.items.iter().map(|i| value[i.row as usize].max(0.0)).collect();
        let most = (self.items.iter().zip(&value))
            .map(|(i, v)| if *v > 0.0 { i.fit.min(most[i.row as usize]) } else { 0.0 })
            .collect();
        (value, most)
    }

    /// What a unit of each resource is worth in the relaxation.
    pub(super) fn rates(&self, value: &[f64], most: &[f64], memory: &mut Memory<D>) -> [f64; D] {
        let (value, most) = self.rows(value, most);
        let shadow = relax::relax(&self.items, &value, &most, &[1.0; D], &mut memory.hint).shadow;
        std::array::from_fn(|k| shadow[k] / self.capacity[k].max(1.0))
    }

    /// Solves one knapsack; see the module.
    pub(super) fn best(&self, asked: Asked<'_>, memory: &mut Memory<D>) -> Answer {
        let (value, most) = self.rows(asked.value, asked.most);
        let quick = relax::upper(&self.items, &value, &most, &[1.0; D], memory.hint.shadow());
        if quick <= asked.stop {
            return Answer { upper: quick, found: Vec::new(), steps: 0 };
        }
        let relaxed = relax::relax(&self.items, &value, &most, &[1.0; D], &mut memory.hint);
        if relaxed.upper <= asked.stop {
            return Answer { upper: relaxed.upper, found: Vec::new(), steps: 0 };
        }
        let mut found = complete::fillings(self, &value, &most, &relaxed);
        let best = found.first().map_or(0.0, |f| f.0);
        let worth = asked.stop.max(best);
        if relaxed.upper <= best * (1.0 + 1e-12) || asked.steps == 0 {
            return self.answer(relaxed.upper.max(best), found, 0);
        }
        let core = search::Core::new(&self.items, &value, &most, &relaxed, worth);
        let quick = QUICK.min(asked.steps);
        let mut searched = search::search(self, &core, worth, quick);
        let mut steps = searched.steps;
        if !searched.complete
            && asked.steps > quick
            && let Some(solved) = table::solve(self, &core, worth, (asked.steps - quick) as f64)
        {
            found.extend(searched.found);
            found.extend(solved.found);
            return self.answer(solved.value.max(worth) * search::SLACK, found, steps + solved.steps);
        }
        if !searched.complete && asked.steps >= PATIENT {
            searched = search::search(self, &core, worth, asked.steps / 2);
            steps += searched.steps;
        }
        let best = searched.found.last().map_or(worth, |f| f.0);
        found.extend(searched.found);
        if searched.complete {
            return self.answer(best * search::SLACK, found, steps);
        }
        // One node costs about as much as this many steps of the search.
        let node = 2 * core.items.len() as u64 * D as u64 + 100;
        let branched = branch::branch(self, &core, best, relaxed.upper, asked.steps / node);
        steps += branched.nodes * node;
        found.extend(branched.found);
        self.answer(branched.upper, found, steps)
    }

    fn answer(&self, upper: f64, mut found: Vec<(f64, Pattern)>, steps: u64) -> Answer {
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.dedup_by(|a, b| a.1 == b.1);
        found.truncate(FOUND);
        for (_, pattern) in &mut found {
            pattern.retain(|x| x.1 >= 1.0);
            pattern.iter_mut().for_each(|x| x.0 = self.items[x.0 as usize].row);
            pattern.sort_unstable_by_key(|x| x.0);
        }
        Answer { upper, found, steps }
    }
}
