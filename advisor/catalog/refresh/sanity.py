"""What new prices must pass before anything plans with them: held against the old ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import polars as pl

from advisor.catalog.refresh.figures import changes, figures
from advisor.catalog.refresh.reading import KEYS, Fault, Reading
from advisor.config import RefreshLimits
from advisor.errors import CatalogError
from advisor.units import PICO_PER_USD

DISCOUNTS = ("compute_sp", "ec2_instance_sp", "ri_standard", "ri_convertible")


def faults(
    old: Mapping[str, pl.DataFrame],
    new: Mapping[str, pl.DataFrame],
    readings: Sequence[Reading],
    limits: RefreshLimits,
) -> tuple[Fault, ...]:
    """Return everything about new tables that cannot be, or that nobody would believe unseen, sorted by name."""
    before, after = figures(old), figures(new)
    found = {
        *(fault for reading in readings for fault in reading.faults),
        *_worthless(after),
        *_jumps(changes(before, after), limits),
        *_collapsed(old, readings, limits),
        *_shapes(old["instance_types"], new, limits),
        *_units(old["other_prices"], new["other_prices"]),
    }
    return tuple(sorted(found))


def refuse(found: Iterable[Fault], accepted: Sequence[str]) -> None:
    """Refuse prices with faults, but for those that somebody accepted by name.

    Args:
        accepted: names or globs.

    Raises:
        CatalogError: something cannot be, is not accepted, or what was accepted is not there.
    """
    found = list(found)
    passing = [f for f in found if f.acceptable and any(fnmatchcase(f.name, name) for name in accepted)]
    left = [f"{f.name}: {f.words}" for f in found if f not in passing]
    idle = [n for n in accepted if not any(fnmatchcase(f.name, n) for f in passing)]
    if left or idle:
        raise CatalogError(
            "the new prices are refused, the old ones stay" + (f": {len(left)} reasons" if left else ""),
            problems=(*left, *(f"{name}: nothing of this name can be accepted" for name in idle)),
            hint="if a jump is real, let it pass by its name or a glob: --accept 'jump/ec2_spot/*'; a price of "
            "nothing or in another unit never passes",
        )


def _worthless(after: pl.DataFrame) -> Iterator[Fault]:
    for price in after.filter(pl.col("pico") <= 0).iter_rows(named=True):
        name = f"price/{price['kind']}/{price['region']}/{price['name']}"
        yield Fault(name, "costs nothing or less", acceptable=False)
    dearer = pl.col("kind").is_in(DISCOUNTS) & (pl.col("pico") > PICO_PER_USD)
    for price in after.filter(dearer).iter_rows(named=True):
        name = f"discount/{price['kind']}/{price['region']}/{price['name']}"
        yield Fault(name, "costs more than on-demand", acceptable=False)


def _jumps(changed: pl.DataFrame, limits: RefreshLimits) -> Iterator[Fault]:
    for price in changed.filter(pl.col("pico") > 0).iter_rows(named=True):
        least, most = limits.spot_times if price["kind"].endswith("spot") else limits.price_times
        times = price["pico"] / price["old_pico"]
        if not least <= times <= most:
            words = (
                f"is {times:.4g} times the price of before; between {least:g} and {most:g} is taken for real"
            )
            yield Fault(f"jump/{price['kind']}/{price['region']}/{price['name']}", words, acceptable=True)


def _collapsed(
    old: Mapping[str, pl.DataFrame], readings: Sequence[Reading], limits: RefreshLimits
) -> Iterator[Fault]:
    """A list that is much shorter than what was known was cut short or filtered wrongly."""
    for reading in readings:
        keys = KEYS[reading.table]
        if "region" not in keys or "item" in keys or not reading.rows:
            continue
        said = next(column for column in reading.rows[0] if column not in keys)
        part = next((k for k in ("kind", "capacity_option") if k in keys), None)
        known = old[reading.table].drop_nulls(said)
        counts = Counter((row["region"], row[part] if part else "") for row in reading.rows)
        for (region, value), count in sorted(counts.items()):
            there = known.filter(pl.col("region") == region)
            before = len(there.filter(pl.col(part) == value) if part else there)
            if count < limits.least_rows_share * before:
                name = "/".join(filter(None, ("rows", reading.table, value.lower() or said, region)))
                yield Fault(name, f"{count} were read where {before} were known", acceptable=True)


def _shapes(old: pl.DataFrame, new: Mapping[str, pl.DataFrame], limits: RefreshLimits) -> Iterator[Fault]:
    table = new["instance_types"]
    for shape in table.filter((pl.col("vcpu") <= 0) | (pl.col("memory_mib") <= 0)).iter_rows(named=True):
        yield Fault(f"shape/{shape['instance_type']}", "has no vCPU or no memory", acceptable=False)
    for name in new["ec2_prices"].join(table, on="instance_type", how="anti")["instance_type"].unique():
        yield Fault(f"shape/{name}", "has a price and no shape", acceptable=False)
    both = table.join(old, on="instance_type", suffix="_old").filter(pl.col("vcpu") > 0)
    memory = (pl.col("memory_mib") / pl.col("memory_mib_old") - 1).abs() > limits.memory_within_share
    for shape in both.filter((pl.col("vcpu") != pl.col("vcpu_old")) | memory).iter_rows(named=True):
        words = (
            f"has {shape['vcpu']} vCPU and {shape['memory_mib']} MiB, had {shape['vcpu_old']} and "
            f"{shape['memory_mib_old']}"
        )
        yield Fault(f"shape/{shape['instance_type']}", words, acceptable=True)


def _units(old: pl.DataFrame, new: pl.DataFrame) -> Iterator[Fault]:
    both = new.join(old, on=KEYS["other_prices"], suffix="_old").filter(pl.col("unit") != pl.col("unit_old"))
    for price in both.iter_rows(named=True):
        words = f"priced per {price['unit']}, was per {price['unit_old']}"
        yield Fault(f"unit/{price['item']}/{price['region']}", words, acceptable=False)
