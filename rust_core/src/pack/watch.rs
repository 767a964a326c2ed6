//! Budgets: work is counted, not timed, so that the same input gives the same result on any machine.
use super::follow::{End, News};
use std::cell::Cell;

/// What may end a search early. One unit of work is about a nanosecond of a machine of 2024.
pub(crate) struct Watch<'a> {
    pub end: End<'a>,
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    pub news: &'a News<'a>,
    pub budget: u64,
    pub spent: Cell<u64>,
}

impl<'a> Watch<'a> {
    /// A budget of its own with the same end.
    pub(super) fn part(&self, budget: u64) -> Watch<'a> {
        Watch {
            end: self.end,
            interrupted: self.interrupted,
            news: self.news,
            budget: budget.min(self.budget.saturating_sub(self.spent.get())),
            spent: Cell::new(0),
        }
    }

    /// The same budgets with an earlier end.
    pub(super) fn until(&self, end: End<'a>) -> Watch<'a> {
        Watch { end, ..self.part(u64::MAX) }
    }

    pub(super) fn spend(&self, work: u64) {
        self.spent.set(self.spent.get().saturating_add(work));
    }

    pub(super) fn over(&self) -> bool {
        self.spent.get() >= self.budget || self.end.reached() || (self.interrupted)()
    }
}
