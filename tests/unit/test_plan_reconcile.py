"""The model's cost of today against the bill: which lines are compared, what is gated, and what is only listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from plan_estates import START, estate

from advisor.catalog import load_catalog
from advisor.config import CommitmentPolicy, Config, PricePolicy
from advisor.model import BillRow, Plan, Reconciliation, Usage
from advisor.pipeline import advise
from advisor.plan.charges import Charge, charges
from advisor.plan.metering import Metered
from advisor.plan.meters import Meter
from advisor.plan.reconcile import Runs, reconcile
from advisor.plan.usage_types import COMMITMENTS, EPHEMERAL, REWORK, meter
from advisor.schema import BILL, conform
from advisor.schema import COMMITMENTS as OWNED
from advisor.units import PICO_PER_USD
from advisor.usage import read_usage

ECS = "Amazon Elastic Container Service"
EKS = "Amazon Elastic Kubernetes Service"
EC2 = "Amazon Elastic Compute Cloud - Compute"
VCPU, GIB = "Fargate-vCPU-Hours:perCPU", "Fargate-GB-Hours"
HERE = "us-east-1"
RUNS = (Runs("api", HERE, "web", "FARGATE"), Runs("jobs", HERE, "batch", "EC2"))


def charge(name: str, dollars: float, region: str = HERE, quantity: float | None = None) -> Charge:
    amount = None if quantity is None else Fraction(str(quantity))
    return Charge(region, name, amount, Fraction(str(dollars)) * PICO_PER_USD)


def line(usage_type: str, dollars: float, **more: object) -> dict[str, object]:
    """Return a line of one bill of 365 hours: its dollars are half of a month's."""
    return {
        "region": HERE,
        "usage_type": usage_type,
        "start": datetime(2026, 9, 1, tzinfo=UTC),
        "interval_s": 365 * 3600,
        "usd": dollars / 2,
        **more,
    }


def against(modelled: list[Charge], *lines: dict[str, object], gate: float = 0.05) -> Reconciliation:
    found = reconcile(modelled, conform(pl.DataFrame(lines, infer_schema_length=None), BILL), RUNS, gate)
    assert found is not None
    return found


def row(found: Reconciliation, usage_type: str, standing: str) -> BillRow:
    [it] = [r for r in found.rows if (r.usage_type, r.standing) == (usage_type, standing)]
    return it


@pytest.mark.parametrize(
    ("usage_type", "expected"),
    [
        ("USE1-Fargate-vCPU-Hours:perCPU", VCPU),
        ("Fargate-GB-Hours", GIB),
        ("EU-Fargate-ARM-GB-Hours", "Fargate-ARM-GB-Hours"),
        ("APN1-Fargate-Windows-OS-Hours:perCPU", "Fargate-Windows-OS-Hours:perCPU"),
        ("USE1-Fargate-EphemeralStorage-GB-Hours", EPHEMERAL),
        ("USE1-SpotUsage-Fargate-vCPU-Hours:perCPU", f"SpotUsage-{VCPU}"),
        ("USE1-SpotUsage:Fargate-ARM-GB-Hours", "SpotUsage-Fargate-ARM-GB-Hours"),
        ("SpotUsage-Fargate-GB-Hours", "SpotUsage-Fargate-GB-Hours"),
        ("BoxUsage:m5.large", "BoxUsage:m5.large"),
        ("EUC1-BoxUsage:u-6tb1.56xlarge", "BoxUsage:u-6tb1.56xlarge"),
        ("USW2-LAX1-SpotUsage:c5.2xlarge", "SpotUsage:c5.2xlarge"),
        (
            "USE1-ECS-Managed-Instances:c6a.large-management-hours",
            "ECS-Managed-Instances:c6a.large-management-hours",
        ),
        ("EU-EBS:VolumeUsage.gp3", "EBS:VolumeUsage"),
        ("USE1-PublicIPv4:InUseAddress", "PublicIPv4"),
        ("CPUCredits:t3", "CPUCredits"),
        ("HeavyUsage:m5.large", COMMITMENTS),
        ("ComputeSP:1yrNoUpfront", COMMITMENTS),
        ("EUC1-EC2SP:m5.1yrNoUpfront", COMMITMENTS),
        ("EBS:VolumeP-IOPS.gp3", None),
        ("USE1-ECS-Anywhere-Instance-hours", None),
        ("XFargate-GB-Hours", None),
        ("Fargate-GB-Hours-More", None),
        ("DedicatedUsage:m5.large", None),
    ],
)
def test_usage_types_are_matched_whole_with_any_prefix(usage_type: str, expected: str | None) -> None:
    assert meter(usage_type) == expected


