//! Which few kinds of bin a pool should have: the cheapest small set that holds every task in every hour.
//!
//! A plan that people can operate has few kinds of instance in a pool. The hours are first packed with all kinds; the
//! kinds on which most was spent, and the cheapest that hold every task, are then tried alone and in small sets.
use super::{HourlyDemand, HoursOptions, PackedHours, pack_hours};
use crate::error::CoreError;
use crate::table::bins::Bins;
use crate::table::demand::Sizes;

/// Kinds of the free packing that are tried as the pool's only kind.
const SINGLES: usize = 3;
/// Kinds of the free packing that are tried in pairs.
const PAIRED: usize = 3;
/// Kinds that hold every task by themselves and are tried although the free packing does not use them, cheapest first.
const HOLD_ALL: usize = 2;

/// Everything pools are made of: all task sizes of a cluster, all kinds of bin, and the hours pools are judged by.
#[derive(Debug, Clone)]
pub struct Estate {
    /// Resources of a size; `mask` is not used here.
    pub sizes: Sizes,
    /// Bins that must be open, at the least, in an hour in which a task of the size runs.
    pub spread: Vec<u64>,
    /// All kinds of bin; `group` names the pool that may have them.
    pub bins: Bins,
    /// Tasks wanted, `[hour][size]`.
    pub count: Vec<Vec<u64>>,
    /// How many hours each of them stands for.
    pub weight: Vec<f64>,
    /// Number of resources.
    pub dims: usize,
}

/// How far to look for a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most kinds of bin.
    pub kinds: usize,
    /// Most exchanges of one kind for another; none is enough to compare many pools with each other.
    pub exchanges: usize,
}

/// A pool as judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Portfolio {
    /// Rows of its kinds in the estate's bins, ascending.
    pub bins: Vec<u32>,
    /// USD of each hour.
    pub hourly: Vec<f64>,
}

impl Estate {
    /// The cheapest set found of at most `limits.kinds` kinds of bins of `group` for the sizes `members`; none when no such set
    /// holds them all.
    ///
    /// Where the kinds `keep` hold them all, these are taken as they are: so a small change is judged by one packing.
    pub fn portfolio(
        &self,
        group: u8,
        members: &[u32],
        keep: &[u32],
        limits: Limits,
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Portfolio>, CoreError> {
        let part = self.part(members);
        if !keep.is_empty() && part.holds_all(self, keep) {
            return Ok(Some(Portfolio {
                bins: keep.to_vec(),
                hourly: part.hourly(&part.pack(self, keep, interrupted)?),
            }));
        }
        let open: Vec<u32> = (0..self.bins.len() as u32)
            .filter(|&b| self.bins.group[b as usize] == group && part.holds_any(self, b))
            .collect();
        if !part.holds_all(self, &open) {
            return Ok(None);
        }
        let ranked = part.ranked(self, &open, interrupted)?;
        let mut best: Option<(f64, Portfolio)> = None;
        for trial in trials(&ranked, limits.kinds) {
            if !part.holds_all(self, &trial) {
                continue;
            }
            let hourly = part.hourly(&part.pack(self, &trial, interrupted)?);
            let cost: f64 = hourly.iter().zip(&self.weight).map(|(usd, w)| usd * w).sum();
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, Portfolio { bins: trial, hourly }));
            }
        }
        let Some((_, found)) = best else { return Ok(None) };
        self.exchanged(&part, found, &open, limits, interrupted).map(Some)
    }

    /// The tables of some sizes, with the resources that none of them asks for left out.
    fn part(&self, members: &[u32]) -> Part {
        let weight = |s: u32, k: usize| self.sizes.weight[s as usize * self.dims + k];
        let kept: Vec<usize> =
            (0..self.dims).filter(|&k| members.iter().any(|&s| weight(s, k) > 0.0)).collect();
        let sizes = Sizes {
            weight: members.iter().flat_map(|&s| kept.iter().map(move |&k| weight(s, k))).collect(),
            mask: vec![1; members.len()],
            max_per_bin: members.iter().map(|&s| self.sizes.max_per_bin[s as usize]).collect(),
        };
        let mut demand = HourlyDemand::default();
        for (hour, count) in self.count.iter().enumerate() {
            for (row, &s) in members.iter().enumerate() {
                if count[s as usize] > 0 {
                    demand.hour.push(hour as i64);
                    demand.size.push(row as u32);
                    demand.count.push(count[s as usize]);
                    demand.alone.push(f64::INFINITY);
                }
            }
        }
        let spread = members.iter().map(|&s| self.spread[s as usize]).max().unwrap_or(1);
        Part { sizes, demand, kept, spread, hours: self.count.len() }
    }
}

/// Singles first, then pairs of the best, and so on; a trial is a set of rows in ascending order.
fn trials(ranked: &[u32], most: usize) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = ranked.iter().map(|&b| vec![b]).collect();
    for width in 2..=most {
        let from = &ranked[..ranked.len().min(PAIRED + width - 2)];
        let mut sets = Vec::new();
        combine(from, width, &mut Vec::new(), &mut sets);
        all.append(&mut sets);
    }
    all.iter_mut().for_each(|set| set.sort_unstable());
    all
}

