"""What many sizes of the same offers would cost, all at once: in floats, to choose by, never to bill by.

Hours are columns, sizes are rows of a table, so that a thousand bills are a few passes over long columns. Usage
is counted in on-demand dollars and put together where all commitments take the same share of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from advisor.plan.meters import Amount

DIGITS = 9
"""Shares of the price that agree so far are one: rates are rounded to whole pico-dollars."""

BATCH_ROWS = 1 << 18
"""Hours times sizes looked at in one go: a few megabytes a column."""

NONE = pl.Series([0.0])
"""Stands for what is below zero; five times faster than to clip."""

Levels = Sequence[float]
"""Dollars an hour spent on each commitment whose size is open."""


@dataclass(frozen=True)
class Cover:
    """A commitment as it covers usage.

    Attributes:
        takes: (meter, dollars of it that cover a quantum), in its order.
        owned: dollars an hour that are owned of it; null for what is bought, whose size is open.
    """

    takes: tuple[tuple[int, float], ...]
    owned: float | None = None


@dataclass(frozen=True)
class Costs:
    """Usage and commitments, in the order in which AWS applies them.

    Attributes:
        use: on-demand dollars by group of meters, hour by hour.
        draws: for each commitment, (group, dollars of it that cover a dollar of the group) in its order.
        owned: for each commitment, dollars an hour that are owned; null where the size is open.
    """

    use: tuple[pl.Series, ...]
    draws: tuple[tuple[tuple[int, float], ...], ...]
    owned: tuple[float | None, ...]

    @classmethod
    def of(cls, usage: Sequence[Sequence[Amount]], prices: Sequence[float], covers: Sequence[Cover]) -> Costs:
        """Group meters by what every commitment takes of them.

        Args:
            usage: hour × meter, in quanta.
            prices: on-demand dollars of a quantum, by meter.
        """
        shares: dict[int, list[tuple[int, float]]] = {}
        for c, cover in enumerate(covers):
            for meter, taken in cover.takes:
                if prices[meter]:  # what is free needs no cover
                    shares.setdefault(meter, []).append((c, round(taken / prices[meter], DIGITS)))
        groups: dict[tuple[tuple[int, float], ...], list[int]] = {}
        for meter, key in sorted(shares.items()):
            groups.setdefault(tuple(key), []).append(meter)
        number = {meter: g for g, meters in enumerate(groups.values()) for meter in meters}
        share_of = [dict(key) for key in groups]
        use = tuple(
            pl.Series([sum(row[m] * prices[m] for m in meters) for row in usage], dtype=pl.Float64)
            for meters in groups.values()
        )
        draws = tuple(
            tuple(
                (g, share_of[g][c]) for g in dict.fromkeys(number[m] for m, _ in cover.takes if m in number)
            )
            for c, cover in enumerate(covers)
        )
        return cls(use, draws, tuple(cover.owned for cover in covers))

    @property
    def hours(self) -> int:
        """Hours looked at."""
        return len(self.use[0])

    @property
    def most(self) -> float:
        """More than anyone would spend an hour: all usage of the dearest hour."""
        return sum(float(u.max()) for u in self.use)  # type: ignore[arg-type, misc]

    def worth(self, offer: int) -> float:
        """Return the dollars of an open size that cover what a dollar of the last one covers, or a dollar on demand."""
        bought = [draws for draws, owned in zip(self.draws, self.owned, strict=True) if owned is None]
        g, share = bought[offer][0]
        return share / dict(bought[-1]).get(g, 1.0)

    def at(self, many: Sequence[Levels]) -> list[float]:
        """Return the cost of the hours at each of many sizes: what is bought, and what is left on demand."""
        most = max(1, BATCH_ROWS // self.hours)
        return [cost for i in range(0, len(many), most) for cost in self._at(many[i : i + most])]

    def _at(self, many: Sequence[Levels]) -> list[float]:
        hours = self.hours
        rest = [pl.concat([u] * len(many), rechunk=True) for u in self.use]
        row_of = pl.int_range(len(many) * hours, dtype=pl.UInt32, eager=True) // hours
        offer = 0
        for draws, owned in zip(self.draws, self.owned, strict=True):
            if owned is None:
                level = pl.Series([row[offer] for row in many], dtype=pl.Float64)
                _cover(rest, draws, level[row_of])
                offer += 1
            else:
                _cover(rest, draws, owned)
        total = sum(rest[1:], rest[0])
        sums = total.reshape((len(many), hours)).arr.sum().to_list()
        return [s + hours * sum(levels) for s, levels in zip(sums, many, strict=True)]


def _cover(rest: list[pl.Series], draws: Sequence[tuple[int, float]], level: pl.Series | float) -> None:
    """Take what a commitment covers off the rest, group after group."""
    over: pl.Series | None = None
    reach: pl.Series | None = None
    for g, share in draws:
        need = rest[g] * share
        reach = need - level if reach is None else reach + need
        last, over = over, reach.zip_with(reach > 0.0, NONE)
        rest[g] = (over if last is None else over - last) / share
