"""All hours of a bill: what commitments cover and what they leave, exactly.

The core does it in one call. Where its numbers are too short, and for whoever asks for single hours, it is done
here with Python's, which are never too short.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor import core
from advisor.plan.draw import Cover, Draw, draw_down
from advisor.plan.hourly import HourlyUsage
from advisor.plan.meters import Amount


@dataclass(frozen=True)
class Drawn:
    """Totals over the hours.

    Attributes:
        uncovered: quanta left to on-demand, by meter.
        covered: (commitment, meter) → quanta, sorted; pairs that covered nothing are not in it.
        floors: quanta left in each hour, rounded down: hour × meter, row by row.
    """

    uncovered: tuple[Fraction, ...]
    covered: dict[tuple[int, int], Fraction]
    floors: Sequence[int]


def drawn(
    usage: HourlyUsage, draws: Sequence[Draw], capacity: Sequence[int], in_force: Sequence[range]
) -> Drawn:
    """Cover usage in the order of `draws` in every hour.

    Args:
        draws: at most one for a commitment and a meter.
        capacity: what each commitment has in an hour in force, in its own quanta.
        in_force: rows of the usage in which each commitment is in force.
    """
    if usage.cells is not None:
        owned = [(full, rows.start, rows.stop) for full, rows in zip(capacity, in_force, strict=True)]
        found = core.bill_hours(usage.cells, usage.meters, draws, owned)
        if found is not None:
            covered = {(d.owned, d.meter): q for d, q in zip(draws, found.covered, strict=True) if q}
            return Drawn(found.uncovered, dict(sorted(covered.items())), found.floors)
    return drawn_here(usage, draws, capacity, in_force)


def drawn_here(
    usage: HourlyUsage, draws: Sequence[Draw], capacity: Sequence[int], in_force: Sequence[range]
) -> Drawn:
    """Do what `drawn` does without the core: some fifty times slower, numbers of any size, fractions of quanta."""
    uncovered, covers = draw_by_hour(usage, draws, capacity, in_force)
    left = zip(*uncovered, strict=True) if uncovered else ((),) * usage.meters
    parts: dict[tuple[int, int], list[Amount]] = defaultdict(list)
    for hour in covers:
        for owned, meter, quantity in hour:
            parts[owned, meter].append(quantity)
    covered = {key: _total(parts[key]) for key in sorted(parts)}
    return Drawn(tuple(_total(c) for c in left), covered, [int(q) for row in uncovered for q in row])


def draw_by_hour(
    usage: HourlyUsage, draws: Sequence[Draw], capacity: Sequence[int], in_force: Sequence[range]
) -> tuple[tuple[tuple[Amount, ...], ...], tuple[tuple[Cover, ...], ...]]:
    """Return what each hour leaves uncovered by meter, and what each commitment covered in it."""
    uncovered, covers = [], []
    for hour, row in enumerate(usage.rows):
        rest = list(row)
        left = [full if hour in rows else 0 for full, rows in zip(capacity, in_force, strict=True)]
        covers.append(draw_down(draws, left, rest))
        uncovered.append(tuple(rest))
    return tuple(uncovered), tuple(covers)


def _total(amounts: Sequence[Amount]) -> Fraction:
    """Add up exactly; whole numbers first, because adding fractions is slow."""
    whole = sum(a for a in amounts if isinstance(a, int))
    return sum((a for a in amounts if not isinstance(a, int)), Fraction(whole))
