"""What many sizes of the same offers would cost, all at once: in floats, to choose by, never to bill by.

Hours are columns, sizes are rows of a table, so that a thousand bills are a few passes over long columns. Usage
is counted in on-demand dollars and put together where all offers take the same share of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from advisor.plan.commit_level import Ladder
from advisor.plan.meters import Amount

DIGITS = 9
"""Shares of the price that agree so far are one: rates are rounded to whole pico-dollars."""

BATCH_ROWS = 1 << 18
"""Hours times sizes looked at in one go: a few megabytes a column."""

Levels = Sequence[float]
"""Dollars an hour spent on each offer."""


@dataclass(frozen=True)
class Costs:
    """Usage and offers, in the order in which AWS applies them.

    Attributes:
        use: on-demand dollars by group of meters, hour by hour.
        draws: for each offer, (group, dollars of the offer that cover a dollar of the group) in its order.
    """

    use: tuple[pl.Series, ...]
    draws: tuple[tuple[tuple[int, float], ...], ...]

    @classmethod
    def of(
        cls,
        usage: Sequence[Sequence[Amount]],
        prices: Sequence[float],
        ladders: Sequence[Ladder],
        dollar: int,
    ) -> Costs:
        """Group meters by what every offer takes of them.

        Args:
            usage: hour × meter, quanta that nothing else covers.
            prices: on-demand dollars of a quantum, by meter.
            ladders: the offers.
            dollar: a dollar in the unit of the ladders' cost.
        """
        shares: dict[int, list[tuple[int, float]]] = {}
        for o, ladder in enumerate(ladders):
            for _, meter, weight in ladder.draws:
                if not prices[meter]:
                    continue  # what is free needs no cover
                shares.setdefault(meter, []).append(
                    (o, round(weight * float(ladder.cost) / dollar / prices[meter], DIGITS))
                )
        groups: dict[tuple[tuple[int, float], ...], list[int]] = {}
        for meter, key in sorted(shares.items()):
            groups.setdefault(tuple(key), []).append(meter)
        number = {meter: g for g, meters in enumerate(groups.values()) for meter in meters}
        taken = [dict(key) for key in groups]
        use = tuple(
            pl.Series([sum(row[m] * prices[m] for m in meters) for row in usage], dtype=pl.Float64)
            for meters in groups.values()
        )
        draws = tuple(
            tuple(
                (g, taken[g][o])
                for g in dict.fromkeys(number[d.meter] for d in ladder.draws if d.meter in number)
            )
            for o, ladder in enumerate(ladders)
        )
        return cls(use, draws)

    @property
    def most(self) -> float:
        """More than anyone would spend an hour: all usage of the dearest hour."""
        return sum(float(u.max()) for u in self.use)  # type: ignore[arg-type, misc]

    def worth(self, offer: int) -> float:
        """Return the dollars of an offer that cover what a dollar of the last one covers, or a dollar on demand."""
        g, share = self.draws[offer][0]
        return share / dict(self.draws[-1]).get(g, 1.0)

    def at(self, many: Sequence[Levels]) -> list[float]:
        """Return the cost of the hours at each of many levels, what no offer reaches left out."""
        most = max(1, BATCH_ROWS // len(self.use[0]))
        return [cost for i in range(0, len(many), most) for cost in self._at(many[i : i + most])]

    def _at(self, many: Sequence[Levels]) -> list[float]:
        hours = len(self.use[0])
        rest = [pl.concat([u] * len(many), rechunk=True) for u in self.use]
        for o, draws in enumerate(self.draws):
            level = pl.Series([levels[o] for levels in many], dtype=pl.Float64)
            bound = level.repeat_by(hours).explode() if len(many) > 1 else level.new_from_index(0, hours)
            reach: pl.Series | None = None
            for g, share in draws:
                need = rest[g] * share
                last, reach = reach, need if reach is None else reach + need
                left = (reach - bound).clip(lower_bound=0.0)
                before = (last - bound).clip(lower_bound=0.0) if last is not None else None
                rest[g] = (left if before is None else left - before) / share
        total = rest[0]
        for r in rest[1:]:
            total = total + r
        sums = total.reshape((len(many), hours)).arr.sum().to_list()
        return [s + hours * sum(levels) for s, levels in zip(sums, many, strict=True)]
