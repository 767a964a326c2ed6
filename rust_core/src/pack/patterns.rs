//! Lists every full pattern whose bin costs little more than its tasks are worth.
use super::fluid::dot;
use super::pricing::Pricing;
use super::problem::Problem;
use super::watch::Watch;
use std::collections::HashMap;

/// A pattern, or one task outside every bin (`bin` is `None`).
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub bin: Option<u32>,
    pub price: u64,
    /// By row.
    pub copies: Vec<u64>,
}

struct Lister<'a> {
    problem: &'a Problem,
    sizes: &'a [u32],
    most: Vec<u64>,
    worth: &'a [f64],
    /// Price of a unit of each resource: any are lawful, good ones cut off much.
    rates: &'a [f64],
    /// Worth beyond the price of the resources that could still be added from a row on.
    rest: Vec<f64>,
    /// Worth a pattern must exceed, less a hair for rounding.
    wanted: f64,
    copies: Vec<u64>,
    found: Vec<Vec<u64>>,
    limit: usize,
    watch: &'a Watch<'a>,
}

/// Rounding in the sums is far below this; a pattern too many does no harm.
const HAIR: f64 = 1.0 - 1e-9;
/// Work of one step, in the watch's unit.
const STEP: u64 = 15;

/// All patterns of all bins to which no task can be added and whose price exceeds their worth by less than `gap`; of
/// equal ones the cheapest. `None` when there are more than `limit` or the watch ends it.
#[expect(clippy::too_many_arguments, reason = "one call, plain data")]
pub(super) fn list(
    problem: &Problem,
    sizes: &[u32],
    count: &[u64],
    pricing: &mut dyn Pricing,
    worth: &[u64],
    prices: &[u64],
    gap: u64,
    limit: usize,
    watch: &Watch<'_>,
) -> Option<Vec<Listed>> {
    let mut cheapest: HashMap<Vec<u64>, usize> = HashMap::new();
    let mut all: Vec<Listed> = Vec::new();
    // Kinds come by rising price, so the first to hold a pattern is the cheapest.
    let value: Vec<f64> = worth.iter().map(|&w| w as f64).collect();
    let counts: Vec<f64> = count.iter().map(|&n| n as f64).collect();
    for (bin, rates) in pricing.rates(&value, &counts) {
        let (bin, price) = (bin as usize, prices[bin as usize]);
        let fit =
            |(&s, &n): (&u32, &u64)| (problem.fit[bin * problem.sizes + s as usize].min(n as f64)) as u64;
        let most: Vec<u64> = sizes.iter().zip(count).map(fit).collect();
        let mut rest = vec![0.0; sizes.len() + 1];
        for row in (0..sizes.len()).rev() {
            let gain = value[row] - dot(&rates, problem.size(sizes[row] as usize));
            rest[row] = rest[row + 1] + gain.max(0.0) * most[row] as f64;
        }
        let mut lister = Lister {
            problem,
            sizes,
            most,
            worth: &value,
            rates: &rates,
            rest,
            wanted: price.saturating_sub(gap) as f64 * HAIR,
            copies: vec![0; sizes.len()],
            found: Vec::new(),
            limit,
            watch,
        };
        lister.go(0, &mut problem.bin(bin).to_vec(), 0.0)?;
        for copies in lister.found {
            if !cheapest.contains_key(&copies) {
                cheapest.insert(copies.clone(), all.len());
                all.push(Listed { bin: Some(bin as u32), price, copies });
            }
        }
        if all.len() > limit {
            return None;
        }
    }
    Some(all)
}

impl Lister<'_> {
    fn go(&mut self, row: usize, free: &mut Vec<f64>, value: f64) -> Option<()> {
        self.watch.spend(STEP);
        if self.watch.spent.get() >= self.watch.budget || self.found.len() > self.limit {
            return None;
        }
        if value + self.rest[row] + dot(self.rates, free) < self.wanted {
            return Some(());
        }
        if row == self.sizes.len() {
            if self.watch.over() {
                return None;
            }
            let full = (0..row).all(|r| self.copies[r] >= self.most[r] || !self.fits(r, free));
            if full && self.copies.iter().any(|&n| n > 0) {
                self.found.push(self.copies.clone());
            }
            return Some(());
        }
        let before = free.clone();
        let mut added = 0;
        loop {
            self.copies[row] = added;
            self.go(row + 1, free, value + self.worth[row] * added as f64)?;
            if added >= self.most[row] || !self.fits(row, free) {
                break;
            }
            added += 1;
            let weight = self.problem.size(self.sizes[row] as usize);
            free.iter_mut().zip(weight).for_each(|(f, w)| *f -= w);
        }
        self.copies[row] = 0;
        *free = before;
        Some(())
    }

    fn fits(&self, row: usize, free: &[f64]) -> bool {
        let weight = self.problem.size(self.sizes[row] as usize);
        weight.iter().zip(free).all(|(w, f)| w <= f)
    }
}
