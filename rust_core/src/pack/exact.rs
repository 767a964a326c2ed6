//! Closes small fleets: every plan that could still be cheaper is looked at, in whole numbers.
//!
//! Lawful prices leave each bin a rest: its price less the worth of its tasks. The rests of a plan add up to its cost
//! less the bound, so a plan cheaper than the best known uses only bins whose rest is below the gap between the two.
//! Those few patterns are listed and combined depth first; a state (how many tasks are left) met again at no lower
//! cost is not entered twice.
use super::bound::{Bound, Proof, floor_scaled};
use super::patterns::{Listed, list};
use super::plan::{Opened, Plan};
use super::pricing::pricing;
use super::problem::Problem;
use super::watch::Watch;
use super::whole::Step;
use crate::table::demand::Demand;
use std::collections::HashMap;

/// Fleets beyond this many tasks are not tried: the number of states explodes.
const MOST_TASKS: u64 = 64;
/// Costs of whole plans up to here leave room for sums in `u64`.
const MOST_SCALED: f64 = (1u64 << 60) as f64;
/// Patterns listed at most, and how many numbers they may be altogether.
const MOST_PATTERNS: usize = 40_000;
const MOST_NUMBERS: usize = 500_000;
/// States remembered at most.
const MOST_STATES: usize = 200_000;
/// Work of one state or pattern, in the watch's unit.
const STEP: u64 = 100;

/// The best plan and the proof that no other is cheaper; `None` when that takes more than the watch allows.
pub(super) fn close(
    problem: &Problem,
    demand: &Demand,
    bound: &Bound,
    known: &Plan,
    watch: &Watch<'_>,
) -> Option<(Plan, Bound)> {
    let tasks: u64 = demand.count.iter().fold(0, |sum, &n| sum.saturating_add(n));
    // No sum below reaches this: costs of plans worth a look stay under twice the best.
    if tasks > MOST_TASKS || known.cost * bound.scale as f64 > MOST_SCALED {
        return None;
    }
    let times = |n: u64, usd: f64| if n == 0 { Some(0) } else { scaled(usd, bound.scale).map(|p| p * n) };
    let opened: Option<u64> =
        known.opened.iter().map(|o| times(o.times, problem.price[o.bin as usize])).sum();
    let alone: Option<u64> = known.alone.iter().zip(&demand.alone).map(|(&n, &usd)| times(n, usd)).sum();
    let best = opened? + alone?;
    let (plan, best) = match cheaper(problem, demand, bound, best, watch)? {
        // Two plans that differ by less than a unit may be the other way round in dollars.
        Some((plan, cost)) => (if plan.cost < known.cost { plan } else { known.clone() }, cost),
        None => (known.clone(), best),
    };
    let usd = (best as f64 / bound.scale as f64).next_down().max(bound.usd);
    Some((plan, Bound { usd, proof: Proof::Search, ..bound.clone() }))
}

/// The cheapest plan that costs less than `best` (in the bound's units) and its cost, `Some(None)` where there is none;
/// `None` when to know takes more than the watch allows.
pub(super) fn cheaper(
    problem: &Problem,
    demand: &Demand,
    bound: &Bound,
    best: u64,
    watch: &Watch<'_>,
) -> Option<Option<(Plan, u64)>> {
    let limited = problem.limit.iter().any(|l| l.is_finite());
    if limited || bound.proof == Proof::FewBins || best as f64 > MOST_SCALED {
        return None;
    }
    let mut sizes: Vec<u32> = (0..problem.sizes as u32).filter(|&s| demand.count[s as usize] > 0).collect();
    // Dear tasks first: they have the fewest places.
    sizes.sort_by_key(|&s| (std::cmp::Reverse(bound.task_price[s as usize]), s));
    let alone: Vec<Option<u64>> =
        sizes.iter().map(|&s| scaled(demand.alone[s as usize], bound.scale)).collect();
    let prices: Vec<u64> = problem.price.iter().map(|&p| scaled(p, bound.scale)).collect::<Option<_>>()?;
    let worth: Vec<u64> = sizes.iter().map(|&s| bound.task_price[s as usize]).collect();
    let (below, ahead) = worth_a_look(problem, demand, bound.scale, best);
    let gap = below.saturating_sub(u64::try_from(bound.scaled).ok()?);
    let count: Vec<u64> = sizes.iter().map(|&s| demand.count[s as usize]).collect();
    let counts: Vec<f64> = count.iter().map(|&n| n as f64).collect();
    let mut pricing = pricing(problem, &sizes, &counts)?;
    let most = MOST_PATTERNS.min(MOST_NUMBERS / sizes.len().max(1));
    let mut patterns = list(problem, &sizes, &count, &mut *pricing, &worth, &prices, gap, most, watch)?;
    for (row, price) in alone.iter().enumerate() {
        if let Some(price) = *price {
            let mut copies = vec![0; sizes.len()];
            copies[row] = 1;
            patterns.push(Listed { bin: None, price, copies });
        }
    }
    let mut search = Search::new(&patterns, &worth, below, ahead, watch);
    let left: u64 = count.iter().zip(&worth).map(|(&n, w)| n * w).sum();
    search.go(&count, 0, left)?;
    let found = search.chosen.map(|(c, cost)| (as_plan(problem, demand, &sizes, &patterns, &c), cost));
    Some(found)
}

fn scaled(usd: f64, scale: u64) -> Option<u64> {
    floor_scaled(usd, scale).and_then(|p| u64::try_from(p).ok()).filter(|p| *p < 1 << 62)
}

