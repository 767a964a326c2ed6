"""What prices of rules are called, in words that every format shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from advisor.model import RulePrice, RulePrices
from advisor.terms import Effect
from advisor.units import PICO_PER_USD, format_usd, rounded_to_total

BLOCKS = {
    Effect.RELAXES: ("Rules of this policy", "cost a month"),
    Effect.RESTRICTS: ("Rules that it could have", "would cost a month"),
    Effect.CHANGES: ("Other settings", "moves the bill by"),
}
KNOWS_NOT = (
    "a rule's true price lies in its interval: in this model, for the demand that was measured, against the cheapest plan",
    "each rule is priced by itself: two together may cost less or more than their sum",
    "what few types, few pools and whole instances cost is in no bound, so rules about pools start at $0",
    "what runs today may stay under any rule: instances that are kept as they are are not spread anew",
    "what a rule is worth (an outage that stays small, a bill that is known in advance) is not weighed",
)
SPLIT = "Where that goes, indicatively (one rule after the other left away, so the order matters; the parts add up)"


def blocks(prices: RulePrices) -> Iterator[tuple[tuple[str, str, str, str], list[RulePrice]]]:
    """Yield headings and rows: rules that the policy has, that it could have, other settings."""
    for effect, (heading, what) in BLOCKS.items():
        rows = [r for r in prices.rules if r.effect == effect]
        if rows:
            yield (heading, what, "plans differ", "--rule"), rows


def interval(price: RulePrice) -> str:
    """Return `$410 to $455`, `at most $455`, `nothing`: rounded outwards, so that what is printed is proven too."""
    if price.low_usd is None or price.high_usd is None:
        return "not known"
    low, high = Fraction(price.low_usd).__floor__(), Fraction(price.high_usd).__ceil__()
    if price.effect == Effect.CHANGES:
        return f"{_signed(low)} to {_signed(high)}"
    if not high:
        return "nothing"
    return f"{format_usd(low)} to {format_usd(high)}" if low else f"at most {format_usd(high)}"


def _signed(usd: int) -> str:
    return f"+{format_usd(usd)}" if usd > 0 else format_usd(usd)


def differ(price: RulePrice) -> str:
    """Return how far the two plans that were found lie apart."""
    if price.plans_differ_usd is None:
        return ""
    usd = round(price.plans_differ_usd)
    return _signed(usd) if price.effect == Effect.CHANGES else format_usd(usd)


def title(prices: RulePrices) -> str:
    """Return what this is about, in a line."""
    where = ", ".join(prices.regions)
    return f"{prices.name} · {where} · what rules cost · prices as of {prices.catalog_as_of}"


def proof(prices: RulePrices) -> str:
    """Return cost and bound of the policy as it is."""
    bound = Fraction(prices.bound_usd).__floor__()
    return (
        f"Under this policy the plan costs {format_usd(prices.cost_usd)} a month, and no plan costs less than "
        f"{format_usd(bound)}"
    )


def gap_lines(prices: RulePrices) -> tuple[str, ...]:
    """Return how far the plan may be above the cheapest one, and how the parts are to be read."""
    far = sum(usd for _, usd in _steps(prices))
    if not far:
        return ("The plan is the cheapest possible one",)
    return f"The plan is at most {format_usd(far)} a month above the cheapest possible one", f"{SPLIT}:"


def gap(prices: RulePrices) -> Iterator[tuple[str, str]]:
    """Yield words and dollars of the parts of the gap that are not nothing."""
    yield from ((words, format_usd(usd)) for words, usd in _steps(prices) if usd)


def _steps(prices: RulePrices) -> Sequence[tuple[str, Decimal]]:
    """Return words and dollars of the gap; what is added by rounding it up goes to the last part, which nobody explains."""
    picos: list[int | Fraction] = [Fraction(usd) * PICO_PER_USD for usd in prices.gap_usd.values()]
    if picos:
        whole = (sum(picos, Fraction(0)) / PICO_PER_USD).__ceil__() * PICO_PER_USD
        picos[-1] += whole - sum(picos, Fraction(0))
    return list(zip(prices.gap_usd, rounded_to_total(picos, Decimal(1)), strict=True))
