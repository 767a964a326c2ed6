//! The input tables that packing functions take.
use super::arrow_io::{counts, floats, indices, integers, matrix};
use crate::hours::HourlyDemand;
use crate::table::bins::Bins;
use crate::table::demand::Sizes;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

/// `tasks`: `mask` (u64), `max_per_bin` (u64) and resources `r0`, `r1`, … (f64).
pub(super) fn sizes(table: &PyTable, dims: usize) -> PyResult<Sizes> {
    Ok(Sizes {
        weight: matrix(table, dims)?,
        mask: counts(table, "mask")?,
        max_per_bin: counts(table, "max_per_bin")?,
    })
}

/// `bins`: `usd_per_hour` (f64), `group` (u32, below 64), `limit` (u64) and resources `r0`, `r1`, … (f64).
pub(super) fn bins(table: &PyTable, dims: usize) -> PyResult<Bins> {
    let group = indices(table, "group")?.into_iter().map(|g| u8::try_from(g).unwrap_or(u8::MAX)).collect();
    Ok(Bins {
        capacity: matrix(table, dims)?,
        price: floats(table, "usd_per_hour")?,
        group,
        limit: counts(table, "limit")?,
    })
}

/// `demand`: `hour` (i64), `size` (u32) and `count` (u64), and what each row's tasks cost outside every bin.
pub(super) fn hourly(table: &PyTable, alone: Vec<f64>) -> PyResult<HourlyDemand> {
    Ok(HourlyDemand {
        hour: integers(table, "hour")?,
        size: indices(table, "size")?,
        count: counts(table, "count")?,
        alone,
    })
}
