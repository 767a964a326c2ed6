"""At which value of a setting the advice flips: a search with few questions, which knows nothing of plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Ways = Mapping[str, str]
"""Workload id → its way, `EC2 SPOT ARM64`."""

MOST_ASKED = 16
"""Questions a search may ask on one side: a slider of a thousand steps takes ten to halve."""
LOOKS = 4
"""Parts a side is looked at in before it is halved: advice that changes and changes back within one is not seen."""


@dataclass(frozen=True)
class Flip:
    """Two neighbouring steps of a setting between which the advice changes.

    Attributes:
        nearer, farther: the steps, seen from where the setting is.
        moved: workload id → its way at `nearer` and at `farther`, null where it has none there.
        asked: questions that it took.
    """

    nearer: int
    farther: int
    moved: Mapping[str, tuple[str | None, str | None]]
    asked: int


def flips(ask: Callable[[int], Ways], low: int, now: int, high: int) -> tuple[Flip | None, Flip | None]:
    """Return the nearest flips below and above a step, null where none was found.

    Args:
        ask: returns the advice at a step; asked at most `MOST_ASKED` times on each side.
        low, high: first and last step.
    """
    at_now = ask(now)
    return _side(ask, at_now, now, low), _side(ask, at_now, now, high)


def _side(ask: Callable[[int], Ways], at_now: Ways, now: int, end: int) -> Flip | None:
    """Return the flip nearest to `now` towards `end`: the first look that differs, halved."""
    near, asked = now, 0
    for look in range(1, LOOKS + 1):
        reach = abs(end - now) * look // LOOKS
        far = now + reach if end > now else now - reach
        if far == near:
            continue
        found, asked = ask(far), asked + 1
        if found == at_now:
            near = far
            continue
        while abs(far - near) > 1 and asked < MOST_ASKED:
            middle = (near + far) // 2
            between, asked = ask(middle), asked + 1
            if between == at_now:
                near = middle
            else:
                far, found = middle, between
        return Flip(near, far, moves(at_now, found), asked)
    return None


def moves(before: Ways, after: Ways) -> dict[str, tuple[str | None, str | None]]:
    """Return the workloads whose way differs, with both ways."""
    names = sorted(before.keys() | after.keys())
    both = {name: (before.get(name), after.get(name)) for name in names}
    return {name: (was, now) for name, (was, now) in both.items() if was != now}
