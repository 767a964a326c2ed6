"""Usage by hour, checked once and laid out for the core, because one estate is billed many times."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from advisor.errors import InputError
from advisor.plan.meters import Amount


@dataclass(frozen=True)
class HourlyUsage:
    """What each meter counted in each hour, nothing below zero.

    Attributes:
        rows: hour × meter, in the meters' quanta.
        meters: columns of the rows.
        cells: the same row by row; null where there are fractions, or numbers of more than 64 bits.
    """

    rows: tuple[tuple[Amount, ...], ...]
    meters: int
    cells: array[int] | None

    @classmethod
    def of(cls, rows: Sequence[Sequence[Amount]], meters: int) -> HourlyUsage:
        """Check rows and lay them out.

        Raises:
            InputError: rows of the wrong length, or negative usage.
        """
        for hour, row in enumerate(rows):
            if len(row) != meters:
                raise InputError(f"hour {hour} of a bill has {len(row)} quantities for {meters} meters")
        cells = _cells(rows)
        if min(chain.from_iterable(rows) if cells is None else cells, default=0) < 0:
            hour = next(h for h, row in enumerate(rows) if any(q < 0 for q in row))
            raise InputError(f"hour {hour} of a bill has negative usage")
        return cls(tuple(map(tuple, rows)), meters, cells)

    def times(self, factor: int, columns: Iterable[int]) -> HourlyUsage:
        """Return the usage with some meters' quantities multiplied by a whole number."""
        chosen = set(columns)
        if not chosen:
            return self
        if self.cells is not None:
            cells = self.cells[:]
            try:
                for c in chosen:
                    cells[c :: self.meters] = array("q", [q * factor for q in cells[c :: self.meters]])
                return HourlyUsage(tuple(zip(*[iter(cells)] * self.meters, strict=True)), self.meters, cells)
            except OverflowError:  # of 64 bits: rows of Python's integers hold it
                pass
        rows = [tuple(q * factor if m in chosen else q for m, q in enumerate(row)) for row in self.rows]
        return HourlyUsage.of(rows, self.meters)


def _cells(rows: Sequence[Sequence[Amount]]) -> array[int] | None:
    try:
        return array("q", chain.from_iterable(rows))  # type: ignore[arg-type]  # fractions raise TypeError
    except (TypeError, OverflowError):
        return None
