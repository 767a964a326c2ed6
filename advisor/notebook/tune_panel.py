"""The widget: knobs above, what they make of the plan below."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets as w

from advisor.config import Config
from advisor.errors import AdvisorError
from advisor.model import Plan
from advisor.notebook import markup
from advisor.notebook.flips_panel import FlipsPanel
from advisor.notebook.knobs_panel import KnobsPanel
from advisor.notebook.knobs_pins import PinsPanel, lawful
from advisor.notebook.scenario import Scenarios
from advisor.notebook.scenario_panel import ScenarioPanel
from advisor.notebook.tune_session import Answer, Session
from advisor.notebook.tune_style import STYLE, framed
from advisor.notebook.tune_words import bars, details, headline
from advisor.report.reproduce import SOURCE


class TunePanel:
    """A plan that is argued with.

    Attributes:
        view: the widget.
        knobs, pins, flips, scenarios: its parts.
        headline, details, chart: HTML that is drawn anew with every answer.
    """

    def __init__(self, session: Session, source: str = SOURCE) -> None:
        """Begin at the starting plan of a session, and hear its answers."""
        self.session = session
        session.tell = self._draw
        plan = session.start_plan
        regions = sorted(set(plan.workloads["region"].drop_nulls().to_list()))
        self.knobs = KnobsPanel(session.start, regions, self._turned)
        self.pins = PinsPanel(lawful(plan), self._turned)
        self.reset = w.Button(
            description="Back to the starting plan", layout=w.Layout(width="auto", align_self="flex-start")
        )
        self.reset.on_click(lambda _: self.go(session.start))
        self.headline, self.details, self.chart = w.HTML(), w.HTML(), w.HTML()
        self.flips = FlipsPanel(session)
        self.scenarios = ScenarioPanel(Scenarios(session.start, source), lambda: session.answer, self.go)
        self._drawn: Plan | None = None
        self.view = w.VBox(
            [
                w.HTML(STYLE + markup.STYLE),
                self.headline,
                self.knobs.view,
                self.pins.view,
                self.reset,
                self.chart,
                self.details,
                _heading("Where the advice flips"),
                self.flips.view,
                _heading("Scenarios"),
                self.scenarios.view,
            ]
        )
        self._draw(session.answer)

    def go(self, config: Config) -> None:
        """Take a policy that the knobs can say, and show it on them."""
        own = self.session.start.plan.pins
        self.knobs.show(config)
        self.pins.show(config.plan.pins[: len(config.plan.pins) - len(own)])
        self._turned()

    def config(self) -> Config:
        """Return the policy that knobs and pins say."""
        config = self.knobs.config()
        if not self.pins.pins:
            return config
        return replace(config, plan=replace(config.plan, pins=(*self.pins.pins, *config.plan.pins)))

    def _turned(self) -> None:
        try:
            self.session.set(self.config())
        except AdvisorError as fault:
            self._draw(Answer(self.session.answer.config, fault=fault))

    def _draw(self, answer: Answer) -> None:
        start = self.session.start_plan
        settled = answer.compared is not None
        self.headline.value = framed(headline(answer, start))
        self.details.value = framed(details(answer, start))
        if answer.plan is not None:
            self._drawn = answer.plan
        # dollars by way are known of settled plans: the last one's stay, dimmed
        self.chart.value = framed(bars(start, self._drawn or start), old=not settled)
        self.scenarios.ready(settled)


def _heading(text: str) -> Any:
    return w.HTML(f"<b>{text}</b>")
