//! The only place that names pyo3.
mod arrow_io;
mod bill;
mod errors;
mod estate;
mod features;
mod hours;
mod interrupt;
mod pack;
mod rooms;
mod tables;

use pyo3::prelude::*;

#[pymodule]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add("debug_build", cfg!(debug_assertions))?;
    errors::register(m)?;
    m.add_class::<estate::Estate>()?;
    m.add_function(wrap_pyfunction!(bill::bill_hours, m)?)?;
    m.add_function(wrap_pyfunction!(pack::pack, m)?)?;
    m.add_function(wrap_pyfunction!(pack::lawful, m)?)?;
    m.add_function(wrap_pyfunction!(pack::verify, m)?)?;
    m.add_function(wrap_pyfunction!(hours::pack_hours, m)?)?;
    m.add_function(wrap_pyfunction!(rooms::room_prices, m)?)?;
    m.add_function(wrap_pyfunction!(features::usage_features, m)?)?;
    m.add_function(wrap_pyfunction!(features::usage_sizes, m)?)?;
    Ok(())
}
