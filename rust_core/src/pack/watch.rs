//! Budgets: work is counted, not timed, so that the same input gives the same result on any machine.
use std::cell::Cell;
use std::time::Instant;

/// What may end a search early. One unit of work is about a nanosecond of a machine of 2024.
pub(crate) struct Watch<'a> {
    pub deadline: Option<Instant>,
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
    pub budget: u64,
    pub spent: Cell<u64>,
}

impl<'a> Watch<'a> {
    /// A budget of its own under the same deadline.
    pub(super) fn part(&self, budget: u64) -> Watch<'a> {
        Watch {
            deadline: self.deadline,
            interrupted: self.interrupted,
            budget: budget.min(self.budget.saturating_sub(self.spent.get())),
            spent: Cell::new(0),
        }
    }

    /// The same budgets, ending at `deadline` if that is earlier.
    pub(super) fn until(&self, deadline: Option<Instant>) -> Watch<'a> {
        let mut part = self.part(u64::MAX);
        part.deadline = match (part.deadline, deadline) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        part
    }

    pub(super) fn spend(&self, work: u64) {
        self.spent.set(self.spent.get().saturating_add(work));
    }

    pub(super) fn late(&self) -> bool {
        self.deadline.is_some_and(|d| Instant::now() >= d)
    }

    pub(super) fn over(&self) -> bool {
        self.spent.get() >= self.budget || self.late() || (self.interrupted)()
    }
}
