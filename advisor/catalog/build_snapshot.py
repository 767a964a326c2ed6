"""Makes the first bundled snapshot from collected price facts: `python -m advisor.catalog.build_snapshot FOLDER`.

For maintainers. FOLDER holds the CSV files that `data/README.md` names; the snapshot is ours in schema, one Parquet file a
kind, with a manifest of dates, sources and hashes. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import polars as pl

from advisor.catalog.manifest import MANIFEST, manifest, packed
from advisor.catalog.registered import registered_memory_method, registered_memory_mib
from advisor.units import pico_usd

Row = dict[str, str]
PAYMENT = {"no": "NO_UPFRONT", "partial": "PARTIAL_UPFRONT", "all": "ALL_UPFRONT"}
ARCHITECTURE = {"x86_64": "X86_64", "arm64": "ARM64"}
SNAPSHOT = Path(__file__).parent / "snapshot"
COLLECTED = "2026-11-23"
"""When the facts were collected; stands for the date of a figure that was recalled and not read that day."""
SHAPES_AS_OF = {"moto": "2026-05-01", "karpenter": "2026-08-21"}
ADVISOR = "spotinfo savings x on-demand"
METHODS = {"recalled": "estimated", "inferred": "estimated"}
"""The collectors' words for a rule of thumb; every other method keeps its name."""


def main(folder: Path, target: Path = SNAPSHOT) -> None:
    """Write every file of the snapshot and its manifest."""
    tables = {
        "instance_types": _instance_types(_rows(folder / "instance_types.csv")),
        "ec2_prices": _ec2_prices(folder),
        "commitments": _commitments(folder),
        "fargate": _fargate(_rows(folder / "fargate.csv")),
        "fargate_sizes": _fargate_sizes(_rows(folder / "fargate_task_sizes.csv")),
        "managed_instances": _managed(_rows(folder / "ecs_managed_instances.csv")),
        "other_prices": _other(_rows(folder / "other_prices.csv")),
    }
    files = {name: (f"{name}.parquet", packed(table)) for name, table in tables.items()}
    for file, content in files.values():
        (target / file).write_bytes(content)
    (target / MANIFEST).write_text(manifest(tables, files), encoding="utf-8")


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _int(text: str) -> int | None:
    return int(float(text)) if text else None


def _instance_types(rows: Iterable[Row]) -> pl.DataFrame:
    found = [
        {
            "instance_type": r["instance_type"],
            "family": r["family"],
            "size": r["size"],
            "generation": _int(r["generation"]) or 0,
            "cpu_architecture": ARCHITECTURE[r["arch"]],
            "vcpu": int(r["vcpus"]),
            "memory_mib": int(r["memory_mib"]),
            "registered_memory_mib": registered_memory_mib(r["instance_type"], int(r["memory_mib"])),
            "registered_memory_method": registered_memory_method(r["instance_type"]),
            "gpus": _gpus(r),
            "gpu_model": r["gpu_model"] or None,
            "gpu_vendor": r["gpu_vendor"] or None,
            "max_enis": _int(r["max_enis"]),
            "awsvpc_tasks": _int(r["ecs_awsvpc_tasks"]),
            "awsvpc_tasks_trunked": _int(r["ecs_awsvpc_tasks_trunked"]),
            "trunk_source": r["trunk_source"] or None,
            "burstable": r["burstable"] == "1",
            "baseline_share": float(r["baseline_pct_per_vcpu"]) / 100 if r["baseline_pct_per_vcpu"] else None,
            "bare_metal": r["bare_metal"] == "1",
            "flex": r["flex"] == "1",
            "hypervisor": r["hypervisor"] or None,
            "current_generation": r["current_generation"] == "1",
            "shape_source": r["source"],
            "shape_as_of": SHAPES_AS_OF[r["source"]],
        }
        for r in rows
    ]
    return pl.DataFrame(found, infer_schema_length=None).sort("instance_type")


def _gpus(row: Row) -> int:
    """GPUs that an ECS task can be given: whole ones of NVIDIA (Developer Guide, "Working with GPUs on Amazon ECS")."""
    whole = row["gpu_vendor"] == "NVIDIA" and not row["gpu_fraction"]
    return (_int(row["gpu_count"]) or 0) if whole else 0


def _day(text: str) -> str:
    """A date known only to its year or month is read as that period's first day: never younger than it is."""
    return (text or COLLECTED) + {4: "-01-01", 7: "-01"}.get(len(text), "")


