"""Bounds of `core.pack` against HiGHS over every maximal pattern: lawful in whole numbers, and as sharp as can be.

`ADVISOR_RELAXATIONS=<number>` looks at more fleets than the usual ones.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from pattern_lp import Fleet, Programme, random_fleet

from advisor.core import PackResult, pack

FLEETS = int(os.environ.get("ADVISOR_RELAXATIONS", "200"))
WHOLE_MOST_TASKS = 25
"""Up to so many tasks HiGHS finds the optimum at once."""
CLOSED = 1.2e-5
"""Column generation stops within 1e-5 of the relaxation; its simplex works on counts raised by up to 2e-6."""


def check_prices(fleet: Fleet, programme: Programme, result: PackResult) -> None:
    """Farley's condition in whole numbers: no pattern is worth more than its bin."""
    certificate = result.certificate
    price = [certificate["prices"][f"s{i}"] for i in range(len(fleet.count))]
    worth = programme.cover.astype(object) @ np.array(price, dtype=object)
    for value, usd in zip(worth, programme.cost.tolist(), strict=True):
        top, bottom = usd.as_integer_ratio()
        assert value * bottom <= top * certificate["scale"]
    assert (
        sum(p * n for p, n in zip(price, fleet.count.tolist(), strict=True))
        == (certificate["lower_bound_scaled"])
    )


@pytest.mark.parametrize("seed", range(FLEETS))
def test_bound_is_lawful_and_meets_the_relaxation(seed: int) -> None:
    fleet = random_fleet(seed)
    programme = Programme.of(fleet)
    result = pack(*fleet.frames())
    check_prices(fleet, programme, result)
    relaxed = programme.relaxed()
    by_prices = result.certificate["lower_bound_scaled"] / result.certificate["scale"]
    assert by_prices <= relaxed * (1 + 1e-9)
    # Where the packing is that good, the relaxation is not even looked for.
    assert result.lower_bound_usd_per_hour >= relaxed * (1 - CLOSED)
    assert result.lower_bound_usd_per_hour <= result.cost_usd_per_hour
    if fleet.count.sum() <= WHOLE_MOST_TASKS:
        best = programme.whole()
        assert result.lower_bound_usd_per_hour <= best * (1 + 1e-9)
        assert result.cost_usd_per_hour >= best * (1 - 1e-9)
        if result.certificate["bound"] == "search":
            assert result.cost_usd_per_hour <= best * (1 + 1e-9)
