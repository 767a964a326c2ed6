"""On-demand prices of the Price List API: JSON in strings, prices as decimal strings that no float ever holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.pages import items
from advisor.errors import AwsError

SOURCE = "price_list_api"
REGION_CODE = re.compile(r"^[A-Z]{2,4}\d{0,2}-")
"""What stands before most usage types (`USE1-`, `EU-`): irregular, so it is taken off, never built."""


@dataclass(frozen=True)
class Offer:
    """One on-demand price, of the first tier where there are several.

    Attributes:
        usage_type: the meter, without its region's code.
        usd: as the list spells it.
    """

    usage_type: str
    operation: str
    unit: str
    usd: str
    attributes: Mapping[str, str]


def offers(home: Caller, service: str, region: str, **fields: str) -> list[Offer]:
    """Return the on-demand prices of a service in a region.

    Args:
        home: caller of the region in which the Price List API answers.
        fields: attributes that products must have, as the price list spells them.

    Raises:
        AwsError: AWS said no, what it said is no price list, or there is nothing in it.
    """
    wanted = {"regionCode": region, **fields}
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]
    listed = items(
        home, "pricing:GetProducts", "PriceList", ServiceCode=service, Filters=filters, MaxResults=100
    )
    found = [offer for text in listed for offer in _offers(text)]
    if not found:
        raise AwsError(f"pricing:GetProducts: no prices of {service} in {region}")
    return found


def _offers(text: str) -> Iterator[Offer]:
    try:
        listed: dict[str, Any] = json.loads(text, parse_float=str, parse_int=str)
        attributes = listed["product"]["attributes"]
        usage_type = REGION_CODE.sub("", attributes["usagetype"])
        for term in listed.get("terms", {}).get("OnDemand", {}).values():
            for dimension in term["priceDimensions"].values():
                usd = dimension["pricePerUnit"].get("USD")
                if usd is not None and dimension.get("beginRange", "0") == "0":
                    yield Offer(
                        usage_type, attributes.get("operation", ""), dimension["unit"], usd, attributes
                    )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AwsError(f"pricing:GetProducts: a product cannot be read: {error!r}") from error
