"""What commitments cover, hour by hour, exactly."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.core import door


@dataclass(frozen=True)
class HoursBill:
    """What commitments cover over many hours, exactly.

    Attributes:
        uncovered: quanta left to on-demand, by meter.
        covered: quanta covered, by draw.
        floors: quanta left in each hour, rounded down: hour × meter, row by row.
    """

    uncovered: tuple[Fraction, ...]
    covered: tuple[Fraction, ...]
    floors: array[int]


def bill_hours(
    usage: array[int],
    meters: int,
    draws: Sequence[tuple[int, int, int]],
    owned: Sequence[tuple[int, int, int]],
) -> HoursBill | None:
    """Draw commitments down by usage, hour by hour; null when a number needs more than the core's 256 bits.

    Args:
        usage: hour × meter, row by row, quanta ≥ 0 (type code `q`).
        meters: columns of the usage.
        draws: (commitment, meter, weight) in order; a quantum of the meter takes `weight` capacity quanta, ≥ 0.
        owned: (capacity quanta an hour ≥ 0, first row in force, row after the last).

    Raises:
        InputError: rows that are not full, a negative quantity, or a draw on something that does not exist.
        SolverError: the core failed.
    """
    cells = usage.tobytes()
    try:
        found = door.call(
            lambda: door.core.bill_hours(cells, meters, list(draws), list(owned)), [], door.NO_NAMES
        )
    except OverflowError:  # a weight or a capacity that does not even go in
        return None
    if found is None:
        return None
    uncovered, covered, floors = found
    return HoursBill(tuple(map(_sum, uncovered)), tuple(map(_sum, covered)), array("q", floors))


def _sum(terms: list[tuple[str, str]]) -> Fraction:
    return sum((Fraction(int(top), int(bottom)) for top, bottom in terms), Fraction(0))
