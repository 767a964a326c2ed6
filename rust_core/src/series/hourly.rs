//! The hours of a series: how they repeat, grow, and where the work lies.
use super::Track;
use super::quantile::quantile;
use super::sample::{Sample, mean, units};

const HOUR_S: i64 = 3600;
const DAY_S: i64 = 86_400;
const DAY_H: usize = 24;
const WEEK_H: usize = 168;
/// Periods looked for beside day and week, in hours: 2 to 14 days and shorter.
const LONGEST_LAG_H: usize = 336;
/// Rise above the lags between from which a repetition is one.
const LEAST_RISE: f64 = 0.1;
/// Longer intervals say nothing of the shape of a day.
const DAY_PART_S: i64 = 6 * HOUR_S;
/// No window is longer: what an interval claims beyond is not spread over hours.
const LONGEST_S: i64 = 400 * DAY_S;
/// Hours a day must have to say how it swings.
const FEWEST_HOURS: usize = 20;
/// A swing from nothing counts as one from a thousandth.
const SMALLEST: f64 = 1e-3;
/// Energy of a part, over that of the whole, below which it is rounding.
const NOISE: f64 = 1e-12;
/// An hour idles below a hundredth of a busy one.
const IDLE: f64 = 0.01;
/// Idle for more than a fifth of the time is a habit, no outage.
const OUTAGE_SHARE: f64 = 0.2;
/// So is idling more often than every two weeks.
const OUTAGE_EVERY_H: usize = 2 * WEEK_H;
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
    /// 5th percentile of the hourly means without outages: idle stretches that are few and short against the history.
    pub low: f64,
    /// Largest over smallest hourly mean of a day, median over days with at least 20 hours of data: what a day swings,
    /// whatever the level shifts between days. Intervals above six hours say nothing of a day.
    pub day_swing: f64,
    /// Autocorrelation at a day.
    pub acf_day: f64,
    /// Autocorrelation at a week.
    pub acf_week: f64,
    /// How far the autocorrelation at a day rises above the least at 6 to 18 hours: nothing where no day repeats.
    pub day_rise: f64,
    /// How far the autocorrelation at a week rises above the least at 1 to 6 days.
    pub week_rise: f64,
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

pub(super) fn describe(track: &Track<'_>) -> Hourly {
    let (means, max_hourly_p99) = hours(track);
    let present: Vec<f64> = means.iter().copied().filter(|v| !v.is_nan()).collect();
    let count = present.len() as f64;
    let mean = present.iter().sum::<f64>() / count;
    let variance = present.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
    let centred: Vec<f64> = means.iter().map(|v| v - mean).collect();
    let grid = Grid::new(&centred);
    let day = Day::of(track, &means, &grid);
    let mut sorted = present.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut daily = daily_peaks(track.start, track.value).1;
    daily.sort_unstable_by(f64::total_cmp);
    Hourly {
        hours: present.len() as u64,
        cv: if mean > 0.0 { variance.sqrt() / mean } else { 0.0 },
        p05: quantile(&sorted, 0.05),
        p95: quantile(&sorted, 0.95),
        low: without_outages(&means, &sorted),
        day_swing: day.swing,
        acf_day: day.acf,
        acf_week: grid.autocorrelation(WEEK_H),
        day_rise: day.rise,
        week_rise: rise(&grid, WEEK_H, DAY_H..=WEEK_H - DAY_H),
        other_period_s: day.other_period_s,
        acf_other: day.acf_other,
        trend_per_day_share: trend(&centred, mean),
        hours_share_of_98: concentration(&sorted),
        max_hourly_p99,
        p90_daily_peak: quantile(&daily, 0.9),
    }
}

/// What only intervals that are short against a day can say.
struct Day {
    swing: f64,
    acf: f64,
    rise: f64,
    other_period_s: i64,
    acf_other: f64,
}

impl Day {
    fn of(track: &Track<'_>, means: &[f64], grid: &Grid) -> Self {
        if track.interval.iter().all(|&s| s <= DAY_PART_S) {
            return Self::new(track.start[0], means, grid);
        }
        let fine: Vec<usize> = (0..track.value.len()).filter(|&i| track.interval[i] <= DAY_PART_S).collect();
        let none = f64::NAN;
        let Some(&first) = fine.first() else {
            return Self { swing: none, acf: none, rise: none, other_period_s: 0, acf_other: none };
        };
        let start: Vec<i64> = fine.iter().map(|&i| track.start[i]).collect();
        let interval: Vec<i64> = fine.iter().map(|&i| track.interval[i]).collect();
        let value: Vec<f64> = fine.iter().map(|&i| track.value[i]).collect();
        let units = units(&interval);
        let part = Track { start: &start, interval: &interval, value: &value, units: units.as_deref() };
        let means = hours(&part).0;
        let count = means.iter().filter(|v| !v.is_nan()).count() as f64;
        let mean = means.iter().filter(|v| !v.is_nan()).sum::<f64>() / count;
        let centred: Vec<f64> = means.iter().map(|v| v - mean).collect();
        Self::new(track.start[first], &means, &Grid::new(&centred))
    }

