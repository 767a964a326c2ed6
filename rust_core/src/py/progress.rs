//! A Python function that is told of better plans and bounds, no more often than a person can read.
use pyo3::prelude::*;
use pyo3::types::PyBool;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Least time between two calls; the last word is said at once.
const PAUSE: Duration = Duration::from_millis(100);

/// What the kernel and the function have to say to each other; knows no Python.
#[derive(Default)]
pub(super) struct News {
    /// Cost and bound that the function has not been told yet.
    latest: Mutex<Option<(f64, f64)>>,
    enough: AtomicBool,
}

impl News {
    /// Called by the kernel.
    pub(super) fn hear(&self, cost: f64, bound: f64) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some((cost, bound));
    }

    /// Whether the function has answered `False`.
    pub(super) fn enough(&self) -> bool {
        self.enough.load(Ordering::Relaxed)
    }

    fn take(&self) -> Option<(f64, f64)> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The function, and when it was told last.
pub(super) struct Callback {
    function: Py<PyAny>,
    news: Arc<News>,
    told: Option<Instant>,
}

impl Callback {
    pub(super) fn new(function: Py<PyAny>, news: Arc<News>) -> Self {
        Self { function, news, told: None }
    }

    pub(super) fn tell_if_due(&mut self, py: Python<'_>) -> PyResult<()> {
        let due = self.told.is_none_or(|at| at.elapsed() >= PAUSE);
        if due { self.tell(py) } else { Ok(()) }
    }

    /// Calls the function if there is news.
    pub(super) fn tell(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some((cost, bound)) = self.news.take() else { return Ok(()) };
        self.told = Some(Instant::now());
        let answer = self.function.bind(py).call1((cost, bound))?;
        if answer.cast::<PyBool>().is_ok_and(|answer| !answer.is_true()) {
            self.news.enough.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}
