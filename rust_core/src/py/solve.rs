//! `solve` for Python: hours, instances and commitments together.
use super::arrow_io::floats;
use super::hours::frames;
use super::interrupt::interruptible;
use super::tables::{bins as read_bins, hourly, sizes as read_sizes};
use crate::solve::{Offer, SolveOptions, solve as joint};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_arrow::PyTable;

/// Plans every hour together with what to buy; `offers` are (share by bin row, share of lone tasks, owned dollars).
#[pyfunction]
#[pyo3(signature = (tasks, bins, demand, dims, *, eligible, offers, blocks, rounds, tolerance, threads))]
#[expect(clippy::too_many_arguments, reason = "the Python signature")]
pub(super) fn solve<'py>(
    py: Python<'py>,
    tasks: PyTable,
    bins: PyTable,
    demand: PyTable,
    dims: usize,
    eligible: Vec<f64>,
    offers: Vec<(Vec<f64>, f64, f64)>,
    blocks: usize,
    rounds: usize,
    tolerance: f64,
    threads: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let sizes = read_sizes(&tasks, dims)?;
    let bins = read_bins(&bins, dims)?;
    let demand = hourly(&demand, floats(&demand, "alone_usd_per_hour")?)?;
    let offers: Vec<Offer> = (offers.into_iter())
        .map(|(share, alone_share, owned_usd_per_hour)| Offer { share, alone_share, owned_usd_per_hour })
        .collect();
    let options = SolveOptions { blocks, rounds, tolerance };
    let found = interruptible(py, threads, move |stop| {
        joint(&sizes, &bins, &demand, &eligible, &offers, dims, options, stop)
    })?;
    let result = frames(py, &found.packed)?;
    result.set_item("bought", found.bought)?;
    result.set_item("usd", found.usd)?;
    result.set_item("lower_bound_usd", found.lower_bound_usd)?;
    result.set_item("relaxed_usd", found.relaxed_usd)?;
    result.set_item("sequential_usd", found.sequential_usd)?;
    result.set_item("worth", found.worth)?;
    let block: Vec<usize> = found.packed.which.iter().map(|&w| found.block[w]).collect();
    result.set_item("block", block)?;
    Ok(result)
}