    fn new(start_s: i64, means: &[f64], grid: &Grid) -> Self {
        let (other_period_s, acf_other) = other_period(grid);
        Self {
            swing: day_swing(start_s.div_euclid(HOUR_S), means),
            acf: grid.autocorrelation(DAY_H),
            rise: rise(grid, DAY_H, DAY_H / 4..=DAY_H * 3 / 4),
            other_period_s,
            acf_other,
        }
    }
}

/// Hourly means on a grid from the first to the last hour, NaN where nothing was measured, and the largest hourly p99.
pub(super) fn hours(track: &Track<'_>) -> (Vec<f64>, f64) {
    if track.units.is_none() && track.interval[0] <= HOUR_S {
        return grid_of(track);
    }
    let (start, interval, value) = spread(track);
    let units = units(&interval);
    grid_of(&Track { start: &start, interval: &interval, value: &value, units: units.as_deref() })
}

/// The points with those longer than an hour cut at full hours, in order of their hours.
fn spread(track: &Track<'_>) -> (Vec<i64>, Vec<i64>, Vec<f64>) {
    let mut parts: Vec<(i64, i64, f64)> = Vec::with_capacity(track.value.len());
    for ((&start, &interval), &v) in track.start.iter().zip(track.interval).zip(track.value) {
        if interval <= HOUR_S {
            parts.push((start, interval, v));
            continue;
        }
        let end = start + interval.min(LONGEST_S);
        let mut from = start;
        while from < end {
            let to = end.min((from.div_euclid(HOUR_S) + 1) * HOUR_S);
            parts.push((from, to - from, v));
            from = to;
        }
    }
    parts.sort_by_key(|p| p.0.div_euclid(HOUR_S));
    (
        parts.iter().map(|p| p.0).collect(),
        parts.iter().map(|p| p.1).collect(),
        parts.iter().map(|p| p.2).collect(),
    )
}

fn grid_of(track: &Track<'_>) -> (Vec<f64>, f64) {
    let Track { start, value, units, .. } = *track;
    let first = start[0].div_euclid(HOUR_S);
    let last = start[start.len() - 1].div_euclid(HOUR_S);
    let size = usize::try_from(last - first + 1).unwrap_or(0);
    let mut means = vec![f64::NAN; size];
    let mut peak = f64::NEG_INFINITY;
    let mut from = 0;
    for i in 1..=value.len() {
        let hour = start[from].div_euclid(HOUR_S);
        if i == value.len() || start[i].div_euclid(HOUR_S) != hour {
            let (part, often) = (&value[from..i], units.map(|u| &u[from..i]));
            peak = peak.max(Sample::new(part, often).quantile(0.99));
            if let Ok(slot) = usize::try_from(hour - first) {
                means[slot] = mean(part, often);
            }
            from = i;
        }
    }
    (means, peak)
}

/// Centred hourly means with zeros where nothing was measured, and the energy in them.
struct Grid {
    filled: Vec<f64>,
    /// Sum of the squares before each hour, and of all at the end.
    upto: Vec<f64>,
    gaps: Option<Gaps>,
}

/// Which hours were measured, and the squares of these.
struct Gaps {
    present: Vec<f64>,
    squares: Vec<f64>,
}

impl Grid {
    fn new(centred: &[f64]) -> Self {
        let filled: Vec<f64> = centred.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
        let mut held = 0.0;
        let upto = std::iter::once(0.0).chain(filled.iter().map(|v| {
            held += v * v;
            held
        }));
        let upto = upto.collect();
        let gaps = centred.iter().any(|v| v.is_nan()).then(|| Gaps {
            present: centred.iter().map(|v| f64::from(u8::from(!v.is_nan()))).collect(),
            squares: filled.iter().map(|v| v * v).collect(),
        });
        Self { filled, upto, gaps }
    }

    /// Autocorrelation at a lag over the pairs of hours that both were measured, by the spread of these pairs: never
    /// above 1. NaN when the pairs are too few or do not differ.
    fn autocorrelation(&self, lag: usize) -> f64 {
        let n = self.filled.len();
        let Some(overlap) = n.checked_sub(lag) else { return f64::NAN };
        let (pairs, before, after) = match &self.gaps {
            Some(Gaps { present, squares }) => {
                (dot(present, &present[lag..]), dot(squares, &present[lag..]), dot(&squares[lag..], present))
            }
            None => (overlap as f64, self.upto[overlap], self.upto[n] - self.upto[lag]),
        };
        let spread = (before * after).sqrt();
        if pairs < FEWEST_PAIRS as f64 || spread <= NOISE * self.upto[n] {
            return f64::NAN;
        }
        (dot(&self.filled, &self.filled[lag..]) / spread).clamp(-1.0, 1.0)
    }
}

