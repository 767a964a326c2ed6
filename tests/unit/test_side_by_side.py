"""Work on all cores gives the same as work on one: the order of the items, and the first error at once."""

from __future__ import annotations

import time

import pytest

from advisor.plan.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_items() -> None:
    def slow_first(n: int) -> int:
        time.sleep(0.02 if n == 0 else 0)
        return n * n

    assert side_by_side(slow_first, range(20), float) == [n * n for n in range(20)]
    assert side_by_side(slow_first, [], float) == []


def test_an_error_ends_the_work() -> None:
    begun: list[int] = []

    def breaks(n: int) -> None:
        begun.append(n)
        if n == 1:
            raise ValueError("no")
        time.sleep(0.05)

    with pytest.raises(ValueError, match="no"):
        side_by_side(breaks, range(1000), lambda n: -n)
    assert len(begun) < 1000, "what has not begun is not begun any more"