fn combine(from: &[u32], width: usize, taken: &mut Vec<u32>, sets: &mut Vec<Vec<u32>>) {
    if width == 0 {
        sets.push(taken.clone());
        return;
    }
    for (i, &b) in from.iter().enumerate() {
        taken.push(b);
        combine(&from[i + 1..], width - 1, taken, sets);
        taken.pop();
    }
}

/// The sizes of one pool.
pub(super) struct Part {
    sizes: Sizes,
    demand: HourlyDemand,
    kept: Vec<usize>,
    spread: u64,
    hours: usize,
}

impl Part {
    fn capacity<'a>(&'a self, estate: &'a Estate, bin: u32) -> impl Iterator<Item = f64> + 'a {
        self.kept.iter().map(move |&k| estate.bins.capacity[bin as usize * estate.dims + k])
    }

    /// The same sizes in some of the hours, the others at rest.
    pub(super) fn at(&self, hours: &[(usize, f64)]) -> Part {
        let mut demand = HourlyDemand::default();
        let all = &self.demand;
        for row in (0..all.hour.len()).filter(|&row| hours.iter().any(|&(h, _)| h as i64 == all.hour[row])) {
            demand.hour.push(all.hour[row]);
            demand.size.push(all.size[row]);
            demand.count.push(all.count[row]);
            demand.alone.push(all.alone[row]);
        }
        Part { sizes: self.sizes.clone(), demand, kept: self.kept.clone(), ..*self }
    }

    /// Of some kinds, those that no other one of them replaces in every packing.
    pub(super) fn undominated(&self, estate: &Estate, open: &[u32]) -> Vec<u32> {
        let price = |b: u32| estate.bins.price[b as usize];
        let no_worse = |a: u32, b: u32| {
            price(a) <= price(b)
                && estate.bins.limit[a as usize] >= estate.bins.limit[b as usize]
                && self.capacity(estate, a).zip(self.capacity(estate, b)).all(|(a, b)| a >= b)
        };
        let replaces = |a: u32, b: u32| a != b && no_worse(a, b) && (a < b || !no_worse(b, a));
        open.iter().copied().filter(|&b| !open.iter().any(|&a| replaces(a, b))).collect()
    }

    fn holds(&self, estate: &Estate, size: usize, bin: u32) -> bool {
        let width = self.kept.len();
        let needs = &self.sizes.weight[size * width..(size + 1) * width];
        needs.iter().zip(self.capacity(estate, bin)).all(|(need, room)| *need <= room)
    }

    fn holds_any(&self, estate: &Estate, bin: u32) -> bool {
        (0..self.sizes.len()).any(|s| self.holds(estate, s, bin))
    }

    pub(super) fn holds_all(&self, estate: &Estate, bins: &[u32]) -> bool {
        (0..self.sizes.len()).all(|s| bins.iter().any(|&b| self.holds(estate, s, b)))
    }

    pub(super) fn pack(
        &self,
        estate: &Estate,
        bins: &[u32],
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<PackedHours, CoreError> {
        let table = Bins {
            capacity: bins.iter().flat_map(|&b| self.capacity(estate, b)).collect(),
            price: bins.iter().map(|&b| estate.bins.price[b as usize]).collect(),
            group: vec![0; bins.len()],
            limit: bins.iter().map(|&b| estate.bins.limit[b as usize]).collect(),
        };
        let options = HoursOptions { min_bins: self.spread, rough: true, ..HoursOptions::default() };
        pack_hours(&self.sizes, &table, &self.demand, self.kept.len(), options, interrupted)
    }

    pub(super) fn hourly(&self, packed: &PackedHours) -> Vec<f64> {
        let mut usd = vec![0.0; self.hours];
        for (&hour, &which) in packed.hours.iter().zip(&packed.which) {
            usd[hour as usize] = packed.solved[which].plan.cost;
        }
        usd
    }

    /// Kinds worth trying, most spent on first.
    fn ranked(
        &self,
        estate: &Estate,
        open: &[u32],
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<u32>, CoreError> {
        let free = self.pack(estate, open, interrupted)?;
        let mut spent = vec![0.0; open.len()];
        for (&hour, &which) in free.hours.iter().zip(&free.which) {
            for o in &free.solved[which].plan.opened {
                let row = free.problem.bin_row[o.bin as usize] as usize;
                spent[row] +=
                    estate.weight[hour as usize] * o.times as f64 * free.problem.price[o.bin as usize];
            }
        }
        let mut used: Vec<usize> = (0..open.len()).filter(|&i| spent[i] > 0.0).collect();
        used.sort_by(|&a, &b| spent[b].total_cmp(&spent[a]).then(a.cmp(&b)));
        let mut ranked: Vec<u32> = used.into_iter().take(SINGLES).map(|i| open[i]).collect();
        let mut whole: Vec<u32> = open.iter().copied().filter(|&b| self.holds_all(estate, &[b])).collect();
        whole.sort_by(|&a, &b| {
            let price = |b: u32| estate.bins.price[b as usize];
            price(a).total_cmp(&price(b)).then(a.cmp(&b))
        });
        for b in whole.into_iter().take(HOLD_ALL) {
            if !ranked.contains(&b) {
                ranked.push(b);
            }
        }
        Ok(ranked)
    }
}
