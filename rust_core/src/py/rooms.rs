//! `room_prices` for Python.
use super::arrow_io::{array, batch};
use super::interrupt::interruptible;
use super::tables::{bins as read_bins, hourly, sizes as read_sizes};
use crate::hours::rooms::{PriceSet, room_prices as solve};
use arrow_array::types::{Float64Type, Int64Type, UInt32Type};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

/// `hour, size, usd_per_hour` for each set of bin prices; rows are those of the tables given.
#[pyfunction]
#[pyo3(signature = (tasks, bins, demand, dims, *, peak, prices, threads))]
#[expect(clippy::too_many_arguments, reason = "the Python signature")]
pub(super) fn room_prices(
    py: Python<'_>,
    tasks: PyTable,
    bins: PyTable,
    demand: PyTable,
    dims: usize,
    peak: Vec<u64>,
    prices: Vec<(Vec<f64>, Vec<f64>)>,
    threads: usize,
) -> PyResult<Vec<Py<PyAny>>> {
    let sizes = read_sizes(&tasks, dims)?;
    let bins = read_bins(&bins, dims)?;
    let demand = hourly(&demand, vec![])?;
    let prices: Vec<PriceSet> = prices.into_iter().map(|(bins, alone)| PriceSet { bins, alone }).collect();
    let found =
        interruptible(py, threads, move |stop| solve(&sizes, &bins, &demand, &peak, &prices, dims, stop))?;
    found
        .into_iter()
        .map(|rooms| {
            let (mut hour, mut size, mut usd) = (vec![], vec![], vec![]);
            for (&h, &w) in rooms.hours.iter().zip(&rooms.which) {
                for (s, &price) in rooms.price[w].iter().enumerate() {
                    hour.push(h);
                    size.push(s as u32);
                    usd.push(price);
                }
            }
            Ok(batch(vec![
                ("hour", array::<Int64Type>(hour)),
                ("size", array::<UInt32Type>(size)),
                ("usd_per_hour", array::<Float64Type>(usd)),
            ])?
            .into_pyobject(py)?
            .into_any()
            .unbind())
        })
        .collect()
}
