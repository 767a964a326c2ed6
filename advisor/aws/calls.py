"""One account and region to ask: at our own pace, again and again until a deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from threading import Lock
from typing import Any, Protocol

from advisor.aws.answers import within
from advisor.aws.budget import Budget
from advisor.aws.clock import Clock
from advisor.aws.operations import Operation, operation
from advisor.aws.pace import Pace
from advisor.errors import AwsError, ThrottledError, UnreachableError

DEADLINE_S = 300.0
"""How long one call is tried. A storm that refuses four of five calls is weathered in a third of it."""
ANSWER_S = 120.0
"""By then an answer has to be whole: the largest object of Firehose at 9 Mbit/s."""
LEAST_S = 1.0
"""Left of a deadline, that is still worth asking."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0

Send = Callable[[Operation, Mapping[str, Any]], dict[str, Any]]
"""Sends one request, once. Raises ThrottledError or UnreachableError where another try may help."""


class Caller(Protocol):
    """What readers ask: one account and region."""

    @property
    def account_id(self) -> str:
        """The account, leading zeros kept."""
        ...

    @property
    def region(self) -> str:
        """The region."""
        ...

    def call(self, name: str, /, **params: Any) -> dict[str, Any]:
        """Return the answer of one operation.

        Args:
            name: of `operations.OPERATIONS`.
            params: as AWS spells them.

        Raises:
            AwsError: AWS said no, or nothing.
        """
        ...


class PacedCaller:
    """The `Caller` that asks AWS; safe between threads.

    Args:
        send: sends one request, once.
        budget: what calls may cost; shared by all callers of a run.
    """

    def __init__(
        self,
        account_id: str,
        region: str,
        send: Send,
        *,
        budget: Budget | None = None,
        clock: Clock | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self.account_id, self.region = account_id, region
        self._send, self._budget, self._clock = send, budget or Budget(), clock or Clock()
        self._deadline_s = deadline_s
        self._lock = Lock()
        self._paces: dict[str, Pace] = {}
        self._silent: dict[str, UnreachableError] = {}

    def call(self, name: str, /, **params: Any) -> dict[str, Any]:
        """Return the answer of one operation; see `Caller.call`."""
        asked = operation(name)
        # a service that was silent for a whole deadline is not waited for again: the others have work to do
        if asked.service in self._silent:
            raise self._silent[asked.service]
        pace = self._pace(asked)
        until_s = self._clock.now_s() + self._deadline_s
        for attempt in count():
            pace.wait()
            self._budget.spend(asked, params)
            try:
                answer = self._answer(asked, params, until_s)
            except (ThrottledError, UnreachableError) as fault:
                if isinstance(fault, ThrottledError):
                    pace.slower()
                wait_s = self._clock.draw() * min(FIRST_WAIT_S * 2.0 ** min(attempt, 10), LONGEST_WAIT_S)
                if self._clock.now_s() + wait_s > until_s:
                    raise self._given_up(asked, fault, attempt + 1) from fault
                self._clock.sleep(wait_s)
            else:
                pace.faster()
                return answer
        raise AssertionError("counting has no end")

    def _answer(self, asked: Operation, params: Mapping[str, Any], until_s: float) -> dict[str, Any]:
        what = f"{asked.name} in {self.account_id} {self.region}"
        left_s = max(until_s - self._clock.now_s(), LEAST_S)
        return within(min(ANSWER_S, left_s), lambda: self._send(asked, params), what)

    def _pace(self, asked: Operation) -> Pace:
        with self._lock:
            return self._paces.setdefault(asked.name, Pace(asked.calls_per_s, self._clock))

    def _given_up(self, asked: Operation, fault: AwsError, tries: int) -> AwsError:
        message = f"{fault.message}; given up after {tries} tries in {self._deadline_s:g} s"
        if isinstance(fault, ThrottledError):
            return ThrottledError(message, hint="run it again later: AWS is asked too much", code=fault.code)
        silent = UnreachableError(message, hint=fault.hint, code=fault.code)
        self._silent[asked.service] = silent
        return silent
