//! A pool's kinds exchanged one at a time, judged by whole bins.
//!
//! The kinds on which a free packing spends most are good kinds beside many others; a pool of two or three pays for what
//! its last bin wastes, and for tasks that fill its bins badly. So other kinds are tried in the place of each, and beside them.
use super::portfolio::{Estate, Limits, Part, Portfolio};
use crate::error::CoreError;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Hours by which exchanges are sorted out: the middles of equal slices of the hours, cheapest first.
const JUDGED: usize = 3;
/// Exchanges that look best by those hours are judged by all of them.
const FINALISTS: usize = 4;
/// An exchange must save so much of the pool.
const WORTHWHILE: f64 = 0.999;

impl Estate {
    /// The pool after up to `limits.exchanges` exchanges of a kind for another of `open`, each the best of its round.
    pub(super) fn exchanged(
        &self,
        part: &Part,
        start: Portfolio,
        open: &[u32],
        limits: Limits,
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Portfolio, CoreError> {
        let judged = self.judged(&start.hourly);
        let few = part.at(&judged);
        let kinds = part.undominated(self, open);
        let (mut best, mut seen) = (start, BTreeSet::new());
        for _ in 0..limits.exchanges {
            let trials: Vec<Vec<u32>> = neighbours(&best.bins, &kinds, limits.kinds)
                .into_iter()
                .filter(|set| part.holds_all(self, set) && seen.insert(set.clone()))
                .collect();
            let now = cost(&best.hourly, judged.iter().copied());
            let mut better: Vec<(f64, Vec<u32>)> = trials
                .into_par_iter()
                .map(|set| {
                    let usd = few.hourly(&few.pack(self, &set, interrupted)?);
                    Ok((cost(&usd, judged.iter().copied()), set))
                })
                .collect::<Result<Vec<_>, CoreError>>()?;
            better.retain(|(usd, _)| *usd < now * WORTHWHILE);
            better.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
            let mut least = cost(&best.hourly, self.weighted()) * WORTHWHILE;
            let mut found = false;
            for (_, bins) in better.into_iter().take(FINALISTS) {
                let hourly = part.hourly(&part.pack(self, &bins, interrupted)?);
                let usd = cost(&hourly, self.weighted());
                if usd < least {
                    (least, best, found) = (usd, Portfolio { bins, hourly }, true);
                }
            }
            if !found {
                break;
            }
        }
        Ok(best)
    }

    fn weighted(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.weight.iter().copied().enumerate()
    }

    /// Hours that stand for slices of the hours sorted by what they cost, and how many each stands for.
    fn judged(&self, hourly: &[f64]) -> Vec<(usize, f64)> {
        let mut hours: Vec<usize> = (0..hourly.len()).filter(|&h| hourly[h] > 0.0).collect();
        hours.sort_by(|&a, &b| hourly[a].total_cmp(&hourly[b]).then(a.cmp(&b)));
        let slices = JUDGED.min(hours.len());
        (0..slices)
            .map(|i| {
                let slice = &hours[i * hours.len() / slices..(i + 1) * hours.len() / slices];
                (slice[slice.len() / 2], slice.iter().map(|&h| self.weight[h]).sum())
            })
            .collect()
    }
}

fn cost(hourly: &[f64], weighted: impl Iterator<Item = (usize, f64)>) -> f64 {
    weighted.map(|(hour, weight)| hourly[hour] * weight).sum()
}

/// Sets that differ by one kind: exchanged, added or given up.
fn neighbours(set: &[u32], kinds: &[u32], most: usize) -> Vec<Vec<u32>> {
    let without = |skip: Option<usize>| -> Vec<u32> {
        set.iter().enumerate().filter(|(i, _)| Some(*i) != skip).map(|(_, &b)| b).collect()
    };
    let mut bases: Vec<Vec<u32>> = (0..set.len()).map(|i| without(Some(i))).collect();
    let mut sets: Vec<Vec<u32>> = bases.iter().filter(|base| !base.is_empty()).cloned().collect();
    if set.len() < most {
        bases.push(set.to_vec());
    }
    for base in bases {
        for &kind in kinds.iter().filter(|kind| !set.contains(kind)) {
            let mut trial = base.clone();
            trial.push(kind);
            trial.sort_unstable();
            sets.push(trial);
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::neighbours;

    #[test]
    fn a_neighbour_has_one_kind_exchanged_added_or_given_up() {
        assert_eq!(neighbours(&[4], &[1, 4], 1), [[1]]);
        assert_eq!(neighbours(&[4], &[1, 4], 2), [vec![1], vec![1, 4]]);
        assert_eq!(neighbours(&[1, 4], &[1, 2, 4], 2), [vec![4], vec![1], vec![2, 4], vec![1, 2]]);
    }
}
