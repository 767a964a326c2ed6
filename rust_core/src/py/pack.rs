//! `pack` for Python: one hour.
use super::arrow_io::{array, batch, counts, floats};
use super::interrupt::{followed, interruptible};
use super::tables::{bins as read_bins, sizes as read_sizes};
use crate::certificate::{Claim, Verdict, lawful as check_all, verify as check};
use crate::pack::bound::Proof;
use crate::pack::{Effort, StoppedBy, pack_followed};
use crate::table::demand::Demand;
use arrow_array::types::{Float64Type, UInt32Type, UInt64Type};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_arrow::PyTable;
use std::time::Duration;

/// Packs one demand; indices in the answer are rows of the tables given. `progress` is called with cost and bound.
#[pyfunction]
#[pyo3(signature = (tasks, bins, dims, *, gap, time_limit_s, trials, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the Python signature")]
pub(super) fn pack<'py>(
    py: Python<'py>,
    tasks: PyTable,
    bins: PyTable,
    dims: usize,
    gap: f64,
    time_limit_s: Option<f64>,
    trials: usize,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let sizes = read_sizes(&tasks, dims)?;
    let demand = Demand { count: counts(&tasks, "count")?, alone: floats(&tasks, "alone_usd_per_hour")? };
    let bins = read_bins(&bins, dims)?;
    let time_limit = time_limit_s.map(|s| Duration::try_from_secs_f64(s).unwrap_or(Duration::MAX));
    let effort = Effort { gap, time_limit, trials };
    let found = followed(py, threads, progress, move |follower| {
        pack_followed(&sizes, &bins, &demand, dims, effort, follower)
    })?;
    let problem = &found.problem;
    let (mut pattern, mut bin, mut size, mut copies, mut times) = (vec![], vec![], vec![], vec![], vec![]);
    for (id, o) in found.plan.opened.iter().enumerate() {
        for &(s, n) in &o.items {
            pattern.push(id as u32);
            bin.push(problem.bin_row[o.bin as usize]);
            size.push(problem.size_row[s as usize]);
            copies.push(n);
            times.push(o.times);
        }
    }
    let by_row = |values: &mut dyn Iterator<Item = u64>| {
        let mut rows = vec![0; problem.sizes];
        values.zip(&problem.size_row).for_each(|(v, &row)| rows[row as usize] = v);
        rows
    };
    let alone = by_row(&mut found.plan.alone.iter().copied());
    let task_price = by_row(&mut found.bound.task_price.iter().copied());
    let result = PyDict::new(py);
    result.set_item(
        "patterns",
        batch(vec![
            ("pattern_id", array::<UInt32Type>(pattern)),
            ("bin", array::<UInt32Type>(bin)),
            ("size", array::<UInt32Type>(size)),
            ("count_per_bin", array::<UInt64Type>(copies)),
            ("bins", array::<UInt64Type>(times)),
        ])?,
    )?;
    let usd: Vec<f64> = task_price.iter().map(|&p| p as f64 / found.bound.scale as f64).collect();
    result.set_item(
        "sizes",
        batch(vec![
            ("alone", array::<UInt64Type>(alone)),
            ("price", array::<UInt64Type>(task_price)),
            ("usd_per_hour", array::<Float64Type>(usd)),
        ])?,
    )?;
    result.set_item("cost_usd_per_hour", found.plan.cost)?;
    result.set_item("lower_bound_usd_per_hour", found.bound.usd)?;
    result.set_item("scale", found.bound.scale)?;
    result.set_item("lower_bound_scaled", found.bound.scaled)?;
    let proof = match found.bound.proof {
        Proof::Dual => "dual",
        Proof::FewBins => "few_bins",
        Proof::WholeBins => "whole_bins",
        Proof::Search => "search",
    };
    result.set_item("proof", proof)?;
    let stopped_by = match found.stopped_by {
        StoppedBy::Gap => "gap",
        StoppedBy::Work => "work",
        StoppedBy::Time => "time",
        StoppedBy::Caller => "caller",
    };
    result.set_item("stopped_by", stopped_by)?;
    Ok(result)
}

/// Checks the prices of a certificate; answers with a word and the row it speaks of.
#[pyfunction]
#[pyo3(signature = (tasks, bins, dims, prices, *, scale, scaled, states, threads))]
#[expect(clippy::too_many_arguments, reason = "the Python signature")]
pub(super) fn verify(
    py: Python<'_>,
    tasks: PyTable,
    bins: PyTable,
    dims: usize,
    prices: Vec<u64>,
    scale: u64,
    scaled: u128,
    states: usize,
    threads: usize,
) -> PyResult<(&'static str, usize)> {
    let sizes = read_sizes(&tasks, dims)?;
    let demand = Demand { count: counts(&tasks, "count")?, alone: floats(&tasks, "alone_usd_per_hour")? };
    let bins = read_bins(&bins, dims)?;
    let claim = Claim { price: prices, scale, scaled };
    let verdict =
        interruptible(py, threads, move |stop| check(&sizes, &bins, &demand, dims, &claim, states, stop))?;
    Ok(said(&verdict))
}

/// Checks lists of task prices against every bin; answers like [`verify`], one answer per list.
#[pyfunction]
#[pyo3(signature = (tasks, bins, dims, most, prices, *, scale, states, threads))]
#[expect(clippy::too_many_arguments, reason = "the Python signature")]
pub(super) fn lawful(
    py: Python<'_>,
    tasks: PyTable,
    bins: PyTable,
    dims: usize,
    most: Vec<u64>,
    prices: Vec<Vec<u64>>,
    scale: u64,
    states: usize,
    threads: usize,
) -> PyResult<Vec<(&'static str, usize)>> {
    let sizes = read_sizes(&tasks, dims)?;
    let bins = read_bins(&bins, dims)?;
    let verdicts = interruptible(py, threads, move |stop| {
        check_all(&sizes, &bins, &most, dims, &prices, scale, states, stop)
    })?;
    Ok(verdicts.iter().map(said).collect())
}

fn said(verdict: &Verdict) -> (&'static str, usize) {
    match *verdict {
        Verdict::Holds => ("holds", 0),
        Verdict::Sum => ("sum", 0),
        Verdict::Alone(row) => ("alone", row),
        Verdict::Bin(row) => ("bin", row),
        Verdict::Undecided(row) => ("undecided", row),
    }
}
