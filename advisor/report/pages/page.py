"""A report before it has a format: a frozen page of figures, tables, pictures and sentences, every number with its unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What a column holds; each format writes it in its own way."""

    TEXT = "text"
    USD = "usd_a_month"
    USD_ONCE = "usd_once"
    USD_HOUR = "usd_an_hour"
    SHARE = "share"
    COUNT = "count"
    MONTHS = "months"


Cell = str | Decimal | float | int | None
"""Text, money in the printed grain, a share from 0 to 1, a count; null where there is nothing to tell."""


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    unit: Unit = Unit.TEXT


@dataclass(frozen=True)
class Table:
    """Rows that add up to their total.

    Attributes:
        key: its name in JSON and XLSX, lower case with underscores.
        caption: what it shows, in which unit, of which dates.
        total: one cell a column; null where adding up would mean nothing.
        targets: for each row the key of the section that says more of it; may be empty.
        whole: all rows where `rows` is only the largest and the rest in one; what a spreadsheet gets.
        note: a sentence below it.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    targets: tuple[str, ...] = ()
    whole: tuple[tuple[Cell, ...], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart of the plan.

    Attributes:
        chart: which one, a key of `pictures.CHARTS`.
        subject: the workload that it is of; empty for the fleet.
        says: what it shows, for those who do not see it.
    """

    chart: str
    says: str
    subject: str = ""


@dataclass(frozen=True)
class Items:
    """Sentences as a list.

    Attributes:
        numbered: their order matters.
    """

    texts: tuple[str, ...]
    numbered: bool = False


Block = str | Table | Picture | Items
"""What a section is made of; text is a paragraph."""


@dataclass(frozen=True)
class Section:
    """A part of a page below a heading.

    Attributes:
        key: what links lead to; letters, digits and dashes.
        level: 2, or 3 below another.
        new_page: begins on a new sheet of paper.
    """

    key: str
    heading: str
    blocks: tuple[Block, ...]
    level: int = 2
    new_page: bool = False


@dataclass(frozen=True)
class Figure:
    """A number that is read at a glance.

    Attributes:
        more: its unit and a few words, below it.
        means: its definition.
        trend: how it moved since the last report; empty without one.
    """

    name: str
    value: str
    more: str
    means: str
    trend: str = ""


@dataclass(frozen=True)
class Page:
    """A report: the same for every format.

    Attributes:
        kind: `executive`, `finops` or `team`.
        title: what it is of.
        dated: dates of usage and prices.
        headline: spend, change and savings in a sentence.
        since: what changed since the last report, in a sentence; empty without one.
        remarks: what the reader must know before trusting it: what could not be read, what warns.
        ask: the one thing that the reader is asked to do; empty when there is nothing.
        step_usd: the grain of printed money.
        made_from: digests of catalog, settings and inputs; whoever has them can make it again.
        as_of: the day of the prices that it rests on, for formats that want a date of their own, ISO 8601.
    """

    kind: str
    title: str
    dated: str
    headline: str
    since: str
    remarks: tuple[str, ...]
    ask: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    step_usd: Decimal
    made_from: tuple[tuple[str, str], ...]
    as_of: str
