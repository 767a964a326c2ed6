"""Workloads forced to one way to run: chosen by name, kept as pins of the policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from glob import escape as exactly

import ipywidgets as w

from advisor.config import Pin
from advisor.model import Plan
from advisor.notebook.knobs_panel import WIDE
from advisor.notebook.markup import text as escape
from advisor.terms import place_name


def pin(workload_id: str, option: str) -> Pin:
    """Return the pin of one workload, whatever its name looks like, to `EC2 SPOT ARM64`."""
    launch_type, capacity_option, architecture = option.split()
    return Pin(exactly(workload_id), launch_type, capacity_option, architecture)  # type: ignore[arg-type]


def lawful(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return workload id → the ways that it may take, by name."""
    rows = (
        plan.outcomes.filter("eligible")
        .select("workload_id", "option")
        .unique()
        .sort("workload_id", "option")
    )
    found: dict[str, list[str]] = {}
    for name, option in rows.iter_rows():
        found.setdefault(name, []).append(option)
    return {name: tuple(options) for name, options in found.items()}


class PinsPanel:
    """Which workload is forced to which way.

    Attributes:
        view: the widget.
        pins: of the workloads forced here; they come before those of the policy.
    """

    def __init__(self, ways: Mapping[str, Sequence[str]], changed: Callable[[], None]) -> None:
        """Begin with none.

        Args:
            ways: workload id → ways to choose from.
            changed: told when a workload is forced or let go.
        """
        self._ways, self._changed = ways, changed
        self.pins: tuple[Pin, ...] = ()
        self.workload = w.Dropdown(options=list(ways), description="Force workload", style=WIDE)
        self.way = w.Dropdown(description="to", style=WIDE)
        self.force, self.free = w.Button(description="Force"), w.Button(description="Let all go")
        self.said = w.HTML()
        self.workload.observe(lambda _: self._offer(), "value")
        self.force.on_click(lambda _: self._forced())
        self.free.on_click(lambda _: self._taken(()))
        self._offer()
        row = w.HBox([self.workload, self.way, self.force, self.free], layout=w.Layout(flex_flow="row wrap"))
        self.view = w.VBox([row, self.said])

    def show(self, pins: tuple[Pin, ...]) -> None:
        """Take pins; nobody is told."""
        self.pins = pins
        said = [
            f"{p.match} to {place_name(p.launch_type, p.capacity_option, p.cpu_architecture)}" for p in pins
        ]
        self.said.value = escape("Forced: " + "; ".join(said)) if said else ""

    def _offer(self) -> None:
        options = self._ways.get(self.workload.value, ())
        self.way.options = [(place_name(*option.split()), option) for option in options]
        self.way.value = options[0] if options else None

    def _forced(self) -> None:
        if self.workload.value is None or self.way.value is None:
            return
        new = pin(self.workload.value, self.way.value)
        self._taken((*(p for p in self.pins if p.match != new.match), new))

    def _taken(self, pins: tuple[Pin, ...]) -> None:
        self.show(pins)
        self._changed()