def _ec2_prices(folder: Path) -> pl.DataFrame:
    """One row per region and type.

    Spot: AWS's average discount of 2025-06 where it is known (an estimate of a price), else the newest price seen,
    however old. The us-east-1 prices of 2025-06 are the cheapest zone's, so the average is preferred to them too. Spot
    never costs more than on-demand: a figure that does predates a price cut and is left out.
    """
    prices: dict[tuple[str, str], dict[str, object]] = {}
    for r in _rows(folder / "ec2_on_demand.csv"):
        prices[r["region"], r["instance_type"]] = {
            "on_demand_pico": pico_usd(r["usd_per_hour"]),
            "on_demand_method": "observed",
            "on_demand_source": r["source"],
            "on_demand_as_of": r["as_of"],
        }
    for r in _rows(folder / "ec2_spot.csv"):
        if not r["az_id"] and r["usd_per_hour"]:
            entry = prices.setdefault((r["region"], r["instance_type"]), {})
            seen = _spot(r["usd_per_hour"], "observed", r["source"], r["observed_date"])
            if str(entry.get("spot_as_of", "")) <= r["observed_date"] and _no_dearer(seen, entry):
                entry.update(seen)
    for r in _rows(folder / "ec2_spot_advisor.csv"):
        entry = prices.setdefault((r["region"], r["instance_type"]), {})
        entry["interruption_band"] = int(r["interruption_bucket"])
        entry["interruption_as_of"] = "2025-06-28"
        if r["est_spot_usd_per_hour"] and Decimal(r["est_spot_usd_per_hour"]) > 0:
            estimate = _spot(r["est_spot_usd_per_hour"], "estimated", ADVISOR, "2025-06-28")
            if _no_dearer(estimate, entry):
                entry.update(estimate)
    columns: dict[str, pl.DataType | type[pl.DataType]] = {
        "region": pl.String, "instance_type": pl.String, "on_demand_pico": pl.Int64, "on_demand_method": pl.String,
        "on_demand_source": pl.String, "on_demand_as_of": pl.String, "spot_pico": pl.Int64, "spot_method": pl.String,
        "spot_source": pl.String, "spot_as_of": pl.String, "interruption_band": pl.Int8, "interruption_as_of": pl.String,
    }  # fmt: skip
    rows = [{"region": k[0], "instance_type": k[1], **v} for k, v in sorted(prices.items())]
    return pl.DataFrame(rows, schema=columns)


def _no_dearer(spot: Mapping[str, object], on_demand: Mapping[str, object]) -> bool:
    price, limit = spot["spot_pico"], on_demand.get("on_demand_pico")
    return not (isinstance(price, int) and isinstance(limit, int) and price > limit)


def _spot(usd: str, method: str, source: str, as_of: str) -> dict[str, object]:
    return {"spot_pico": pico_usd(usd), "spot_method": method, "spot_source": source, "spot_as_of": as_of}


def _commitments(folder: Path) -> pl.DataFrame:
    """Discount shares by region, kind, scope, term and payment; an EC2 Instance plan costs what a standard RI costs."""
    found: dict[tuple[str, str, str, int, str], tuple[str, str, str, str]] = {}
    for r in _rows(folder / "ec2_reserved.csv"):
        kind = f"RI_{r['offering_class'].upper()}"
        key = (r["region"], kind, r["family"], int(r["term_years"]), PAYMENT[r["payment"]])
        facts = (r["source"], _day(r["as_of"]))
        found[key] = (_share(r["discount_pct"]), r["method"], *facts)
        if kind == "RI_STANDARD":
            found[(key[0], "EC2_INSTANCE_SP", *key[2:])] = (_share(r["discount_pct"]), "derived", *facts)
    on_demand = _fargate_rates(_rows(folder / "fargate.csv"))
    for r in _rows(folder / "savings_plans.csv"):
        kind = "COMPUTE_SP" if r["plan_type"] == "Compute" else "EC2_INSTANCE_SP"
        for scope in _scopes(r):
            key = (r["region"], kind, scope, int(r["term_years"]), PAYMENT[r["payment"]])
            full = on_demand.get((r["region"], scope))
            share = _exact_share(r["usd_per_hour"], full) if full and r["usd_per_hour"] else r["discount_pct"]
            found[key] = (_share(share), METHODS.get(r["method"], r["method"]), r["source"], _day(r["as_of"]))
    rows = [(*key, *found[key]) for key in sorted(found)]
    columns = "region kind scope term_years payment_option discount_share method source as_of"
    return pl.DataFrame(rows, schema=columns.split(), orient="row")


