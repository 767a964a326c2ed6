"""Save as scenario: settled plans by name, side by side, with the command line and the code that make them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from advisor.config import Config
from advisor.errors import AdvisorError
from advisor.notebook.card import error_html
from advisor.notebook.knobs_panel import WIDE
from advisor.notebook.scenario import Scenarios
from advisor.notebook.tune_session import Answer
from advisor.notebook.tune_style import framed


class ScenarioPanel:
    """Scenarios side by side.

    Attributes:
        view: the widget.
    """

    def __init__(
        self, scenarios: Scenarios, answer: Callable[[], Answer], go: Callable[[Config], None]
    ) -> None:
        """Begin with what is saved.

        Args:
            answer: returns what is known under the settings in force.
            go: takes a scenario's settings.
        """
        self._scenarios, self._answer, self._go = scenarios, answer, go
        self.name = w.Text(description="Scenario", placeholder="a name", style=WIDE)
        self.save = w.Button(description="Save as scenario")
        self.fault, self.table = w.HTML(), w.HTML()
        self.chosen = w.Dropdown(description="Show", style=WIDE)
        self.back = w.Button(description="Go to it")
        self.remove = w.Button(description="Remove")
        self.command = self._text("Command", 8)
        self.code = self._text("Python", 12)
        self.save.on_click(lambda _: self._save())
        self.back.on_click(lambda _: self._back())
        self.remove.on_click(lambda _: self._remove())
        self.chosen.observe(lambda _: self._texts(), "value")
        wrap = w.Layout(flex_flow="row wrap")
        self._kept = w.VBox(
            [w.HBox([self.chosen, self.back, self.remove], layout=wrap), self.command, self.code]
        )
        self.view = w.VBox([w.HBox([self.name, self.save], layout=wrap), self.fault, self.table, self._kept])
        self._show()

    def ready(self, settled: bool) -> None:
        """Say whether the settings in force are settled and can be saved."""
        self.save.disabled = not settled

    def _save(self) -> None:
        try:
            saved = self._scenarios.save(self.name.value, self._answer())
        except AdvisorError as fault:
            self.fault.value = framed(error_html(fault))
            return
        self.name.value = ""
        self._show(saved.name)

    def _remove(self) -> None:
        self._scenarios.remove(self.chosen.value or "")
        self._show()

    def _back(self) -> None:
        found = self._scenarios.get(self.chosen.value or "")
        if found is not None:
            self._go(found.config)

    def _show(self, chosen: str | None = None) -> None:
        names = self._scenarios.names()
        self.fault.value, self.table.value = "", framed(self._scenarios.html())
        self.chosen.options = names
        self.chosen.value = chosen or (names[-1] if names else None)
        self._kept.layout.display = "flex" if names else "none"
        self._texts()

    def _texts(self) -> None:
        name = self.chosen.value
        self.command.value = self._scenarios.command(name) if name else ""
        self.code.value = self._scenarios.code(name) if name else ""

    @staticmethod
    def _text(label: str, rows: int) -> Any:
        return w.Textarea(description=label, rows=rows, style=WIDE, layout=w.Layout(width="95%"))
