"""Every way to run one workload, as aligned lines: by cost, with commitments as a grid, and what was ruled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from advisor.report.text import columns, cut, display_width, pad, safe, wrap
from advisor.report.view import ESTIMATED
from advisor.report.words import size_name
from advisor.terms import LaunchType, place_name
from advisor.units import format_usd

REASON_MOST = 200
NAME_MOST = 24
REASON_LEAST = 24
"""Cells below which a reason is not worth wrapping beside its cost."""
BELOW = 5
"""Cells by which a reason is indented that stands below its way."""
NO_BREAK = "\u00a0"
GRID_FROM = 96
"""Width from which partial upfront has columns too."""
SHORT = {
    "COMPUTE_SP": "Compute SP",
    "EC2_INSTANCE_SP": "EC2 Instance SP",
    "RI_STANDARD": "standard RI",
    "RI_CONVERTIBLE": "convertible RI",
}
Row = Mapping[str, Any]


def ways_by_cost(outcomes: pl.DataFrame, width: int) -> list[str]:
    """Return the ways without commitments, the chosen one first, then by cost, each with why it lost.

    Args:
        outcomes: rows of one workload.
        width: cells a line may take.
    """
    kept = outcomes.filter(pl.col("eligible").fill_null(False) & pl.col("commitment").is_null())
    ordered = sorted(
        kept.iter_rows(named=True), key=lambda r: (not r["chosen"], r["monthly_cost_usd"] or 0.0)
    )
    if not ordered:
        return []
    cells = [("", "Way", "Task size", "Monthly", "Why not")]
    cells += [
        (
            "→" if row["chosen"] else "·" if row["current"] else "",
            _name(row),
            size_name(row["task_vcpu"], row["task_memory_mib"]),
            _money(row),
            safe(row["reason"] or ("chosen" if row["chosen"] else "")),
        )
        for row in ordered
    ]
    most = [1, NAME_MOST, 24, 14, REASON_MOST]
    at = _start(cells, 4, (1, NAME_MOST, 24, 14))
    if _below(width, at):
        cells[0] = (*cells[0][:4], "")
    found = _hanging(columns(cells, [False, False, False, True, False], most), width, at)
    if any(r["current"] and not r["chosen"] for r in ordered):
        found.append("· where it runs today, at the right size")
    if any(r["launch_type"] != LaunchType.FARGATE for r in ordered):
        found.append("On instances a cost is the workload's share of instances that others use too.")
    return found


def committed_grid(outcomes: pl.DataFrame, width: int) -> list[str]:
    """Return what each way would cost under each commitment bought for it alone; policy's noes in brackets."""
    rows = outcomes.filter(pl.col("eligible").fill_null(False) & pl.col("commitment").is_not_null())
    costs: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for row in rows.iter_rows(named=True):
        kind, term, payment = row["commitment"].split(" ")
        allowed = row["bottleneck"] != "policy"
        text = _money(row, 0)
        costs.setdefault((_name(row), SHORT.get(kind, kind)), {})[term, payment] = (
            text if allowed else f"({text})"
        )
    upfront = {"NO_UPFRONT": "none", "PARTIAL_UPFRONT": "part", "ALL_UPFRONT": "all"}
    if width < GRID_FROM:
        del upfront["PARTIAL_UPFRONT"]
    terms = [(t, p) for t in ("1yr", "3yr") for p in upfront]
    if not costs:
        return []
    cells = [("Way", "Commitment", *(f"{t[0]}y {upfront[p]}" for t, p in terms))]
    cells += [(way, kind, *(by.get(term, "") for term in terms)) for (way, kind), by in costs.items()]
    lines = columns(cells, [False, False, *[True] * len(terms)], [NAME_MOST, 27, *[10] * len(terms)])
    note = (
        "Years, and how much is paid upfront; in brackets what [commitments] in advisor.toml does not allow."
    )
    found = [*(cut(line, width - 2) for line in lines), note]
    cheaper = rows.filter((pl.col("bottleneck") != "policy") & (pl.col("lost_by_usd") < 0))["reason"]
    found += [
        f"Why not one that is allowed and cheaper: {safe(r)}." for r in cheaper.drop_nulls().unique().sort()
    ]
    return found


def ruled_out(outcomes: pl.DataFrame, width: int) -> list[str]:
    """Return the ways that cannot be, by the reason and what stands in the way."""
    reasons: dict[str, list[str]] = {}
    for row in outcomes.filter(~pl.col("eligible").fill_null(False)).iter_rows(named=True):
        why = safe(row["reason"] or "") + (f" ({row['bottleneck']})" if row["bottleneck"] else "")
        reasons.setdefault(why, []).append(_name(row))
    if not reasons:
        return []
    if all(len(names) == 1 for names in reasons.values()):
        cells = [(names[0], why) for why, names in reasons.items()]
        lines = columns(cells, [False, False], [NAME_MOST, REASON_MOST])
        return _hanging(lines, width, _start(cells, 1, (NAME_MOST,)))
    found: list[str] = []
    for why, names in reasons.items():
        whole = ", ".join(name.replace(" ", NO_BREAK) for name in names)
        found += [line.replace(NO_BREAK, " ") for line in wrap(f"{whole}: {why}", width - 2)]
    return found


def _name(row: Row) -> str:
    return place_name(row["launch_type"], row["capacity_option"], row["cpu_architecture"])


def _money(row: Row, digits: int = 2) -> str:
    cost = row["monthly_cost_usd"]
    if cost is None:
        return "no price"
    return (ESTIMATED if row["method"] == "estimated" else "") + format_usd(cost, digits)


def _start(cells: Sequence[tuple[str, ...]], column: int, most: tuple[int, ...]) -> int:
    """Return the cell where a column of `columns` starts."""
    return sum(min(most[i], max(display_width(c[i]) for c in cells)) + 2 for i in range(column))


def _below(width: int, at: int) -> bool:
    """Say whether a reason that starts at a cell has too little room beside its way."""
    return width - 2 - at < REASON_LEAST


def _hanging(lines: list[str], width: int, at: int) -> list[str]:
    """Return table lines whose last column, all-ASCII up to `at` but for marks, goes on below itself.

    Where it would be too narrow it starts below: a reason is the answer, and is never cut.
    """
    found: list[str] = []
    for line in lines:
        if _below(width, at):
            found.append(cut(line[:at].rstrip(), width - 2))
            found += wrap(" " * BELOW + line[at:].strip(), width - 2, 0) if line[at:].strip() else []
        else:
            first, *others = wrap(line[at:], width - 2 - at, 0)
            found += [f"{pad(line[:at], at)}{first}".rstrip(), *(" " * at + other for other in others)]
    return found
