//! What can go wrong in the core.

/// Errors of the core; each names the input it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoreError {
    /// A column holds a value that the kernel cannot work with.
    #[error("invalid {field} at row {index}: {reason}")]
    InvalidInput {
        /// Column or parameter name.
        field: String,
        /// Zero-based row.
        index: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A task size fits no bin that is left and has no price outside every bin.
    #[error("task size at row {size} has no place: {reason}")]
    NoPlace {
        /// Row of the size in `tasks`.
        size: usize,
        /// Which rule leaves it without a place.
        reason: String,
    },
    /// The caller asked to stop (Ctrl-C).
    #[error("interrupted")]
    Interrupted,
    /// A defect of the core itself, caught at the boundary.
    #[error("internal error of the core: {0}")]
    Internal(String),
}

/// Shorthand for the commonest error.
pub(crate) fn invalid(field: &str, index: usize, reason: impl Into<String>) -> CoreError {
    CoreError::InvalidInput { field: field.to_owned(), index, reason: reason.into() }
}
