"""Workloads that go from one way to run to another, in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from advisor.terms import place_name

NOWHERE = "no advice"
FEW = 3
"""Ways told apart before the rest is added up."""


def moves_words(moved: Mapping[str, tuple[str | None, str | None]]) -> str:
    """Return `3 workloads move from EC2 Spot to Fargate, 1 from EC2 to EC2 ARM`.

    Args:
        moved: workload id → its way before and now, `EC2 SPOT ARM64`; null where it has none.
    """
    if not moved:
        return "no workload moves"
    counts = Counter((_place(was), _place(now)) for was, now in moved.values())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{n:,} {{}}from {was} to {now}" for (was, now), n in ranked[:FEW]]
    rest = sum(n for _, n in ranked[FEW:])
    first = "workload moves " if ranked[0][1] == 1 else "workloads move "
    words = ", ".join([said[0].format(first), *(s.format("") for s in said[1:])])
    return f"{words}, {rest:,} otherwise" if rest else words


def _place(option: str | None) -> str:
    return place_name(*option.split()) if option else NOWHERE
