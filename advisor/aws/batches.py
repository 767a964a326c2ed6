"""Many things described, so many at once as an operation takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from advisor.aws.calls import Caller
from advisor.errors import AwsError

T = TypeVar("T")
GONE = "MISSING"
"""Why a thing that was listed cannot be described: it went away in between."""


def batched(things: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Yield the things in order, at most so many at once."""
    for start in range(0, len(things), most):
        yield things[start : start + most]


def described(
    caller: Caller, name: str, asks: str, answers: str, ids: Sequence[str], most: int, /, **params: Any
) -> Iterator[dict[str, Any]]:
    """Yield what an ECS operation says of things; those that went away meanwhile are left out.

    Args:
        name: the operation.
        asks: the parameter that takes the ids.
        answers: the field of the answer that holds the things.
        ids: what to describe.
        most: how many an operation takes.

    Raises:
        AwsError: something is there and cannot be described.
    """
    for batch in batched(ids, most):
        answer = caller.call(name, **params, **{asks: list(batch)})
        yield from answer.get(answers) or ()
        for failure in answer.get("failures") or ():
            if failure.get("reason") != GONE:
                raise AwsError(f"{name}: {failure.get('arn')}: {failure.get('reason')}")