def test_a_bill_is_stretched_to_a_month_and_compared() -> None:
    found = against(
        [charge(VCPU, 100.0, quantity=2000), charge(GIB, 20.0)],
        line("USE1-Fargate-vCPU-Hours:perCPU", 103.0, service=ECS, quantity=1030.0),
        line("USE1-Fargate-GB-Hours", 20.0, service=ECS),
    )
    assert (found.bill_start, found.bill_end) == ("2026-09-01T00:00:00+00:00", "2026-09-16T05:00:00+00:00")
    first = found.rows[0]
    assert (first.usage_type, first.model_monthly_usd, first.billed_monthly_usd) == (VCPU, 100.0, 103.0)
    assert (first.model_quantity, first.billed_quantity) == (2000.0, 2060.0)
    assert (found.compared_model_usd, found.compared_billed_usd) == (120.0, 123.0)
    assert found.residuals == (), "2.4 % is below the gate"


def test_beyond_the_gate_it_says_where() -> None:
    found = against(
        [charge(VCPU, 100.0), charge(GIB, 20.0), charge("BoxUsage:m5.large", 50.0)],
        line("USE1-Fargate-vCPU-Hours:perCPU", 140.0, service=ECS),
        line("USE1-Fargate-GB-Hours", 20.0, service=ECS),
        line("BoxUsage:m5.large", 50.0, service=EC2),
    )
    [place] = found.residuals
    assert (place.region, place.capacity, place.workload_ids, place.clusters) == (
        HERE,
        "FARGATE",
        ("api",),
        ("web",),
    )
    assert (place.model_monthly_usd, place.billed_monthly_usd, place.share) == (120.0, 160.0, 0.25)
    assert place.usage_types == (VCPU,), "memory agrees"
    looser = against([charge(VCPU, 100.0)], line(VCPU, 140.0, service=ECS), gate=0.3)
    assert looser.residuals == ()


@pytest.mark.parametrize(("dollars", "doubted"), [(104.9, 0), (105.3, 1), (95.3, 0), (95.1, 1)])
def test_the_gate_is_a_share_of_the_bill_on_both_sides(dollars: float, doubted: int) -> None:
    found = against([charge(VCPU, 100.0)], line(VCPU, dollars, service=ECS))
    assert len(found.residuals) == doubted


def test_nothing_billed_for_what_the_model_has_is_all_off() -> None:
    [place] = against([charge("BoxUsage:m5.large", 50.0)], line("Tax-free", 0.0)).residuals
    assert (place.capacity, place.share) == ("EC2", 1.0)


def test_what_is_not_of_ecs_is_listed_and_not_compared() -> None:
    found = against(
        [charge(VCPU, 100.0), charge("BoxUsage:m5.large", 50.0), charge("EBS:VolumeUsage", 5.0)],
        line(VCPU, 100.0, service=ECS),
        line(VCPU, 900.0, service=EKS),
        line("BoxUsage:m5.large", 50.0, service=EC2),
        line("BoxUsage:r5.large", 700.0, service=EC2),
        line("EBS:VolumeUsage.gp3", 300.0, service="EC2 - Other"),
        line("NatGateway-Hours", 30.0, service="EC2 - Other"),
        line("ComputeSP:1yrNoUpfront", 9.0),
    )
    assert found.residuals == ()
    assert row(found, VCPU, "compared").billed_monthly_usd == 100.0
    assert row(found, VCPU, "shared").billed_monthly_usd == 900.0, "EKS runs on Fargate, too"
    for name, dollars in (
        ("BoxUsage:r5.large", 700.0),
        ("EBS:VolumeUsage", 300.0),
        ("NatGateway-Hours", 30.0),
    ):
        assert row(found, name, "shared").billed_monthly_usd == dollars
    assert row(found, COMMITMENTS, "shared").region == ""
    assert found.billed_monthly_usd == 2089.0
    assert found.model_monthly_usd == 155.0


