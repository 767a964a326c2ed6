//! `usage_features` and `usage_sizes`: one row of figures for every series.
use super::arrow_io::{array, batch, floats, indices, integers};
use super::interrupt::interruptible;
use crate::series::{Decay, Features, Points, QUANTILES, Sizes, features, sizes};
use arrow_array::types::{Float64Type, Int64Type, UInt32Type, UInt64Type};
use pyo3::prelude::*;
use pyo3_arrow::{PyRecordBatch, PyTable};

/// Describes the series of a table with `series` (u32), `start_s` (i64), `interval_s` (i64) and `value` (f64).
#[pyfunction]
#[pyo3(signature = (points, *, threads))]
pub(super) fn usage_features(py: Python<'_>, points: PyTable, threads: usize) -> PyResult<PyRecordBatch> {
    let (series, start_s) = (indices(&points, "series")?, integers(&points, "start_s")?);
    let (interval_s, value) = (integers(&points, "interval_s")?, floats(&points, "value")?);
    drop(points);
    let found = interruptible(py, threads, move |_| {
        let columns = Points { series: &series, start_s: &start_s, interval_s: &interval_s, value: &value };
        features(&columns)
    })?;
    table(&found)
}

fn table(found: &[Features]) -> PyResult<PyRecordBatch> {
    let float = |pick: &dyn Fn(&Features) -> f64| array::<Float64Type>(found.iter().map(pick).collect());
    let int = |pick: &dyn Fn(&Features) -> i64| array::<Int64Type>(found.iter().map(pick).collect());
    let count = |pick: &dyn Fn(&Features) -> u64| array::<UInt64Type>(found.iter().map(pick).collect());
    let mut columns = vec![
        ("series", array::<UInt32Type>(found.iter().map(|f| f.series).collect())),
        ("n", count(&|f| f.n)),
        ("span_s", int(&|f| f.span_s)),
        ("end_s", int(&|f| f.end_s)),
        ("covered_s", int(&|f| f.covered_s)),
        ("min", float(&|f| f.min)),
        ("mean", float(&|f| f.mean)),
        ("max", float(&|f| f.max)),
        ("std", float(&|f| f.std)),
        ("duty_cycle", float(&|f| f.duty_cycle)),
        ("idle_share", float(&|f| f.idle_share)),
        ("hours", count(&|f| f.hourly.hours)),
        ("hourly_cv", float(&|f| f.hourly.cv)),
        ("hourly_p05", float(&|f| f.hourly.p05)),
        ("hourly_p95", float(&|f| f.hourly.p95)),
        ("hourly_low", float(&|f| f.hourly.low)),
        ("day_swing", float(&|f| f.hourly.day_swing)),
        ("acf_day", float(&|f| f.hourly.acf_day)),
        ("acf_week", float(&|f| f.hourly.acf_week)),
        ("day_rise", float(&|f| f.hourly.day_rise)),
        ("week_rise", float(&|f| f.hourly.week_rise)),
        ("other_period_s", int(&|f| f.hourly.other_period_s)),
        ("acf_other", float(&|f| f.hourly.acf_other)),
        ("trend_per_day_share", float(&|f| f.hourly.trend_per_day_share)),
        ("hours_share_of_98", float(&|f| f.hourly.hours_share_of_98)),
        ("max_hourly_p99", float(&|f| f.hourly.max_hourly_p99)),
        ("p90_daily_peak", float(&|f| f.hourly.p90_daily_peak)),
        ("run_count", count(&|f| f.runs.count)),
        ("run_main_count", count(&|f| f.runs.main_count)),
        ("run_median_s", float(&|f| f.runs.median_s)),
        ("run_height_spread", float(&|f| f.runs.height_spread)),
        ("run_flatness", float(&|f| f.runs.flatness)),
        ("run_like_count", count(&|f| f.runs.like_count)),
        ("run_at_share", float(&|f| f.runs.at.share)),
        ("run_at_s", float(&|f| f.runs.at.time_of_day_s)),
        ("run_around_share", float(&|f| f.runs.around.share)),
        ("run_around_s", float(&|f| f.runs.around.time_of_day_s)),
        ("run_share_of_total", float(&|f| f.runs.share_of_total)),
        ("run_floor_share", float(&|f| f.runs.floor_share)),
    ];
    const NAMES: [&str; QUANTILES.len()] = ["p01", "p05", "p25", "p50", "p75", "p90", "p95", "p99", "p999"];
    for (k, name) in NAMES.into_iter().enumerate() {
        columns.push((name, float(&|f| f.quantiles[k])));
    }
    batch(columns)
}

/// Takes what sizing asks for from the series of a table as in `usage_features`.
///
/// `decay` is `(share, first_bucket, half_life_s, daily_peaks)` or none.
#[pyfunction]
#[pyo3(signature = (points, *, quantiles, decay, threads))]
pub(super) fn usage_sizes(
    py: Python<'_>,
    points: PyTable,
    quantiles: Vec<f64>,
    decay: Option<(f64, f64, f64, bool)>,
    threads: usize,
) -> PyResult<PyRecordBatch> {
    let (series, start_s) = (indices(&points, "series")?, integers(&points, "start_s")?);
    let (interval_s, value) = (integers(&points, "interval_s")?, floats(&points, "value")?);
    drop(points);
    let decay = decay.map(|(share, first_bucket, half_life_s, daily_peaks)| Decay {
        share,
        first_bucket,
        half_life_s,
        daily_peaks,
    });
    let asked = quantiles.len();
    let found = interruptible(py, threads, move |_| {
        let columns = Points { series: &series, start_s: &start_s, interval_s: &interval_s, value: &value };
        sizes(&columns, &quantiles, decay)
    })?;
    let float = |pick: &dyn Fn(&Sizes) -> f64| array::<Float64Type>(found.iter().map(pick).collect());
    let int = |pick: &dyn Fn(&Sizes) -> i64| array::<Int64Type>(found.iter().map(pick).collect());
    let names: Vec<String> = (0..asked).map(|k| format!("q{k}")).collect();
    let mut columns = vec![
        ("series", array::<UInt32Type>(found.iter().map(|f| f.series).collect())),
        ("n", array::<UInt64Type>(found.iter().map(|f| f.n).collect())),
        ("first_s", int(&|f| f.first_s)),
        ("end_s", int(&|f| f.end_s)),
        ("covered_s", int(&|f| f.covered_s)),
        ("mean", float(&|f| f.mean)),
        ("max", float(&|f| f.max)),
        ("max_hourly_p99", float(&|f| f.max_hourly_p99)),
        ("decayed", float(&|f| f.decayed)),
    ];
    for (k, name) in names.iter().enumerate() {
        columns.push((name.as_str(), float(&|f| f.quantiles[k])));
    }
    batch(columns)
}
