//! The same for small pools: few kinds of bin, every task in them.
use crate::case::Case;
use crate::check;
use crate::hours::rows;
use crate::numbers::Numbers;
use advisor_core::error::CoreError;
use advisor_core::hours::portfolio::{Estate, Limits};
use advisor_core::hours::{HoursOptions, pack_hours};
use advisor_core::table::demand::Demand;

/// A pool of some sizes, held against the bound of every hour in its bins.
pub fn pools(
    case: &Case,
    hours: &[Demand],
    numbers: &mut Numbers,
    late: &(dyn Fn() -> bool + Sync),
) -> Result<(), String> {
    let subset = |rows: usize, numbers: &mut Numbers| -> Vec<u32> {
        (0..rows as u32).filter(|_| numbers.once_in(2)).collect()
    };
    let estate = Estate {
        sizes: case.sizes.clone(),
        spread: (0..case.sizes.len()).map(|_| numbers.one_of(&[0, 1, 1, 2, 3])).collect(),
        bins: case.bins.clone(),
        count: hours.iter().map(|h| h.count.clone()).collect(),
        weight: hours.iter().map(|_| numbers.below(100) as f64).collect(),
        dims: case.dims,
    };
    let (members, keep) = (subset(case.sizes.len(), numbers), subset(case.bins.len(), numbers));
    let keep = if numbers.once_in(2) { keep } else { Vec::new() };
    let group = case.bins.group.first().copied().unwrap_or(0);
    let most = 1 + numbers.below(3);
    let limits = Limits { kinds: most, exchanges: numbers.below(3) };
    let pool = match estate.portfolio(group, &members, &keep, limits, late) {
        Ok(None) => return Ok(()),
        Ok(Some(pool)) => pool,
        Err(error) => return check::refusal_of(case, &error).map(|_| ()),
    };
    if pool.bins != keep
        && (pool.bins.len() > most || pool.bins.iter().any(|&b| case.bins.group[b as usize] != group))
    {
        return Err(format!("pool {:?} of at most {most} in group {group}", pool.bins));
    }
    let whole = bounds(case, hours, &members, &pool.bins, late)?;
    match pool.hourly.iter().zip(&whole).find(|(usd, bound)| usd < bound) {
        Some((usd, bound)) => Err(format!("a pool costs {usd:e}, its bound is {bound:e}")),
        None if pool.hourly.len() == hours.len() => Ok(()),
        None => Err(format!("{} hours of {}", pool.hourly.len(), hours.len())),
    }
}

/// Bound of every hour for the members in the pool's own bins, by the packing of hours.
fn bounds(
    case: &Case,
    hours: &[Demand],
    members: &[u32],
    kinds: &[u32],
    late: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<f64>, String> {
    let mut pool = case.clone();
    pool.sizes.mask.fill(1);
    pool.bins.group.fill(1);
    kinds.iter().for_each(|&b| pool.bins.group[b as usize] = 0);
    let wanted = |h: &Demand| Demand {
        count: (0..h.count.len())
            .map(|s| if members.contains(&(s as u32)) { h.count[s] } else { 0 })
            .collect(),
        alone: vec![f64::INFINITY; h.count.len()],
    };
    let rows = rows(&hours.iter().map(wanted).collect::<Vec<_>>());
    let options = HoursOptions { bound_only: true, ..HoursOptions::default() };
    let mut usd = vec![0.0; hours.len()];
    match pack_hours(&pool.sizes, &pool.bins, &rows, pool.dims, options, late) {
        Ok(found) => {
            found
                .hours
                .iter()
                .zip(&found.which)
                .for_each(|(&h, &w)| usd[h as usize] = found.solved[w].bound.usd);
            Ok(usd)
        }
        // Other sizes of the estate may be lost on the grid of all bins.
        Err(CoreError::InvalidInput { .. }) => Ok(usd),
        Err(error) => Err(format!("bounds of a pool: {error:?}")),
    }
}
