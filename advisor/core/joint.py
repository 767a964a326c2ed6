"""Hours, instances and commitments in one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.core import door
from advisor.core.door import ArrowFrame
from advisor.core.hours import HoursResult
from advisor.errors import InputError


@dataclass(frozen=True)
class Offer:
    """A commitment for sale in any amount: dollars of it an hour, paid in every hour.

    Attributes:
        offer_id: its name.
        bin_share: bin → dollars of it that one on-demand dollar of that bin takes (0.7: a discount of 30 %); it does not
            apply to bins that are not named.
        alone_share: the same for tasks outside every bin; null where it does not apply.
        owned_usd_per_hour: dollars of it that are paid already.
    """

    offer_id: str
    bin_share: Mapping[str, float]
    alone_share: float | None = None
    owned_usd_per_hour: float = 0.0


@dataclass(frozen=True)
class SolveResult:
    """Fleets for every hour, levels of commitment, and a bound on both.

    Attributes:
        hours: as in `HoursResult`; of the bound, each hour's part in dollars of the worths below.
        packed: fleets and prices of task room.
        commitments_usd_per_hour: offer → dollars an hour to buy.
        cost_usd: over all hours: what is left on demand, and what is bought; what is owned is not counted.
        lower_bound_usd: no fleets and levels cost less.
        relaxed_usd: value of the programme over fractional fleets: how far rounding and how far prices are from the best.
        sequential_usd: cost when every hour is packed at list prices first and commitments are chosen for what comes out;
            never less than `cost_usd`.
        certificate: `worth` of a dollar of each offer by block of hours (those of an offer add up to no more than its
            hours), `block` by hour; with the prices in `packed.shadow_prices` they prove the bound.
    """

    packed: HoursResult
    commitments_usd_per_hour: dict[str, float]
    cost_usd: float
    lower_bound_usd: float
    relaxed_usd: float
    sequential_usd: float
    certificate: dict[str, Any]


def solve(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    demand: ArrowFrame,
    offers: Sequence[Offer] = (),
    *,
    blocks: int = 9,
    rounds: int = 30,
    gap: float = 0.002,
    threads: int = 0,
) -> SolveResult:
    """Plan all hours of a window together with what to buy for them, with a proven lower bound.

    Args:
        tasks: as for `pack_hours`.
        bins: as for `pack`, without limits; optional `committable_usd_per_hour`: the part of the price that offers can
            cover (all of it where the column is missing).
        demand: as for `pack_hours`.
        offers: in the order in which they apply.
        blocks: most groups of hours of about the same load that share prices.
        rounds: most rounds of the programme over fleets.
        gap: stop the rounds when its value is this close to the bound.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a column is missing or holds what it must not, or a size has no place.
        SolverError: the core failed.
    """
    given = door.packing(tasks, bins)
    door.distinct(given.bins, "bins", "bin_id")
    names = given.bins["bin_id"].cast(pl.String).to_list()
    committable = (
        door.numbers(given.bins, "bins", "committable_usd_per_hour")
        if "committable_usd_per_hour" in given.bins.columns
        else given.kinds["usd_per_hour"]
    )
    unknown = sorted({b for offer in offers for b in offer.bin_share} - set(names))
    if unknown:
        raise InputError(f"offers: there is no bin {unknown[0]}")
    wanted = door.hourly(demand, with_alone=True)
    found = door.call(
        lambda: door.core.solve(
            given.sizes,
            given.kinds,
            wanted,
            len(given.resources),
            eligible=committable.to_list(),
            offers=[
                (
                    [offer.bin_share.get(name, float("inf")) for name in names],
                    float("inf") if offer.alone_share is None else offer.alone_share,
                    offer.owned_usd_per_hour,
                )
                for offer in offers
            ],
            blocks=blocks,
            rounds=rounds,
            tolerance=gap,
            threads=door.threads(threads),
        ),
        given.resources,
        given.names,
    )
    scalars = {
        name: found.pop(name)
        for name in ("bought", "usd", "lower_bound_usd", "relaxed_usd", "sequential_usd", "worth", "block")
    }
    packed = HoursResult(**{name: pl.DataFrame(frame) for name, frame in found.items()})
    ids = [offer.offer_id for offer in offers]
    return SolveResult(
        packed=packed,
        commitments_usd_per_hour=dict(zip(ids, scalars["bought"], strict=True)),
        cost_usd=scalars["usd"],
        lower_bound_usd=scalars["lower_bound_usd"],
        relaxed_usd=scalars["relaxed_usd"],
        sequential_usd=scalars["sequential_usd"],
        certificate={
            "worth": [dict(zip(ids, worth, strict=True)) for worth in scalars["worth"]],
            "block": dict(zip(packed.hours["hour"].to_list(), scalars["block"], strict=True)),
        },
    )
