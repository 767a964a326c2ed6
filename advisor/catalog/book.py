"""The price book: shapes, rates and discounts of one dated snapshot, looked up by region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

import polars as pl

from advisor.catalog.fargate_sizes import FargateSizes
from advisor.errors import CatalogError
from advisor.terms import CapacityOption, CpuArchitecture, OperatingSystem

HOME_REGION = "us-east-1"
"""Where discounts are taken from when a region's own are not known; the row is then marked estimated."""

BANDS = ((0.0, 0.05), (0.05, 0.10), (0.10, 0.15), (0.15, 0.20), (0.20, 0.40))
"""Monthly interruption shares of AWS's five bands; the last is open and read as up to 40 % (assumed)."""

NOT_SIZE_FLEXIBLE = frozenset({"g4ad", "g4dn", "g5", "g5g", "inf1"})
"""Families whose reservations cover their own size only (EC2 User Guide, apply_ri)."""


@dataclass(frozen=True)
class Price:
    """One price with where it comes from; `pico_usd` per `unit`. A `note` names the tier or whose price it is."""

    pico_usd: int
    unit: str
    method: str
    source: str
    as_of: str
    note: str = ""


@dataclass(frozen=True)
class FargateRate:
    """What Fargate charges an hour, in pico-dollars a unit."""

    region: str
    operating_system: OperatingSystem
    cpu_architecture: CpuArchitecture
    capacity_option: CapacityOption
    pico_usd_per_vcpu_hour: int
    pico_usd_per_gib_hour: int
    pico_usd_per_ephemeral_gib_hour: int
    pico_usd_per_vcpu_hour_licence: int
    method: str
    source: str
    as_of: str


