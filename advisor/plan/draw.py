"""One hour of one kind of arithmetic: commitments are drawn down by usage, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from advisor.plan.meters import Amount


class Draw(NamedTuple):
    """Commitment `owned` may cover meter `meter`; each quantum takes `weight` of its capacity."""

    owned: int
    meter: int
    weight: int


Cover = tuple[int, int, Amount]
"""Commitment number, meter number, and the quanta of the meter that it covered."""


def draw_down(draws: Iterable[Draw], capacity: list[int], rest: list[Amount]) -> tuple[Cover, ...]:
    """Cover usage in the order of `draws` until usage or capacity is exhausted.

    Args:
        capacity: what each commitment has in this hour; used up by the call.
        rest: quantity of each meter in this hour; left with what was not covered.
    """
    # what a commitment has left is capacity / bottom: whole numbers are many times faster than fractions
    bottoms = [1] * len(capacity)
    covers: list[Cover] = []
    for owned, meter, weight in draws:
        left = capacity[owned]
        quantity = rest[meter]
        if not left or not quantity:
            continue
        bottom = bottoms[owned]
        if isinstance(quantity, int):
            need = quantity * weight * bottom
        else:
            finer = quantity.denominator // gcd(bottom, quantity.denominator)
            left *= finer
            bottom *= finer
            bottoms[owned] = bottom
            need = quantity.numerator * weight * (bottom // quantity.denominator)
        if need <= left:
            capacity[owned] = left - need
            rest[meter] = 0
        else:
            part = Fraction(left, weight * bottom)
            capacity[owned] = 0
            rest[meter] = quantity - part
            quantity = part
        covers.append((owned, meter, quantity))
    return tuple(covers)
