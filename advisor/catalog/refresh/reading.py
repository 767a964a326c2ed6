"""What a source said: rows for one table of the snapshot, and what it said that cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from advisor.units import pico_usd

Row = dict[str, Any]

KEYS: Mapping[str, tuple[str, ...]] = {
    "instance_types": ("instance_type",),
    "ec2_prices": ("region", "instance_type"),
    "commitments": ("region", "kind", "scope", "term_years", "payment_option"),
    "fargate": ("region", "operating_system", "cpu_architecture", "capacity_option"),
    "managed_instances": ("scope",),
    "other_prices": ("region", "item", "note"),
}
"""What tells the rows of a table apart, in the order in which they are sorted; a table that is not here is never refreshed."""


@dataclass(frozen=True, order=True)
class Fault:
    """Something about new prices that cannot be, or that nobody would believe unseen.

    Attributes:
        name: what to call it, `jump/ec2_on_demand/eu-west-1/m5.large`.
        words: what is wrong, with the figures.
        acceptable: whether somebody who knows better may let it pass.
    """

    name: str
    words: str
    acceptable: bool


@dataclass(frozen=True)
class Reading:
    """Rows of one table, all of the same columns, its key among them; columns that are not named keep their old values."""

    table: str
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()


class Faults:
    """Collects what a source said that cannot be; the row is left out."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def found(self) -> tuple[Fault, ...]:
        """Return all of them."""
        return tuple(self._found)

    def unit_is(self, unit: str, lawful: Sequence[str], name: str) -> bool:
        """Return whether a price is per the unit that we take it for."""
        if unit.casefold() in (u.casefold() for u in lawful):
            return True
        self._found.append(Fault(f"unit/{name}", f"priced per {unit}, not per {lawful[0]}", acceptable=False))
        return False

    def price(self, usd: str, name: str) -> int | None:
        """Return a price as pico-dollars, null where it is none that anything has."""
        try:
            pico = pico_usd(Decimal(usd))
        except (InvalidOperation, ValueError, OverflowError):
            pico = 0
        if pico > 0:
            return pico
        self._found.append(Fault(f"price/{name}", f"costs {usd!r} USD", acceptable=False))
        return None


def merged(old: Mapping[str, pl.DataFrame], readings: Sequence[Reading]) -> dict[str, pl.DataFrame]:
    """Return the tables with what was read put in; every other row stays as it was, date and all."""
    tables = dict(old)
    for reading in readings:
        if reading.rows:
            table, keys = tables[reading.table], list(KEYS[reading.table])
            schema = {name: table.schema[name] for name in reading.rows[0]}
            new = pl.DataFrame(reading.rows, schema=schema)
            tables[reading.table] = table.update(new, on=keys, how="full", include_nulls=True).sort(keys)
    return tables
