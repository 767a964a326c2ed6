"""Published billing examples through the real code, with each example's own prices, to the last digit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from plan_estates import START, estate

from advisor.config import PricePolicy
from advisor.plan.bill import bill
from advisor.plan.fargate_bill import FargateRates, fargate_lines
from advisor.plan.instance_bill import managed_instances_fee_pico_usd
from advisor.plan.meters import Meter, Owned, instance_meter, normalization_units
from advisor.plan.purchase import amortized_pico_usd
from advisor.plan.savings_plans import savings_plan_draws
from advisor.plan.split_cost import TaskShare, split_cost
from advisor.terms import CommitmentKind
from advisor.units import PICO_PER_USD, SECONDS_PER_HOUR, pico_usd
from advisor.usage import read_usage
from advisor.workload.demand import demand_of

DOCUMENT = json.loads((Path(__file__).parent / "worked_examples.json").read_text(encoding="utf-8"))
CASES = {case["case"]: case for case in DOCUMENT["cases"]}
METAL = {"i3.metal": DOCUMENT["normalization_units"]["values"]["i3.metal"]}

Figures = dict[str, Fraction]
Given = dict[str, Any]


def usd(pico: int | Fraction) -> Fraction:
    return Fraction(pico) / PICO_PER_USD


def rounded(exact: Fraction, grain: str | None) -> Fraction:
    if grain is None:
        return exact
    return Fraction((2 * exact / Fraction(grain) + 1).__floor__() // 2) * Fraction(grain)


def billed_seconds(duration_s: str, minimum_s: int, operating_system: str = "LINUX") -> int:
    """Return what the product bills of one run that is pulled, runs and stops in so many seconds."""
    usage = estate(1, workloads=1, operating_system=operating_system.upper(), launch_type="FARGATE")
    stop = START + timedelta(seconds=float(duration_s))
    run = {
        "workload": 0,
        "created_at": START,
        "pull_started_at": START,
        "started_at": START,
        "stopped_at": stop,
    }
    runs = pl.DataFrame([run | {"stop_code": None}], schema=usage.runs.schema)
    prices = PricePolicy(fargate_minimum_s=minimum_s, fargate_windows_minimum_s=minimum_s)
    demand = demand_of(replace(usage, usage=usage.usage.clear(), runs=runs), prices)
    return int(demand["billed_seconds"].sum())


def per_hour(usd_per_second: str) -> int:
    return pico_usd(usd_per_second) * SECONDS_PER_HOUR


def fargate(given: Given) -> Figures:
    if "cases" in given:
        return {
            f"{c['operating_system']}:{c['duration_s']}": Fraction(
                billed_seconds(c["duration_s"], int(c["minimum_s"]), c["operating_system"])
            )
            for c in given["cases"]
        }
    if isinstance(given.get("tasks"), list):
        return service(given)
    prices = given.get("prices", {})
    if "usd_per_vcpu_hour" in given:
        rates = FargateRates(pico_usd(given["usd_per_vcpu_hour"]), pico_usd(given["usd_per_gb_hour"]))
        seconds = Fraction(given["hours"]) * SECONDS_PER_HOUR
    else:
        rates = FargateRates(
            per_hour(prices.get("usd_per_vcpu_s") or given["usd_per_vcpu_s"]),
            per_hour(prices.get("usd_per_gb_s", "0")),
            per_hour(prices.get("usd_per_ephemeral_gb_s", "0")),
        )
        runs = int(given["tasks"]) * int(given["days"])
        seconds = Fraction(runs * billed_seconds(given["duration_s"], 60))
    lines = fargate_lines(
        seconds,
        int(given.get("cpu_units") or Fraction(given["vcpu"]) * 1024),
        int(given.get("memory_mib") or Fraction(given.get("memory_gb", "0")) * 1024),
        rates,
        ephemeral_gib=int(given.get("ephemeral_storage_gb", "20")),
    )
    named = {
        "vcpu": lines.vcpu,
        "memory": lines.memory,
        "ephemeral_storage": lines.ephemeral_storage,
        "total": lines.total,
    }
    return {name: usd(amount) for name, amount in named.items()}


def service(given: Given) -> Figures:
    figures: Figures = {}
    rates = FargateRates(pico_usd(given["usd_per_vcpu_hour"]), pico_usd(given["usd_per_gb_hour"]))
    for tasks in given["tasks"]:
        seconds = int(tasks) * int(given["hours"]) * SECONDS_PER_HOUR
        lines = fargate_lines(seconds, int(given["vcpu"]) * 1024, int(given["memory_gb"]) * 1024, rates)
        figures[f"vcpu:{tasks}"] = usd(lines.vcpu)
        figures[f"memory:{tasks}"] = usd(lines.memory)
    return figures


def savings_plan(given: Given) -> Figures:
    rows = given["usage"]
    meters = [
        Meter(r["meter"], pico_usd(r["od_usd"]), instance_family=r.get("instance_family"), scale=1)
        for r in rows
    ]
    rates = {r["meter"]: pico_usd(r["compute_sp_usd"]) for r in rows if "compute_sp_usd" in r}
    hourly = pico_usd(given["compute_sp_commitment_usd_per_hour"])
    plan = Owned("plan", CommitmentKind.COMPUTE_SP, hourly, rates)
    quantities = [int(r["quantity"]) for r in rows]
    with_plan = bill(meters, [quantities], [plan])
    on_demand = {name: usd(pico) for name, pico in with_plan.on_demand_pico_usd.items()}
    total = sum(on_demand.values(), Fraction(0))
    unused = usd(with_plan.unused_pico_usd["plan"])
    best = rows[0]["meter"]
    return {
        # what the plan's price list charges for all usage, however large the plan
        "usage_at_savings_plan_rates": usd(with_plan.total_pico_usd) - unused,
        "usage_on_demand": usd(bill(meters, [quantities]).total_pico_usd),
        "unused_commitment:compute_sp": unused,
        "on_demand:total": total,
        f"on_demand:{best}": on_demand[best],
        "on_demand:all other meters": total - on_demand[best],
        f"covered:{best}": with_plan.covered[("plan", best)]
        if ("plan", best) in with_plan.covered
        else Fraction(0),
    }


def units(instance_type: str) -> Fraction:
    known = normalization_units(instance_type)
    return Fraction(METAL[instance_type]) if known is None else known


def reserved_instance(given: Given) -> Figures:
    zonal = {r["instance_type"] for r in given["reservations"] if r["scope"] == "zonal"}
    meters = [
        instance_meter(
            u["instance_type"],
            10**12,
            account_id=u["account"],
            availability_zone="a" if u["instance_type"] in zonal else None,
            meter_id=f"{u['account']}:{u['instance_type']}",
        )
        for u in given["usage"]
    ]
    reservations = [
        Owned(
            f"ri{i}",
            CommitmentKind.RI_STANDARD,
            0,
            scope=r["instance_type"],
            account_id=r["account"],
            count=int(r["count"]),
            normalization_units=None if r["scope"] == "zonal" else units(r["instance_type"]),
            availability_zone="a" if r["scope"] == "zonal" else None,
        )
        for i, r in enumerate(given["reservations"])
    ]
    row = [int(u["count"]) * int(u.get("seconds", SECONDS_PER_HOUR)) for u in given["usage"]]
    result = bill(meters, [row], reservations)
    figures: Figures = {}
    for meter, quantity in zip(meters, row, strict=True):
        covered = sum((q for (_, name), q in result.covered.items() if name == meter.meter_id), Fraction(0))
        figures[f"covered:{meter.meter_id}"] = covered
        figures[f"on_demand:{meter.meter_id}"] = Fraction(quantity, SECONDS_PER_HOUR) - covered
    for what in ("covered", "on_demand"):
        figures[f"{what}:all"] = sum((v for k, v in figures.items() if k.startswith(f"{what}:")), Fraction(0))
    figures["covered_hours_per_reservation"] = figures["covered:all"] / sum(r.count for r in reservations)
    return figures


def amortization(given: Given) -> Figures:
    if "upfront_usd" in given:
        years, rest = divmod(int(given["term_days"]), 365)
        assert not rest
        return {"amortized_per_day": usd(amortized_pico_usd(pico_usd(given["upfront_usd"]), 0, years) * 24)}
    fee = Owned(
        "ri",
        CommitmentKind.RI_STANDARD,
        pico_usd(given["usd_per_hour"]),
        scope=given["instance_type"],
        count=1,
        normalization_units=units(given["instance_type"]),
    )
    hours, used = int(given["hours"]), int(given["used_hours"])
    meter = instance_meter(given["instance_type"], 10**12)
    result = bill([meter], [[SECONDS_PER_HOUR if h < used else 0] for h in range(hours)], [fee])
    return {
        "monthly_fee": usd(result.commitment_pico_usd["ri"]),
        "unused_fee": usd(result.unused_pico_usd["ri"]),
    }


def split(given: Given) -> Figures:
    tasks = [
        TaskShare(
            t["task"], *(Fraction(t[k]) for k in ("reserved_vcpu", "reserved_gb", "used_vcpu", "used_gb"))
        )
        for t in given["tasks_running"]
    ]
    cost = pico_usd(given["instance_usd_per_hour"])
    parts = split_cost(cost, int(given["instance_vcpu"]), int(given["instance_memory_gb"]), tasks)
    figures: Figures = {"sum_of_exact_totals": usd(sum(p.total_pico_usd for p in parts))}
    for part in parts:
        figures[f"split:{part.task_id}"] = usd(part.split_pico_usd)
        figures[f"unused:{part.task_id}"] = usd(part.unused_pico_usd)
        figures[f"total:{part.task_id}"] = usd(part.total_pico_usd)
        figures[f"vcpu_split_usage_ratio:{part.task_id}"] = part.vcpu_share
        figures[f"memory_unused_ratio:{part.task_id}"] = part.memory_share
    return figures


def managed_instances(given: Given) -> Figures:
    od = pico_usd(given["od_usd"])
    fee = usd(managed_instances_fee_pico_usd(od, given["fee_share"], SECONDS_PER_HOUR))
    return {"fee": fee, "fee:on the price page": fee, "total": usd(od) + fee}


def utilization(given: Given) -> Figures:
    """Read the use in CPU units and MiB, and the same use again in percent of the reservation."""

    def read(columns: str, cells: str) -> dict[str, Any]:
        with TemporaryDirectory() as folder:
            (Path(folder) / "usage.csv").write_text(
                f"workload_id,start,{columns}\nweb,2026-09-01T00:00:00Z,{cells}\n"
            )
            size = f"{int(given['reserved_cpu_units']) / 1024},{given['reserved_memory_mib']}"
            (Path(folder) / "workloads.csv").write_text(
                f"workload_id,task_vcpu,task_memory_mib\nweb,{size}\n"
            )
            return read_usage(folder).usage.row(0, named=True)

    units = read(
        "cpu_units_mean,memory_used_mib_mean", f"{given['used_cpu_units']},{given['used_memory_mib']}"
    )
    vcpu, memory = Fraction(str(units["vcpu_used_mean"])), Fraction(str(units["memory_used_mib_mean"]))
    cpu_percent = 100 * vcpu * 1024 / Fraction(given["reserved_cpu_units"])
    memory_percent = 100 * memory / Fraction(given["reserved_memory_mib"])
    again = read("cpu_percent_mean,memory_percent_mean", f"{float(cpu_percent)},{float(memory_percent)}")
    return {
        "cpu_utilization": cpu_percent,
        "memory_utilization": memory_percent,
        "used_cpu_units": Fraction(str(again["vcpu_used_mean"])) * 1024,
        "used_memory_mib": Fraction(str(again["memory_used_mib_mean"])),
    }


TOPICS: dict[str, Callable[[Given], Figures]] = {
    "fargate": fargate,
    "savings_plan": savings_plan,
    "reserved_instance": reserved_instance,
    "amortization": amortization,
    "split_cost_allocation": split,
    "managed_instances": managed_instances,
    "utilization": utilization,
}


@pytest.mark.parametrize("name", CASES)
def test_published_figures(name: str) -> None:
    case = CASES[name]
    figures = TOPICS[case["topic"]](case["given"])
    wrong = {
        f["name"]: (f["figure"], float(figures[f["name"]]))
        for f in case["figures"]
        if rounded(figures[f["name"]], f["grain"]) != Fraction(f["figure"])
    }
    assert not wrong, f"{case['what']} ({case['source_url']})"


@pytest.mark.parametrize(("size", "expected"), DOCUMENT["normalization_units"]["values"].items())
def test_normalization_units(size: str, expected: str) -> None:
    name = size if "." in size else f"m5.{size}"
    assert units(name) == Fraction(expected)


def test_order_of_a_plan_within_the_hour() -> None:
    """Both at 50 %, the cheaper first, then 33 %, then 20 % (sp-applying, older edition)."""
    rows = CASES["savings-plan-older-edition"]["given"]["usage"]
    meters = [Meter(r["meter"], pico_usd(r["od_usd"]), scale=1) for r in rows]
    plan = Owned("p", CommitmentKind.COMPUTE_SP, 1, {r["meter"]: pico_usd(r["compute_sp_usd"]) for r in rows})
    order = [meters[d.meter].meter_id for d in savings_plan_draws(meters, [plan], sharing=True, quantum=1)]
    assert order == ["Fargate GB", "c5.9xlarge Linux shared", "Fargate vCPU", "c5.24xlarge Windows dedicated"]


def test_split_cost_unit_price() -> None:
    """An m5.xlarge at $1: a vCPU-hour is worth 0.1731, a GB-hour 0.0192 (split cost allocation data)."""
    full = split_cost(PICO_PER_USD, 4, 16, [TaskShare("cpu", 4, 0), TaskShare("gb", 0, 16)])
    assert rounded(usd(full[0].split_pico_usd) / 4, "0.0001") == Fraction("0.1731")
    assert rounded(usd(full[1].split_pico_usd) / 16, "0.0001") == Fraction("0.0192")
