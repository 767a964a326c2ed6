"""Fargate Spot at the account's own rate: taken from the bill where it can be believed, else left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from plan_estates import estate

from advisor.catalog import load_catalog
from advisor.config import Config, PricePolicy
from advisor.pipeline import advise, what_if
from advisor.plan.own_prices import own_prices
from advisor.schema import BILL, conform
from advisor.terms import CapacityOption, CpuArchitecture, OperatingSystem

ECS, EKS = "Amazon Elastic Container Service", "Amazon Elastic Kubernetes Service"
VCPU, GIB = "USE1-SpotUsage-Fargate-vCPU-Hours:perCPU", "USE1-SpotUsage-Fargate-GB-Hours"


def lines(vcpu_usd: float, gib_usd: float, **more: object) -> list[dict[str, object]]:
    """Return a day of 1,000 vCPU-hours and 2,000 GB-hours at these rates."""
    of_both = {
        "region": "us-east-1",
        "service": ECS,
        "start": datetime(2026, 9, 10, tzinfo=UTC),
        "interval_s": 86_400,
    }
    return [
        {**of_both, "usage_type": VCPU, "usd": 1000 * vcpu_usd, "quantity": 1000.0, **more},
        {**of_both, "usage_type": GIB, "usd": 2000 * gib_usd, "quantity": 2000.0, **more},
    ]


def bill(rows: list[dict[str, object]]) -> pl.DataFrame:
    return conform(pl.DataFrame(rows, infer_schema_length=None), BILL)


def rate(catalog, architecture: CpuArchitecture = CpuArchitecture.X86_64):
    return catalog.fargate_rate("us-east-1", OperatingSystem.LINUX, architecture, CapacityOption.SPOT)


def test_the_bills_rate_takes_the_catalogs_place_with_its_date() -> None:
    catalog = load_catalog()
    own = own_prices(bill(lines(0.0125, 0.0014)), catalog, PricePolicy())
    found = rate(own.catalog)
    assert (found.pico_usd_per_vcpu_hour, found.pico_usd_per_gib_hour) == (12_500_000_000, 1_400_000_000)
    assert (found.method, found.source, str(found.as_of)) == ("observed", "bill", "2026-09-11")
    assert found.pico_usd_per_ephemeral_gib_hour == rate(catalog).pico_usd_per_ephemeral_gib_hour
    assert "$0.01250 a vCPU-hour" in own.notes[0]
    assert rate(own.catalog, CpuArchitecture.ARM64) == rate(catalog, CpuArchitecture.ARM64), "not on the bill"
    others = pl.col("region") != "us-east-1"
    assert own.catalog.tables["fargate"].filter(others).equals(catalog.tables["fargate"].filter(others))
    assert rate(catalog).source != "bill", "the catalog itself stays"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "no line"),
        (lines(0.0125, 0.0014)[:1], "memory is missing"),
        (lines(0.05, 0.0014), "dearer than on-demand"),
        (lines(0.0, 0.0014), "for nothing"),
        (lines(0.0125, 0.0014, service=EKS), "of EKS"),
        (lines(0.0125, 0.0014, record_type="Credit"), "a credit"),
        (lines(0.0125, 0.0014, quantity=0.01), "too little"),
        (lines(0.0125, 0.0014, region="eu-west-3"), "elsewhere"),
    ],
)
def test_what_cannot_be_believed_is_left(rows: list[dict[str, object]], why: str) -> None:
    catalog = load_catalog()
    found = own_prices(bill(rows), catalog, PricePolicy())
    assert rate(found.catalog) == rate(catalog), why


def test_net_prices_of_a_private_discount_are_left() -> None:
    catalog = load_catalog()
    assert own_prices(bill(lines(0.0125, 0.0014)), catalog, PricePolicy(edp_share=0.1)).catalog is catalog
    assert own_prices(None, catalog, PricePolicy()).catalog is catalog


def test_plans_and_quick_answers_use_it_and_say_so() -> None:
    usage = estate(5, launch_type="FARGATE", capacity_option="SPOT", interruptible=True, arm_ready=False)
    cheap = replace(usage, bill=bill(lines(0.0001, 0.00001)))
    plan = advise(cheap, load_catalog())
    spot = plan.cost_lines.filter(pl.col("item").str.starts_with("FARGATE_SPOT/VCPU"))
    assert set(spot["usd_per_unit"]) == {0.0001}
    assert set(spot["price_as_of"]) == {"2026-09-11"}
    assert any("as your bill has it" in note for note in plan.notes)
    assert set(plan.audit.values()) == {"ok"}
    asked = what_if(cheap, load_catalog(), Config())
    assert asked.plan.monthly_cost_usd == pytest.approx(plan.monthly_cost_usd)
    assert asked.ask(Config()).monthly_cost_usd == pytest.approx(plan.monthly_cost_usd, rel=0.07)
    assert plan.monthly_cost_usd < 0.1 * advise(usage, load_catalog()).monthly_cost_usd
