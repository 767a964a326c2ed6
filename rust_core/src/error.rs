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
    /// The caller asked to stop (Ctrl-C).
    #[error("interrupted")]
    Interrupted,
}
