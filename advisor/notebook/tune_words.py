"""An answer as HTML: what the plan would cost, what moves, what is proven. Every text is escaped here."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from advisor.model import Comparison, Plan, Pool
from advisor.notebook.card import error_html
from advisor.notebook.markup import text as escape
from advisor.notebook.tune_session import Answer
from advisor.plan.what_if import Guess
from advisor.report.comparison_rows import MovedRow, view
from advisor.report.comparison_words import commitments, proof, reasons, signed, tally, totals
from advisor.report.moves_words import moves_words
from advisor.report.view import CENTS_BELOW_USD
from advisor.terms import place_name
from advisor.units import DASH, format_share, format_usd

NO_CHANGE = "no change"
SEEN_SHARE = 0.001
"""Below a thousandth of the longest a bar is not a pixel long."""
TOP = 12
"""Workloads that move which are shown one by one; the others are added up in one row."""


def headline(answer: Answer, start: Plan) -> str:
    """Return the line that is read first: cost, change, bound, and how sure it is."""
    if answer.fault is not None:
        return error_html(answer.fault)
    if answer.compared is not None:
        return _line(*_proven(answer.compared, answer.plan or start))
    return _line(*_about(answer.guess, start, answer.doing)) if answer.guess else ""


def details(answer: Answer, start: Plan) -> str:
    """Return what moves; of a quick answer from where to where, of a settled plan with its dollars and proof."""
    if answer.fault is not None:
        return ""
    if answer.compared is None or answer.plan is None:
        moved = answer.guess.moved if answer.guess else {}
        return f"<p>About: {escape(moves_words(moved))}.</p>"
    return "".join(_settled(answer.compared, start, answer.plan))


def pools_changed(before: Plan, after: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield sign, pool and words for every pool that only one plan has, or that has other instances."""
    was, now = ({p.pool_id: p for p in plan.pools} for plan in (before, after))
    for name in sorted(was.keys() | now.keys()):
        one, two = was.get(name), now.get(name)
        if one is None and two is not None:
            yield "+", name, _pool(two)
        elif two is None and one is not None:
            yield "-", name, _pool(one)
        elif one is not None and two is not None and _pool(one) != _pool(two):
            yield "~", name, f"{_pool(one)} → {_pool(two)}"


def cost_by_way(plan: Plan) -> dict[str, float]:
    """Return what each way to run costs a month; commitments that nothing uses have a line of their own."""
    found: dict[str, float] = defaultdict(float)
    for p in plan.placements:
        found[place_name(p.launch_type, p.capacity_option, p.cpu_architecture)] += p.monthly_cost_usd
    if plan.existing_commitments_monthly_usd:
        found["idle commitments"] += plan.existing_commitments_monthly_usd
    return dict(found)


