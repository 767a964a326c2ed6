//! `bill_hours` for Python: quanta as bytes of native 64-bit integers, totals as pairs of decimal numbers.
use super::interrupt::interruptible;
use crate::bill::{Billed, Commitment, Draw, Sums, bill_hours as solve};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// One sum as (numerator, denominator) pairs in decimal: Python reads them as integers of any size.
type Terms = Vec<(String, String)>;

/// Sums left by meter, sums covered by draw, and the floors of what is left as native 64-bit integers.
type Answer<'py> = (Vec<Terms>, Vec<Terms>, Bound<'py, PyBytes>);

/// Draws are (commitment, meter, weight), commitments (capacity, first row, end row); none when 256 bits are too few.
#[pyfunction]
pub(super) fn bill_hours<'py>(
    py: Python<'py>,
    usage: &[u8],
    meters: usize,
    draws: Vec<(usize, usize, u128)>,
    owned: Vec<(u128, usize, usize)>,
) -> PyResult<Option<Answer<'py>>> {
    let usage = integers(usage);
    let draws: Vec<Draw> =
        draws.into_iter().map(|(owned, meter, weight)| Draw { owned, meter, weight }).collect();
    let owned: Vec<Commitment> =
        owned.into_iter().map(|(capacity, first, end)| Commitment { capacity, hours: first..end }).collect();
    let found = interruptible(py, 0, move |_| solve(&usage, meters, &draws, &owned))?;
    Ok(found.map(|found| answer(py, &found)))
}

fn integers(bytes: &[u8]) -> Vec<i64> {
    let (cells, _) = bytes.as_chunks();
    cells.iter().map(|&cell| i64::from_ne_bytes(cell)).collect()
}

fn answer<'py>(py: Python<'py>, found: &Billed) -> Answer<'py> {
    let floors: Vec<u8> = found.floors.iter().flat_map(|floor| floor.to_ne_bytes()).collect();
    let floors = PyBytes::new(py, &floors);
    (found.uncovered.iter().map(terms).collect(), found.covered.iter().map(terms).collect(), floors)
}

fn terms(sums: &Sums) -> Terms {
    sums.terms().map(|(top, bottom)| (top.to_string(), bottom.to_string())).collect()
}
