"""Stand-ins for AWS: a caller that answers from a dictionary, and a clock that only its sleeper moves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from botocore.session import Session
from botocore.validate import ParamValidator

from advisor.aws.clock import Clock
from advisor.aws.operations import operation


class FakeCaller:
    """Answers by name from values, functions of the parameters, or errors to raise; keeps what it was asked.

    Questions and answers are held against the SDK's own models, so that neither side can invent a field.
    """

    def __init__(
        self, answers: dict[str, Any], account_id: str = "111122223333", region: str = "eu-west-1"
    ) -> None:
        self.account_id, self.region, self.answers = account_id, region, answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, name: str, /, **params: Any) -> dict[str, Any]:
        self.asked.append((name, params))
        given = self.answers.get(name, {})
        if isinstance(given, Exception):
            raise given
        answer = given(**params) if callable(given) else given
        model = operation_model(name)
        for said, shape in ((params, model.input_shape), (answer, model.output_shape)):
            wrong = ParamValidator().validate(said, shape)
            assert not wrong.has_errors(), f"{name}: {wrong.generate_report()}"
        return answer

    def times(self, name: str) -> int:
        return sum(asked == name for asked, _ in self.asked)


@lru_cache
def operation_model(name: str):
    asked = operation(name)
    return service_model(asked.service).operation_model(asked.api)


@lru_cache
def service_model(service: str):
    return Session().get_service_model(service)


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
