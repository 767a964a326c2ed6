"""What somebody makes of a recommendation: accepted, snoozed or dismissed with a reason, kept where the command keeps it."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, datetime

from advisor.files import data_folder
from advisor.history import Decision, Verdict
from advisor.model import Plan
from advisor.notebook.card import guarded
from advisor.notebook.libraries import widgets
from advisor.notebook.markup import block, text
from advisor.store.history import History, open_history

WIDE = {"description_width": "initial"}


class DecisionRow:
    """A row of controls below a workload's card.

    Attributes:
        widget: what is displayed.
        verdict, reason, until, keep: the controls.
    """

    def __init__(self, plan: Plan, chosen: Callable[[], str], say: Callable[[str], None]) -> None:
        """Make the row.

        Args:
            chosen: returns the workload that is looked at.
            say: puts HTML where people look.
        """
        w = widgets()
        self._plan, self._chosen, self._say = plan, chosen, say
        self._advised = {r.resource_id for r in plan.recommendations}
        self.verdict = w.Dropdown(
            options=[(v.value.capitalize(), v) for v in Verdict], description="Decide", style=WIDE
        )
        self.reason = w.Text(description="because", placeholder="for those who ask later", style=WIDE)
        self.until = w.DatePicker(description="until", style=WIDE)
        self.keep = w.Button(description="Keep this decision", layout=w.Layout(width="auto"))
        self.said = w.HTML()
        self.verdict.observe(lambda _: self._arrange(), "value")
        self.keep.on_click(guarded(say)(lambda _: self._kept()))
        self.widget = w.HBox([self.verdict, self.reason, self.until, self.keep, self.said])
        self.shown()

    def shown(self) -> None:
        """Follow another workload: nothing can be decided where nothing is advised."""
        self.widget.layout.display = None if self._chosen() in self._advised else "none"
        self.said.value = ""
        self._arrange()

    def _arrange(self) -> None:
        self.until.layout.display = None if self.verdict.value is Verdict.SNOOZE else "none"

    def _kept(self) -> None:
        workload = self._chosen()
        last = self.until.value if self.verdict.value is Verdict.SNOOZE else None
        decision = Decision(
            *(datetime.now(UTC), self._plan.name, workload, self.verdict.value, self.reason.value),
            *(getpass.getuser(), last),
        )
        history = _history(self._plan)
        try:
            history.decide(decision)
        finally:
            history.close()
        words = f"kept: {workload}, {decision.verdict.value}" + (f" until {last}" if last else "")
        self.said.value = block(f"<span>{text(words)}; advisor ledger tells it</span>")


def _history(plan: Plan) -> History:
    url = plan.origin.config.store.url if plan.origin else ""
    return open_history(url, data_folder())
