"""How often Spot instances are interrupted: the bands of AWS's Spot advisor, a public document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from advisor.catalog.book import BANDS
from advisor.catalog.refresh.reading import Reading
from advisor.errors import AwsError

ADVISOR = "https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json"
LINUX = "Linux"


def bands(
    document: Mapping[str, Any], regions: Collection[str], shapes: Collection[str], as_of: str
) -> Reading:
    """Return the bands of Linux instances in some regions.

    Args:
        shapes: the types whose shape is known.

    Raises:
        AwsError: the document is not what we take it for.
    """
    try:
        indices = {band["index"] for band in document["ranges"]}
        if indices != set(range(len(BANDS))):
            raise AwsError(f"{ADVISOR}: has {len(indices)} bands, not {len(BANDS)}")
        rows = tuple(
            {
                "region": region,
                "instance_type": name,
                "interruption_band": _band(said["r"]),
                "interruption_as_of": as_of,
            }
            for region in regions
            for name, said in document["spot_advisor"].get(region, {}).get(LINUX, {}).items()
            if name in shapes
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise AwsError(f"{ADVISOR}: cannot be read: {error!r}") from error
    return Reading("ec2_prices", rows)


def _band(index: Any) -> int:
    if not isinstance(index, int) or not 0 <= index < len(BANDS):
        raise AwsError(f"{ADVISOR}: there is no band {index!r}")
    return index
