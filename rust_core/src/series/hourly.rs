//! The hours of a series: how they repeat, grow, and where the work lies.
use super::quantile::quantile;

const HOUR_S: i64 = 3600;
const DAY_H: usize = 24;
const WEEK_H: usize = 168;
/// Periods looked for beside day and week, in hours: 2 to 14 days and shorter.
const LONGEST_LAG_H: usize = 336;
/// Pairs of hours below which an autocorrelation says nothing.
const FEWEST_PAIRS: usize = 48;

/// What the hourly means of a series look like; absent figures are NaN.
#[derive(Debug, Clone, Default)]
pub struct Hourly {
    /// Hours with data.
    pub hours: u64,
    /// Standard deviation over mean of the hourly means.
    pub cv: f64,
    /// 5th percentile of the hourly means.
    pub p05: f64,
    /// 95th percentile of the hourly means.
    pub p95: f64,
    /// Autocorrelation at a day.
    pub acf_day: f64,
    /// Autocorrelation at a week.
    pub acf_week: f64,
    /// Lag in seconds of the strongest other repetition (a local maximum), 0 when there is none.
    pub other_period_s: i64,
    /// Its autocorrelation.
    pub acf_other: f64,
    /// Change of the mean in a day, over the mean.
    pub trend_per_day_share: f64,
    /// Smallest share of hours that holds 98 % of the total.
    pub hours_share_of_98: f64,
    /// Largest of the hourly 99th percentiles.
    pub max_hourly_p99: f64,
    /// 90th percentile of the daily maxima.
    pub p90_daily_peak: f64,
}

pub(super) fn describe(start: &[i64], value: &[f64]) -> Hourly {
    let (means, max_hourly_p99) = hours(start, value);
    let present: Vec<f64> = means.iter().copied().filter(|v| !v.is_nan()).collect();
    let count = present.len() as f64;
    let mean = present.iter().sum::<f64>() / count;
    let centred: Vec<f64> = means.iter().map(|v| v - mean).collect();
    let variance = present.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
    let mut sorted = present.clone();
    sorted.sort_by(f64::total_cmp);
    let (other_period_s, acf_other) = other_period(&centred, variance);
    Hourly {
        hours: present.len() as u64,
        cv: if mean > 0.0 { variance.sqrt() / mean } else { 0.0 },
        p05: quantile(&sorted, 0.05),
        p95: quantile(&sorted, 0.95),
        acf_day: autocorrelation(&centred, variance, DAY_H),
        acf_week: autocorrelation(&centred, variance, WEEK_H),
        other_period_s,
        acf_other,
        trend_per_day_share: trend(&centred, mean),
        hours_share_of_98: concentration(&sorted),
        max_hourly_p99,
        p90_daily_peak: daily_peaks(start, value),
    }
}

/// Hourly means on a grid from the first to the last hour, NaN where nothing was measured, and the largest hourly p99.
fn hours(start: &[i64], value: &[f64]) -> (Vec<f64>, f64) {
    let first = start[0].div_euclid(HOUR_S);
    let last = start[start.len() - 1].div_euclid(HOUR_S);
    let size = usize::try_from(last - first + 1).unwrap_or(0);
    let mut means = vec![f64::NAN; size];
    let mut peak = f64::NEG_INFINITY;
    let mut from = 0;
    let mut scratch = Vec::new();
    for i in 1..=value.len() {
        let hour = start[from].div_euclid(HOUR_S);
        if i == value.len() || start[i].div_euclid(HOUR_S) != hour {
            scratch.clear();
            scratch.extend_from_slice(&value[from..i]);
            scratch.sort_by(f64::total_cmp);
            peak = peak.max(quantile(&scratch, 0.99));
            if let Ok(slot) = usize::try_from(hour - first) {
                means[slot] = scratch.iter().sum::<f64>() / scratch.len() as f64;
            }
            from = i;
        }
    }
    (means, peak)
}

/// Autocorrelation at a lag over the pairs of hours that both were measured; NaN when they are too few.
fn autocorrelation(centred: &[f64], variance: f64, lag: usize) -> f64 {
    if centred.len() <= lag || variance <= 0.0 {
        return f64::NAN;
    }
    let (mut sum, mut pairs) = (0.0, 0usize);
    for (a, b) in centred.iter().zip(&centred[lag..]) {
        if !a.is_nan() && !b.is_nan() {
            sum += a * b;
            pairs += 1;
        }
    }
    if pairs < FEWEST_PAIRS { f64::NAN } else { sum / pairs as f64 / variance }
}

/// The strongest local maximum of the autocorrelation that is neither a day nor a week nor a multiple of one.
fn other_period(centred: &[f64], variance: f64) -> (i64, f64) {
    let longest = LONGEST_LAG_H.min(centred.len() / 3);
    let acf: Vec<f64> = (0..=longest + 1).map(|lag| autocorrelation(centred, variance, lag)).collect();
    let mut best = (0i64, f64::NAN);
    for lag in 2..=longest {
        if lag % DAY_H == 0 || acf[lag].is_nan() {
            continue;
        }
        let peak = acf[lag] > acf[lag - 1] && acf[lag] >= acf[lag + 1];
        if peak && (best.1.is_nan() || acf[lag] > best.1) {
            best = (lag as i64 * HOUR_S, acf[lag]);
        }
    }
    best
}

/// Least-squares slope of the hourly means, per day and over the mean.
fn trend(centred: &[f64], mean: f64) -> f64 {
    let points = || centred.iter().enumerate().filter(|(_, v)| !v.is_nan());
    let count = points().count() as f64;
    if count < 2.0 || mean <= 0.0 {
        return 0.0;
    }
    let middle = points().map(|(t, _)| t as f64).sum::<f64>() / count;
    let (mut cross, mut square) = (0.0, 0.0);
    for (t, v) in points() {
        cross += (t as f64 - middle) * v;
        square += (t as f64 - middle) * (t as f64 - middle);
    }
    if square > 0.0 { cross / square * DAY_H as f64 / mean } else { 0.0 }
}

/// The smallest share of hours that holds 98 % of the total; 1 when there is no total.
fn concentration(ascending: &[f64]) -> f64 {
    let total: f64 = ascending.iter().sum();
    if total <= 0.0 {
        return 1.0;
    }
    let mut held = 0.0;
    for (count, v) in ascending.iter().rev().enumerate() {
        held += v;
        if held >= 0.98 * total {
            return (count + 1) as f64 / ascending.len() as f64;
        }
    }
    1.0
}

/// The 90th percentile of the maxima of UTC days.
fn daily_peaks(start: &[i64], value: &[f64]) -> f64 {
    let mut peaks: Vec<f64> = Vec::new();
    let mut day = i64::MIN;
    for (s, v) in start.iter().zip(value) {
        let today = s.div_euclid(86_400);
        if today == day {
            if let Some(peak) = peaks.last_mut() {
                *peak = peak.max(*v);
            }
        } else {
            day = today;
            peaks.push(*v);
        }
    }
    peaks.sort_by(f64::total_cmp);
    quantile(&peaks, 0.9)
}
