"""Stand-ins for AWS: a caller that answers from a dictionary, and a clock that only its sleeper moves."""

from __future__ import annotations

from typing import Any

from advisor.aws.clock import Clock
from advisor.aws.operations import operation


class FakeCaller:
    """Answers by name from values, functions of the parameters, or errors to raise; keeps what it was asked."""

    def __init__(
        self, answers: dict[str, Any], account_id: str = "111122223333", region: str = "eu-west-1"
    ) -> None:
        self.account_id, self.region, self.answers = account_id, region, answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, name: str, /, **params: Any) -> dict[str, Any]:
        operation(name)
        self.asked.append((name, params))
        answer = self.answers.get(name, {})
        if isinstance(answer, Exception):
            raise answer
        return answer(**params) if callable(answer) else answer

    def times(self, name: str) -> int:
        return sum(asked == name for asked, _ in self.asked)


class FakeTime:
    """A clock whose time passes only while something sleeps."""

    def __init__(self) -> None:
        self.at_s = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at_s += seconds

    def clock(self, draw: float = 1.0) -> Clock:
        return Clock(lambda: self.at_s, self.sleep, lambda: draw)
