"""What is said of two plans side by side, in words that every format shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from advisor.model import Comparison, Moved
from advisor.report.view import CENTS_BELOW_USD, digits
from advisor.terms import SPOT_PART, Change
from advisor.units import DASH, format_share, format_usd

CENT = Decimal("0.01")
WITHOUT_ADVICE = {
    Change.ADDED: "was not advised under the settings as they are",
    Change.REMOVED: "is not advised under the other settings",
}
KNOWS_NOT = (
    "a workload's dollars are its share of the instances it lies on: they move when its neighbours do",
    "both plans are for the demand that was measured, or for what plan.demand_growth_share makes of it, and at the same "
    "list prices",
)


def title(compared: Comparison) -> str:
    """Return what this is about, in a line."""
    return " · ".join(
        [
            compared.name,
            ", ".join(compared.regions),
            f"what if {settings(compared)}",
            f"prices as of {compared.catalog_as_of}",
        ]
    )


def settings(compared: Comparison) -> str:
    """Return `operations.usd_per_hour = 150 (was 0)`, with semicolons between."""
    changes = [f"{key} = {new} (was {old})" for key, (old, new) in compared.settings_changed.items()]
    return "; ".join(changes) or "nothing is set otherwise"


def grain(compared: Comparison) -> Decimal:
    """Return the printed step of money: cents where both plans cost little."""
    dear = max(compared.cost_before_usd, compared.cost_after_usd) >= CENTS_BELOW_USD
    return Decimal(1) if dear else CENT


def signed(usd: Decimal, step: Decimal) -> str:
    """Return a difference as `+$18`, `−$18`, or a dash."""
    text = format_usd(usd, digits(step))
    return DASH if not round(usd, digits(step)) else f"+{text}" if usd > 0 else text


def totals(
    compared: Comparison, cash: tuple[Decimal, Decimal], step: Decimal
) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield what, before, after, difference and share of the plans as wholes.

    Args:
        cash: both plans without people's time, as printed.
        step: the grain of the printed money.
    """
    rows: list[tuple[str, Decimal | None, Decimal | None]] = [("Plan", *cash)]
    people = compared.people_before_usd, compared.people_after_usd
    if people != (None, None):
        time = [None if usd is None else _grain(usd, step) for usd in people]
        rows.append(("People's time", time[0], time[1]))
        # sums of the printed parts, so that they add up on paper
        rows.append(("Together", cash[0] + (time[0] or 0), cash[1] + (time[1] or 0)))
    bounds = (_down(compared.bound_before_usd, step), _down(compared.bound_after_usd, step))
    rows.append(("No plan under", *bounds))
    today = (_grain(compared.baseline_before_usd, step), _grain(compared.baseline_after_usd, step))
    if today[0] != today[1]:
        rows.append(("Today", *today))
    rows.append(("Saves", today[0] - cash[0], today[1] - cash[1]))
    for what, before, after in rows:
        more = (after or Decimal(0)) - (before or Decimal(0))
        share = (
            format_share(float(abs(more) / before))
            if before and before > 0 and more and what == "Plan"
            else ""
        )
        was, now = (DASH if usd is None else format_usd(usd, digits(step)) for usd in (before, after))
        yield what, was, now, signed(more, step), share


def proof(compared: Comparison) -> str:
    """Return what is proven of the difference, in a sentence; figures are rounded so that they are proven too."""
    low, high = compared.low_usd, compared.high_usd
    if low is None or high is None:
        return "Not the same workloads are in both plans, so what they cost does not compare"
    people = (
        ""
        if (compared.people_before_usd, compared.people_after_usd) == (None, None)
        else ", people's time included where it is counted"
    )
    if (least := _printed(low)) > 0:
        return (
            f"Proven: any plan under the other settings costs at least {_money(least)} a month more than the plan "
            f"under the settings as they are{people}"
        )
    if (least := _printed(-high)) > 0:
        return (
            f"Proven: the plan under the other settings costs at least {_money(least)} a month less than any plan "
            f"under the settings as they are{people}"
        )
    less, more = (-_printed(usd) for usd in (low, -high))
    if not less and not more:
        return f"Proven: the cheapest plan costs the same under the other settings{people}"
    if not less:
        return (
            "Proven: under the other settings the cheapest plan costs no less, and at most "
            f"{_money(more)} more a month{people}"
        )
    if not more:
        return (
            "Proven: under the other settings the cheapest plan costs no more, and at most "
            f"{_money(less)} less a month{people}"
        )
    return (
        "The two bounds do not settle which is cheaper: under the other settings the cheapest plan costs from "
        f"{_money(less)} less to {_money(more)} more a month{people}"
    )


def tally(compared: Comparison, rest: Decimal, step: Decimal) -> str:
    """Return how many workloads move, and how much more the others cost between them."""
    found = Counter(m.change for m in compared.moved)
    counts = ", ".join(f"{found[change]:,} {change}" for change in Change)
    shares = f" ({signed(rest, step)} on their shares and on idle commitments)" if rest else ""
    return f"{counts}; {compared.unchanged_count:,} as before{shares}"


def commitments(compared: Comparison) -> Iterator[tuple[str, str, str]]:
    """Yield words and dollars an hour, before and after, of commitments that differ."""
    before, after = (_summed(these) for these in (compared.commitments_before, compared.commitments_after))
    for name in sorted(before.keys() | after.keys()):
        rates = [f"${these[name]:.3f}" if name in these else DASH for these in (before, after)]
        if rates[0] != rates[1]:
            yield name, rates[0], rates[1]


def reasons(moved: Sequence[Moved]) -> Iterator[tuple[str, str]]:
    """Yield workload and why only one plan has a place for it."""
    for m in moved:
        if m.change in WITHOUT_ADVICE and not m.workload_id.endswith(SPOT_PART):
            yield m.workload_id, WITHOUT_ADVICE[Change(m.change)] + (f": {m.reason}" if m.reason else "")


def _summed(these: tuple[tuple[str, float], ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, usd in these:
        found[name] = found.get(name, 0.0) + usd
    return found


def _grain(usd: float, step: Decimal) -> Decimal:
    return round(Decimal(str(usd)) / step) * step


def _down(usd: float, step: Decimal) -> Decimal:
    return (Fraction(usd) / Fraction(step)).__floor__() * step


def _printed(usd: float) -> Decimal:
    """Return an amount rounded down, to whole dollars from ten dollars on and to cents below."""
    return _down(usd, Decimal(1) if abs(usd) >= 10 else CENT)


def _money(usd: Decimal) -> str:
    return format_usd(usd, 0 if usd == usd.to_integral_value() else 2)
