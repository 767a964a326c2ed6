//! `pack_hours` for Python: the same sizes and bins over many hours.
use super::arrow_io::{array, batch, floats};
use super::interrupt::interruptible;
use super::tables::{bins as read_bins, hourly, sizes as read_sizes};
use crate::hours::{HoursOptions, PackedHours, pack_hours as solve};
use arrow_array::types::{Float64Type, Int64Type, UInt32Type, UInt64Type};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_arrow::PyTable;
use std::collections::BTreeMap;

/// Packs every hour; indices in the answer are rows of the tables given.
#[pyfunction]
#[pyo3(signature = (tasks, bins, demand, dims, *, min_bins, bound_only, rough, threads))]
#[expect(clippy::too_many_arguments, reason = "the Python signature")]
pub(super) fn pack_hours<'py>(
    py: Python<'py>,
    tasks: PyTable,
    bins: PyTable,
    demand: PyTable,
    dims: usize,
    min_bins: u64,
    bound_only: bool,
    rough: bool,
    threads: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let sizes = read_sizes(&tasks, dims)?;
    let bins = read_bins(&bins, dims)?;
    let demand = hourly(&demand, floats(&demand, "alone_usd_per_hour")?)?;
    let options = HoursOptions { min_bins, bound_only, rough };
    let found = interruptible(py, threads, move |stop| solve(&sizes, &bins, &demand, dims, options, stop))?;
    frames(py, &found)
}

/// Hours, bins, lone tasks, patterns and task prices as tables.
pub(super) fn frames<'py>(py: Python<'py>, found: &PackedHours) -> PyResult<Bound<'py, PyDict>> {
    let result = PyDict::new(py);
    let cost = found.which.iter().map(|&w| found.solved[w].plan.cost).collect();
    let bound = found.which.iter().map(|&w| found.solved[w].bound.usd).collect();
    result.set_item(
        "hours",
        batch(vec![
            ("hour", array::<Int64Type>(found.hours.clone())),
            ("cost_usd_per_hour", array::<Float64Type>(cost)),
            ("lower_bound_usd_per_hour", array::<Float64Type>(bound)),
        ])?,
    )?;
    add_bins(&result, found)?;
    add_sizes(&result, found)?;
    add_patterns(&result, found)?;
    Ok(result)
}

fn add_bins(result: &Bound<'_, PyDict>, found: &PackedHours) -> PyResult<()> {
    let (mut hour, mut bin, mut count) = (vec![], vec![], vec![]);
    for (&h, &w) in found.hours.iter().zip(&found.which) {
        let mut kinds: BTreeMap<u32, u64> = BTreeMap::new();
        for o in &found.solved[w].plan.opened {
            *kinds.entry(found.problem.bin_row[o.bin as usize]).or_default() += o.times;
        }
        for (b, n) in kinds {
            hour.push(h);
            bin.push(b);
            count.push(n);
        }
    }
    result.set_item(
        "bins",
        batch(vec![
            ("hour", array::<Int64Type>(hour)),
            ("bin", array::<UInt32Type>(bin)),
            ("count", array::<UInt64Type>(count)),
        ])?,
    )
}

fn add_sizes(result: &Bound<'_, PyDict>, found: &PackedHours) -> PyResult<()> {
    let rows_of = |w: usize| {
        let wanted = (0..found.problem.sizes).filter(move |&s| found.demands[w].count[s] > 0);
        let mut rows: Vec<(u32, usize)> = wanted.map(|s| (found.problem.size_row[s], s)).collect();
        rows.sort_unstable();
        rows
    };
    let (mut hour, mut size, mut usd) = (vec![], vec![], vec![]);
    let (mut alone_hour, mut alone_size, mut alone_count) = (vec![], vec![], vec![]);
    for (&h, &w) in found.hours.iter().zip(&found.which) {
        let solved = &found.solved[w];
        for (row, s) in rows_of(w) {
            hour.push(h);
            size.push(row);
            usd.push(solved.bound.task_price[s] as f64 / solved.bound.scale as f64);
            if let Some(&n) = solved.plan.alone.get(s)
                && n > 0
            {
                alone_hour.push(h);
                alone_size.push(row);
                alone_count.push(n);
            }
        }
    }
    result.set_item(
        "shadow_prices",
        batch(vec![
            ("hour", array::<Int64Type>(hour)),
            ("size", array::<UInt32Type>(size)),
            ("usd_per_hour", array::<Float64Type>(usd)),
        ])?,
    )?;
    result.set_item(
        "alone",
        batch(vec![
            ("hour", array::<Int64Type>(alone_hour)),
            ("size", array::<UInt32Type>(alone_size)),
            ("count", array::<UInt64Type>(alone_count)),
        ])?,
    )
}

/// A kind of bin and the sizes and copies in it.
type Pattern<'a> = (u32, &'a [(u32, u64)]);

fn add_patterns(result: &Bound<'_, PyDict>, found: &PackedHours) -> PyResult<()> {
    let mut known: BTreeMap<Pattern<'_>, u32> = BTreeMap::new();
    let (mut id, mut bin, mut size, mut copies) = (vec![], vec![], vec![], vec![]);
    let (mut hour, mut used, mut bins) = (vec![], vec![], vec![]);
    for (&h, &w) in found.hours.iter().zip(&found.which) {
        for o in &found.solved[w].plan.opened {
            let next = known.len() as u32;
            let pattern = *known.entry((o.bin, &o.items)).or_insert_with(|| {
                for &(s, n) in &o.items {
                    id.push(next);
                    bin.push(found.problem.bin_row[o.bin as usize]);
                    size.push(found.problem.size_row[s as usize]);
                    copies.push(n);
                }
                next
            });
            hour.push(h);
            used.push(pattern);
            bins.push(o.times);
        }
    }
    result.set_item(
        "patterns",
        batch(vec![
            ("pattern_id", array::<UInt32Type>(id)),
            ("bin", array::<UInt32Type>(bin)),
            ("size", array::<UInt32Type>(size)),
            ("count_per_bin", array::<UInt64Type>(copies)),
        ])?,
    )?;
    result.set_item(
        "hour_patterns",
        batch(vec![
            ("hour", array::<Int64Type>(hour)),
            ("pattern_id", array::<UInt32Type>(used)),
            ("bins", array::<UInt64Type>(bins)),
        ])?,
    )
}
