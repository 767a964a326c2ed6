//! The core's errors as Python exceptions, all below `CoreError`, a `ValueError`.
use crate::error::CoreError as Error;
use pyo3::create_exception;
use pyo3::exceptions::{PyKeyboardInterrupt, PyValueError};
use pyo3::prelude::*;

create_exception!(advisor._core, CoreError, PyValueError, "The core could not do what was asked.");
create_exception!(advisor._core, InvalidInput, CoreError, "args: message, field, zero-based row.");
create_exception!(advisor._core, NoPlace, CoreError, "args: reason, zero-based row of the size.");
create_exception!(advisor._core, InternalError, CoreError, "A defect of the core.");

/// The Python exception for an error of the core.
pub(super) fn to_python(error: &Error) -> PyErr {
    match error {
        Error::InvalidInput { field, index, .. } => {
            InvalidInput::new_err((error.to_string(), field.clone(), *index))
        }
        Error::NoPlace { size, reason } => NoPlace::new_err((reason.clone(), *size)),
        Error::Interrupted => PyKeyboardInterrupt::new_err(()),
        Error::Internal(text) => InternalError::new_err(text.clone()),
    }
}

/// Puts the exception classes into the module.
pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = m.py();
    m.add("CoreError", py.get_type::<CoreError>())?;
    m.add("InvalidInput", py.get_type::<InvalidInput>())?;
    m.add("NoPlace", py.get_type::<NoPlace>())?;
    m.add("InternalError", py.get_type::<InternalError>())
}