/// Sum of products in a fixed order of eight lanes, so that the machine can do them side by side.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let mut lanes = [0.0; 8];
    let (whole, rest) = (a.chunks_exact(8), a.chunks_exact(8).remainder());
    for (x, y) in whole.zip(b.chunks_exact(8)) {
        for k in 0..8 {
            lanes[k] += x[k] * y[k];
        }
    }
    let tail: f64 = rest.iter().zip(&b[n - rest.len()..]).map(|(x, y)| x * y).sum();
    lanes.iter().sum::<f64>() + tail
}

/// How far the autocorrelation at a lag rises above its least between shorter ones; NaN when it is not known.
fn rise(grid: &Grid, lag: usize, between: std::ops::RangeInclusive<usize>) -> f64 {
    let least =
        between.map(|l| grid.autocorrelation(l)).filter(|v| !v.is_nan()).fold(f64::INFINITY, f64::min);
    grid.autocorrelation(lag) - least
}

/// The strongest local maximum of the autocorrelation that is no whole number of days; of about equal ones the
/// shortest, as what repeats every six hours repeats every twelve too.
fn other_period(grid: &Grid) -> (i64, f64) {
    let longest = LONGEST_LAG_H.min(grid.filled.len() / 3);
    let acf: Vec<f64> = (0..=longest + 1).map(|lag| grid.autocorrelation(lag)).collect();
    let mut peaks: Vec<(usize, f64)> = Vec::new();
    for lag in 2..=longest {
        if lag % DAY_H == 0 || acf[lag].is_nan() {
            continue;
        }
        let least = acf[lag / 2..lag].iter().copied().fold(f64::INFINITY, f64::min);
        let peak = acf[lag] > acf[lag - 1] && acf[lag] >= acf[lag + 1];
        if peak && acf[lag] - least >= LEAST_RISE {
            peaks.push((lag, acf[lag]));
        }
    }
    let best = peaks.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let first = peaks.iter().find(|p| p.1 >= best - LEAST_RISE);
    first.map_or((0, f64::NAN), |&(lag, strength)| (lag as i64 * HOUR_S, strength))
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

/// The 5th percentile of the hours, those of outages left out; of all hours where what idles is no outage.
fn without_outages(means: &[f64], ascending: &[f64]) -> f64 {
    let idle = IDLE * quantile(ascending, 0.95);
    let gone = ascending.partition_point(|&v| v <= idle);
    let (mut stretches, mut was) = (0, false);
    for v in means.iter().filter(|v| !v.is_nan()) {
        let is = *v <= idle;
        stretches += usize::from(is && !was);
        was = is;
    }
    let hours = ascending.len();
    let rare = stretches <= 1.max(hours / OUTAGE_EVERY_H);
    let short = gone as f64 <= OUTAGE_SHARE * hours as f64;
    quantile(if rare && short { &ascending[gone..] } else { ascending }, 0.05)
}

/// Median over days of the largest over the smallest hourly mean; NaN when no day has `FEWEST_HOURS`.
fn day_swing(first_hour: i64, means: &[f64]) -> f64 {
    let mut swings: Vec<f64> = Vec::new();
    let mut from = 0;
    while from < means.len() {
        let into_day = usize::try_from((first_hour + from as i64).rem_euclid(DAY_H as i64)).unwrap_or(0);
        let to = (from + DAY_H - into_day).min(means.len());
        let (mut count, mut low, mut high) = (0, f64::INFINITY, f64::NEG_INFINITY);
        for &v in means[from..to].iter().filter(|v| !v.is_nan()) {
            count += 1;
            low = low.min(v);
            high = high.max(v);
        }
        if count >= FEWEST_HOURS {
            swings.push(if high <= 0.0 { 1.0 } else { high / low.max(high * SMALLEST) });
        }
        from = to;
    }
    swings.sort_unstable_by(f64::total_cmp);
    quantile(&swings, 0.5)
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

/// UTC days with data, as their first second, and the largest value of each.
pub(super) fn daily_peaks(start: &[i64], value: &[f64]) -> (Vec<i64>, Vec<f64>) {
    let (mut days, mut peaks): (Vec<i64>, Vec<f64>) = (Vec::new(), Vec::new());
    for (s, v) in start.iter().zip(value) {
        let today = s.div_euclid(DAY_S) * DAY_S;
        match peaks.last_mut() {
            Some(peak) if days.last() == Some(&today) => *peak = peak.max(*v),
            _ => {
                days.push(today);
                peaks.push(*v);
            }
        }
    }
    (days, peaks)
}
