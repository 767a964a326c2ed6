"""A plan that is argued with: quick answers while somebody drags, the settled plan once they rest. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TypeVar

from advisor.config import Config
from advisor.errors import AdvisorError
from advisor.model import Comparison, Plan
from advisor.notebook.tune_clock import Clock
from advisor.plan.compare import compare
from advisor.plan.rules import effect
from advisor.plan.settings_changed import settings_changed
from advisor.plan.what_if import Guess, WhatIf

T = TypeVar("T")

REST_S = 0.6
"""A slider that has not moved for so long rests: a hand that goes on moves it several times a second."""
KEPT = 8
"""Settled plans that are kept, so that going back is at once."""


class StaleError(Exception):
    """Nobody waits for this answer any more."""


@dataclass(frozen=True)
class Answer:
    """What is known under the settings in force.

    Attributes:
        config: the settings in force.
        guess: the quick answer; null where there is none, as at the start.
        plan, compared: the settled plan, and it beside the starting plan; null while it is not settled.
        doing: what the settling is at, in a few words; empty when it is not at work.
        fault: why there is no answer.
    """

    config: Config
    guess: Guess | None = None
    plan: Plan | None = None
    compared: Comparison | None = None
    doing: str = ""
    fault: AdvisorError | None = None


class Session:
    """The settings in force, and what is known under them; a newer question makes every older one stale."""

    def __init__(
        self,
        asked: WhatIf,
        clock: Clock,
        tell: Callable[[Answer], None] = lambda _: None,
        rest_s: float = REST_S,
    ) -> None:
        """Begin at the plan that was asked about.

        Args:
            tell: hears of every new answer, on the kernel's loop.
        """
        self.asked, self.clock, self.tell = asked, clock, tell
        self.start_plan, self.start = asked.plan, asked.config
        self._rest_s, self._turn, self._lock = rest_s, 0, Lock()
        self._call_off: Callable[[], None] = lambda: None
        self._settled: dict[str, Answer] = {}
        self.answer = self._proven(self.start, self.start_plan)

    def set(self, config: Config) -> None:
        """Take other settings: tell about them now, and the settled plan when they rest."""
        if config == self.answer.config and self.answer.fault is None:
            return
        self._turn += 1
        self._call_off()
        known = self._settled.get(config.digest())
        if known is not None:
            self._say(known)
            return
        try:
            guess = self.ask(config)
        except AdvisorError as fault:
            self._say(Answer(config, fault=fault))
            return
        self._say(Answer(config, guess, doing="waiting for rest"))
        self._call_off = self.clock.after(self._rest_s, partial(self._settle, self._turn))

    def ask(self, config: Config) -> Guess:
        """Return the quick answer; one question at a time, for they share what they remember.

        Raises:
            InputError: nothing can be planned under these settings.
        """
        with self._lock:
            return self.asked.ask(config)

    def settle(self, config: Config, check: Callable[[], None] = lambda: None) -> Answer:
        """Return the settled answer, worked out here and now where it is not known.

        Args:
            check: called often; what it raises ends the work.

        Raises:
            InputError: nothing can be planned under these settings.
            SolverError: the core could not finish, or the audit found the plan wrong.
        """
        known = self._settled.get(config.digest())
        if known is not None:
            return known
        check()
        return self._proven(config, self.asked.settle(config, lambda _: check()))

    def beside(
        self, job: Callable[[Callable[[], None]], T], done: Callable[[T | AdvisorError | None], None]
    ) -> None:
        """Do a longer job beside the kernel and hand over its result, or why there is none; null when it was given up.

        Args:
            job: is handed a check to call often, which ends it when other settings were taken.
        """
        check = self._checked(self._turn)
        self.clock.work(lambda: _caught(lambda: job(check)), done)

    def _checked(self, turn: int) -> Callable[[], None]:
        def check() -> None:
            if turn != self._turn:
                raise StaleError

        return check

    def _settle(self, turn: int) -> None:
        if turn != self._turn:
            return
        before = self.answer
        self._say(Answer(before.config, before.guess, doing="settling"))

        def done(found: Answer | AdvisorError | None) -> None:
            if found is not None and turn == self._turn:
                self._say(found if isinstance(found, Answer) else Answer(before.config, fault=found))

        check = self._checked(turn)
        self.clock.work(lambda: _caught(lambda: self.settle(before.config, check)), done)

    def _proven(self, config: Config, plan: Plan) -> Answer:
        changed, what = settings_changed(self.start, config), effect(self.start, config)
        found = Answer(config, None, plan, compare(self.start_plan, plan, changed, what))
        self._settled[config.digest()] = found
        # the starting plan stays: one always goes back there
        for old in list(self._settled)[1:-KEPT]:
            del self._settled[old]
        return found

    def _say(self, answer: Answer) -> None:
        self.answer = answer
        self.tell(answer)


def _caught(job: Callable[[], T]) -> T | AdvisorError | None:
    """Return what a job returns, or why it does not; null when nobody waits any more."""
    try:
        return job()
    except StaleError:
        return None
    except AdvisorError as fault:
        return fault
    except Exception as fault:  # noqa: BLE001  nobody sees what is raised in a thread
        words = f"this did not work: {type(fault).__name__}: {fault}"
        return AdvisorError(words, hint="a fault of the program: please report it with these words")
