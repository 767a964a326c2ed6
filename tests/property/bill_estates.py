"""Small random estates: a few meters, hours and commitments, all that the order of cover can touch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from advisor.plan.meters import (
    CPU_SCALE,
    MEMORY_SCALE,
    Meter,
    Owned,
    discounted,
    instance_meter,
    normalization_units,
)
from advisor.terms import CommitmentKind

FAMILIES = ("m5", "c5")
SIZES = ("large", "xlarge", "2xlarge")
ACCOUNTS = ("1", "2")
REGION = "us-east-1"
SHARES = st.sampled_from([Fraction(n, 100) for n in (10, 20, 27, 33, 50)])


@dataclass(frozen=True)
class Estate:
    """What is billed."""

    meters: tuple[Meter, ...]
    usage: tuple[tuple[int, ...], ...]
    owned: tuple[Owned, ...]


@st.composite
def meters(draw: st.DrawFn) -> tuple[Meter, ...]:
    """Draw some instance meters and some Fargate meters."""
    prices = st.integers(1, 400).map(lambda mills: mills * 10**9)
    keys = st.tuples(
        st.sampled_from(ACCOUNTS), st.sampled_from(FAMILIES), st.sampled_from(SIZES), st.booleans()
    )
    found = []
    for account, family, size, zoned in sorted(draw(st.sets(keys, max_size=6))):
        zone = "a" if zoned else None
        name = f"{family}.{size}"
        found.append(
            instance_meter(name, draw(prices), account_id=account, region=REGION, availability_zone=zone)
        )
    for account in sorted(draw(st.sets(st.sampled_from(ACCOUNTS)))):
        found.append(Meter(f"{account}/vcpu", draw(prices), account, REGION, scale=CPU_SCALE))
        found.append(Meter(f"{account}/gb", draw(prices), account, REGION, scale=MEMORY_SCALE))
    return tuple(draw(st.permutations(found)))


@st.composite
def plan(draw: st.DrawFn, name: str, on: tuple[Meter, ...], kind: CommitmentKind | None = None) -> Owned:
    """Draw a commitment that some of the meters are eligible for."""
    chosen = kind or draw(st.sampled_from(list(CommitmentKind)))
    account = draw(st.sampled_from((*ACCOUNTS, "")))
    first = draw(st.integers(0, 1))
    end = draw(st.sampled_from((None, 2)))
    hourly = draw(st.integers(0, 2000)) * 10**9
    if chosen in (CommitmentKind.RI_STANDARD, CommitmentKind.RI_CONVERTIBLE):
        scope = f"{draw(st.sampled_from(FAMILIES))}.{draw(st.sampled_from(SIZES))}"
        zone = draw(st.sampled_from((None, None, "a")))
        return Owned(
            name, chosen, hourly, scope=scope, account_id=account, region=REGION,
            count=draw(st.integers(0, 5)),
            normalization_units=None if zone else draw(st.sampled_from((normalization_units(scope), None))),
            availability_zone=zone, first_hour=first, end_hour=end,
        )  # fmt: skip
    family = draw(st.sampled_from(FAMILIES)) if chosen is CommitmentKind.EC2_INSTANCE_SP else ""
    eligible = [m for m in on if m.od_pico_usd and (not family or m.instance_family == family)]
    rates = {m.meter_id: discounted(m.od_pico_usd, draw(SHARES)) for m in eligible if draw(st.integers(0, 5))}
    return Owned(
        name,
        chosen,
        hourly,
        rates,
        scope=family,
        account_id=account,
        region=REGION,
        first_hour=first,
        end_hour=end,
    )


@st.composite
def estates(draw: st.DrawFn, max_owned: int = 4) -> Estate:
    """Draw an estate."""
    on = draw(meters())
    hours = draw(st.integers(1, 3))
    # whole, part and no unit-hours, also several at once
    amounts = st.integers(0, 8).flatmap(lambda n: st.sampled_from((n * 4, n * 4 + 1)))
    usage = tuple(
        tuple(draw(amounts) * (m.scale // 4) + draw(st.integers(0, 3)) for m in on) for _ in range(hours)
    )
    owned = tuple(draw(plan(f"o{i}", on)) for i in range(draw(st.integers(0, max_owned))))
    return Estate(on, usage, owned)
