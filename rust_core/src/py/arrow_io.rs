//! Arrow columns in and out: numbers only, nulls refused (the door in `advisor/core/door.py` has decided what they mean).
use super::errors::to_python;
use crate::error::invalid;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch};
use arrow_schema::{Field, Schema};
use pyo3::prelude::*;
use pyo3_arrow::{PyRecordBatch, PyTable};
use std::sync::Arc;

/// One column of an Arrow table, its chunks joined.
fn column<T: ArrowPrimitiveType>(table: &PyTable, name: &str) -> PyResult<Vec<T::Native>> {
    let wrong = |reason: String| to_python(&invalid(name, 0, reason));
    let mut values = Vec::new();
    for batch in table.batches() {
        let array = batch.column_by_name(name).ok_or_else(|| wrong("the column is missing".to_owned()))?;
        let typed = array.as_any().downcast_ref::<PrimitiveArray<T>>();
        let typed =
            typed.ok_or_else(|| wrong(format!("expected {}, got {}", T::DATA_TYPE, array.data_type())))?;
        if typed.null_count() > 0 {
            return Err(wrong("nulls are not allowed here".to_owned()));
        }
        values.extend_from_slice(typed.values());
    }
    Ok(values)
}

pub(super) fn floats(table: &PyTable, name: &str) -> PyResult<Vec<f64>> {
    column::<Float64Type>(table, name)
}

pub(super) fn counts(table: &PyTable, name: &str) -> PyResult<Vec<u64>> {
    column::<UInt64Type>(table, name)
}

pub(super) fn integers(table: &PyTable, name: &str) -> PyResult<Vec<i64>> {
    column::<Int64Type>(table, name)
}

pub(super) fn indices(table: &PyTable, name: &str) -> PyResult<Vec<u32>> {
    column::<UInt32Type>(table, name)
}

/// Columns `r0`, `r1`, … as one row-major matrix.
pub(super) fn matrix(table: &PyTable, dims: usize) -> PyResult<Vec<f64>> {
    let columns = (0..dims).map(|k| floats(table, &format!("r{k}"))).collect::<PyResult<Vec<_>>>()?;
    let rows = columns.first().map_or(0, Vec::len);
    Ok((0..rows).flat_map(|row| columns.iter().map(move |c| c[row])).collect())
}

/// An Arrow record batch from named columns of equal length.
pub(super) fn batch(columns: Vec<(&str, ArrayRef)>) -> PyResult<PyRecordBatch> {
    let field = |(name, array): &(&str, ArrayRef)| Field::new(*name, array.data_type().clone(), false);
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    let arrays = columns.into_iter().map(|c| c.1).collect();
    let batch = RecordBatch::try_new(Arc::new(schema), arrays);
    let failed = |e: arrow_schema::ArrowError| to_python(&crate::error::CoreError::Internal(e.to_string()));
    Ok(PyRecordBatch::new(batch.map_err(failed)?))
}

pub(super) fn array<T: ArrowPrimitiveType>(values: Vec<T::Native>) -> ArrayRef
where
    PrimitiveArray<T>: From<Vec<T::Native>>,
{
    Arc::new(PrimitiveArray::<T>::from(values))
}