def _share(percent: str | Decimal) -> str:
    return f"{(Decimal(percent) / 100).normalize():f}"


def _exact_share(usd: str, full_usd: str) -> Decimal:
    """Percent off, with digits enough to get the published rate back to the pico-dollar."""
    return ((1 - Decimal(usd) / Decimal(full_usd)) * 100).quantize(Decimal("1e-16"))


def _fargate_rates(rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """On-demand USD of Linux Fargate by region and commitment scope."""
    columns = {"VCPU": "usd_per_vcpu_hour", "GIB": "usd_per_gb_hour"}
    return {
        (r["region"], f"FARGATE_{ARCHITECTURE[r['arch']]}_{dimension}"): r[column]
        for r in rows
        if r["os"] == "linux"
        for dimension, column in columns.items()
    }


def _scopes(row: Mapping[str, str]) -> list[str]:
    if row["service"] != "fargate":
        return [row["scope"]]
    architecture, _, dimension = row["scope"].partition(":")
    dimensions = {"vcpu": ["VCPU"], "gb": ["GIB"], "": ["VCPU", "GIB"]}[dimension]
    return [f"FARGATE_{ARCHITECTURE[architecture]}_{d}" for d in dimensions]


def _fargate(rows: Iterable[Row]) -> pl.DataFrame:
    found = []
    for r in rows:
        base = {
            "region": r["region"],
            "operating_system": r["os"].upper(),
            "cpu_architecture": ARCHITECTURE[r["arch"]],
            "ephemeral_pico": pico_usd(r["ephemeral_usd_per_gb_hour"])
            if r["ephemeral_usd_per_gb_hour"]
            else None,
            "licence_pico": pico_usd(r["windows_os_usd_per_vcpu_hour"])
            if r["windows_os_usd_per_vcpu_hour"]
            else None,
            "ephemeral_method": r["ephemeral_method"] or None,
            "source": r["source"],
            "as_of": _day(r["as_of"]),
        }
        for option, prefix, method in (("ON_DEMAND", "", r["method"]), ("SPOT", "spot_", r["spot_method"])):
            if r[f"{prefix}usd_per_vcpu_hour"] and r[f"{prefix}usd_per_gb_hour"]:
                found.append(
                    {
                        **base,
                        "capacity_option": option,
                        "vcpu_pico": pico_usd(r[f"{prefix}usd_per_vcpu_hour"]),
                        "gib_pico": pico_usd(r[f"{prefix}usd_per_gb_hour"]),
                        "method": METHODS.get(method, method),
                    }
                )
    keys = ["region", "operating_system", "cpu_architecture", "capacity_option"]
    return pl.DataFrame(found, infer_schema_length=None).sort(keys)


def _fargate_sizes(rows: Iterable[Row]) -> pl.DataFrame:
    found = []
    for r in rows:
        if r["mem_mib_values"]:
            memories = [int(m) for m in r["mem_mib_values"].split("|")]
        else:
            memories = list(range(int(r["mem_min_mib"]), int(r["mem_max_mib"]) + 1, int(r["mem_step_mib"])))
        for memory in memories:
            found.append(
                {
                    "cpu_units": int(r["cpu_units"]),
                    "memory_mib": memory,
                    "windows": "windows" in r["os"],
                    "min_platform_version": r["min_platform_version"] or None,
                }
            )
    return pl.DataFrame(found, infer_schema_length=None).sort("cpu_units", "memory_mib")


def _managed(rows: Iterable[Row]) -> pl.DataFrame:
    found = [
        {
            "scope": r["scope"],
            "region": r["region"],
            "fee_share": str((Decimal(r["fee_pct_of_on_demand"]) / 100).normalize()),
            "method": r["method"],
            "source": r["source"],
            "as_of": _day(r["as_of"]),
        }
        for r in rows
        if r["fee_pct_of_on_demand"] and r["region"] == "*"
    ]
    return pl.DataFrame(found).sort("scope")


def _other(rows: Iterable[Row]) -> pl.DataFrame:
    found = [
        {
            "region": r["region"],
            "item": r["item"],
            "pico": pico_usd(r["usd"]),
            "unit": r["unit"],
            "note": r["tier_or_note"],
            "method": METHODS.get(r["method"], r["method"]),
            "source": r["source"],
            "as_of": _day(r["as_of"]),
        }
        for r in rows
        if r["usd"] and Decimal(r["usd"]) > 0
    ]
    return pl.DataFrame(found).sort("region", "item", "note")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