def test_usage_of_ecs_without_a_meter_is_listed_as_unknown() -> None:
    found = against(
        [charge(VCPU, 100.0)],
        line(VCPU, 100.0, service=ECS),
        line("USE1-ECS-Anywhere-Instance-hours", 7.0, service=ECS),
        line("USE1-ECS-New-Thing", 3.0),
        line("USE1-New-Thing", 2.0),
    )
    assert row(found, "USE1-ECS-Anywhere-Instance-hours", "unknown").billed_monthly_usd == 7.0
    assert row(found, "USE1-ECS-New-Thing", "unknown").billed_monthly_usd == 3.0
    assert row(found, "USE1-New-Thing", "shared").billed_monthly_usd == 2.0


def test_credits_rework_and_regions_without_a_bill_stand_aside() -> None:
    found = against(
        [charge(VCPU, 100.0), charge(VCPU, 40.0, "eu-west-1"), charge(REWORK, 3.0)],
        line(VCPU, 100.0, service=ECS, record_type="Usage"),
        line(VCPU, -60.0, service=ECS, record_type="Credit"),
    )
    assert found.residuals == ()
    assert row(found, "Credit", "aside").billed_monthly_usd == -60.0
    assert {(r.region, r.usage_type) for r in found.rows if r.standing == "aside"} == {
        (HERE, "Credit"),
        ("eu-west-1", VCPU),
        (HERE, REWORK),
    }


def test_where_clusters_are_tagged_other_instances_are_not_ecss() -> None:
    box = "BoxUsage:m5.large"
    lines = [
        line(box, 50.0, cluster="batch"),
        line(box, 400.0),
        line("BoxUsage:r5.large", 8.0, cluster="batch"),
    ]
    found = against([charge(box, 50.0)], *lines)
    assert row(found, box, "compared").billed_monthly_usd == 50.0
    assert row(found, box, "shared").billed_monthly_usd == 400.0
    assert row(found, "BoxUsage:r5.large", "compared").billed_monthly_usd == 8.0
    assert found.residuals[0].usage_types == ("BoxUsage:r5.large",)


def test_instances_that_we_packed_are_no_match_for_a_bill() -> None:
    box, fee = "BoxUsage:m7a.medium", "ECS-Managed-Instances:m7a.medium-management-hours"
    packed = [replace(charge(name, 50.0), assumed=True) for name in (box, fee)]
    kept = charge("BoxUsage:c5.large", 10.0)
    found = against(
        [*packed, kept],
        line("BoxUsage:m5.large", 70.0, service=EC2),
        line("BoxUsage:c5.large", 10.0, service=EC2),
        line("USE1-ECS-Managed-Instances:m5.large-management-hours", 8.0, service=ECS),
    )
    assert found.residuals == ()
    standing = {(r.usage_type, r.standing) for r in found.rows}
    assert standing == {
        (box, "aside"),
        (fee, "aside"),
        ("BoxUsage:m5.large", "shared"),
        ("BoxUsage:c5.large", "compared"),
        ("ECS-Managed-Instances:m5.large-management-hours", "aside"),
    }
    tagged = against(packed, line("BoxUsage:m5.large", 70.0, cluster="web"))
    assert row(tagged, "BoxUsage:m5.large", "aside").billed_monthly_usd == 70.0


def test_a_meter_of_kept_and_packed_instances_is_split_by_their_hours() -> None:
    meter_id = "a/us-east-1/m5"
    use = Metered(
        meters=(Meter(meter_id, 10**11, region=HERE),),
        usage=((4 * 3600,),),
        owners={("kept", meter_id): 3600, ("packed", meter_id): 3 * 3600},
        facts={meter_id: ("EC2/LINUX/m5.large/ON_DEMAND in us-east-1", "instance-hour", "observed", "")},
        items=(),
    )
    pools = (SimpleNamespace(pool_id="kept", kept=True), SimpleNamespace(pool_id="packed", kept=False))
    settled = SimpleNamespace(
        metered=use,
        solution=SimpleNamespace(
            pools=[SimpleNamespace(**vars(p), cell=("a", HERE, "web", "LINUX")) for p in pools],
            cells=(),
            assignment={},
            window=SimpleNamespace(hours=1),
        ),
        bill=SimpleNamespace(effective_pico_usd={meter_id: Fraction(4 * 10**11)}, unused_pico_usd={}),
        to_month=Fraction(730),
    )
    assert charges(settled) == (
        Charge(HERE, "BoxUsage:m5.large", Fraction(730), Fraction(730 * 10**11)),
        Charge(HERE, "BoxUsage:m5.large", Fraction(3 * 730), Fraction(3 * 730 * 10**11), assumed=True),
    )


