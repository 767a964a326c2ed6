"""A believable plan built by hand, hostile names included, so that reports can be tested without the pipeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl

from advisor.model import Commitment, FolkRule, Placement, Plan, Pool, Recommendation, Rejection
from advisor.plan.outcome_table import OUTCOMES
from advisor.schema import COVERED_HOURS, DEMAND, HOSTS, PROFILES, WORKLOADS, dtypes

HOSTILE = (
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "evil\x1b]0;owned\x07name",
    "rtl\u202egpj.exe",
    "pipe|and`tick`*star*",
    "日本語のとても長いワークロード名サービス本番環境",
    "@channel{{7*7}}",
)
"""Names that attack spreadsheets, browsers, terminals, readers, Markdown, alignment and templates."""

LINES = {
    "owner": pl.String,
    "item": pl.String,
    "quantity": pl.Float64,
    "unit": pl.String,
    "usd_per_unit": pl.Float64,
    "price_as_of": pl.String,
    "method": pl.String,
    "monthly_cost_usd": pl.Float64,
}


def placement(name: str, before: float, after: float, **changes: object) -> Placement:
    """Return a placement on Fargate Spot that changes nothing but the price, unless told."""
    place = Placement(
        workload_id=name,
        launch_type="FARGATE",
        capacity_option="SPOT",
        cpu_architecture="X86_64",
        pool_id=None,
        task_vcpu=0.5,
        task_memory_mib=1024.0,
        spot_share=1.0,
        monthly_cost_usd=after,
        marginal_monthly_cost_usd=after,
        baseline_monthly_cost_usd=before,
        baseline_is_estimate=False,
        estimated_price=False,
        monthly_cost_low_usd=after,
        monthly_cost_high_usd=after,
        unchanged=False,
    )
    return replace(place, **changes)  # type: ignore[arg-type]


def outcome(name: str, option: str, cost: float | None, **changes: object) -> dict[str, object]:
    """Return a row of the outcomes table."""
    launch_type, capacity_option, architecture = option.split(" ")
    row = {
        **dict.fromkeys(OUTCOMES),
        "workload_id": name,
        "option": option,
        "launch_type": launch_type,
        "capacity_option": capacity_option,
        "cpu_architecture": architecture,
        "task_vcpu": 0.5,
        "task_memory_mib": 1024.0,
        "monthly_cost_usd": cost,
        "method": "observed",
        "price_as_of": "2026-07-20",
        "chosen": False,
        "current": False,
        "eligible": cost is not None,
        "reason": "$12.00 a month dearer",
        "bottleneck": "cost",
    }
    return {**row, **changes}


def _workloads(names: list[str]) -> pl.DataFrame:
    row = dict.fromkeys(c.name for c in WORKLOADS)
    row |= {"account_id": "001234567890", "region": "us-east-1", "cluster": "web", "kind": "SERVICE"}
    row |= {"launch_type": "FARGATE", "capacity_option": "ON_DEMAND", "cpu_architecture": "X86_64"}
    row |= {"operating_system": "LINUX", "task_vcpu": 0.5, "task_memory_mib": 1024.0}
    rows = [{**row, "workload_id": n, "name": n} for n in names]
    rows[0] |= {"task_vcpu": 2.0, "task_memory_mib": 4096.0, "tags": '{"team":"shop"}'}
    rows[2] |= {"launch_type": "EC2"}
    return pl.DataFrame(rows, schema=dtypes(WORKLOADS), orient="row")


def _profiles(names: list[str]) -> pl.DataFrame:
    classes = ["STEADY_STATE", "BATCH", "BURST", None]
    rows = []
    for i, name in enumerate(names):
        row = dict.fromkeys(PROFILES)
        row |= {"workload": i, "workload_id": name, "workload_class": classes[i % 4], "days": 30.0}
        row |= {"class_confidence": 0.875, "class_evidence": "always on; p99 is 1.4 times the mean"}
        row |= {"coverage_share": 0.98, "tasks_mean": 3.5, "tasks_max": 6.0, "finding": "OVER_PROVISIONED"}
        row |= {"right_vcpu": 0.46, "right_memory_mib": 800.0, "size_reason": "CPU p99 0.4 vCPU + 15%"}
        rows.append(row)
    return pl.DataFrame(rows, schema=PROFILES, orient="row")


def plan(names: tuple[str, ...] = ("checkout", "thumbnails", "search", "nightly")) -> Plan:
    """Return a plan of four workloads: a move to EC2, a Spot move with an estimated price, one unchanged, one not
    advised."""
    a, b, c, d = names[:4]
    start = datetime(2026, 7, 1, tzinfo=UTC)
    placements = (
        placement(
            a,
            680.405,
            412.25,
            launch_type="EC2",
            capacity_option="ON_DEMAND",
            pool_id="web",
            cpu_architecture="ARM64",
        ),
        placement(
            b, 201.4, 60.95, estimated_price=True, monthly_cost_low_usd=54.85, monthly_cost_high_usd=67.05
        ),
        placement(
            c,
            529.5,
            529.5,
            launch_type="EC2",
            capacity_option="ON_DEMAND",
            unchanged=True,
            baseline_is_estimate=True,
        ),
        *(placement(n, 10.0, 7.0) for n in names[4:]),
    )
    before = sum(p.baseline_monthly_cost_usd for p in placements)
    after = sum(p.monthly_cost_usd for p in placements)
    outcomes = [
        outcome(a, "EC2 ON_DEMAND ARM64", 412.25, chosen=True, reason="chosen", bottleneck=None),
        outcome(a, "EC2 ON_DEMAND ARM64", 300.0, commitment="COMPUTE_SP 1yr NO_UPFRONT", method="estimated"),
        outcome(
            a, "EC2 ON_DEMAND ARM64", 200.0, commitment="COMPUTE_SP 3yr ALL_UPFRONT", bottleneck="policy"
        ),
        outcome(a, "FARGATE ON_DEMAND X86_64", 424.25, current=True),
        outcome(a, "FARGATE SPOT X86_64", None, reason="must not be interrupted", bottleneck="interruption"),
        outcome(b, "FARGATE SPOT X86_64", 60.95, chosen=True, reason="chosen", method="estimated"),
    ]
    return Plan(
        name="shop",
        as_of=date(2026, 7, 20),
        regions=("us-east-1",),
        lookback_days=30.0,
        hours=720,
        window_start=start.isoformat(),
        window_end=(start + timedelta(days=30)).isoformat(),
        placements=placements,
        pools=(
            Pool(
                "web",
                "001234567890",
                "us-east-1",
                "web",
                "EC2",
                "ON_DEMAND",
                "ARM64",
                "LINUX",
                ("m7g.large",),
                1,
                4,
                2.5,
                412.25,
                (0.93, 0.82),
                (a,),
            ),
        ),
        commitments=(
            Commitment(
                "COMPUTE_SP",
                "",
                "us-east-1",
                1,
                "NO_UPFRONT",
                0.4,
                None,
                0.0,
                292.0,
                81.25,
                -12.5,
                96.75,
                292.0,
                0.97,
                7.25,
                "observed",
            ),
        ),
        recommendations=(
            Recommendation(
                1,
                "UseSpot",
                b,
                "Fargate X86_64, 0.5 vCPU / 1 GiB",
                "Fargate Spot X86_64, 0.5 vCPU / 1 GiB",
                140.45,
                134.35,
                146.55,
                "Low",
                True,
                True,
                30.0,
                0.7,
                None,
                "BATCH (88% sure)",
                ("Set capacityProviderStrategy to FARGATE_SPOT (base 0, weight 1).",),
            ),
            Recommendation(
                2,
                "MigrateLaunchType",
                a,
                "Fargate X86_64, 2 vCPU / 4 GiB",
                "EC2 pool web ARM64",
                268.155,
                268.155,
                268.155,
                "High",
                True,
                True,
                30.0,
                0.86,
                "shop",
                "STEADY_STATE (88% sure)",
                ("Build the image for ARM64.", "Set capacityProviderStrategy to web."),
            ),
        ),
        rejections=(
            Rejection(
                a, "FARGATE SPOT X86_64", "must not be interrupted", "interruption", {"interruptible": False}
            ),
            Rejection(
                d, "", "short history: 3.0 days, 7 are asked for (profile.min_days)", "history", {"days": 3.0}
            ),
        ),
        folk_rules=(
            FolkRule("large (8 vCPU or more on average) and price-conscious → EC2", 1, 0, ()),
            FolkRule("large (8 vCPU or more on average) and overhead-conscious → Fargate", 0, 0, ()),
            FolkRule(
                "small (1 vCPU or less on average) or bursty → Fargate",
                1,
                3,
                tuple(
                    {"workload_id": w, "costs_more_usd": usd} for w, usd in ((c, 31.4), (a, 2.6), (b, 0.25))
                ),
            ),
            FolkRule("batch, or bursts with a period → Fargate", 1, 0, ()),
        ),
        monthly_cost_usd=after + 3.2,
        uncommitted_monthly_cost_usd=after + 3.2 + 81.25,
        baseline_monthly_cost_usd=before,
        lower_bound_monthly_usd=995.9,
        gap_share=1.0 - 995.9 / (after + 3.2 + 450.0),
        existing_commitments_monthly_usd=3.2,
        operations_monthly_usd=450.0,
        lattice_waste_monthly_usd=4.5,
        price_range_usd=(after + 3.2 - 6.1, after + 3.2 + 6.1),
        outcomes=pl.DataFrame(outcomes, schema=OUTCOMES, orient="row"),
        profiles=_profiles(list(names)),
        workloads=_workloads(list(names)),
        fleet_hours=pl.DataFrame(
            {"pool_id": ["web"] * 2, "hour": [0, 1], "instance_type": ["m7g.large"] * 2, "count": [2.0, 3.0]},
            schema_overrides={"hour": pl.Int32},
        ),
        usage_hourly=pl.DataFrame(
            # a month's task-seconds in an hour each: 2.5 tasks on average, one fewer than today, and 3.5, as today
            [[0, 0, 5, 6_480_000, 6_480_000], [1, 1, 6, 9_072_000, 9_072_060]],
            schema={"workload": pl.UInt32, "hour": pl.Int32, **dict.fromkeys(list(DEMAND)[2:], pl.Int64)},
            orient="row",
        ),
        cost_lines=pl.DataFrame(
            [
                ["commitments", "owned:COMPUTE_SP #1", 730.0, "commitment-hour", 0.04, "", "", 29.2],
                [b, "FARGATE_SPOT/VCPU", 900.0, "vCPU-hour", 0.0121, "2026-07-19", "observed", 10.89],
                [b, "FARGATE_SPOT/GIB", 900.0, "GB-hour", 0.0013, "2026-07-20", "estimated", 1.17],
                (
                    *("web", "EC2/LINUX/m7g.large/ON_DEMAND in us-east-1", 1825.0, "instance-hour"),
                    *(0.0816, "2026-07-18", "observed", 148.92),
                ),
                (
                    *("web", "EXPECTED_REWORK/m7g.large", 1825.0, "instance-hour"),
                    *(0.0, "2020-01-01", "estimated", 0.0),
                ),
            ],
            schema=LINES,
            orient="row",
        ),
        baseline_lines=pl.DataFrame(schema=LINES),
        certificate={"method": "fluid dual", "window_usd": 982.25, "duals": {"0": {a: 12}}},
        audit={"demand is met every hour": "ok", "lines add up to the total": "ok"},
        assumptions=("tasks = 1 where not given",),
        notes=("usage.csv: delimiter ; guessed",),
        warnings=(),
        rows_read=1000,
        rows_rejected=0,
        catalog_as_of="2026-07-20",
        catalog_digest="cafe",
        config_digest="beef",
        inputs_digest="f00d",
        hosts=pl.DataFrame(
            [
                ["web", "TYPICAL", 0, 0, "m7g.large", 2.0, 7600.0, a, 3, 0.5, 1024.0, True],
                ["web", "TYPICAL", 0, 1, "m7g.large", 2.0, 7600.0, a, 2, 0.5, 1024.0, True],
                ["web", "BUSIEST", 1, 0, "m7g.large", 2.0, 7600.0, a, 4, 0.5, 1024.0, False],
                ["web", "BUSIEST", 1, 1, "m7g.large", 2.0, 7600.0, None, None, None, None, False],
                ["web", "BUSIEST", 1, None, None, None, None, a, 1, 0.5, 1024.0, False],
            ],
            schema=HOSTS,
            orient="row",
        ),
        covered_hours=pl.DataFrame(
            [
                [0, "buy:COMPUTE_SP/1y/NO_UPFRONT", 0.1, 0.3],
                [0, "owned:COMPUTE_SP #1", 0.03, 0.01],
                [1, "buy:COMPUTE_SP/1y/NO_UPFRONT", 0.45, 0.0],
                [1, "owned:COMPUTE_SP #1", 0.05, 0.0],
                [1, None, 0.2, 0.0],
            ],
            schema=COVERED_HOURS,
            orient="row",
        ),
    )


def hostile_plan() -> Plan:
    """Return the plan with every name an attack."""
    return plan(HOSTILE)