def bars(before: Plan, after: Plan) -> str:
    """Return cost by way as bars: the starting plan above, the plan under these settings below."""
    was, now = cost_by_way(before), cost_by_way(after)
    most = max([*was.values(), *now.values(), 1e-9])
    seen = [
        n
        for n in sorted(was.keys() | now.keys())
        if max(was.get(n, 0.0), now.get(n, 0.0)) >= SEEN_SHARE * most
    ]
    names = sorted(seen, key=lambda n: -max(was.get(n, 0.0), now.get(n, 0.0)))
    rows = []
    for name in names:
        cells = "".join(
            f"<div class='adv-bar {kind}' style='width:{100 * max(usd, 0.0) / most:.1f}%'></div>"
            f"<span class='adv-num'>{escape(format_usd(usd))}</span>"
            for kind, usd in (("adv-was", was.get(name, 0.0)), ("adv-now", now.get(name, 0.0)))
        )
        rows.append(f"<div class='adv-way'>{escape(name)}</div><div class='adv-pair'>{cells}</div>")
    key = "<span class='adv-key adv-was'></span>starting plan <span class='adv-key adv-now'></span>now"
    return f"<div class='adv-legend'>Dollars a month by way: {key}</div><div class='adv-bars'>{''.join(rows)}</div>"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: frozenset[int]) -> str:
    """Return rows as an HTML table.

    Args:
        numbers: columns that are set to the right.
    """
    if not rows:
        return ""

    def cells(tag: str, row: Sequence[str]) -> str:
        marks = (" class='adv-num'" if i in numbers else "" for i in range(len(row)))
        return "".join(f"<{tag}{m}>{escape(text)}</{tag}>" for m, text in zip(marks, row, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return (
        f"<table class='adv-table'><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"
    )


def change_words(change_usd: float, before_usd: float) -> str:
    """Return `−$56 (−4%)`, or that nothing changes."""
    step = Decimal(1) if before_usd >= CENTS_BELOW_USD else Decimal("0.01")
    more = signed(Decimal(str(change_usd)), step)
    if more == DASH:
        return NO_CHANGE
    return more + (f" ({format_share(change_usd / before_usd)})" if before_usd > 0 else "")


def money(usd: float, rounding: Callable[[float], float] = round) -> str:
    """Return a month's money in the grain of every report; bounds are rounded down."""
    digits = 0 if usd >= CENTS_BELOW_USD else 2
    return format_usd(rounding(usd * 10**digits) / 10**digits, digits)


def _line(kind: str, cost: str, change: str, sure: str) -> str:
    return (
        f"<div class='adv-headline' role='status' aria-live='polite'><span class='adv-kind adv-{kind}'>{kind}</span>"
        f"<span class='adv-cost'>{escape(cost)} a month</span><span>{escape(change)}</span>"
        f"<span class='adv-sure'>{escape(sure)}</span></div>"
    )


def _about(guess: Guess, start: Plan, doing: str) -> tuple[str, str, str, str]:
    cost, was = guess.monthly_cost_usd, start.monthly_cost_usd + (start.operations_monthly_usd or 0.0)
    return "about", money(cost), _against(guess.change_usd, was), f"{doing} …" if doing else ""


def _proven(compared: Comparison, plan: Plan) -> tuple[str, str, str, str]:
    # the printed parts add up, so what is printed above them must be their sum
    shown = view(compared, TOP)
    printed = {row[0]: row for row in totals(compared, shown.cash, shown.step)}
    _, _, cost, more, _ = printed.get("Together", printed["Plan"])
    change = compared.cost_after_usd - compared.cost_before_usd
    share = f" ({format_share(change / compared.cost_before_usd)})" if compared.cost_before_usd > 0 else ""
    against = NO_CHANGE if more == DASH else f"{more}{share}"
    bound = f"no plan costs less than {money(compared.bound_after_usd, math.floor)}"
    if plan.operations_monthly_usd is not None:
        bound += f"; people's time of {money(plan.operations_monthly_usd)} is in it"
    return "proven", cost, f"{against} against the starting plan", bound


def _against(change_usd: float, before_usd: float) -> str:
    return f"{change_words(change_usd, before_usd)} against the starting plan"


def _settled(compared: Comparison, start: Plan, plan: Plan) -> Iterator[str]:
    if not compared.settings_changed:
        yield "<p>These are the settings of the starting plan.</p>"
        return
    shown = view(compared, TOP)
    heads = ("", "starting plan", "now", "more", "%")
    yield table(heads, list(totals(compared, shown.cash, shown.step)), frozenset({1, 2, 3, 4}))
    yield f"<p>{escape(proof(compared))}.</p>"
    yield "<div class='adv-legend'>~ changed, + added, - removed</div>"
    rows = [_moved(row) for row in (*shown.rows, *([shown.more] if shown.more else []))]
    columns = ("", "workload", "starting plan", "now", "$ before", "$ now", "more")
    yield table(columns, rows, frozenset({4, 5, 6}))
    yield f"<p>{escape(tally(compared, shown.rest, shown.step))}.</p>"
    # a reason that all of a region share would fill the page
    yield "".join(
        f"<p>{escape(name)} {escape(why)}</p>" for name, why in reasons(compared.moved[: len(shown.rows)])
    )
    pools = list(pools_changed(start, plan))
    more = [("", f"… and {len(pools) - TOP:,} more", "")] if len(pools) > TOP + 1 else []
    yield table(("", "pool", "instances"), [*(pools[:TOP] if more else pools), *more], frozenset())
    yield table(
        ("commitments, USD an hour", "starting plan", "now"), list(commitments(compared)), frozenset({1, 2})
    )


def _moved(row: MovedRow) -> tuple[str, ...]:
    return row.sign, row.workload, row.before, row.after, row.usd_before, row.usd_after, row.moved


def _pool(pool: Pool) -> str:
    few = ", ".join(pool.instance_types)
    return f"{pool.mean_instances:.1f} × {few}" if few else "none"
