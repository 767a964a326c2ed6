//! The exact bill of many hours: usage draws commitments down, hour by hour and in AWS's order (`advisor/plan/draw.py`).
//!
//! Whole numbers and fractions only, nothing is rounded. Fractions are not reduced: that would be slow, and a fraction
//! as it arises has a bottom that depends only on which commitments ran out in a meter, so the hours of a bill share a
//! few bottoms and their tops add up. Numbers have 256 bits; a bill that needs more is refused, never wrong.
mod draw;
mod ratio;
mod shorten;
mod sums;

pub use sums::Sums;

use crate::error::{CoreError, invalid};
use draw::draw_down;
use ratio::Ratio;
use shorten::shorten;
use std::ops::Range;

/// Commitment `owned` may cover `meter`; each quantum takes `weight` of its capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// Index of the commitment.
    pub owned: usize,
    /// Column of the usage.
    pub meter: usize,
    /// Capacity quanta that a quantum of the meter takes.
    pub weight: u128,
}

/// What is owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// Capacity quanta of every hour in force; what an hour does not use is lost.
    pub capacity: u128,
    /// Rows of the usage in which it is in force; may reach beyond the last.
    pub hours: Range<usize>,
}

/// Totals over the hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Billed {
    /// Quanta left to on-demand, by meter.
    pub uncovered: Vec<Sums>,
    /// Quanta covered, by draw.
    pub covered: Vec<Sums>,
    /// Quanta left to on-demand in each hour, rounded down: hour × meter, row by row.
    pub floors: Vec<i64>,
}

/// Bills `usage` (hour × meter, row by row); `None` when a number needs more than 256 bits.
///
/// Refuses usage below zero, rows that are not full, and draws on a meter or commitment that does not exist.
pub fn bill_hours(
    usage: &[i64],
    meters: usize,
    draws: &[Draw],
    owned: &[Commitment],
) -> Result<Option<Billed>, CoreError> {
    check(usage, meters, draws, owned)?;
    Ok(billed(usage, meters, draws, owned))
}

fn billed(usage: &[i64], meters: usize, draws: &[Draw], owned: &[Commitment]) -> Option<Billed> {
    let (draws, capacity) = shorten(draws, owned);
    let mut found = Billed {
        uncovered: vec![Sums::default(); meters],
        covered: vec![Sums::default(); draws.len()],
        floors: Vec::with_capacity(usage.len()),
    };
    let mut left = vec![Ratio::default(); owned.len()];
    let mut rest = vec![Ratio::default(); meters];
    // no meters, no rows: a chunk of nothing is not allowed
    for (hour, row) in usage.chunks_exact(meters.max(1)).enumerate() {
        for ((left, commitment), &full) in left.iter_mut().zip(owned).zip(&capacity) {
            *left = if commitment.hours.contains(&hour) { Ratio::whole(full) } else { Ratio::default() };
        }
        for (rest, &quanta) in rest.iter_mut().zip(row) {
            *rest = Ratio::whole(u128::try_from(quanta).ok()?.into());
        }
        draw_down(&draws, &mut left, &mut rest, &mut found.covered)?;
        for (rest, sum) in rest.iter().zip(&mut found.uncovered) {
            sum.add(*rest)?;
            found.floors.push(rest.floor()?);
        }
    }
    Some(found)
}

fn check(usage: &[i64], meters: usize, draws: &[Draw], owned: &[Commitment]) -> Result<(), CoreError> {
    if usage.len().checked_rem(meters).unwrap_or(usage.len()) != 0 {
        return Err(invalid("usage", 0, format!("{} quantities make no rows of {meters}", usage.len())));
    }
    if let Some(cell) = usage.iter().position(|&quanta| quanta < 0) {
        return Err(invalid("usage", cell / meters, "must be >= 0"));
    }
    if let Some(row) = draws.iter().position(|d| d.meter >= meters || d.owned >= owned.len()) {
        return Err(invalid("draws", row, "no such meter or commitment"));
    }
    Ok(())
}