/// What a plan cheaper than `best` costs less than, and by how much more than nothing any plan is cheaper than another:
/// where all costs are multiples of one step, nearly that.
fn worth_a_look(problem: &Problem, demand: &Demand, scale: u64, best: u64) -> (u64, u64) {
    let step = Step::of(problem, demand);
    let next =
        step.and_then(|step| step.raised(best as f64 / scale as f64)).and_then(|usd| scaled(usd, scale));
    let step = step.and_then(|step| scaled(step.usd(), scale));
    let (Some(next), Some(step)) = (next, step) else { return (best, 0) };
    // Prices are rounded one by one, and decimal ones are no exact multiples.
    let tasks = demand.count.iter().fold(0u64, |sum, &n| sum.saturating_add(n));
    let rounded = tasks.saturating_mul(2).saturating_add(best / 10_000_000_000);
    let ahead = step - step / 1_000;
    if step / 1_000 > rounded && next >= ahead { (best.min(next - ahead), ahead) } else { (best, 0) }
}

struct Search<'a> {
    patterns: &'a [Listed],
    worth: &'a [u64],
    /// Patterns that hold a size, by row, with what they cost beyond the worth of all their tasks; least first.
    holding: Vec<Vec<(u64, u32)>>,
    /// Only plans that cost less are of interest.
    below: u64,
    /// By how much, less one, a plan must be cheaper than the best known.
    ahead: u64,
    chosen: Option<(Vec<u32>, u64)>,
    path: Vec<u32>,
    /// State to the least cost it was entered at.
    met: HashMap<Vec<u64>, u64>,
    watch: &'a Watch<'a>,
}

impl<'a> Search<'a> {
    fn new(patterns: &'a [Listed], worth: &'a [u64], below: u64, ahead: u64, watch: &'a Watch<'a>) -> Self {
        let mut holding = vec![Vec::new(); worth.len()];
        for (at, pattern) in patterns.iter().enumerate() {
            for (row, _) in pattern.copies.iter().enumerate().filter(|(_, n)| **n > 0) {
                let full: u64 = pattern.copies.iter().zip(worth).map(|(n, w)| n * w).sum();
                holding[row].push((pattern.price.saturating_sub(full), at as u32));
            }
        }
        holding.iter_mut().for_each(|h| h.sort_unstable());
        Self {
            patterns,
            worth,
            holding,
            below,
            ahead,
            chosen: None,
            path: Vec::new(),
            met: HashMap::new(),
            watch,
        }
    }

    /// Looks at every way to place what is `left`, whose worth is `rest`; `None` when the watch ends it.
    fn go(&mut self, left: &[u64], cost: u64, rest: u64) -> Option<()> {
        self.watch.spend(STEP);
        if self.watch.over() || self.met.len() > MOST_STATES {
            return None;
        }
        let Some(row) = left.iter().position(|&n| n > 0) else {
            if cost < self.below {
                self.below = cost.saturating_sub(self.ahead);
                self.chosen = Some((self.path.clone(), cost));
            }
            return Some(());
        };
        if cost + rest >= self.below {
            return Some(());
        }
        match self.met.get_mut(left) {
            Some(least) if *least <= cost => return Some(()),
            Some(least) => *least = cost,
            None => {
                self.met.insert(left.to_vec(), cost);
            }
        }
        let mut ways: Vec<(u64, u32)> = Vec::new();
        let mut seen = 0;
        for &(waste, at) in &self.holding[row] {
            if cost + rest + waste >= self.below {
                break;
            }
            seen += 1;
            let pattern = &self.patterns[at as usize];
            let placed = worth_of(&pattern.copies, left, self.worth);
            let total = (cost + pattern.price + rest).saturating_sub(placed);
            if total < self.below {
                ways.push((total, at));
            }
        }
        self.watch.spend(seen * (left.len() as u64 + 4));
        ways.sort_unstable();
        for (total, at) in ways {
            if total >= self.below {
                break;
            }
            let pattern = &self.patterns[at as usize];
            let next: Vec<u64> =
                left.iter().zip(&pattern.copies).map(|(l, n)| l.saturating_sub(*n)).collect();
            let price = pattern.price;
            self.path.push(at);
            let done = self.go(&next, cost + price, total - cost - price);
            self.path.pop();
            done?;
        }
        Some(())
    }
}

fn worth_of(copies: &[u64], left: &[u64], worth: &[u64]) -> u64 {
    copies.iter().zip(left).zip(worth).map(|((n, l), w)| n.min(l) * w).sum()
}

fn as_plan(problem: &Problem, demand: &Demand, sizes: &[u32], patterns: &[Listed], chosen: &[u32]) -> Plan {
    let mut left = demand.count.clone();
    let mut alone = vec![0; problem.sizes];
    let mut opened = Vec::new();
    for &at in chosen {
        let pattern = &patterns[at as usize];
        let mut items = Vec::new();
        for (&s, &n) in sizes.iter().zip(&pattern.copies) {
            let n = n.min(left[s as usize]);
            left[s as usize] -= n;
            if n > 0 {
                items.push((s, n));
            }
        }
        match pattern.bin {
            Some(bin) => opened.push(Opened { bin, items, times: 1 }),
            None => items.iter().for_each(|&(s, n)| alone[s as usize] += n),
        }
    }
    Plan::new(problem, opened, alone, &demand.alone)
}
