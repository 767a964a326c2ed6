//! What a usage series looks like: exact quantiles, shape over time, periods, runs.
//!
//! One series at a time, in parallel over series; nothing depends on the number of threads. A gap is no zero: what was
//! not measured takes part in nothing. Every statistic is one over time: a long interval counts for more.
mod clock;
mod decay;
mod hourly;
mod quantile;
mod runs;
mod sample;
mod sizes;

use crate::error::{CoreError, invalid};
use rayon::prelude::*;

pub use quantile::quantile;
use sample::{Sample, mean, share, total, units};
pub use sizes::{Decay, Sizes, sizes};

/// Columns of points, sorted by series and start.
pub struct Points<'a> {
    /// Number of the series a point belongs to, ascending.
    pub series: &'a [u32],
    /// Start of the interval, seconds since the epoch, ascending within a series.
    pub start_s: &'a [i64],
    /// Length of the interval in seconds.
    pub interval_s: &'a [i64],
    /// The measured value.
    pub value: &'a [f64],
}

/// Quantiles that every series is described by.
pub const QUANTILES: [f64; 9] = [0.01, 0.05, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 0.999];

/// How much higher p99.9 must be than p99 for the work to lie in rare runs.
const RARE: f64 = 4.0;

/// What one series looks like. Shares are 0 to 1; absent figures are NaN.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Number of the series.
    pub series: u32,
    /// Points.
    pub n: u64,
    /// From the first start to the last end.
    pub span_s: i64,
    /// Last end, seconds since the epoch.
    pub end_s: i64,
    /// Sum of the intervals.
    pub covered_s: i64,
    /// Smallest value.
    pub min: f64,
    /// Mean over time.
    pub mean: f64,
    /// Largest value.
    pub max: f64,
    /// Standard deviation over time.
    pub std: f64,
    /// `QUANTILES` over time, linear between order statistics.
    pub quantiles: [f64; 9],
    /// Share of the time above p5 + 20 % of (p99 − p5); p99.9 instead of p99 where it is more than four times as high.
    pub duty_cycle: f64,
    /// Share of the time below 5 % of p99.
    pub idle_share: f64,
    /// What the hours look like.
    pub hourly: hourly::Hourly,
    /// What the runs look like.
    pub runs: runs::Runs,
}

/// The points of one series.
#[derive(Clone, Copy)]
struct Track<'a> {
    start: &'a [i64],
    interval: &'a [i64],
    value: &'a [f64],
    /// How often each interval counts; `None` when all count alike.
    units: Option<&'a [u64]>,
}

/// Describes every series.
///
/// Errors: columns of unequal length, points out of order, values that
/// are not finite, intervals below one second.
pub fn features(points: &Points<'_>) -> Result<Vec<Features>, CoreError> {
    check(points)?;
    let bounds = bounds(points.series);
    Ok(bounds.par_iter().map(|&(from, to)| describe(points, from, to)).collect())
}

fn check(points: &Points<'_>) -> Result<(), CoreError> {
    let n = points.series.len();
    for (name, len) in [
        ("start_s", points.start_s.len()),
        ("interval_s", points.interval_s.len()),
        ("value", points.value.len()),
    ] {
        if len != n {
            return Err(invalid(name, 0, "columns differ in length"));
        }
    }
    for i in 0..n {
        if !points.value[i].is_finite() {
            return Err(invalid("value", i, "not a finite number"));
        }
        if points.interval_s[i] < 1 {
            return Err(invalid("interval_s", i, "below one second"));
        }
        let follows = i == 0
            || points.series[i] > points.series[i - 1]
            || (points.series[i] == points.series[i - 1] && points.start_s[i] >= points.start_s[i - 1]);
        if !follows {
            return Err(invalid("start_s", i, "not sorted by series and start"));
        }
    }
    Ok(())
}

fn bounds(series: &[u32]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    for i in 1..=series.len() {
        if i == series.len() || series[i] != series[from] {
            found.push((from, i));
            from = i;
        }
    }
    found
}

fn describe(points: &Points<'_>, from: usize, to: usize) -> Features {
    let value = &points.value[from..to];
    let start = &points.start_s[from..to];
    let interval = &points.interval_s[from..to];
    let n = value.len();
    let units = units(interval);
    let units = units.as_deref();
    let sample = Sample::new(value, units);
    let mean = mean(value, units);
    let (square, count) = total(value, units, |v| (v - mean) * (v - mean));
    let quantiles = QUANTILES.map(|q| sample.quantile(q));
    // work that hides in the last percent (a weekly run) would leave nothing above the floor
    let (low, rare) = (quantiles[1], quantiles[8]);
    let high = if rare > RARE * quantiles[7] { rare } else { quantiles[7] };
    let threshold = low + 0.2 * (high - low);
    Features {
        series: points.series[from],
        n: n as u64,
        span_s: start[n - 1] + interval[n - 1] - start[0],
        end_s: start[n - 1] + interval[n - 1],
        covered_s: interval.iter().sum(),
        min: sample.min(),
        mean,
        max: sample.max(),
        std: (square / count).sqrt(),
        quantiles,
        duty_cycle: share(value, units, |v| v > threshold),
        idle_share: share(value, units, |v| v < 0.05 * quantiles[7] || v <= 0.0),
        hourly: hourly::describe(&Track { start, interval, value, units }),
        runs: runs::describe(&Track { start, interval, value, units }, threshold),
    }
}
