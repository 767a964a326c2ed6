//! Checks a bound without trusting the solver that found it: whole numbers only, every kind of bin as the caller gave it.
//!
//! Shares the grid of resources with the packing (both must mean the same by "fits") and nothing else: no pruning, no
//! tightened capacities, no relaxation, another way to solve the knapsack.
mod ellipsoid;
mod sack;
mod walk;

use crate::error::{CoreError, invalid};
use crate::pack::{all_to_grid, floor_scaled};
use crate::table::bins::Bins;
use crate::table::demand::{Demand, Sizes};
use rayon::prelude::*;
use sack::{Answer, Item, within};

/// What a certificate states.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Price of one task of each size (caller's rows), in `1/scale` USD per hour.
    pub price: Vec<u64>,
    /// Units per USD.
    pub scale: u64,
    /// `sum(count * price)`.
    pub scaled: u128,
}

/// What came of the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// No lawful packing costs less than `scaled / scale`.
    Holds,
    /// The prices do not add up to what is claimed.
    Sum,
    /// A task of this row costs less alone than its price.
    Alone(usize),
    /// A bin of this row can hold tasks worth more than it costs.
    Bin(usize),
    /// Too hard to tell for a bin of this row within the budget of states.
    Undecided(usize),
}

/// Checks that no lawful bin (no more tasks of a size than there are, its rules kept) holds tasks worth more than it
/// costs, that no task is worth more than alone, and that the prices add up. `states` limits the work per kind of bin.
pub fn verify(
    sizes: &Sizes,
    bins: &Bins,
    demand: &Demand,
    dims: usize,
    claim: &Claim,
    states: usize,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<Verdict, CoreError> {
    sizes.validate(dims)?;
    bins.validate(dims)?;
    demand.validate(sizes.len())?;
    if claim.price.len() != sizes.len() {
        return Err(invalid("prices", 0, "one price per size is needed"));
    }
    let sum =
        claim.price.iter().zip(&demand.count).map(|(&p, &n)| u128::from(p) * u128::from(n)).sum::<u128>();
    if sum != claim.scaled {
        return Ok(Verdict::Sum);
    }
    for (row, (&price, &alone)) in claim.price.iter().zip(&demand.alone).enumerate() {
        let limit = if alone.is_finite() { floor_scaled(alone, claim.scale) } else { None };
        if demand.count[row] > 0 && limit.is_some_and(|l| u128::from(price) > l) {
            return Ok(Verdict::Alone(row));
        }
    }
    Ok(worths(sizes, bins, &demand.count, dims, &[&claim.price], claim.scale, states, interrupted)?
        .pop()
        .unwrap_or(Verdict::Holds))
}

/// Checks for each of some lists of task prices (caller's rows, in `1/scale` USD per hour) that no lawful bin with at most
/// `most` tasks of a size holds tasks worth more than it costs. Errors as in [`verify`].
#[expect(clippy::too_many_arguments, reason = "one call, plain data")]
pub fn lawful(
    sizes: &Sizes,
    bins: &Bins,
    most: &[u64],
    dims: usize,
    prices: &[Vec<u64>],
    scale: u64,
    states: usize,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Verdict>, CoreError> {
    sizes.validate(dims)?;
    bins.validate(dims)?;
    if most.len() != sizes.len() || prices.iter().any(|p| p.len() != sizes.len()) {
        return Err(invalid("prices", 0, "one price per size is needed"));
    }
    let prices: Vec<&Vec<u64>> = prices.iter().collect();
    worths(sizes, bins, most, dims, &prices, scale, states, interrupted)
}

#[expect(clippy::too_many_arguments, reason = "one call, plain data")]
fn worths(
    sizes: &Sizes,
    bins: &Bins,
    most: &[u64],
    dims: usize,
    prices: &[&Vec<u64>],
    scale: u64,
    states: usize,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Verdict>, CoreError> {
    let (weight, capacity) = all_to_grid(&sizes.weight, &bins.capacity, dims);
    let check = |(list, row): (usize, usize)| -> Result<Verdict, CoreError> {
        if interrupted() {
            return Err(CoreError::Interrupted);
        }
        let price = prices[list];
        let free: Vec<i64> = capacity[row * dims..(row + 1) * dims].iter().map(|&c| c as i64).collect();
        let item = |s: usize| {
            let load: Vec<i64> = weight[s * dims..(s + 1) * dims].iter().map(|&w| w as i64).collect();
            let mut most = most[s].min(sizes.max_per_bin[s]);
            for (w, c) in load.iter().zip(&free).filter(|(w, _)| **w > 0) {
                most = most.min((c / w) as u64);
            }
            let open = sizes.mask[s] >> bins.group[row] & 1 == 1 && price[s] > 0;
            (open && most > 0).then_some(Item { load, value: price[s], most })
        };
        let items: Vec<Item> = (0..sizes.len()).filter_map(item).collect();
        let Some(limit) = floor_scaled(bins.price[row], scale) else {
            return Ok(Verdict::Holds);
        };
        Ok(match within(items, &free, limit, states, interrupted) {
            Answer::Yes => Verdict::Holds,
            Answer::No => Verdict::Bin(row),
            Answer::Unknown => Verdict::Undecided(row),
        })
    };
    let rows = telling(sizes, bins, &capacity, dims);
    let pairs: Vec<(usize, usize)> =
        (0..prices.len()).flat_map(|list| rows.iter().map(move |&row| (list, row))).collect();
    let verdicts: Vec<Verdict> = pairs.par_iter().map(|&pair| check(pair)).collect::<Result<_, _>>()?;
    if interrupted() {
        return Err(CoreError::Interrupted);
    }
    let worst = |list: usize| {
        let mine = || pairs.iter().zip(&verdicts).filter(move |(p, _)| p.0 == list).map(|(_, v)| v);
        let broken = mine().find(|v| matches!(v, Verdict::Bin(_)));
        let unknown = mine().find(|v| matches!(v, Verdict::Undecided(_)));
        broken.or(unknown).cloned().unwrap_or(Verdict::Holds)
    };
    Ok((0..prices.len()).map(worst).collect())
}

/// The bins that say all: another one is no dearer, no smaller and open to the same sizes as each that is left out.
fn telling(sizes: &Sizes, bins: &Bins, capacity: &[f64], dims: usize) -> Vec<usize> {
    let open = |row: usize| sizes.mask.iter().map(move |mask| mask >> bins.group[row] & 1 == 1);
    let mut rows: Vec<usize> = (0..bins.len()).filter(|&row| bins.limit[row] > 0).collect();
    rows.sort_by(|&a, &b| bins.price[a].total_cmp(&bins.price[b]).then(a.cmp(&b)));
    let mut kept: Vec<usize> = Vec::new();
    for row in rows {
        let room = |r: usize| &capacity[r * dims..(r + 1) * dims];
        let implied = kept.iter().any(|&other| {
            room(other).iter().zip(room(row)).all(|(big, small)| big >= small)
                && open(row).zip(open(other)).all(|(mine, theirs)| !mine || theirs)
        });
        if !implied {
            kept.push(row);
        }
    }
    kept
}
