"""What Savings Plans take off: their rates against on-demand prices of the same reading, never of another day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.pages import items
from advisor.catalog.refresh.fargate import PER_HOUR, SCOPES
from advisor.catalog.refresh.on_demand import BOX, HOURS
from advisor.catalog.refresh.price_list import REGION_CODE
from advisor.catalog.refresh.reading import Faults, Reading
from advisor.catalog.refresh.shares import PAYMENT_OPTIONS, Key, discount_share, share_rows
from advisor.errors import AwsError
from advisor.units import SECONDS_PER_DAY

SOURCE = "savings_plan_rates"
KINDS = {"Compute": "COMPUTE_SP", "EC2Instance": "EC2_INSTANCE_SP"}
DAYS_PER_YEAR = 365


def read_rates(home: Caller, region: str) -> list[dict[str, Any]]:
    """Return every rate of Savings Plans on Linux instances and on Fargate in a region.

    Raises:
        AwsError: AWS said no, or nothing.
    """
    instances = {"region": region, "productDescription": "Linux/UNIX", "tenancy": "shared"}
    found = [
        *_rates(home, list(KINDS), "EC2", "AmazonEC2", instances),
        *_rates(home, ["Compute"], "Fargate", "AmazonECS", {"region": region}),
    ]
    if not found:
        raise AwsError(f"savingsplans:DescribeSavingsPlansOfferingRates: no rates in {region}")
    return found


def _rates(
    home: Caller, plans: list[str], product: str, service: str, filters: Mapping[str, str]
) -> Iterable[dict[str, Any]]:
    return items(
        home, "savingsplans:DescribeSavingsPlansOfferingRates", "searchResults",
        savingsPlanTypes=plans, products=[product], serviceCodes=[service], maxResults=1000,
        filters=[{"name": name, "values": [value]} for name, value in filters.items()],
    )  # fmt: skip


def savings_plans(
    rates: Iterable[Mapping[str, Any]],
    region: str,
    instances: Mapping[str, int],
    fargate: Mapping[str, int],
    as_of: str,
) -> Reading:
    """Return the discounts of plans whose rate and on-demand price were both read.

    Args:
        instances: on-demand pico-dollars by instance type.
        fargate: on-demand pico-dollars by usage type.
    """
    faults = Faults()
    found: defaultdict[Key, list[Decimal]] = defaultdict(list)
    for rate in rates:
        meter = REGION_CODE.sub("", rate["usageType"])
        name = meter.removeprefix(BOX)
        full = instances.get(name) if name != meter else fargate.get(meter)
        scope = name.split(".")[0] if name != meter else SCOPES.get(meter)
        offering = rate["savingsPlanOffering"]
        if full is None or scope is None or offering["currency"] != "USD":
            continue
        kind, payment = KINDS[offering["planType"]], PAYMENT_OPTIONS[offering["paymentOption"]]
        years = offering["durationSeconds"] // (DAYS_PER_YEAR * SECONDS_PER_DAY)
        told = f"{kind.lower()}/{region}/{name}/{years}y/{payment.lower()}"
        if faults.unit_is(rate["unit"], HOURS if name != meter else PER_HOUR, told):
            pico = faults.price(rate["rate"], told)
            if pico is not None:
                found[region, kind, scope, years, payment].append(discount_share(Decimal(pico), full))
    return Reading("commitments", share_rows(found, SOURCE, as_of), faults.found())
