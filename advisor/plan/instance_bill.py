"""What comes with an EC2 instance besides its hours: volumes, addresses, credits, fee, private discount.

Every figure is an exact pico-dollar amount; callers round once, at print. Instance-seconds themselves are
billed per second with a minimum of 60 (`fargate_bill.billed_seconds` with 60).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from advisor.plan.meters import Amount, Share, exact_share
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

EC2_MINIMUM_S = 60
"""A Linux or Windows instance is billed per second, one minute at least (EC2 User Guide)."""


def volume_pico_usd(gib: Amount, gb_month_pico_usd: int, hours: Amount) -> Fraction:
    """Return the cost of a provisioned volume over its life: price a GB-month, 730 hours a month."""
    return Fraction(gib) * gb_month_pico_usd * hours / HOURS_PER_MONTH


def address_pico_usd(seconds: Amount, hour_pico_usd: int) -> Fraction:
    """Return the cost of a public IPv4 address, in use or idle."""
    return Fraction(seconds) * hour_pico_usd / SECONDS_PER_HOUR


def surplus_credits_pico_usd(
    vcpu_used: Iterable[tuple[Amount, Amount]], vcpu: int, baseline_share: Share, vcpu_hour_pico_usd: int
) -> Fraction:
    """Return what a T instance in `unlimited` mode pays for CPU above its baseline.

    charge = max(0, mean use − baseline) · vCPU · hours · price, over a rolling day or the instance's life if
    shorter (EC2 User Guide, unlimited-mode concepts). Use below the baseline earns credits that pay for
    use above it within the day, so give a day's intervals at a time.

    Args:
        vcpu_used: (seconds, vCPU used in their mean) of one instance within one day.
        baseline_share: baseline per vCPU, 0.2 for t3.medium.
        vcpu_hour_pico_usd: $0.05 for Linux t3, t3a and t2.
    """
    pairs = [(Fraction(seconds), Fraction(used)) for seconds, used in vcpu_used]
    used = sum((s * u for s, u in pairs), Fraction(0))
    earned = sum((s for s, _ in pairs), Fraction(0)) * vcpu * exact_share(baseline_share)
    return max(Fraction(0), used - earned) * vcpu_hour_pico_usd / SECONDS_PER_HOUR


def managed_instances_fee_pico_usd(od_hour_pico_usd: int, fee_share: Share, seconds: Amount) -> Fraction:
    """Return the fee: a share of the on-demand list price, which neither Spot nor a plan reduces."""
    return Fraction(od_hour_pico_usd) * exact_share(fee_share) * seconds / SECONDS_PER_HOUR


def after_private_discount(pico_usd: Amount, edp_share: Share) -> Fraction:
    """Return an amount after the private discount (EDP, PPA), the last to come off."""
    return pico_usd * (1 - exact_share(edp_share))
