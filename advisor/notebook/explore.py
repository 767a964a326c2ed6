"""`explore(plan)`: the figures, the fleet as a table, a card for each workload, and the maps of the whole fleet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from advisor.model import Plan, Pool
from advisor.notebook.card import guarded, or_card
from advisor.notebook.decision import DecisionRow
from advisor.notebook.fleet_table import fleet_frame, fleet_table
from advisor.notebook.ground import ground
from advisor.notebook.libraries import chart_widget, widgets
from advisor.notebook.markup import STYLE
from advisor.notebook.panels import card_html, said_html, strip_html
from advisor.report.charts import (
    frontier_chart,
    load_duration_chart,
    packing_chart,
    waterfall_chart,
    workload_chart,
)
from advisor.report.charts.frontier import PICKED
from advisor.report.charts.frontier_points import points
from advisor.report.charts.packing import MOMENTS
from advisor.report.charts.theme import theme_of
from advisor.report.text import cut, safe

AUTO = "auto"
FLEET, SAVINGS, PACKING, LOAD, WAYS = "Fleet", "Savings", "Packing", "Hours by load", "Whole fleets"
CLICK = "Click a point or a name: what it means."
PAPER = "advisor-paper"
"""A light chart stands on a light ground of its own: a kernel that is busy does not hear for a while that the page is dark."""
NAME = 60
WIDE = {"description_width": "initial"}


@or_card
def explore(plan: Plan, *, theme: str = AUTO) -> Any:
    """Return a dashboard of a plan; it needs no network, and every control can be reached by keyboard.

    Args:
        theme: `light`, `dark`, or `auto`: that of the page it stands on.
    """
    return Explorer(plan, theme).widget


class Explorer:
    """The dashboard's parts, and what they do to each other.

    Attributes:
        widget: what is displayed.
        decision: accept, snooze or dismiss what is advised for the workload.
        table, workload: two ways to choose a workload, by mouse and by keyboard; they follow each other.
        view: which part is shown.
        chart: the one chart that all parts share: each of its kind would add 0.9 MB to a saved notebook.
    """

    def __init__(self, plan: Plan, theme: str = AUTO) -> None:
        w = widgets()
        self.plan = plan
        self.theme = "light" if theme == AUTO else theme_of(theme).name
        frame, self.ids = fleet_frame(plan)
        self.table = fleet_table(frame)
        self.workload = w.Dropdown(
            options=[(_name(i, n), i) for n, i in enumerate(self.ids)], description="Workload", style=WIDE
        )
        self.view = w.ToggleButtons(
            options=[FLEET, SAVINGS, *([PACKING] if plan.pools else []), LOAD, WAYS],
            description="Show",
            style={**WIDE, "button_width": "auto"},
        )
        self.pool = w.Dropdown(
            options=[(cut(safe(p.pool_id), NAME), p.pool_id) for p in _dearest(plan)],
            description="Pool",
            style=WIDE,
        )
        self.moment = w.Dropdown(
            options=[(words, m.value) for m, words in MOMENTS.items()], description="Hour", style=WIDE
        )
        self.fault = w.HTML()
        self.card = w.HTML()
        self.ground = ground()
        self._shown()  # what fails here becomes the card that is shown instead of the dashboard
        self._show = guarded(self._say)(self._shown)
        self.decision = DecisionRow(plan, lambda: str(self.workload.value), self._say)
        self._of_fleet = w.VBox([self.table, self.workload])
        self._of_packing = w.HBox([self.pool, self.moment])
        self._arrange()
        self.widget = w.VBox(
            [
                w.HTML(STYLE + strip_html(plan)),
                self.view,
                self._of_fleet,
                self._of_packing,
                self.fault,
                self.card,
                self.decision.widget,
                self.chart,
                self.ground,
            ]
        )
        self._listen(follow=theme == AUTO)

    def _listen(self, *, follow: bool) -> None:
        self.table.observe(guarded(self._say)(self._row_chosen), "selected_rows")
        self.workload.observe(guarded(self._say)(self._name_chosen), "value")
        self.view.observe(self._view_chosen, "value")
        for control in (self.pool, self.moment):
            control.observe(lambda _: self._show(), "value")
        if follow:
            self.ground.observe(self._ground_changed, "ground")
            self.chart.add_class(PAPER)

    def _row_chosen(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.workload.value = self.ids[change["new"][0]]

    def _name_chosen(self, change: dict[str, Any]) -> None:
        row = self.ids.index(change["new"])
        if self.table.selected_rows != [row]:
            self.table.selected_rows = [row]
        self.decision.shown()
        self._show()

    def _view_chosen(self, _: Any) -> None:
        self._arrange()
        self._show()

    def _ground_changed(self, change: dict[str, Any]) -> None:
        self.theme = change["new"]
        (self.chart.add_class if self.theme == "light" else self.chart.remove_class)(PAPER)
        self._show()

    def _arrange(self) -> None:
        for part, views in ((self._of_fleet, FLEET), (self._of_packing, PACKING)):
            part.layout.display = None if self.view.value == views else "none"
        self.decision.shown()
        if self.view.value != FLEET:
            self.decision.widget.layout.display = "none"

    def _shown(self) -> None:
        """Draw what is chosen."""
        chart, words = self._drawn()
        chart.background = "transparent"  # hosts have grounds of their own shade
        if not hasattr(self, "chart"):
            self.chart = chart_widget()(chart, embed_options={"actions": False, "renderer": "svg"})
            self.chart.add_class("advisor-chart")
        else:
            self.chart.chart = chart
        self.card.value = words
        if self.view.value == WAYS:
            self.chart.selections.observe(guarded(self._say)(self._way_picked), [PICKED])

    def _drawn(self) -> tuple[Any, str]:
        draw: dict[str, Callable[[], tuple[Any, str]]] = {
            FLEET: self._workload,
            SAVINGS: lambda: (waterfall_chart(self.plan, theme=self.theme), ""),
            PACKING: lambda: (packing_chart(self.plan, self.pool.value, self.moment.value, theme=self.theme), ""),
            LOAD: lambda: (load_duration_chart(self.plan, theme=self.theme), ""),
            WAYS: lambda: (frontier_chart(self.plan, theme=self.theme), said_html(CLICK)),
        }  # fmt: skip
        return draw[self.view.value]()

    def _workload(self) -> tuple[Any, str]:
        workload_id = self.workload.value
        return workload_chart(self.plan, workload_id, theme=self.theme), card_html(self.plan, workload_id)

    def _way_picked(self, change: Any) -> None:
        picked = {p.get("key") for p in change["new"].value or []}
        chosen = [p for p in points(self.plan) if p.key in picked]
        self.card.value = said_html(" ".join(f"{p.name}: {p.says}" for p in chosen) or CLICK)

    def _say(self, html: str) -> None:
        self.fault.value = html


def _dearest(plan: Plan) -> list[Pool]:
    return sorted(plan.pools, key=lambda p: (-p.monthly_cost_usd, p.pool_id))


def _name(workload_id: str, number: int) -> str:
    """Return a label; equal ones would be one choice, so a cut name gets its number."""
    label = safe(workload_id)
    return label if len(label) <= NAME else f"{cut(label, NAME)} ({number + 1})"


__all__ = ["Explorer", "explore"]
