//! "Can a bin hold tasks worth more than `price`?": boxes of fillings, split until whole-number prices of the resources
//! show of each that nothing in it is worth more.
//!
//! The prices are looked for in floating point, step by step down the slope, and rounded: any whole numbers >= 0 are as
//! lawful as any other, so nothing of the search needs to be trusted.

use super::ellipsoid;
use super::walk::walk;

/// A size that may go into the bin.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub load: Vec<i64>,
    pub value: u64,
    pub most: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// No content is worth more.
    Yes,
    No,
    /// More boxes than the budget allows.
    Unknown,
}

/// Steps of the walk that take as long as one box.
const WALKED: usize = 50;
/// Bits of fraction of a resource price.
const FRACTION: u32 = 24;
/// Steps down the slope for one box.
const STEPS: usize = 100;
/// Steps without a better price before the aim is lowered.
const PATIENCE: usize = 6;
/// Prices are rounded down by 1e-9 of themselves; the aim lies within that.
const AIM: f64 = 1.0 - 5e-10;

/// Fillings with `least[i]..=most[i]` copies of each size, and prices that were good for a larger box.
struct Box {
    least: Vec<u64>,
    most: Vec<u64>,
    rates: Vec<f64>,
}

/// Whether no content of `free` is worth more than `price`, by at most `budget` boxes.
pub(super) fn within(
    items: Vec<Item>,
    free: &[i64],
    price: u128,
    budget: usize,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Answer {
    let Ok(price) = i128::try_from(price) else { return Answer::Yes };
    let free = &reachable(&items, free);
    let whole = Box {
        least: vec![0; items.len()],
        most: items.iter().map(|i| i.most).collect(),
        rates: vec![0.0; free.len()],
    };
    let mut stack = vec![whole];
    let mut boxes = 0;
    while let Some(mut this) = stack.pop() {
        boxes += 1;
        if boxes > budget || interrupted() {
            return Answer::Unknown;
        }
        let (mut left, mut value) = (free.to_vec(), 0_i128);
        for (item, &n) in items.iter().zip(&this.least).filter(|(_, n)| **n > 0) {
            left.iter_mut().zip(&item.load).for_each(|(l, w)| *l -= w * n as i64);
            value += i128::from(item.value) * i128::from(n);
        }
        if left.iter().any(|l| *l < 0) {
            continue;
        }
        if value > price {
            return Answer::No;
        }
        for (item, (most, least)) in items.iter().zip(this.most.iter_mut().zip(&this.least)) {
            for (w, l) in item.load.iter().zip(&left).filter(|(w, _)| **w > 0) {
                *most = (*most).min(least + (l / w) as u64);
            }
        }
        let descent = descend(&items, &this, &left, (price - value) as f64, boxes == 1);
        let rates: Vec<i128> = descent.rates.iter().map(|&r| whole_rate(r)).collect();
        let limit = (price - value) << FRACTION;
        let bound = upper(&items, &this, &left, &rates, &mut this.most.clone(), None);
        if bound <= limit {
            continue;
        }
        // Copies that cost more than the bound leaves over cannot be in a filling worth more than the price.
        let mut most = this.most.clone();
        upper(&items, &this, &left, &rates, &mut most, Some(bound - limit));
        this.most = most;
        if boxes == 1 {
            let found = walk(&items, &this.most, free, price, &rates, 1 << FRACTION, budget * WALKED);
            if found != Answer::Unknown {
                return found;
            }
        }
        let Some((at, split)) = widest(&items, &this, &left, &descent.amount) else {
            // A single filling, and it is worth no more.
            continue;
        };
        let mut low =
            Box { least: this.least.clone(), most: this.most.clone(), rates: descent.rates.clone() };
        low.most[at] = split;
        this.least[at] = split + 1;
        this.rates = descent.rates;
        stack.push(low);
        stack.push(this);
    }
    Answer::Yes
}

/// What sums of the loads can fill of the room: a multiple of their greatest common divisor.
fn reachable(items: &[Item], free: &[i64]) -> Vec<i64> {
    let divisor = |k: usize| {
        items.iter().fold(0, |a: i64, item| {
            let (mut a, mut b) = (a, item.load[k]);
            while b != 0 {
                (a, b) = (b, a % b);
            }
            a
        })
    };
    let fill = |(k, &f): (usize, &i64)| match divisor(k) {
        0 => f,
        d => f / d * d,
    };
    free.iter().enumerate().map(fill).collect()
}

/// Bound on what a box adds to its least copies, in `2^-FRACTION` units. With a `slack`, lowers `most` to what a filling
/// can have that gets within it of the bound.
fn upper(
    items: &[Item],
    this: &Box,
    left: &[i64],
    rates: &[i128],
    most: &mut [u64],
    slack: Option<i128>,
) -> i128 {
    let mut bound: i128 = rates.iter().zip(left).map(|(r, l)| r * i128::from(*l)).sum();
    for (at, item) in items.iter().enumerate() {
        let more = this.most[at] - this.least[at];
        let cost: i128 = item.load.iter().zip(rates).map(|(w, r)| i128::from(*w) * r).sum();
        let gain = (i128::from(item.value) << FRACTION) - cost;
        bound += gain.max(0) * i128::from(more);
        if let Some(slack) = slack
            && gain < 0
        {
            most[at] = this.least[at] + u64::try_from(slack / -gain).unwrap_or(u64::MAX).min(more);
        }
    }
    bound
}

struct Descent {
    rates: Vec<f64>,
    /// Copies beyond the least, averaged over the steps: near a fractional optimum.
    amount: Vec<f64>,
}

/// The worth of a box by resource prices: all its room, and what each copy is worth beyond its load.
struct Worth {
    /// Room in each resource, which is the unit of the prices.
    unit: Vec<f64>,
    room: Vec<f64>,
    /// Sizes of which a copy can be added, with their worth, how many, and their shares of the room.
    active: Vec<(usize, f64, f64)>,
    shares: Vec<f64>,
}

impl Worth {
    fn new(items: &[Item], this: &Box, left: &[i64]) -> Self {
        let unit: Vec<f64> = left.iter().map(|&l| (l as f64).max(1.0)).collect();
        let more = |at: usize| (this.most[at] - this.least[at]) as f64;
        let active: Vec<(usize, f64, f64)> = (0..items.len())
            .filter(|&at| this.most[at] > this.least[at])
            .map(|at| (at, items[at].value as f64, more(at)))
            .collect();
        let shares = (active.iter())
            .flat_map(|&(at, ..)| items[at].load.iter().zip(&unit).map(|(w, u)| *w as f64 / u))
            .collect();
        let room = left.iter().zip(&unit).map(|(l, u)| *l as f64 / u).collect();
        Self { unit, room, active, shares }
    }

    /// Worth at some prices, its slope in `slope`; tells which sizes are worth their load.
    fn at(&self, rates: &[f64], slope: &mut [f64], mut taken: impl FnMut(usize, f64)) -> f64 {
        let dims = rates.len();
        let mut worth: f64 = rates.iter().zip(&self.room).map(|(r, f)| r * f).sum();
        slope.copy_from_slice(&self.room);
        for (i, &(_, value, more)) in self.active.iter().enumerate() {
            let share = &self.shares[i * dims..(i + 1) * dims];
            let gain = value - share.iter().zip(rates).map(|(s, r)| s * r).sum::<f64>();
            if gain > 0.0 {
                worth += gain * more;
                slope.iter_mut().zip(share).for_each(|(g, s)| *g -= s * more);
            }
            taken(i, if gain > 0.0 { more } else { 0.0 });
        }
        worth
    }
}

/// Resource prices under which a box is worth little, from those of the larger box towards `wanted`; at first from none.
fn descend(items: &[Item], this: &Box, left: &[i64], wanted: f64, first: bool) -> Descent {
    let function = Worth::new(items, this, left);
    let unit = &function.unit;
    let mut rates: Vec<f64> = if first {
        ellipsoid::search(unit.len(), wanted * AIM, |r, slope| function.at(r, slope, |_, _| ()))
    } else {
        this.rates.iter().zip(unit).map(|(r, u)| r * u).collect()
    };
    let (mut best, mut least) = (rates.clone(), f64::INFINITY);
    let (mut target, mut idle) = (wanted * AIM, 0);
    let mut taken = vec![0.0; function.active.len()];
    let mut weight = 0.0;
    let mut slope = vec![0.0; unit.len()];
    for _ in 0..STEPS {
        // Later steps are nearer the optimum: the average forgets the first.
        weight = weight * 0.93 + 1.0;
        let worth = function.at(&rates, &mut slope, |i, more| taken[i] = taken[i] * 0.93 + more);
        if worth < least {
            (least, idle) = (worth, 0);
            best.clone_from(&rates);
            if worth <= wanted * (1.0 - 1e-10) {
                break;
            }
        } else {
            idle += 1;
            if idle > PATIENCE {
                target = (target + least) / 2.0;
                rates.clone_from(&best);
                idle = 0;
                continue;
            }
        }
        let norm: f64 = slope.iter().map(|g| g * g).sum();
        if norm < 1e-18 {
            break;
        }
        let step = (worth - target) / norm;
        rates.iter_mut().zip(&slope).for_each(|(r, g)| *r = (*r - step * g).max(0.0));
    }
    let mut amount = vec![0.0; items.len()];
    function.active.iter().zip(&taken).for_each(|(&(at, ..), t)| amount[at] = t / weight);
    Descent { rates: best.iter().zip(unit).map(|(r, u)| r / u).collect(), amount }
}

fn whole_rate(rate: f64) -> i128 {
    let rate = rate * f64::from(1u32 << FRACTION);
    if rate.is_finite() { rate.clamp(0.0, 1e24) as i128 } else { 0 }
}

/// The size the descent is least decided about, weighed by its share of the room, and where to split it.
fn widest(items: &[Item], this: &Box, left: &[i64], amount: &[f64]) -> Option<(usize, u64)> {
    let mut best: (f64, Option<(usize, u64)>) = (-1.0, None);
    for (at, item) in items.iter().enumerate() {
        let more = this.most[at] - this.least[at];
        if more == 0 {
            continue;
        }
        let share =
            item.load.iter().zip(left).fold(0.0_f64, |m, (w, l)| m.max(*w as f64 / (*l as f64).max(1.0)));
        let middle = amount[at].clamp(0.0, more as f64);
        let doubt = middle.min(more as f64 - middle) * share + 1e-6 * share;
        if doubt > best.0 {
            best = (doubt, Some((at, this.least[at] + (middle.floor() as u64).min(more - 1))));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn best(items: &[Item], free: &[i64]) -> u64 {
        let Some((item, rest)) = items.split_first() else { return 0 };
        let mut free = free.to_vec();
        let mut found = 0;
        for copies in 0..=item.most {
            if free.iter().any(|f| *f < 0) {
                break;
            }
            found = found.max(copies * item.value + best(rest, &free));
            free.iter_mut().zip(&item.load).for_each(|(f, w)| *f -= w);
        }
        found
    }

    proptest! {
        /// Equal to trying everything, on both sides of the best value.
        #[test]
        fn knows_the_best_value(
            raw in prop::collection::vec((prop::array::uniform2(0i64..9), 1u64..60, 1u64..4), 0..6),
            free in prop::array::uniform2(0i64..30),
        ) {
            let items: Vec<Item> = raw
                .into_iter()
                .map(|(load, value, most)| Item { load: load.to_vec(), value, most })
                .collect();
            let top = u128::from(best(&items, &free));
            let ask = |price| within(items.clone(), &free, price, 100_000, &|| false);
            prop_assert_eq!(ask(top), Answer::Yes);
            prop_assert!(top == 0 || ask(top - 1) == Answer::No);
        }
    }
}