def test_no_line_no_reconciliation() -> None:
    assert reconcile([charge(VCPU, 1.0)], conform(pl.DataFrame(), BILL), RUNS, 0.05) is None


def owned(kind: str, **columns: object) -> pl.DataFrame:
    return conform(
        pl.DataFrame([{"kind": kind, "term_years": 1, **columns}], infer_schema_length=None), OWNED
    )


def hour(usage_type: str) -> dict[str, object]:
    return {"usage_type": usage_type, "region": HERE, "start": START, "usd": 1.0, "service": ECS}


@cache
def planned(seed: int, edp_share: float, kind: str, launch_type: str, option: str, system: str) -> Plan:
    fixed = {"operating_system": system, "launch_type": launch_type, "capacity_option": option}
    extra = {"ephemeral_storage_gib": 40.0, "assign_public_ip": True, "interruptible": True}
    usage = replace(
        estate(seed, workloads=4, days=3, **fixed, **extra),
        bill=conform(pl.DataFrame([hour(VCPU)]), BILL),
    )
    if kind:
        usage = replace(usage, commitments=owned(kind, usd_per_hour=0.3))
    config = Config(
        prices=PricePolicy(edp_share=edp_share),
        commitments=CommitmentPolicy(allowed=False),
    )
    config = replace(config, profile=replace(config.profile, min_days=1.0))
    return advise(usage, load_catalog(), config)


@pytest.mark.parametrize(
    ("edp_share", "kind", "launch_type", "option", "system"),
    [
        (0.0, "", "FARGATE", "ON_DEMAND", "LINUX"),
        (0.1, "COMPUTE_SP", "FARGATE", "ON_DEMAND", "LINUX"),
        (0.0, "", "FARGATE", "SPOT", "LINUX"),
        (0.0, "", "FARGATE", "ON_DEMAND", "WINDOWS"),
        (0.1, "COMPUTE_SP", "EC2", "ON_DEMAND", "LINUX"),
        (0.0, "", "EC2", "SPOT", "LINUX"),
        (0.0, "COMPUTE_SP", "MANAGED_INSTANCES", "ON_DEMAND", "LINUX"),
    ],
)
def test_every_dollar_of_today_has_a_usage_type(
    edp_share: float, kind: str, launch_type: str, option: str, system: str
) -> None:
    plan = planned(1, edp_share, kind, launch_type, option, system)
    found = plan.reconciliation
    assert found is not None
    assert found.model_monthly_usd == pytest.approx(plan.baseline_monthly_cost_usd, rel=1e-12)
    assert found.model_monthly_usd > 0
    named = {r.usage_type for r in found.rows if r.model_monthly_usd}
    assert named <= {
        *(meter(name) for name in named if meter(name)),
        COMMITMENTS,
        REWORK,
    }, "every usage type of the model is one that a bill can have"
    if kind and launch_type == "FARGATE":
        assert found.rows[0].model_quantity


def test_quantities_are_in_the_usage_types_units() -> None:
    plan = planned(1, 0.0, "", "FARGATE", "ON_DEMAND", "LINUX")
    assert plan.reconciliation is not None
    lines = plan.baseline_lines.filter(pl.col("item").str.contains("/VCPU in"))
    assert row(plan.reconciliation, VCPU, "compared").model_quantity == pytest.approx(
        lines["quantity"].sum(), rel=1e-12
    )


