//! Hours, instances and commitments together: fleets for every hour, levels of commitment, and a bound on both.
//!
//! A dollar of commitment that is paid in every hour is worth more in some hours than in others. Whatever these worths
//! are, as long as those of an offer do not add up to more than its hours, packing each hour at the prices that they
//! leave is a lower bound (Lagrange). A linear programme over whole fleets of blocks of hours finds good worths; the fleets
//! are then rounded hour by hour and the levels chosen for them.
mod block_prices;
mod blocks;
mod levels;
mod master;
mod terms;
mod whole;

pub use terms::Offer;

use crate::error::{CoreError, invalid};
use crate::hours::{HourlyDemand, PackedHours, SolvedHour, distinct};
use crate::pack::bound::{Bound, Proof};
use crate::pack::check_places;
use crate::pack::problem::Problem;
use crate::table::bins::Bins;
use crate::table::demand::Sizes;
use block_prices::{Market, Priced};
use master::Fleets;
use terms::{Terms, price_lists, validate};

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolveOptions {
    /// Most blocks of hours.
    pub blocks: usize,
    /// Most rounds of the programme over fleets.
    pub rounds: usize,
    /// Stop the rounds when its value is this close (relative) to the bound.
    pub tolerance: f64,
}

/// What [`solve`] found.
#[derive(Debug, Clone)]
pub struct Solved {
    /// Fleets and task prices of every hour; bounds are the hour's part of the whole.
    pub packed: PackedHours,
    /// Block of each distinct demand.
    pub block: Vec<usize>,
    /// Dollars an hour bought of each offer.
    pub bought: Vec<f64>,
    /// USD over all hours: what is left on demand, and what is bought.
    pub usd: f64,
    /// No fleets and levels cost less over all hours; what is owned is not counted.
    pub lower_bound_usd: f64,
    /// What a dollar of each offer is worth, `[block][offer]`.
    pub worth: Vec<Vec<f64>>,
    /// Value of the programme over fractional fleets, for comparison.
    pub relaxed_usd: f64,
    /// The same when every hour is packed at list prices first, and commitments are chosen for what comes out.
    pub sequential_usd: f64,
}

/// First step from the best worths so far towards those that the programme asks for.
const STEP: f64 = 0.2;
/// Least worth: bins must not become free, or nothing could be said about them.
const LEAST_WORTH: f64 = 0.02;
/// Units of a task price per USD.
const SCALE: u64 = 1_000_000_000;

