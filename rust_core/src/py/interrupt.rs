//! Runs a kernel without the GIL, so that Ctrl-C works and no panic crosses into Python.
use super::errors::to_python;
use super::progress::Callback;
use crate::error::CoreError;
use crate::pack::follow::Follower;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// How often Python is asked for signals; Ctrl-C is answered well within 0.2 s.
const POLL: Duration = Duration::from_millis(50);

/// Runs `kernel` on a worker thread with `threads` rayon threads (0: as many as cores). The kernel is handed the
/// question "was I interrupted?".
pub(super) fn interruptible<T: Send>(
    py: Python<'_>,
    threads: usize,
    kernel: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Result<T, CoreError> + Send,
) -> PyResult<T> {
    followed(py, threads, None, |follower| kernel(follower.interrupted))
}

/// The same, with a Python function that is told of progress. It is called on this thread, while the kernel goes on.
pub(super) fn followed<T: Send>(
    py: Python<'_>,
    threads: usize,
    progress: Option<Py<PyAny>>,
    kernel: impl FnOnce(Follower<'_>) -> Result<T, CoreError> + Send,
) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    let callback = progress.map(Callback::new);
    let callback = callback.as_ref();
    let outcome = py.detach(|| {
        std::thread::scope(|scope| {
            let (done, wait) = mpsc::channel::<()>();
            let stop = &stop;
            let worker = scope.spawn(move || {
                // Dropped at the end of the thread, which wakes the poll below.
                let _done = done;
                let interrupted = || stop.load(Ordering::Relaxed);
                let enough = || callback.is_some_and(Callback::enough);
                let hear = |cost, bound| callback.into_iter().for_each(|c| c.hear(cost, bound));
                let progress: Option<&(dyn Fn(f64, f64) + Sync)> = callback.map(|_| &hear as _);
                let follower = Follower { interrupted: &interrupted, enough: &enough, progress };
                catch_unwind(AssertUnwindSafe(|| in_pool(threads, || kernel(follower))))
            });
            let mut raised = None;
            while let Err(mpsc::RecvTimeoutError::Timeout) = wait.recv_timeout(POLL) {
                if raised.is_none()
                    && let Err(error) = Python::attach(|py| {
                        py.check_signals()?;
                        callback.map_or(Ok(()), |c| c.tell_if_due(py))
                    })
                {
                    stop.store(true, Ordering::Relaxed);
                    raised = Some(error);
                }
            }
            match (raised, worker.join()) {
                (Some(raised), _) => Err(raised),
                (None, Ok(Ok(result))) => result.map_err(|e| to_python(&e)),
                (None, Ok(Err(panic)) | Err(panic)) => Err(to_python(&CoreError::Internal(message(&*panic)))),
            }
        })
    })?;
    callback.map_or(Ok(()), |c| c.tell(py))?;
    Ok(outcome)
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
