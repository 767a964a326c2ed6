"""Runs over time, as a person reads them: what changed between two, and what became of every saving."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from advisor.errors import InputError
from advisor.history import AdviceChange, Run, RunDiff, Saving, Stage
from advisor.report.markdown import escaped
from advisor.report.text import columns, cut, safe, wrap
from advisor.terms import Change
from advisor.units import DASH, format_usd

SCHEMA_VERSION = 1
SIGNS = {Change.CHANGED: "~", Change.ADDED: "+", Change.REMOVED: "-"}
TOP = 20
GAP = "  "
NAMED = 8
"""New and gone workloads that are named; the others are counted."""
WIDEST = 60


def days(window: tuple[str, str]) -> str:
    """Return a window as `2026-10-01 to 2026-11-05`."""
    return f"{window[0][:10]} to {window[1][:10]}"


def diff_table(diff: RunDiff, *, width: int = 100, everything: bool = False) -> str:
    """Return what changed between two runs as text for a terminal.

    Args:
        width: cells a line may take.
        everything: list every change of advice.
    """
    title = f"{diff.name} · usage of {days(diff.window_before)} and of {days(diff.window_after)}"
    money = [
        f" {line}"
        for line in columns(
            [(what, before, "→", after, more) for what, before, after, more in totals(diff)],
            (False, True, False, True, True),
            (WIDEST,) * 5,
            GAP,
        )
    ]
    shown = diff.advice if everything else diff.advice[:TOP]
    blocks = [
        wrap(safe(title), width),
        money,
        [line for text in facts(diff) for line in wrap(f" {text}", width)],
        [line for change in shown for line in _change(change, width)],
    ]
    hidden = len(diff.advice) - len(shown)
    tally = f" {len(diff.advice)} recommendations changed, {diff.unchanged_count} stand as they were"
    blocks.append(wrap(tally + (f"; {hidden} more with --all" if hidden else ""), width))
    return "\n\n".join("\n".join(cut(line, width) for line in block) for block in blocks if block) + "\n"


def totals(diff: RunDiff) -> Iterator[tuple[str, str, str, str]]:
    """Yield what, before, after and the difference, a month."""
    rows = (
        ("Paid today, a month", diff.baseline_before_usd, diff.baseline_after_usd),
        ("Plan", diff.cost_before_usd, diff.cost_after_usd),
        ("No plan under", diff.bound_before_usd, diff.bound_after_usd),
        (
            "Saves",
            diff.baseline_before_usd - diff.cost_before_usd,
            diff.baseline_after_usd - diff.cost_after_usd,
        ),
    )
    for what, before, after in rows:
        more = round(after) - round(before)
        yield what, format_usd(before), format_usd(after), signed(more)


def facts(diff: RunDiff) -> Iterator[str]:
    """Yield what else differs, in sentences."""
    for what, names in (("new", diff.workloads_new), ("gone", diff.workloads_gone)):
        if names:
            rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield f"{len(names)} {'workload is' if len(names) == 1 else 'workloads are'} {what}: " + (
                ", ".join(map(safe, names[:NAMED])) + rest
            )
    if diff.catalog_changed:
        yield "The two runs are at prices of different dates."
    if diff.settings_changed:
        yield "The two runs are under different settings."


def signed(usd: float) -> str:
    """Return a difference as `+$18`, `−$18`, or a dash."""
    text = format_usd(usd)
    return DASH if not round(usd) else f"+{text}" if usd > 0 else text


def _change(change: AdviceChange, width: int) -> Iterator[str]:
    usd = [
        DASH if x is None else format_usd(x) for x in (change.savings_before_usd, change.savings_after_usd)
    ]
    more = (change.savings_after_usd or 0.0) - (change.savings_before_usd or 0.0)
    yield f" {SIGNS[Change(change.change)]} {safe(change.resource_id)}: saves {usd[0]} → {usd[1]}, {signed(more)}"
    advice = " → ".join(safe(x) for x in (change.before or "no advice", change.after or "no advice"))
    yield from wrap(f"     {advice}", width)
    yield from wrap(f"     {safe(change.reason)}", width)


def diff_markdown(diff: RunDiff) -> str:
    """Return what changed between two runs as Markdown, whole."""
    parts = [f"# {escaped(diff.name)}: {days(diff.window_before)} and {days(diff.window_after)}"]
    parts += [_table(("", "before", "after", "more"), list(totals(diff)), right=3)]
    parts += ["\n".join(f"- {escaped(text)}" for text in facts(diff))]
    rows = [
        (
            SIGNS[Change(c.change)],
            c.resource_id,
            c.before or DASH,
            c.after or DASH,
            signed((c.savings_after_usd or 0.0) - (c.savings_before_usd or 0.0)),
            c.reason,
        )
        for c in diff.advice
    ]
    if rows:
        parts += [
            "## Advice that changed",
            _table(("", "What", "Before", "After", "Saves more", "Why"), rows, right=0),
        ]
    parts += [f"{len(diff.advice)} recommendations changed, {diff.unchanged_count} stand as they were."]
    return "\n\n".join(p for p in parts if p) + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: int) -> str:
    rule = ["---"] * (len(heads) - right) + ["--:"] * right
    lines = [heads, rule, *([escaped(c) for c in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def document(kind: str, value: Any) -> str:
    """Return a noun, or a list of them, as JSON with its kind and version; keys sorted."""
    body = {"rows": [asdict(v) for v in value]} if isinstance(value, list | tuple) else asdict(value)
    whole = {"kind": kind, "schema_version": SCHEMA_VERSION, **body}
    return (
        json.dumps(whole, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1, default=str) + "\n"
    )


DIFF: Mapping[str, Callable[[RunDiff], str]] = {
    "table": lambda diff: diff_table(diff, everything=True),
    "json": lambda diff: document("advisor.run_diff", diff),
    "md": diff_markdown,
}
"""Format → renderer of what changed."""


def ledger_table(savings: Sequence[Saving], *, width: int = 100) -> str:
    """Return the ledger as text for a terminal, the sums of its stages below."""
    rows = [("Stage", "What", "Advice", "Since", "Found", "Seen")]
    rows += [
        (
            s.stage.value,
            safe(s.resource_id),
            safe(s.summary),
            s.since[:10],
            format_usd(s.identified_usd),
            DASH if s.realised_usd is None else format_usd(s.realised_usd),
        )
        for s in savings
    ]
    fixed = 10 + 10 + 8 + 8 + 5 * len(GAP) + 1
    free = max(24, width - fixed)
    table = columns(
        rows, (False, False, False, False, True, True), (10, free * 2 // 5, free * 3 // 5, 10, 9, 9), GAP
    )
    notes = [
        f"{s.resource_id}: {s.stage.value}{f' until {s.until}' if s.until else ''}, {s.reason} ({s.person})"
        for s in savings
        if s.reason
    ]
    blocks = [[f" {line}" for line in table], [line for n in notes for line in wrap(f" {safe(n)}", width)]]
    blocks.append([f" {line}" for line in stages(savings)])
    return "\n\n".join("\n".join(cut(line, width) for line in block) for block in blocks if block) + "\n"


def stages(savings: Sequence[Saving]) -> list[str]:
    """Return one aligned line a stage: how many savings, and how much a month."""
    found = []
    for stage in Stage:
        mine = [s for s in savings if s.stage is stage]
        if mine:
            seen = sum(s.realised_usd or 0.0 for s in mine)
            told = f"{format_usd(sum(s.identified_usd for s in mine))} a month"
            found.append(
                (stage.value, f"{len(mine)}", told, f"{format_usd(seen)} seen" if stage is Stage.SEEN else "")
            )
    return columns(found, (False, True, True, True), (WIDEST,) * 4, GAP) if found else []


def runs_table(runs: Sequence[Run], *, width: int = 100) -> str:
    """Return runs as text for a terminal, the newest first."""
    rows = [("Run", "Kept", "Source", "Usage until", "Today", "Plan", "No plan under")]
    rows += [
        (
            run.run_id,
            f"{run.kept_at:%Y-%m-%d %H:%M}",
            safe(run.name),
            run.window_end[:10],
            format_usd(run.baseline_monthly_cost_usd),
            format_usd(run.monthly_cost_usd),
            format_usd(run.lower_bound_monthly_usd),
        )
        for run in reversed(runs)
    ]
    lines = columns(rows, (False,) * 4 + (True,) * 3, (12, 16, max(8, width - 80), 11, 12, 12, 13), GAP)
    return "\n".join(cut(line, width) for line in lines) + "\n"


def rendered(forms: Mapping[str, Callable[[Any], str]], value: Any, form: str) -> bytes:
    """Return a noun in one of `forms`.

    Raises:
        InputError: no such format.
    """
    if form not in forms:
        raise InputError(f"no format {form!r}", hint=f"use one of {', '.join(forms)}")
    return forms[form](value).encode()
