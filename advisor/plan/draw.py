"""One hour of one kind of arithmetic: commitments are drawn down by usage, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from advisor.plan.meters import Amount


class Draw(NamedTuple):
    """Commitment number `owned` may cover meter number `meter`; each quantum takes `weight` of its capacity."""

    owned: int
    meter: int
    weight: int


class Cover(NamedTuple):
    """Commitment number `owned` covered `quantity` quanta of meter number `meter`."""

    owned: int
    meter: int
    quantity: Amount


def draw_down(draws: Iterable[Draw], capacity: list[Amount], rest: list[Amount]) -> tuple[Cover, ...]:
    """Cover usage in the order of `draws` until usage or capacity is exhausted.

    Args:
        capacity: what each commitment has in this hour; left with what was not used.
        rest: quantity of each meter in this hour; left with what was not covered.
    """
    covers = []
    for owned, meter, weight in draws:
        left = capacity[owned]
        quantity = rest[meter]
        if not left or not quantity:
            continue
        need = quantity * weight
        if need <= left:
            capacity[owned] = left - need
            rest[meter] = 0
        else:
            part = Fraction(left) / weight
            capacity[owned] = 0
            rest[meter] = quantity - part
            quantity = part
        covers.append(Cover(owned, meter, quantity))
    return tuple(covers)
