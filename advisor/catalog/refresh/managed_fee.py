"""What ECS takes for managing an instance, as a share of its on-demand price."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from advisor.catalog.refresh.on_demand import HOURS
from advisor.catalog.refresh.price_list import SOURCE, Offer
from advisor.catalog.refresh.reading import Fault, Faults, Reading

METER = re.compile(r"Managed-Instances:(.+)-management-hours$")
GRAIN = Decimal("0.0001")
"""Fees are rounded in the list: a share is known to a hundredth of a percent."""
SPREAD_SHARE = Decimal("0.005")
"""Shares that lie further apart are none of one kind."""
DEFAULT = "default"


def fee_shares(
    listed: Iterable[Offer], region: str, instances: Mapping[str, int], faults: Faults
) -> dict[str, Decimal]:
    """Return what share of its on-demand price is the fee of each type, where both were read.

    Args:
        instances: on-demand pico-dollars by instance type.
    """
    found = {}
    for offer in listed:
        meter = METER.search(offer.usage_type)
        if meter and meter[1] in instances:
            name = f"managed_instances/{region}/{meter[1]}"
            if faults.unit_is(offer.unit, HOURS, name):
                pico = faults.price(offer.usd, name)
                if pico is not None:
                    found[meter[1]] = Decimal(pico) / instances[meter[1]]
    return found


def managed_fee(
    shares: Iterable[tuple[str, Decimal]], scopes: Collection[str], faults: Faults, as_of: str
) -> Reading:
    """Return the fee of each scope of the catalog: the middle one of its types' in all regions.

    Args:
        shares: type and share, once a region.
        scopes: `default`, and beginnings of families up to their generation (`g`, `trn`).
    """
    by_scope: defaultdict[str, list[Decimal]] = defaultdict(list)
    for name, share in shares:
        letters = re.match("[a-z]*", name)
        by_scope[letters[0] if letters and letters[0] in scopes else DEFAULT].append(share)
    rows, apart = [], []
    for scope, found in sorted(by_scope.items()):
        ordered = sorted(found)
        if ordered[-1] - ordered[0] > SPREAD_SHARE:
            words = f"fees lie between {ordered[0]:.4f} and {ordered[-1]:.4f} of on-demand"
            apart.append(Fault(f"spread/managed_instances/{scope}", words, acceptable=True))
        middle = ordered[(len(ordered) - 1) // 2].quantize(GRAIN)
        rows.append(
            {
                "scope": scope,
                "region": "*",
                "fee_share": f"{middle.normalize():f}",
                "method": "derived",
                "source": SOURCE,
                "as_of": as_of,
            }
        )
    return Reading("managed_instances", tuple(rows), (*faults.found(), *apart))
