"""What Reserved Instances take off on-demand prices of the same reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.pages import items
from advisor.catalog.refresh.reading import Fault, Reading
from advisor.catalog.refresh.savings_plans import DAYS_PER_YEAR
from advisor.catalog.refresh.shares import PAYMENT_OPTIONS, Key, discount_share, share_rows
from advisor.errors import AwsError
from advisor.units import HOURS_PER_YEAR, PICO_PER_USD, SECONDS_PER_DAY

SOURCE = "reserved_offerings"
FILTERS = {"scope": "Region", "product-description": "Linux/UNIX"}


def read_reserved(caller: Caller) -> list[dict[str, Any]]:
    """Return the regional offers of AWS itself for Linux in the caller's region.

    Raises:
        AwsError: AWS said no, or nothing.
    """
    filters = [{"Name": name, "Values": [value]} for name, value in FILTERS.items()]
    listed = items(
        caller, "ec2:DescribeReservedInstancesOfferings", "ReservedInstancesOfferings",
        Filters=filters, InstanceTenancy="default", IncludeMarketplace=False, MaxResults=100,
    )  # fmt: skip
    found = list(listed)
    if not found:
        raise AwsError(f"ec2:DescribeReservedInstancesOfferings: no offers in {caller.region}")
    return found


def reserved(
    offerings: Iterable[Mapping[str, Any]], region: str, instances: Mapping[str, int], as_of: str
) -> Reading:
    """Return the discounts of reservations of types whose on-demand price was read too.

    Args:
        instances: on-demand pico-dollars by instance type.
    """
    faults = []
    found: defaultdict[Key, list[Decimal]] = defaultdict(list)
    for offer in offerings:
        name, full = offer["InstanceType"], instances.get(offer["InstanceType"])
        if full is None or offer["CurrencyCode"] != "USD":
            continue
        kind, payment = f"RI_{offer['OfferingClass'].upper()}", PAYMENT_OPTIONS.get(offer["OfferingType"])
        years = offer["Duration"] // (DAYS_PER_YEAR * SECONDS_PER_DAY)
        if payment is None:
            continue  # the utilisation classes of before 2014
        told = f"{kind.lower()}/{region}/{name}/{years}y/{payment.lower()}"
        charges = offer.get("RecurringCharges", ())  # an empty list may not be there at all
        strange = {c["Frequency"] for c in charges} - {"Hourly"}
        hourly = sum((_usd(c["Amount"]) for c in charges), _usd(offer["UsagePrice"]))
        pico = (hourly + _usd(offer["FixedPrice"]) / (HOURS_PER_YEAR * years)) * PICO_PER_USD
        if strange:
            faults.append(Fault(f"unit/{told}", f"charged {strange.pop()}, not Hourly", acceptable=False))
        elif pico <= 0:
            faults.append(Fault(f"price/{told}", "costs nothing", acceptable=False))
        else:
            found[region, kind, name.split(".")[0], years, payment].append(discount_share(pico, full))
    return Reading("commitments", share_rows(found, SOURCE, as_of), tuple(faults))


def _usd(number: float) -> Decimal:
    """Return the figure that AWS wrote: the SDK makes floats of it, and a float's shortest text is what it was made of."""
    return Decimal(repr(number))