@dataclass(frozen=True)
class Catalog:
    """A snapshot of what AWS sells.

    Attributes:
        as_of: date of most on-demand prices; each row carries its own.
        digest: short hash of the manifest, which names the hash of every file.
        tables: the snapshot's files by name, as written by `build_snapshot`.
    """

    as_of: date
    digest: str
    tables: Mapping[str, pl.DataFrame]
    _regions: list[str] = field(default_factory=list, compare=False, repr=False)
    _ec2: dict[str, pl.DataFrame] = field(default_factory=dict, compare=False, repr=False)
    _commitments: dict[str, pl.DataFrame] = field(default_factory=dict, compare=False, repr=False)
    _fargate: dict[tuple[str, ...], FargateRate] = field(default_factory=dict, compare=False, repr=False)
    _sizes: list[FargateSizes] = field(default_factory=list, compare=False, repr=False)
    _fees: list[tuple[str, float, str]] = field(default_factory=list, compare=False, repr=False)
    _others: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict, compare=False, repr=False)

    def regions(self) -> list[str]:
        """Return every region with an EC2 on-demand or a Fargate price, sorted."""
        if not self._regions:
            ec2 = self.tables["ec2_prices"].filter(pl.col("on_demand_pico").is_not_null())["region"]
            self._regions.extend(sorted({*ec2.unique(), *self.tables["fargate"]["region"].unique()}))
        return list(self._regions)

    def check_region(self, region: str) -> None:
        """Refuse a region of which nothing is known.

        Raises:
            CatalogError: with the nearest names.
        """
        known = self.regions()
        if region not in known:
            near = get_close_matches(region, known, n=1)
            hint = (f"did you mean {near[0]}? " if near else "") + "known: " + ", ".join(known)
            raise CatalogError(f"no prices are known for region {region!r}", hint=hint)

    def ec2(self, region: str) -> pl.DataFrame:
        """Return the instance types of a region with their prices; absent prices are null, never zero.

        Columns: those of `instance_types`, `on_demand_pico_usd_per_hour` with `_method`, `_source`, `_as_of`,
        `spot_pico_usd_per_hour` likewise, `windows_pico_usd_per_hour` (Linux + licence per vCPU, derived; null on ARM,
        where Windows does not run, and on burstable types, whose licence follows no such rule),
        `interruption_share_low`, `interruption_share_high` (a month). Sorted by type.
        """
        if region not in self._ec2:
            self._ec2[region] = self._ec2_of(region)
        return self._ec2[region]

    def _ec2_of(self, region: str) -> pl.DataFrame:
        licence = self.other(region, "ec2_windows_licence")
        per_vcpu = None if licence is None else licence.pico_usd
        low, high = (pl.Series([band[i] for band in BANDS]) for i in (0, 1))
        band = pl.col("interruption_band").cast(pl.UInt32)
        renamed = {
            f"{kind}_{old}": f"{kind}_{new}"
            for kind in ("on_demand", "spot")
            for old, new in (("pico", "pico_usd_per_hour"),)
        }
        return (
            self.tables["instance_types"]
            .join(
                self.tables["ec2_prices"].filter(pl.col("region") == region), on="instance_type", how="inner"
            )
            .rename(renamed)
            .with_columns(
                pl.when((pl.col("cpu_architecture") == CpuArchitecture.X86_64.value) & ~pl.col("burstable"))
                .then(pl.col("on_demand_pico_usd_per_hour") + pl.col("vcpu") * pl.lit(per_vcpu, pl.Int64))
                .alias("windows_pico_usd_per_hour"),
                pl.lit(low).implode().list.get(band, null_on_oob=True).alias("interruption_share_low"),
                pl.lit(high).implode().list.get(band, null_on_oob=True).alias("interruption_share_high"),
            )
            .sort("instance_type")
        )

    def instance_type(self, region: str, instance_type: str) -> Mapping[str, object]:
        """Return one type's row of `ec2`.

        Raises:
            CatalogError: unknown region or type, with the nearest name.
        """
        self.check_region(region)
        table = self.ec2(region)
        row = table.filter(pl.col("instance_type") == instance_type)
        if not len(row):
            near = get_close_matches(instance_type, table["instance_type"].to_list(), n=1)
            hint = f"did you mean {near[0]}?" if near else None
            raise CatalogError(f"{instance_type!r} is not known in {region}", hint=hint)
        return row.row(0, named=True)

    def fargate(self, region: str) -> pl.DataFrame:
        """Return Fargate's rates in a region, one row per operating system × architecture × capacity option.

        Columns: `operating_system`, `cpu_architecture`, `capacity_option`, `pico_usd_per_vcpu_hour`,
        `pico_usd_per_gib_hour`, `pico_usd_per_ephemeral_gib_hour` with `ephemeral_method`,
        `pico_usd_per_vcpu_hour_licence` (Windows only, else null), `method`, `source`, `as_of`. Sorted; empty where
        Fargate has no known price.
        """
        units = {"vcpu": "vcpu_hour", "gib": "gib_hour", "ephemeral": "ephemeral_gib_hour"}
        names = {f"{old}_pico": f"pico_usd_per_{new}" for old, new in units.items()}
        rates = self.tables["fargate"].filter(pl.col("region") == region).drop("region")
        rates = rates.rename(names | {"licence_pico": "pico_usd_per_vcpu_hour_licence"})
        keys = ["operating_system", "cpu_architecture", "capacity_option"]
        return rates.select(*keys, pl.exclude(keys)).sort(keys)

    def fargate_rate(
        self,
        region: str,
        operating_system: OperatingSystem,
        architecture: CpuArchitecture,
        option: CapacityOption,
    ) -> FargateRate | None:
        """Return what Fargate charges, null when no price is known."""
        if not self._fargate:
            for r in self.tables["fargate"].iter_rows(named=True):
                key = (r["region"], r["operating_system"], r["cpu_architecture"], r["capacity_option"])
                self._fargate[key] = FargateRate(
                    r["region"],
                    OperatingSystem(r["operating_system"]),
                    CpuArchitecture(r["cpu_architecture"]),
                    CapacityOption(r["capacity_option"]),
                    r["vcpu_pico"],
                    r["gib_pico"],
                    r["ephemeral_pico"],
                    r["licence_pico"] or 0,  # null: no licence to pay
                    r["method"],
                    r["source"],
                    r["as_of"],
                )
        return self._fargate.get((region, operating_system.value, architecture.value, option.value))

    def fargate_size(self, vcpu: float, memory_mib: float, rate: FargateRate) -> tuple[float, float] | None:
        """Return the cheapest legal (vCPU, MiB) that holds the need at this rate, null when none does."""
        return self.fargate_sizes().cheapest(
            vcpu,
            memory_mib,
            windows=rate.operating_system is OperatingSystem.WINDOWS,
            pico_per_vcpu=rate.pico_usd_per_vcpu_hour + rate.pico_usd_per_vcpu_hour_licence,
            pico_per_gib=rate.pico_usd_per_gib_hour,
        )

    def fargate_sizes(self) -> FargateSizes:
        """Return the lattice of legal Fargate task sizes."""
        if not self._sizes:
            self._sizes.append(
                FargateSizes(
                    tuple(self.tables["fargate_sizes"].select("cpu_units", "memory_mib", "windows").rows())
                )
            )
        return self._sizes[0]

    def commitments(self, region: str) -> pl.DataFrame:
        """Return discount shares: `kind, scope, term_years, payment_option, discount_share, method, source, as_of`.

        Where the region's own discount is not known, the home region's stands in, marked estimated: discounts are
        nearly the same everywhere (median error 0.001 points, 90 % within 1.4). A Compute Savings Plan so lent never
        beats the region's own EC2 Instance plan of the same term and payment, which binds more and so costs less.
        """
        if region not in self._commitments:
            table = self.tables["commitments"]
            keys = ["kind", "scope", "term_years", "payment_option"]
            own = table.filter(pl.col("region") == region)
            lent = table.filter(pl.col("region").is_in([HOME_REGION, "*"]) & (pl.col("region") != region))
            lent = lent.sort("region", descending=True).unique(keys, keep="first", maintain_order=True)
            lent = lent.join(own, on=keys, how="anti").with_columns(
                pl.lit("estimated").alias("method"), pl.col("source") + pl.lit(f" (lent by {HOME_REGION})")
            )
            lent = _capped(lent, own)
            self._commitments[region] = pl.concat([own, lent]).drop("region").sort(keys)
        return self._commitments[region]

    def managed_instances_fee(self, family: str, region: str) -> tuple[float, str] | None:
        """Return the fee as a share of the on-demand price and how it is known."""
        del region  # the share is the same everywhere
        best: tuple[int, float, str] | None = None
        if not self._fees:
            rows = self.tables["managed_instances"].select("scope", "fee_share", "method").iter_rows()
            self._fees.extend((scope, float(share), method) for scope, share, method in rows)
        for scope, share, method in self._fees:
            matches = scope == "default" or (
                family.startswith(scope) and family[len(scope) : len(scope) + 1].isdigit()
            )
            rank = 0 if scope == "default" else len(scope)
            if matches and (best is None or rank > best[0]):
                best = rank, share, method
        return None if best is None else best[1:]

    def other(self, region: str, item: str) -> Price | None:
        """Return a price that is neither EC2 nor Fargate (`ebs_gp3_storage`, `public_ipv4` …), null when not known.

        Of a tiered price the first tier; the home region's, marked estimated, where the region's own is not known.
        """
        if not self._others:
            for row in self.tables["other_prices"].iter_rows(named=True):
                self._others.setdefault((row["region"], row["item"]), row)
        for place in (region, "*", HOME_REGION):
            r = self._others.get((place, item))
            if r is not None:
                if place in (region, "*"):
                    return Price(r["pico"], r["unit"], r["method"], r["source"], r["as_of"], r["note"])
                note = f"{HOME_REGION}'s price" + (f", {r['note']}" if r["note"] else "")
                return Price(r["pico"], r["unit"], "estimated", r["source"], r["as_of"], note)
        return None

    def size_flexible(self, family: str) -> bool:
        """Return whether regional reservations of a family cover its other sizes."""
        return not any(fnmatchcase(family, name) for name in NOT_SIZE_FLEXIBLE)


def _capped(lent: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Hold lent Compute Savings Plan shares down to the region's own EC2 Instance shares."""
    keys = ["scope", "term_years", "payment_option"]
    limit = own.filter(pl.col("kind") == "EC2_INSTANCE_SP").select(
        *keys, pl.col("discount_share").alias("limit")
    )
    share, most = pl.col("discount_share"), pl.col("limit")
    over = (pl.col("kind") == "COMPUTE_SP") & (share.cast(pl.Float64) > most.cast(pl.Float64))
    held = lent.join(limit, on=keys, how="left", maintain_order="left")
    return held.with_columns(pl.when(over).then(most).otherwise(share).alias("discount_share")).drop("limit")
