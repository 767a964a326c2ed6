"""Published and real bills against the model: AWS's worked Fargate bill, and Fargate's rows of a real FOCUS export."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from plan_estates import START, estate

from advisor.catalog import load_catalog
from advisor.pipeline import advise
from advisor.plan.charges import Charge
from advisor.plan.reconcile import reconcile
from advisor.plan.usage_types import fargate_meter
from advisor.schema import BILL, conform
from advisor.terms import CapacityOption, CpuArchitecture, OperatingSystem

pytestmark = pytest.mark.real_data
SHARED_DATA = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared")) / "data"
ECS = "Amazon Elastic Container Service"
VCPU, GIB = "Fargate-vCPU-Hours:perCPU", "Fargate-GB-Hours"


@pytest.mark.parametrize("tasks", [1, 2, 3])
def test_awss_bill_of_a_service_is_the_models(tasks: int) -> None:
    """A month of 1 vCPU and 2 GB, as many tasks all the time as the published example has."""
    document = json.loads((SHARED_DATA / "goldens.json").read_text())
    [example] = [e for e in document["examples"] if e["id"] == "fargate-service-730h"]
    published = {e["what"]: float(e["value"]) for e in example["expected"]}
    usage = estate(
        1, workloads=1, days=31, launch_type="FARGATE", task_vcpu=1.0, task_memory_mib=2048.0, az_count=None
    )
    usage = replace(usage, usage=usage.usage.with_columns(tasks=pl.lit(float(tasks))))
    month = {"region": "us-east-1", "service": ECS, "start": START, "interval_s": 730 * 3600}
    rows = [
        {**month, "usage_type": f"USE1-{VCPU}", "usd": published[f"vcpu:{tasks}"]},
        {**month, "usage_type": f"USE1-{GIB}", "usd": published[f"memory:{tasks}"]},
    ]
    plan = advise(replace(usage, bill=conform(pl.DataFrame(rows), BILL)), load_catalog())
    found = plan.reconciliation
    assert found is not None
    assert {r.usage_type for r in found.rows} == {VCPU, GIB}
    for row in found.rows:
        assert row.billed_monthly_usd == pytest.approx(row.model_monthly_usd, abs=0.005), "to the cent"
    assert found.residuals == ()


def test_real_rows_of_fargate_are_billed_at_the_catalogs_rates() -> None:
    """Rows of September 2024 in us-west-2: what was billed is the quantity at our rate, to the tenth digit."""
    with (SHARED_DATA / "focus" / "focus_1_0_sample_a.csv").open() as file:
        focus = [r for r in csv.DictReader(file) if r["ChargeDescription"].startswith("AWS Fargate")]
    assert len(focus) == 7
    catalog = load_catalog()
    charges, rows = [], []
    for r in focus:
        arm = " ARM " in r["ChargeDescription"]
        dimension = "VCPU" if "vCPU" in r["ChargeDescription"] else "GIB"
        architecture = CpuArchitecture.ARM64 if arm else CpuArchitecture.X86_64
        rate = catalog.fargate_rate(
            r["RegionId"], OperatingSystem.LINUX, architecture, CapacityOption.ON_DEMAND
        )
        pico = rate.pico_usd_per_vcpu_hour if dimension == "VCPU" else rate.pico_usd_per_gib_hour
        name = fargate_meter(dimension, "LINUX", architecture, spot=False)
        quantity = Fraction(r["PricingQuantity"])
        charges.append(Charge(r["RegionId"], name, quantity, quantity * pico))
        rows.append(
            {
                "region": r["RegionId"],
                "service": r["ServiceName"],
                "usage_type": f"USW2-{name}",
                "start": datetime(2024, 9, 1, tzinfo=UTC),
                "interval_s": 730 * 3600,
                "quantity": float(r["PricingQuantity"]),
                "usd": float(r["BilledCost"]),
            }
        )
    found = reconcile(charges, conform(pl.DataFrame(rows), BILL), (), 1e-6)
    assert found is not None
    assert found.residuals == ()
    assert {r.standing for r in found.rows} == {"compared"}
    assert found.billed_monthly_usd == pytest.approx(found.model_monthly_usd, abs=1e-9)
    for row in found.rows:
        assert row.billed_quantity == pytest.approx(row.model_quantity, rel=1e-12)