def test_a_doubted_today_lowers_confidence_there_only() -> None:
    usage = estate(3)
    without = advise(usage, load_catalog())
    assert without.reconciliation is None
    lines = [hour(VCPU), {**hour(VCPU), "region": "eu-west-1"}]
    doubted = advise(replace(usage, bill=conform(pl.DataFrame(lines), BILL)), load_catalog())
    assert doubted.reconciliation is not None
    ids = {w for r in doubted.reconciliation.residuals for w in r.workload_ids}
    fargate = usage.workloads.filter(pl.col("launch_type") == "FARGATE")["workload_id"]
    assert ids == set(fargate), "instances are packed by us: no bill can speak of them"
    assert 0 < len(ids) < len(usage.workloads)
    told = {r.resource_id for r in doubted.recommendations if "the bill does not bear out" in r.evidence}
    assert told == ids & {r.resource_id for r in doubted.recommendations}
    before = {r.resource_id: r.confidence for r in without.recommendations}
    after = {r.resource_id: r.confidence for r in doubted.recommendations}
    assert before.keys() == after.keys()
    for name, confidence in after.items():
        expected = before[name] * (0.8 if name in ids else 1.0)
        assert confidence == pytest.approx(expected, abs=0.011)
        assert name not in ids or confidence < before[name]
    agreed = advise(replace(usage, bill=same_as(doubted)), load_catalog())
    assert agreed.reconciliation is not None
    assert agreed.reconciliation.residuals == ()
    assert {r.resource_id: r.confidence for r in agreed.recommendations} == before


def same_as(plan: Plan) -> pl.DataFrame:
    """Return a bill that says what the model says."""
    assert plan.reconciliation is not None
    rows = [
        {**hour(r.usage_type), "region": r.region, "usd": r.model_monthly_usd * 24 / 730}
        for r in plan.reconciliation.rows
        if r.standing == "compared" and r.region == HERE
    ]
    return conform(pl.DataFrame(rows), BILL)


def test_a_company_with_instances_and_a_plan_against_its_own_bill() -> None:
    shop = read_usage(Path(__file__).parents[2] / "data" / "shop")
    lines = [{**hour(VCPU), "region": region} for region in ("us-east-1", "eu-west-1")]
    plan = advise(replace(shop, bill=conform(pl.DataFrame(lines), BILL)), load_catalog())
    found = plan.reconciliation
    assert found is not None
    assert found.model_monthly_usd == pytest.approx(
        sum(plan.baseline_lines["monthly_cost_usd"].to_list()), rel=1e-9
    )
    boxes = [r for r in found.rows if r.usage_type.startswith("BoxUsage") and r.standing == "compared"]
    assert boxes
    for box in boxes:
        item = f"EC2/LINUX/{box.usage_type.partition(':')[2]}/ON_DEMAND in {box.region}"
        hours = plan.baseline_lines.filter(pl.col("item") == item)["quantity"].sum()
        assert box.model_quantity == pytest.approx(hours), "of today's instances as they were given"
    assert {r.capacity for r in found.residuals} == {"EC2", "FARGATE"}
    said = [
        {**hour(r.usage_type), "region": r.region, "usd": r.model_monthly_usd * 24 / 730}
        for r in found.rows
        if r.standing == "compared"
    ]
    agreed = advise(replace(shop, bill=conform(pl.DataFrame(said), BILL)), load_catalog()).reconciliation
    assert agreed is not None
    assert agreed.residuals == ()
    assert agreed.compared_billed_usd == pytest.approx(agreed.compared_model_usd)


def test_a_bill_from_a_file(tmp_path) -> None:
    (tmp_path / "workloads.csv").write_text("workload_id,region\napi,us-east-1\n")
    (tmp_path / "usage.csv").write_text("workload_id,start,tasks\napi,2026-09-01T00:00:00Z,2\n")
    (tmp_path / "bill.csv").write_text(
        "usage_type,start,amortized_cost,quantity\nUSE1-Fargate-GB-Hours,2026-09-01T00:00:00Z,-1.5,2\n"
    )
    usage: Usage = read_usage(tmp_path)
    assert usage.bill is not None
    assert usage.bill.select("usage_type", "usd", "quantity", "region").rows() == [
        ("USE1-Fargate-GB-Hours", -1.5, 2.0, None)
    ]
    assert usage.rows_read == 3
    (tmp_path / "bill.csv").unlink()
    assert read_usage(tmp_path).bill is None
    assert read_usage(tmp_path).digest != usage.digest


def test_a_bill_is_known_by_its_columns(tmp_path) -> None:
    usage_file, bill_file = tmp_path / "a.csv", tmp_path / "b.csv"
    usage_file.write_text("workload_id,start,tasks\napi,2026-09-01T00:00:00Z,2\n")
    bill_file.write_text("usage_type,start,usd\nBoxUsage:m5.large,2026-09-01T00:00:00Z,3\n")
    usage = read_usage([usage_file, bill_file])
    assert usage.bill is not None
    assert usage.bill["usd"].to_list() == [3.0]
