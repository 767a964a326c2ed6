"""The small changes of a mix of offers that are tried: more of one, and less of another that covers the same usage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

MOST_PAIRED = 8
"""Families that are tried two at a time, those that most is spent on first: pairs grow with the square."""


@dataclass(frozen=True)
class Scale:
    """How one offer's size is counted.

    Attributes:
        step: dollars an hour of the smallest step: a tenth of a cent of a plan, one reserved instance.
        whole: whether sizes are whole steps even in the middle of an exchange: instances are.
        worth: dollars an hour of it that cover what a dollar of the Compute plan covers.
    """

    step: float
    whole: bool
    worth: float


@dataclass(frozen=True)
class Move:
    """A change of sizes that can be made once or several times.

    Attributes:
        change: dollars an hour by offer.
        most: times after which a size would fall below zero, or grow beyond all usage.
    """

    change: tuple[float, ...]
    most: int

    def of(self, levels: Sequence[float], times: int) -> list[float]:
        """Return the sizes after so many times."""
        return [max(0.0, x + times * c) for x, c in zip(levels, self.change, strict=True)]


def single_moves(scales: Sequence[Scale], levels: Sequence[float], limit: float) -> list[Move]:
    """Return a step more and a step less of each offer."""
    return [
        move
        for i, scale in enumerate(scales)
        for sign in (1, -1)
        for move in _possible({i: sign * scale.step}, levels, limit)
    ]


def exchanges(scales: Sequence[Scale], levels: Sequence[float], limit: float) -> list[Move]:
    """Return one offer for another, and the last one, which reaches what all others reach, for two others.

    Of families that are busy at different times one dollar of the Compute plan replaces one of each.
    """
    last = len(scales) - 1
    spent = sorted(range(last), key=lambda i: (-levels[i], i))
    pairs = list(combinations(sorted(spent[:MOST_PAIRED]), 2))
    signed_sets = [
        *(((i, sign), (last, -sign)) for i in range(last) for sign in (1, -1)),
        *(((i, sign), (j, -sign)) for i, j in pairs for sign in (1, -1)),
        *(((i, sign), (j, sign), (last, -sign)) for i, j in pairs for sign in (1, -1)),
    ]
    found: list[Move] = []
    for signed in signed_sets:
        # the coarsest sets the pace
        unit = max(scales[k].step / scales[k].worth for k, _ in signed)
        change = {k: sign * _steps(scales[k], unit) for k, sign in signed}
        found += _possible(change, levels, limit)
    return found


def further_moves(scales: Sequence[Scale], past: Sequence[Sequence[float]], limit: float) -> list[Move]:
    """Return more of what the last two changes did together: they would take turns for long."""
    if len(past) < 3:
        return []
    change = {i: now - then for i, (now, then) in enumerate(zip(past[-1], past[-3], strict=True))}
    most = max(abs(c) / s.step for c, s in zip(change.values(), scales, strict=True))
    if any(c and s.whole for c, s in zip(change.values(), scales, strict=True)) or not most:
        return []
    return list(_possible({i: c / most for i, c in change.items() if c}, past[-1], limit))


def whole_moves(scales: Sequence[Scale], levels: Sequence[float], limit: float) -> list[Move]:
    """Return an instance more or less of one reservation, or of two."""
    whole = [i for i, scale in enumerate(scales) if scale.whole]
    whole = sorted(sorted(whole, key=lambda i: (-levels[i], i))[:MOST_PAIRED])
    found: list[Move] = []
    for few in (*combinations(whole, 1), *combinations(whole, 2)):
        for signs in product((1, -1), repeat=len(few)):
            change = {i: sign * scales[i].step for i, sign in zip(few, signs, strict=True)}
            found += _possible(change, levels, limit)
    return found


def _steps(scale: Scale, unit: float) -> float:
    """Return what covers as much as so many dollars of the Compute plan, in whole steps of whole offers."""
    exact = unit * scale.worth
    return max(1, round(exact / scale.step)) * scale.step if scale.whole else exact


def _possible(change: Mapping[int, float], levels: Sequence[float], limit: float) -> Iterator[Move]:
    room = [(levels[i] if c < 0.0 else limit - levels[i]) / abs(c) for i, c in change.items()]
    # a size that is zero but for rounding is zero
    most = int(min(room) + 1e-6)
    if most >= 1:
        yield Move(tuple(change.get(i, 0.0) for i in range(len(levels))), most)
