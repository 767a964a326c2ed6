"""Small random markets whose best purchase can be found by trying everything.

Prices are such that some optimum lies on a coarse grid. On-demand usage U, a family's plan and reservations bind
it at a discount, a Compute plan covers what they leave. The bill is linear between the planes where some hour
runs out of usage or of commitment, so an optimum lies where planes meet. Measured in Compute dollars the planes'
coefficients are 0 and 1 and any of them that meet in a point form a unimodular matrix: the point's coordinates
are whole multiples of whatever divides all hourly usage in Compute dollars.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fractions import Fraction

from advisor.plan.meters import Meter, Offer, Owned, discounted_rates, instance_meter
from advisor.terms import CommitmentKind, PaymentOption

MILL = 10**9
UNIT = 1200 * MILL
"""On-demand price of a `large` hour: divisible by all that discounts here make of it."""
STEP = UNIT * 2 // 10
"""Grid of Compute dollars: two tenths of a `large` hour divide usage at 8, 6 and 4 tenths of its price."""
REGION = "us-east-1"
SIZES = {"large": 1, "xlarge": 2}
TERMS = ((1, "NO_UPFRONT"), (1, "ALL_UPFRONT"), (3, "NO_UPFRONT"), (3, "PARTIAL_UPFRONT"), (3, "ALL_UPFRONT"))


@dataclass(frozen=True)
class Case:
    """What runs, hour by hour in whole hours, and what is for sale.

    Attributes:
        keep: (kind, family or `FARGATE`) → for each term what a discount leaves of a dollar, in tenths.
        owned_steps: what is owned already of the first Compute plan for sale, in `STEP`s.
    """

    meters: tuple[Meter, ...]
    hours: tuple[tuple[int, ...], ...]
    terms: tuple[tuple[int, str], ...]
    keep: dict[tuple[str, str], tuple[int, ...]]
    owned_steps: int = 0

    @property
    def owned(self) -> list[Owned]:
        """What is owned already."""
        if not self.owned_steps:
            return []
        return [replace(self.offer("COMPUTE_SP", "", 0).buy(self.owned_steps * STEP), owned_id="owned")]

    @property
    def usage(self) -> list[list[int]]:
        """Usage in the meters' quanta."""
        return [[q * m.scale for q, m in zip(row, self.meters)] for row in self.hours]

    @property
    def offers(self) -> list[Offer]:
        """Everything for sale."""
        return [self.offer(kind, name, t) for kind, name in self.sold for t in range(len(self.terms))]

    @property
    def sold(self) -> list[tuple[str, str]]:
        """(kind, family) of what is sold; a Compute plan has no family."""
        families = [key for key in self.keep if key[0] != "COMPUTE_SP"]
        return [*families, *([("COMPUTE_SP", "")] if len(families) < len(self.keep) else [])]

    def offer(self, kind: str, family: str, term: int) -> Offer:
        """Return one offer."""
        years, payment = self.terms[term]
        head = CommitmentKind(kind), years, PaymentOption(payment)
        if kind == "COMPUTE_SP":
            names = {m.meter_id: m.instance_family or "FARGATE" for m in self.meters}
            left = {
                m: Fraction(10 - self.keep[kind, n][term], 10)
                for m, n in names.items()
                if (kind, n) in self.keep
            }
            return Offer(*head, discounted_rates(self.meters, left))
        mine = [m for m in self.meters if m.instance_family == family]
        tenths = self.keep[kind, family][term]
        if kind == "EC2_INSTANCE_SP":
            left = {m.meter_id: Fraction(10 - tenths, 10) for m in mine}
            return Offer(*head, discounted_rates(mine, left), scope=family, region=REGION)
        smallest = min(mine, key=lambda m: m.normalization_units or 0)
        return Offer(
            *head, scope=smallest.instance_type or "", region=REGION,
            unit_pico_usd=smallest.od_pico_usd * tenths // 10, normalization_units=smallest.normalization_units,
        )  # fmt: skip


def case(seed: int, *, owned: bool = False) -> Case:
    """Return a market: one or two families, perhaps Fargate, one or two terms, some kinds of commitment.

    Args:
        owned: there is one term, a Compute plan for sale and some of it is owned: two that are alike act as one.
    """
    rng = random.Random(seed)
    families = rng.sample(["m5", "c5"], rng.choice((1, 2, 2)))
    meters = [
        instance_meter(f"{f}.{s}", SIZES[s] * UNIT, region=REGION)
        for f in families
        for s in rng.sample(list(SIZES), rng.choice((1, 1, 2)))
    ]
    if rng.random() < 0.5:
        meters.append(Meter("FARGATE", UNIT, region=REGION))
    most = 3 if len(families) == 1 else 2
    hours = [[rng.randint(0, most) for _ in meters] for _ in range(rng.randint(2, 5))]
    hours[0] = [max(1, q) for q in hours[0]]  # every meter is used
    terms = sorted(rng.sample(range(len(TERMS)), 1 if owned else rng.choice((1, 2))))
    kinds = rng.choice(
        [["COMPUTE_SP"], ["EC2_INSTANCE_SP"], ["RI_STANDARD"], ["EC2_INSTANCE_SP", "RI_STANDARD"]]
        + [["EC2_INSTANCE_SP", "COMPUTE_SP"]] * 3 + [["RI_STANDARD", "COMPUTE_SP"]] * 2
        + [["EC2_INSTANCE_SP", "RI_STANDARD", "COMPUTE_SP"]] * 2
    )  # fmt: skip
    if owned and "COMPUTE_SP" not in kinds:
        kinds.append("COMPUTE_SP")
    keep: dict[tuple[str, str], tuple[int, ...]] = {}
    for name in [*families, *(["FARGATE"] if len(meters) and meters[-1].meter_id == "FARGATE" else [])]:
        for kind in kinds:
            if kind != "COMPUTE_SP" and name == "FARGATE":
                continue
            # a longer term or an earlier payment leaves less of the price, as in AWS's list
            choices = (8, 6, 4) if kind == "COMPUTE_SP" else (7, 6, 5, 4, 3)
            keep[kind, name] = tuple(sorted(rng.sample(choices, len(terms)), reverse=True))
    return Case(
        tuple(meters),
        tuple(map(tuple, hours)),
        tuple(TERMS[t] for t in terms),
        keep,
        rng.randint(1, 12) if owned else 0,
    )
