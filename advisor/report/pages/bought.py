"""Commitments: what is owned, what to buy once workloads are moved, and what that loses when demand falls."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from advisor.model import INCLUDED, commitment_name
from advisor.report.pages.cells import added, grained
from advisor.report.pages.facts import Facts
from advisor.report.pages.page import Block, Cell, Column, Picture, Section, Table, Unit
from advisor.report.sentences import CHANGE, nothing_bought, owned_lines

MILLS = Decimal("0.001")
"""The grain in which Savings Plans are bought, dollars an hour."""
COLUMNS = (
    Column("Buy"),
    Column("Commits", Unit.USD_HOUR),
    Column("Upfront", Unit.USD_ONCE),
    Column("Used", Unit.SHARE),
    Column("Saves", Unit.USD),
    Column(f"if demand falls {CHANGE}", Unit.USD),
    Column(f"if it grows {CHANGE}", Unit.USD),
    Column("if it moves away", Unit.USD),
    Column("Paid for after", Unit.MONTHS),
)
MEANS = (
    "The four amounts of a row are what a purchase saves as planned, and if the usage that it pays for falls, grows or moves "
    "away; below zero it is a loss. Purchases are sized for the fleet as planned: right-size and move first, then buy."
)


def purchases(facts: Facts) -> Table | None:
    """Return what to buy and what may become of it; null when nothing is."""
    bought = facts.plan.commitments
    if not bought:
        return None
    rows: list[tuple[Cell, ...]] = []
    sums: list[list[Decimal]] = []
    for c in bought:
        money = [
            grained(amount, facts.step)
            for amount in (
                c.monthly_savings_usd,
                c.monthly_savings_if_demand_falls_usd,
                c.monthly_savings_if_demand_grows_usd,
                -c.monthly_loss_if_moved_away_usd,
            )
        ]
        upfront = grained(c.upfront_usd, facts.step)
        hourly = grained(c.hourly_commitment_usd, MILLS)
        sums.append([hourly, upfront, *money])
        rows.append((commitment_name(c), hourly, upfront, c.utilization_share, *money, c.break_even_months))
    totals = [added([s[i] for s in sums]) for i in range(6)]
    total: tuple[Cell, ...] = ("All", totals[0], totals[1], None, *totals[2:], None)
    return Table(
        "purchases",
        f"Commitments to buy after the changes. {facts.monthly}; upfront is paid once",
        COLUMNS,
        tuple(rows),
        total,
        note=f"{MEANS} Their savings are {INCLUDED}.",
    )


def commitments(facts: Facts) -> Section:
    """Return the section on commitments."""
    return Section("commitments", "Commitments", tuple(_blocks(facts)))


def _blocks(facts: Facts) -> Iterator[Block]:
    table = purchases(facts)
    owned = [f"{line}." for line in owned_lines(facts.plan, facts.step)]
    yield " ".join([*owned, f"{nothing_bought(facts.plan, facts.step)}."])
    if table:
        yield table
    if facts.plan.covered_hours is not None and facts.plan.covered_hours.height:
        yield Picture(
            "load_duration",
            f"Hours of {facts.span} by load, in dollars an hour at on-demand prices, and which commitment pays for each "
            "part; what nothing uses lies below zero.",
        )
