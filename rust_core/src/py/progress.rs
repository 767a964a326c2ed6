//! A Python function that is told of better plans and bounds, no more often than a person can read.
use pyo3::prelude::*;
use pyo3::types::PyBool;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Least time between two calls; the last word is said at once.
const PAUSE: Duration = Duration::from_millis(100);

/// The function, and what it has not been told yet.
pub(super) struct Callback {
    function: Py<PyAny>,
    enough: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Cost and bound.
    news: Option<(f64, f64)>,
    told: Option<Instant>,
}

impl Callback {
    pub(super) fn new(function: Py<PyAny>) -> Self {
        Self { function, enough: AtomicBool::new(false), state: Mutex::default() }
    }

    /// Whether the function has answered `False`.
    pub(super) fn enough(&self) -> bool {
        self.enough.load(Ordering::Relaxed)
    }

    /// Called by the kernel, without Python.
    pub(super) fn hear(&self, cost: f64, bound: f64) {
        self.state().news = Some((cost, bound));
    }

    pub(super) fn tell_if_due(&self, py: Python<'_>) -> PyResult<()> {
        let due = self.state().told.is_none_or(|at| at.elapsed() >= PAUSE);
        if due { self.tell(py) } else { Ok(()) }
    }

    /// Calls the function if there is news.
    pub(super) fn tell(&self, py: Python<'_>) -> PyResult<()> {
        // Not held during the call: the kernel would wait for Python.
        let Some((cost, bound)) = self.state().news.take() else { return Ok(()) };
        self.state().told = Some(Instant::now());
        let answer = self.function.bind(py).call1((cost, bound))?;
        if answer.cast::<PyBool>().is_ok_and(|answer| !answer.is_true()) {
            self.enough.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
