//! Who follows a solve: may end it, and is told of every better plan and bound.
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Told the cost of the best plan so far and the bound, USD per hour; quick, since the search waits for it.
pub type Progress<'a> = &'a (dyn Fn(f64, f64) + Sync);

/// What the caller has a say in while it waits.
#[derive(Clone, Copy)]
pub struct Follower<'a> {
    /// "Leave everything": polled a few thousand times a second.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    /// "That will do": the search comes to its end with the best it has, as when the time is up.
    pub enough: &'a (dyn Fn() -> bool + Sync),
    /// Changes nothing in what is found.
    pub progress: Option<Progress<'a>>,
}

impl<'a> Follower<'a> {
    /// One that only waits, and may leave.
    pub fn waiting(interrupted: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self { interrupted, enough: &|| false, progress: None }
    }
}

/// When a search comes to its end with the best it has: at a time, or when the caller says so.
#[derive(Clone, Copy)]
pub(crate) struct End<'a> {
    pub at: Option<Instant>,
    pub enough: &'a (dyn Fn() -> bool + Sync),
}

impl End<'_> {
    /// Only when the work is done.
    pub(crate) const NEVER: End<'static> = End { at: None, enough: &|| false };

    pub(crate) fn reached(&self) -> bool {
        self.at.is_some_and(|at| Instant::now() >= at) || (self.enough)()
    }

    /// Half of the time that is left.
    pub(super) fn half_way(self) -> Self {
        let now = Instant::now();
        Self { at: self.at.map(|at| now + at.saturating_duration_since(now) / 2), ..self }
    }
}

/// The best cost and bound so far; passes on only what is better, in order, whatever thread found it.
pub(crate) struct News<'a> {
    progress: Option<Progress<'a>>,
    best: Mutex<(f64, f64)>,
}

impl<'a> News<'a> {
    pub(super) fn new(progress: Option<Progress<'a>>) -> Self {
        Self { progress, best: Mutex::new((f64::INFINITY, 0.0)) }
    }

    /// For searches that nobody follows.
    pub(crate) const fn untold() -> News<'static> {
        News { progress: None, best: Mutex::new((f64::INFINITY, 0.0)) }
    }

    pub(crate) fn cost(&self, usd: f64) {
        self.better(|best| best.0 = best.0.min(usd));
    }

    pub(super) fn bound(&self, usd: f64) {
        self.better(|best| best.1 = best.1.max(usd));
    }

    fn better(&self, change: impl FnOnce(&mut (f64, f64))) {
        let Some(progress) = self.progress else { return };
        let mut best = self.best.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *best;
        change(&mut best);
        // A bound is worth telling only beside a plan.
        if best.0.is_finite() && (best.0 < before.0 || best.1 > before.1) {
            progress(best.0, best.1);
        }
    }
}
