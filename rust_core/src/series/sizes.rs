//! The figures that sizing policies ask of a series: quantiles, hourly and daily peaks, decayed percentiles.
use super::sample::{Sample, mean, units};
use super::{Points, Track, bounds, check, decay, hourly};
use crate::error::{CoreError, invalid};
use rayon::prelude::*;

/// A percentile of a decaying histogram, as the Vertical Pod Autoscaler takes it.
#[derive(Debug, Clone, Copy)]
pub struct Decay {
    /// Percentile as a share, 0 to 1.
    pub share: f64,
    /// Width of the first bucket, in the unit of the values.
    pub first_bucket: f64,
    /// Time in which a sample's weight halves.
    pub half_life_s: f64,
    /// Take the peaks of UTC days instead of the points.
    pub daily_peaks: bool,
}

/// What one series asks for. Absent figures are NaN.
#[derive(Debug, Clone, Default)]
pub struct Sizes {
    /// Number of the series.
    pub series: u32,
    /// Points.
    pub n: u64,
    /// First start, seconds since the epoch.
    pub first_s: i64,
    /// Last end.
    pub end_s: i64,
    /// Sum of the intervals.
    pub covered_s: i64,
    /// Mean over time.
    pub mean: f64,
    /// Largest value.
    pub max: f64,
    /// The quantiles asked for, over time, linear between order statistics.
    pub quantiles: Vec<f64>,
    /// Largest of the hourly 99th percentiles.
    pub max_hourly_p99: f64,
    /// The decayed percentile asked for.
    pub decayed: f64,
}

/// Sizes every series.
///
/// `quantiles` are shares, 0 to 1. Errors: as [`super::features`]; a quantile or decay out of range.
pub fn sizes(points: &Points<'_>, quantiles: &[f64], decay: Option<Decay>) -> Result<Vec<Sizes>, CoreError> {
    check(points)?;
    for (k, q) in quantiles.iter().enumerate() {
        if !(0.0..=1.0).contains(q) {
            return Err(invalid("quantiles", k, "not between 0 and 1"));
        }
    }
    if let Some(d) = decay {
        let lawful = (0.0..=1.0).contains(&d.share) && d.first_bucket > 0.0 && d.half_life_s > 0.0;
        if !lawful {
            return Err(invalid(
                "decay",
                0,
                "share not between 0 and 1, or bucket or half-life not positive",
            ));
        }
    }
    let bounds = bounds(points.series);
    Ok(bounds.par_iter().map(|&(from, to)| describe(points, from, to, quantiles, decay)).collect())
}

fn describe(points: &Points<'_>, from: usize, to: usize, quantiles: &[f64], decay: Option<Decay>) -> Sizes {
    let (start, value) = (&points.start_s[from..to], &points.value[from..to]);
    let interval = &points.interval_s[from..to];
    let units = units(interval);
    let track = Track { start, interval, value, units: units.as_deref() };
    let sample = Sample::new(value, track.units);
    Sizes {
        series: points.series[from],
        n: value.len() as u64,
        first_s: start[0],
        end_s: start[value.len() - 1] + interval[value.len() - 1],
        covered_s: interval.iter().sum(),
        mean: mean(value, track.units),
        max: sample.max(),
        quantiles: quantiles.iter().map(|&q| sample.quantile(q)).collect(),
        max_hourly_p99: hourly::hours(&track).1,
        decayed: decay.map_or(f64::NAN, |d| decayed(&track, d)),
    }
}

fn decayed(track: &Track<'_>, d: Decay) -> f64 {
    if d.daily_peaks {
        let (days, peaks) = hourly::daily_peaks(track.start, track.value);
        let days = Track { start: &days, interval: &[], value: &peaks, units: None };
        return decay::percentile(&days, d.share, d.first_bucket, d.half_life_s);
    }
    decay::percentile(track, d.share, d.first_bucket, d.half_life_s)
}
