"""What a purchase saves in another future than the one it was sized for: less demand, more, or none.

Usage is scaled as it was metered, hour by hour, and billed anew; nothing is packed anew, so that instances are
taken to shrink and grow with what runs on them. Only what the commitment can cover changes: the rest of the
estate, and everything else that is owned or bought, stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.model import DEMAND_CHANGE_TENTHS
from advisor.plan.bill import Bill, bill
from advisor.plan.meters import Meter, finer


@dataclass(frozen=True)
class Futures:
    """What a purchase saves, a month or over the hours of a bill; negative is the regret of having bought it.

    Attributes:
        falls_pico_usd: with three tenths less of the usage that it can cover.
        grows_pico_usd: with three tenths more.
        gone_pico_usd: with none of it left, when all that is paid for it is lost.
    """

    falls_pico_usd: Fraction
    grows_pico_usd: Fraction
    gone_pico_usd: Fraction

    def times(self, factor: Fraction) -> Futures:
        """Return them for another time, or net of a discount."""
        return Futures(
            self.falls_pico_usd * factor, self.grows_pico_usd * factor, self.gone_pico_usd * factor
        )


def futures(final: Bill, owned_id: str, *, sharing: bool = True) -> Futures:
    """Return what one of a bill's commitments would save in each future, all others kept.

    Args:
        sharing: as for `bill`.
    """
    mine = next(c for c in final.owned if c.owned_id == owned_id)
    others = [c for c in final.owned if c is not mine]
    reached = sorted({d.meter for d in final.draws if final.owned[d.owned] is mine})

    def saved(tenths: int) -> Fraction:
        # exact: of quanta ten times finer, so many tenths are a whole number
        usage = final.usage.times(tenths, reached)
        meters = _finer(final.meters, reached)
        totals = [
            bill(meters, usage, owned, sharing=sharing, first_hour=final.first_hour).total_pico_usd
            for owned in (others, final.owned)
        ]
        return totals[0] - totals[1]

    gone = Fraction(-final.commitment_pico_usd[owned_id])
    return Futures(saved(10 - DEMAND_CHANGE_TENTHS), saved(10 + DEMAND_CHANGE_TENTHS), gone)


def _finer(meters: Sequence[Meter], columns: Sequence[int]) -> list[Meter]:
    found = list(meters)
    for column, meter in zip(columns, finer([meters[c] for c in columns], 10), strict=True):
        found[column] = meter
    return found
