"""How much of what was asked for was read, in counts and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from advisor.aws.failures import Cell, Status


def counts(cells: Sequence[Cell]) -> dict[str, dict[Status, int]]:
    """Return API → how many accounts and regions ended how, and the same for all under an empty name."""
    found = {api: Counter[Status]() for api in sorted({c.api for c in cells})}
    for cell in cells:
        found[cell.api][cell.status] += 1
    return {**found, "": sum(found.values(), Counter[Status]())}


def summary(cells: Sequence[Cell]) -> str:
    """Return all counts in one line: every account × region × API is in exactly one of them."""
    total = counts(cells)[""]
    parts = ", ".join(f"{total[s]:,} {s}" for s in _best_first() if total[s])
    places = {(c.account_id, c.region) for c in cells}
    accounts = {c.account_id for c in cells}
    return f"{len(cells):,} APIs in {len(places):,} regions of {len(accounts):,} accounts: {parts or 'none asked'}"


def holes(cells: Sequence[Cell]) -> list[str]:
    """Return what is missing, one line for all that is missing of an account for one reason."""
    by_reason: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in cells:
        if cell.is_hole:
            key = (cell.account_id, cell.status, cell.reason, cell.hint)
            by_reason.setdefault(key, []).append(cell)
    return [_line(alike) for alike in by_reason.values()]


def rows(cells: Sequence[Cell]) -> list[list[str]]:
    """Return the counts as a table: a heading, a row for each API, one for all; only states that occur."""
    found = counts(cells)
    shown = [s for s in _best_first() if found[""][s]]
    return [
        ["API", *shown],
        *(
            [api or "all", *(f"{count[s]:,}" if count[s] else "" for s in shown)]
            for api, count in found.items()
        ),
    ]


def _best_first() -> list[Status]:
    states = [s for s in Status if s is not Status.SKIPPED]
    return [*states, Status.SKIPPED]


def _line(alike: Sequence[Cell]) -> str:
    if len(alike) == 1:
        return str(alike[0])
    first = alike[0]
    regions, apis = (
        ", ".join(dict.fromkeys(names)) for names in zip(*((c.region, c.api) for c in alike), strict=True)
    )
    told = f"{first.account_id} {regions} ({apis}): {first.status}"
    return told + (f", {first.reason}" if first.reason else "") + (f" ({first.hint})" if first.hint else "")
