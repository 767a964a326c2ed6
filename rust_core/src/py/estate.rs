//! `Estate` for Python: a cluster's tables, kept in the core so that many pools can be judged without sending them again.
use super::arrow_io::{counts, indices};
use super::errors::to_python;
use super::interrupt::interruptible;
use super::tables::{bins as read_bins, sizes as read_sizes};
use crate::error::invalid;
use crate::hours::portfolio::{Estate as Tables, Limits};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use std::sync::Arc;

/// Task sizes, kinds of bin and hours; `portfolio` judges one pool.
#[pyclass(frozen, module = "advisor._core")]
pub(super) struct Estate {
    tables: Arc<Tables>,
}

#[pymethods]
impl Estate {
    /// `tasks` has a column `spread` too; `demand` has `hour` (index into `weights`), `size` and `count`.
    #[new]
    fn new(tasks: PyTable, bins: PyTable, demand: PyTable, weights: Vec<f64>, dims: usize) -> PyResult<Self> {
        let (sizes, bins) = (read_sizes(&tasks, dims)?, read_bins(&bins, dims)?);
        sizes.validate(dims).and_then(|()| bins.validate(dims)).map_err(|e| to_python(&e))?;
        let mut count = vec![vec![0; sizes.len()]; weights.len()];
        let rows = indices(&demand, "hour")?.into_iter().zip(indices(&demand, "size")?);
        for (row, ((hour, size), n)) in rows.zip(counts(&demand, "count")?).enumerate() {
            let cell = count.get_mut(hour as usize).and_then(|hour| hour.get_mut(size as usize));
            *cell.ok_or_else(|| to_python(&invalid("demand", row, "no such hour or size")))? = n;
        }
        let spread = counts(&tasks, "spread")?;
        Ok(Self { tables: Arc::new(Tables { sizes, spread, bins, count, weight: weights, dims }) })
    }

    /// (rows of the kinds, USD by hour) of the cheapest small pool of `group` for the sizes `members`, or none;
    /// `limits`: most kinds, most exchanges.
    #[pyo3(signature = (group, members, keep, limits, *, threads))]
    fn portfolio(
        &self,
        py: Python<'_>,
        group: u8,
        members: Vec<u32>,
        keep: Vec<u32>,
        limits: (usize, usize),
        threads: usize,
    ) -> PyResult<Option<(Vec<u32>, Vec<f64>)>> {
        let (sizes, bins) = (self.tables.sizes.len() as u32, self.tables.bins.len() as u32);
        if members.iter().any(|&s| s >= sizes) || keep.iter().any(|&b| b >= bins) {
            return Err(to_python(&invalid("members", 0, "no such size or bin")));
        }
        let limits = Limits { kinds: limits.0, exchanges: limits.1 };
        let tables = Arc::clone(&self.tables);
        let found =
            interruptible(py, threads, move |stop| tables.portfolio(group, &members, &keep, limits, stop))?;
        Ok(found.map(|p| (p.bins, p.hourly)))
    }
}
