"""What comes with an EC2 instance besides its hours: the volume and the fee of Managed Instances, exactly.

Every figure is an exact pico-dollar amount; callers round once. Surplus CPU credits and disks of tasks are in
`pool_extras`, addresses in `capacity`, the private discount in `settle`.
"""

from __future__ import annotations

from fractions import Fraction

from advisor.plan.meters import Amount, Share, exact_share
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_HOUR


def volume_pico_usd(gib: Amount, gb_month_pico_usd: int, hours: Amount) -> Fraction:
    """Return the cost of a provisioned volume over its life: price a GB-month, 730 hours a month."""
    return Fraction(gib) * gb_month_pico_usd * hours / HOURS_PER_MONTH


def managed_instances_fee_pico_usd(od_hour_pico_usd: int, fee_share: Share, seconds: Amount) -> Fraction:
    """Return the fee: a share of the on-demand list price, which neither Spot nor a plan reduces."""
    return Fraction(od_hour_pico_usd) * exact_share(fee_share) * seconds / SECONDS_PER_HOUR