/// Plans every hour of `demand` together with what to buy of the `offers`, which apply in their order.
///
/// `eligible` is the part of each bin's price (caller's rows) that offers can cover. Errors as in [`crate::pack::pack`].
#[expect(clippy::too_many_arguments, reason = "one call, plain data")]
pub fn solve(
    sizes: &Sizes,
    bins: &Bins,
    demand: &HourlyDemand,
    eligible: &[f64],
    offers: &[Offer],
    dims: usize,
    options: SolveOptions,
    interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<Solved, CoreError> {
    bins.validate(dims)?;
    if let Some(row) = bins.limit.iter().position(|&l| l != u64::MAX) {
        return Err(invalid("limit", row, "a joint plan knows no limits"));
    }
    validate(&bins.price, eligible, offers)?;
    let lists = price_lists(&bins.price, eligible, offers);
    let problem = Problem::build_for(sizes, bins, dims, None, &lists)?;
    let terms = Terms::new(&problem, eligible, offers);
    let (hours, which, demands) = distinct(demand, &problem)?;
    for demand in &demands {
        check_places(&problem, demand)?;
    }
    let mut times = vec![0.0; demands.len()];
    which.iter().for_each(|&w| times[w] += 1.0);
    let total = hours.len() as f64;
    if demands.is_empty() {
        return Ok(Solved {
            packed: PackedHours { problem, hours, which, demands, solved: Vec::new() },
            block: Vec::new(),
            bought: vec![0.0; offers.len()],
            usd: 0.0,
            lower_bound_usd: 0.0,
            worth: Vec::new(),
            relaxed_usd: 0.0,
            sequential_usd: 0.0,
        });
    }
    let market = Market::new(&problem, &terms, &demands, &times, options.blocks, interrupted);
    let dual =
        |priced: &[Priced], worth: &[Vec<f64>]| market.bound(priced, worth, SCALE) as f64 / SCALE as f64;

    // On demand, at rates that every hour shares, and at those of the busiest hours.
    let mut rooms = market.rooms();
    let none = vec![vec![f64::INFINITY; terms.offers()]; market.blocks.len()];
    let listed = market.priced(&mut rooms, &none)?;
    let mut fleets = Fleets::new(
        &market.hours(),
        &listed.iter().map(Priced::on_demand).collect::<Vec<_>>(),
        &terms.owned,
        total,
    );
    let sells = terms.offers() > 0;
    // Without offers the worths are empty, and the prices those of the list.
    let mut worth = vec![vec![1.0; terms.offers()]; market.blocks.len()];
    let shared = if sells { market.priced(&mut rooms, &worth)? } else { listed.clone() };
    let (mut best, mut bound) = (shared.clone(), dual(&shared, &worth));
    fleets.add(&listed);
    fleets.add(&shared);
    if sells {
        let busy = market.lawful(market.busiest(&listed, total), total, LEAST_WORTH);
        let priced = market.priced(&mut rooms, &busy)?;
        fleets.add(&priced);
        let found = dual(&priced, &busy);
        if found > bound {
            (bound, best, worth) = (found, priced, busy);
        }
    }
    let (mut step, mut reach) = (STEP, 1.0);
    let rounds = if sells { options.rounds } else { 0 };
    for round in 0..rounds {
        let (asked, _) = fleets.solve(&|| interrupted());
        let short = fleets.value() - bound;
        if short <= options.tolerance * fleets.value() {
            break;
        }
        // Once towards what the programme asks for, which jumps about, then twice up the slope, which is short-sighted.
        let climbs = round % 3 > 0;
        let tried = if climbs {
            market.uphill(&best, &worth, reach * short, total)
        } else {
            let part = |(a, b): (&f64, &f64)| (1.0 - step) * a + step * b;
            worth.iter().zip(&asked).map(|(old, new)| old.iter().zip(new).map(part).collect()).collect()
        };
        let tried = market.lawful(tried, total, LEAST_WORTH);
        let priced = market.priced(&mut rooms, &tried)?;
        fleets.add(&priced);
        let found = dual(&priced, &tried);
        let length = if climbs { &mut reach } else { &mut step };
        if found > bound {
            *length = (*length * 1.3).min(1.0);
            (bound, best, worth) = (found, priced, tried);
        } else {
            *length *= 0.5;
        }
    }
    let levels = if rounds > 0 { fleets.solve(&|| interrupted()).1 } else { vec![0.0; terms.offers()] };
    let relaxed_usd = fleets.value();

    let mut guides: Vec<&[Priced]> = vec![&listed];
    if sells {
        guides.push(&best);
    }
    if terms.offers() > 1 {
        guides.push(&shared);
    }
    let candidates = market.whole(&guides);
    if interrupted() {
        return Err(CoreError::Interrupted);
    }
    if candidates.iter().any(Vec::is_empty) {
        return Err(CoreError::Internal("an hour could not be packed".to_owned()));
    }
    let sequence = whole::in_sequence(&candidates, &times, &terms.owned, total);
    let sequential_usd = sequence.usd;
    let chosen = whole::choose(&candidates, &times, &levels, &terms.owned, total, sequence);
    let solved = (0..demands.len())
        .map(|row| {
            let block = market.block[row];
            let plan = candidates[row][chosen.fleet[row]].plan.clone();
            let (task_price, scaled) = market.stated(&best[block], row, SCALE);
            let bound = Bound {
                usd: scaled as f64 / SCALE as f64,
                task_price,
                scale: SCALE,
                scaled,
                proof: Proof::Dual,
            };
            SolvedHour { plan, bound }
        })
        .collect();
    let block = market.block.clone();
    drop(market);
    Ok(Solved {
        packed: PackedHours { problem, hours, which, demands, solved },
        block,
        bought: chosen.bought,
        usd: chosen.usd,
        lower_bound_usd: bound.max(0.0) * (1.0 - 1e-12),
        worth,
        relaxed_usd,
        sequential_usd,
    })
}
