"""A button that finds where the advice flips, and one that has two settled plans confirm it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from advisor.config import Config
from advisor.errors import AdvisorError
from advisor.model import Plan
from advisor.notebook.card import error_html
from advisor.notebook.flips import choice_words, confirmed, slider_flips, slider_words
from advisor.notebook.knobs import KNOBS, Choice, Slider
from advisor.notebook.knobs_panel import WIDE
from advisor.notebook.markup import text as escape
from advisor.notebook.tune_session import Session, StaleError
from advisor.notebook.tune_style import framed
from advisor.plan.flips import Flip
from advisor.plan.what_if import Guess

ASKED = {k.label: k for k in KNOBS if isinstance(k, Slider | Choice)}
GIVEN_UP = "given up: the settings changed meanwhile"

Found = tuple[list[str], tuple[Flip, ...]]


class FlipsPanel:
    """Where the advice flips when one knob is turned and the others stay.

    Attributes:
        view: the widget.
    """

    def __init__(self, session: Session) -> None:
        """Begin with nothing asked."""
        self._session = session
        self._found: tuple[Slider, Config, tuple[Flip, ...]] | None = None
        self.knob = w.Dropdown(options=list(ASKED), description="Turn only", style=WIDE)
        self.find = w.Button(description="Where does it flip?", layout=w.Layout(width="auto"))
        self.confirm = w.Button(
            description="Confirm by settled plans", disabled=True, layout=w.Layout(width="auto")
        )
        self.said = w.HTML()
        self.find.on_click(lambda _: self._search())
        self.confirm.on_click(lambda _: self._settle())
        row = w.HBox([self.knob, self.find, self.confirm], layout=w.Layout(flex_flow="row wrap"))
        self.view = w.VBox([row, self.said])

    def _search(self) -> None:
        knob, config = ASKED[self.knob.value], self._session.answer.config
        self._found, self.confirm.disabled = None, True

        def job(check: Callable[[], None]) -> Found:
            def ask(other: Config) -> Guess:
                check()
                return self._session.ask(other)

            if isinstance(knob, Choice):
                return choice_words(knob, config, ask), ()
            found = slider_flips(knob, config, ask)
            return slider_words(knob, config, found), tuple(f for f in found if f is not None)

        def done(found: Found) -> None:
            lines, found_flips = found
            if isinstance(knob, Slider) and found_flips:
                self._found, self.confirm.disabled = (knob, config, found_flips), False
            self._show("About", lines)

        self._work("looking", job, done)

    def _settle(self) -> None:
        if self._found is None:
            return
        knob, config, found = self._found

        def job(check: Callable[[], None]) -> list[str]:
            def settle(other: Config) -> Plan:
                answer = self._session.settle(other, check)
                if answer.plan is None:
                    raise StaleError
                return answer.plan

            return [confirmed(knob, config, flip, settle)[0] for flip in found]

        self._work("settling two plans for each flip", job, lambda lines: self._show("Confirmed", lines))

    def _work(
        self, doing: str, job: Callable[[Callable[[], None]], Any], done: Callable[[Any], None]
    ) -> None:
        self.find.disabled = True
        self.said.value = framed(f"<p>{escape(doing)} …</p>")

        def ended(found: Any) -> None:
            self.find.disabled = False
            if isinstance(found, AdvisorError):
                self.said.value = framed(error_html(found))
            elif found is None:
                self.said.value = framed(f"<p>{GIVEN_UP}</p>")
            else:
                done(found)

        self._session.beside(job, ended)

    def _show(self, heading: str, lines: list[str]) -> None:
        items = (
            "".join(f"<li>{escape(line)}</li>" for line in lines)
            or "<li>there is nothing else to choose</li>"
        )
        self.said.value = framed(f"<div role='status'>{heading}:<ul>{items}</ul></div>")
