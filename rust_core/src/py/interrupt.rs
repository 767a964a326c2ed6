//! Runs a kernel without the GIL, so that Ctrl-C works and no panic crosses into Python.
//!
//! The kernel owns all it works on: an interrupted one is asked to stop and left to itself, so that Ctrl-C never waits
//! for it.
use super::errors::to_python;
use super::progress::{Callback, News};
use crate::error::CoreError;
use crate::pack::follow::Follower;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often Python is asked for signals; Ctrl-C is answered well within 0.2 s.
const POLL: Duration = Duration::from_millis(50);

/// Runs `kernel` on a worker thread with `threads` rayon threads (0: as many as cores). The kernel is handed the
/// question "was I interrupted?".
pub(super) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    threads: usize,
    kernel: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Result<T, CoreError> + Send + 'static,
) -> PyResult<T> {
    followed(py, threads, None, |follower| kernel(follower.interrupted))
}

/// The same, with a Python function that is told of progress. It is called on this thread, while the kernel goes on.
pub(super) fn followed<T: Send + 'static>(
    py: Python<'_>,
    threads: usize,
    progress: Option<Py<PyAny>>,
    kernel: impl FnOnce(Follower<'_>) -> Result<T, CoreError> + Send + 'static,
) -> PyResult<T> {
    let stop = Arc::new(AtomicBool::new(false));
    let news = progress.is_some().then(|| Arc::new(News::default()));
    let mut callback = progress.zip(news.clone()).map(|(function, news)| Callback::new(function, news));
    let (done, mut wait) = channel();
    let asked = Arc::clone(&stop);
    let work = move || {
        let interrupted = || asked.load(Ordering::Relaxed);
        let enough = || news.as_ref().is_some_and(|n| n.enough());
        let hear = |cost, bound| news.iter().for_each(|n| n.hear(cost, bound));
        let progress: Option<&(dyn Fn(f64, f64) + Sync)> = news.as_ref().map(|_| &hear as _);
        let follower = Follower { interrupted: &interrupted, enough: &enough, progress };
        let outcome = catch_unwind(AssertUnwindSafe(|| in_pool(threads, || kernel(follower))));
        // Nobody waits any more where this fails.
        let _ = done.send(outcome);
    };
    let internal = |text: String| to_python(&CoreError::Internal(text));
    let spawned = std::thread::Builder::new().name("advisor-core".to_owned()).spawn(work);
    spawned.map_err(|e| internal(e.to_string()))?;
    loop {
        // A receiver is for one thread at a time: it is lent, not shared.
        let wait = &mut wait;
        match py.detach(move || wait.recv_timeout(POLL)) {
            Ok(Ok(outcome)) => {
                let outcome = outcome.map_err(|e| to_python(&e))?;
                callback.as_mut().map_or(Ok(()), |c| c.tell(py))?;
                return Ok(outcome);
            }
            Ok(Err(panic)) => return Err(internal(message(&*panic))),
            Err(RecvTimeoutError::Disconnected) => return Err(internal("the kernel is gone".to_owned())),
            Err(RecvTimeoutError::Timeout) => {
                let told =
                    py.check_signals().and_then(|()| callback.as_mut().map_or(Ok(()), |c| c.tell_if_due(py)));
                told.inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
            }
        }
    }
}

fn in_pool<T: Send>(
    threads: usize,
    kernel: impl FnOnce() -> Result<T, CoreError> + Send,
) -> Result<T, CoreError> {
    if threads == 0 {
        return kernel();
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|e| CoreError::Internal(e.to_string()))?.install(kernel)
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}
