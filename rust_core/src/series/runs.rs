//! Runs: stretches above a threshold, how long, how alike, and at what time of day they begin.
//!
//! A hum just above the threshold makes many short stretches that hold no work. What a run looks like is therefore
//! read from the *main* runs: the largest that together hold 90 % of the work above the threshold.
use super::Track;
use super::clock::{Gathered, gathered};
use super::quantile::quantile;
use super::sample::{Sample, mean, total};

/// Share of the work in runs that the main runs hold.
const MAIN_SHARE: f64 = 0.9;
/// A run with half the work of a usual one is one too.
const LIKE_SHARE: f64 = 0.5;
/// Beginnings within a quarter of an hour of their middle are at the same time …
const AT_S: i64 = 1800;
/// … within an hour, around the same time.
const AROUND_S: i64 = 7200;

/// What the main runs look like; absent figures are NaN.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// Stretches above the threshold.
    pub count: u64,
    /// Largest stretches that hold 90 % of the work.
    pub main_count: u64,
    /// Median length.
    pub median_s: f64,
    /// How far the heights (means of the runs) differ: interquartile range over median.
    pub height_spread: f64,
    /// How flat a typical run is: median of mean over maximum inside the run.
    pub flatness: f64,
    /// Stretches with at least half the work of the median main run: those that a person would count.
    pub like_count: u64,
    /// The half hour of the day in which most of these begin.
    pub at: Gathered,
    /// The two hours of the day in which most of these begin.
    pub around: Gathered,
    /// Share of the total that lies in stretches above the threshold, whatever their size.
    pub share_of_total: f64,
    /// Median of the values outside all runs over the median height of main runs.
    pub floor_share: f64,
}

struct Run {
    start_s: i64,
    length_s: i64,
    mean: f64,
    max: f64,
    work: f64,
}

pub(super) fn describe(track: &Track<'_>, threshold: f64) -> Runs {
    let all = split(track, threshold);
    let count = all.len() as u64;
    let (runs, begins) = main(all);
    if runs.is_empty() {
        let none = f64::NAN;
        return Runs {
            count,
            main_count: 0,
            median_s: none,
            height_spread: none,
            flatness: none,
            like_count: 0,
            at: Gathered::default(),
            around: Gathered::default(),
            share_of_total: 0.0,
            floor_share: none,
        };
    }
    let floor = outside(track, threshold).quantile(0.5);
    let heights = sorted(runs.iter().map(|r| r.mean));
    let median = quantile(&heights, 0.5);
    let (all_work, _) = total(track.value, track.units, |v| v);
    let (inside, _) = total(track.value, track.units, |v| if v > threshold { v } else { 0.0 });
    Runs {
        count,
        main_count: runs.len() as u64,
        median_s: quantile(&sorted(runs.iter().map(|r| r.length_s as f64)), 0.5),
        height_spread: if median > 0.0 {
            (quantile(&heights, 0.75) - quantile(&heights, 0.25)) / median
        } else {
            0.0
        },
        flatness: quantile(&sorted(runs.iter().map(|r| if r.max > 0.0 { r.mean / r.max } else { 1.0 })), 0.5),
        like_count: begins.len() as u64,
        at: gathered(&begins, AT_S),
        around: gathered(&begins, AROUND_S),
        share_of_total: if all_work > 0.0 { inside / all_work } else { 0.0 },
        floor_share: if median > 0.0 { floor / median } else { 0.0 },
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut found: Vec<f64> = values.collect();
    found.sort_unstable_by(f64::total_cmp);
    found
}

/// What was measured outside all runs.
fn outside(track: &Track<'_>, threshold: f64) -> Sample {
    let quiet: Vec<usize> = (0..track.value.len()).filter(|&i| track.value[i] <= threshold).collect();
    let value: Vec<f64> = quiet.iter().map(|&i| track.value[i]).collect();
    let units: Option<Vec<u64>> = track.units.map(|u| quiet.iter().map(|&i| u[i]).collect());
    Sample::new(&value, units.as_deref())
}

fn split(track: &Track<'_>, threshold: f64) -> Vec<Run> {
    let Track { start, interval, value, units } = *track;
    let mut runs: Vec<Run> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for i in 0..=value.len() {
        let on = i < value.len() && value[i] > threshold;
        // a gap of more than one interval ends a run: nobody knows what happened in it
        let joined =
            open.is_some_and(|(_, last)| i < value.len() && start[i] - start[last] <= 2 * interval[last]);
        match open {
            Some((from, _)) if on && joined => open = Some((from, i)),
            Some((from, last)) => {
                let part = &value[from..=last];
                let mean = mean(part, units.map(|u| &u[from..=last]));
                let length_s = start[last] + interval[last] - start[from];
                runs.push(Run {
                    start_s: start[from],
                    length_s,
                    mean,
                    max: part.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                    work: (mean - threshold) * length_s as f64,
                });
                open = on.then_some((i, i));
            }
            None => open = on.then_some((i, i)),
        }
    }
    runs
}

/// The largest runs that hold `MAIN_SHARE` of the work, of equal ones the earlier; and the beginnings of all that are
/// like them: at least `LIKE_SHARE` of the median's work.
fn main(mut runs: Vec<Run>) -> (Vec<Run>, Vec<i64>) {
    runs.sort_by(|a, b| b.work.total_cmp(&a.work).then(a.start_s.cmp(&b.start_s)));
    let total: f64 = runs.iter().map(|r| r.work).sum();
    let mut held = 0.0;
    let mut kept = 0;
    for run in &runs {
        kept += 1;
        held += run.work;
        if held >= MAIN_SHARE * total {
            break;
        }
    }
    let least = runs.get(kept / 2).map_or(0.0, |middle| LIKE_SHARE * middle.work);
    let begins = runs.iter().filter(|r| r.work >= least).map(|r| r.start_s).collect();
    runs.truncate(kept);
    (runs, begins)
}
