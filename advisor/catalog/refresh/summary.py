"""What a refresh came to: rows, changed prices, the biggest changes, and what keeps its old date."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from advisor.catalog.refresh.figures import changes, figures
from advisor.catalog.refresh.read import Refreshed

FACTS = (
    ("interruption_band", "ec2_prices", "interruption_as_of"),
    ("shape", "instance_types", "shape_as_of"),
)
"""What has a date and is no price: what it is called, its table, its column."""


@dataclass(frozen=True)
class TableRows:
    """How many rows a table had and has, and how many of them were read."""

    table: str
    old: int
    new: int
    read: int


@dataclass(frozen=True)
class Change:
    """One price that is another now; in pico-dollars, of a discount or a fee its share in 10⁻¹²."""

    kind: str
    region: str
    name: str
    old_pico: int
    pico: int


@dataclass(frozen=True)
class Kept:
    """Prices, or facts, of one kind that were not read and keep their dates."""

    kind: str
    prices: int
    oldest: str
    newest: str


@dataclass(frozen=True)
class Summary:
    """What a refresh came to.

    Attributes:
        added: prices that were not known before.
        changed: prices that are others than before.
        biggest: of the changed ones those that moved the most, the biggest first.
    """

    tables: tuple[TableRows, ...]
    added: int
    changed: int
    biggest: tuple[Change, ...]
    kept: tuple[Kept, ...]


def summary(refreshed: Refreshed, most: int = 10) -> Summary:
    """Return what a refresh came to.

    Args:
        most: how many of the biggest changes to tell.
    """
    old, new = figures(refreshed.old), figures(refreshed.tables)
    changed = changes(old, new)
    ratio = pl.col("pico") / pl.col("old_pico")
    biggest = changed.with_columns(pl.max_horizontal(ratio, 1 / ratio).alias("times"))
    biggest = biggest.sort("times", *("kind", "region", "name"), descending=[True, False, False, False])
    dated = pl.concat([new.select("kind", "as_of"), *(_dated(refreshed, *facts) for facts in FACTS)])
    kept = dated.filter(pl.col("as_of") != refreshed.as_of).group_by("kind")
    by_kind = kept.agg(
        pl.len().alias("prices"), pl.col("as_of").min().alias("oldest"), pl.col("as_of").max().alias("newest")
    )
    return Summary(
        tuple(
            TableRows(name, len(refreshed.old[name]), len(table), _read(refreshed, name))
            for name, table in refreshed.tables.items()
        ),
        len(new) - len(old),
        len(changed),
        tuple(
            Change(c["kind"], c["region"], c["name"], c["old_pico"], c["pico"])
            for c in biggest.head(most).iter_rows(named=True)
        ),
        tuple(Kept(**row) for row in by_kind.sort("kind").iter_rows(named=True)),
    )


def _dated(refreshed: Refreshed, kind: str, table: str, column: str) -> pl.DataFrame:
    as_of = refreshed.tables[table].select(pl.lit(kind).alias("kind"), pl.col(column).alias("as_of"))
    return as_of.drop_nulls()


def _read(refreshed: Refreshed, table: str) -> int:
    """Rows of which something was read; a type is read in every region and counted once."""
    dates = [c for c in refreshed.tables[table].columns if c.endswith("as_of")]
    if not dates:
        return 0
    today = pl.any_horizontal(pl.col(c) == refreshed.as_of for c in dates)
    return len(refreshed.tables[table].filter(today))
