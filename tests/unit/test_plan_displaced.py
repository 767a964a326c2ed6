"""What an owned plan displaces at most: whatever price it is given, no use of it saves more."""

from __future__ import annotations

import random

import polars as pl
import pytest
from scipy.optimize import linprog

from advisor.catalog import load_catalog
from advisor.config import CommitmentPolicy
from advisor.plan.discounts import best_discounts
from advisor.plan.sunk import sunk
from advisor.schema import COMMITMENTS, conform

REGION, HOURLY = "us-east-1", 0.6
OWNED = {"kind": "COMPUTE_SP", "usd_per_hour": HOURLY, "term_years": 1, "payment_option": "NO_UPFRONT"}
FAMILIES = ("m5", "c6g", "r7i", "m7g")


def owned(**changes: object):
    table = conform(pl.DataFrame([{**OWNED, **changes}]), COMMITMENTS)
    return sunk(table, load_catalog(), None)


@pytest.mark.parametrize("quantile", [1.0, 0.5, 0.0])
@pytest.mark.parametrize("seed", range(5))
def test_no_use_of_an_owned_plan_saves_more(quantile: float, seed: int) -> None:
    lines = owned()
    for_sale = {REGION: best_discounts(lines.rates, REGION, CommitmentPolicy(terms_years=(1, 3)))}
    raised, cover = lines.displaced(1, for_sale, quantile)
    rng = random.Random(seed)
    usage = [rng.choice([0.0, 0.2, 1.0, 3.0]) for _ in FAMILIES]
    own = [float(lines.rates.shares(REGION)["COMPUTE_SP", f, 1, "NO_UPFRONT"][0]) for f in FAMILIES]
    best = [for_sale[REGION].of_family(f) for f in FAMILIES]
    # cover usage so that the rest, at the best rates for sale, is cheapest
    found = linprog(
        [-(1 - d) for d in best],
        A_ub=[[1 - d for d in own]],
        b_ub=[HOURLY],
        bounds=[(0, u) for u in usage],
    )
    cheapest = sum(u * (1 - d) for u, d in zip(usage, best, strict=True)) + found.fun
    claimed = sum(u * (1 - raised[REGION].of_family(f)) for u, f in zip(usage, FAMILIES, strict=True)) - cover
    assert claimed <= cheapest + 1e-9


def test_at_the_highest_price_no_rate_falls() -> None:
    lines = owned()
    for_sale = {REGION: best_discounts(lines.rates, REGION, CommitmentPolicy())}
    raised, most = lines.displaced(1, for_sale, 1.0)
    for family in FAMILIES:
        assert raised[REGION].of_family(family) == pytest.approx(for_sale[REGION].of_family(family))
    lower, less = lines.displaced(1, for_sale, 0.0)
    assert less < most
    assert all(lower[REGION].of_family(f) >= raised[REGION].of_family(f) for f in FAMILIES)


def test_an_instance_plan_displaces_its_family_only() -> None:
    lines = owned(kind="EC2_INSTANCE_SP", scope="m5", region=REGION)
    for_sale = {REGION: best_discounts(lines.rates, REGION, CommitmentPolicy())}
    raised, _ = lines.displaced(1, for_sale, 0.0)
    others = [f for f in FAMILIES if f != "m5"]
    assert [raised[REGION].of_family(f) for f in others] == [for_sale[REGION].of_family(f) for f in others]
