"""EC2: instances behind clusters, the regions that are enabled, reservations that are owned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulated_aws.estate import CREATED
from simulated_aws.paging import page
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal

MOST_VALUES, YEAR_S = 200, 31_536_000


def _instances(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    wanted: set[str] | None = None
    for told in params.get("Filters") or ():
        if len(told["Values"]) > MOST_VALUES:
            raise Refusal("FilterLimitExceeded", f"The maximum number of filter values is {MOST_VALUES}.")
        if told["Name"] != "instance-id":
            raise Refusal("InvalidParameterValue", f"The filter '{told['Name']}' is invalid")
        wanted = set(told["Values"])
    found = [
        {
            "InstanceId": instance_id,
            "InstanceType": group.instance_type,
            "LaunchTime": CREATED,
            "State": {"Code": 16, "Name": "running"},
            **({"InstanceLifecycle": "spot"} if group.spot else {}),
        }
        for owner in place.estate.at(place.account_id, place.region)
        for instance_id, group in owner.instances()
        if wanted is None or instance_id in wanted
    ]
    shown, more = page(found, params, "NextToken", 1000, "MaxResults")
    return {
        "Reservations": [
            {"ReservationId": f"r-{i['InstanceId'][2:]}", "OwnerId": place.account_id, "Instances": [i]}
            for i in shown
        ],
        **more,
    }


def _regions(place: Place, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Regions": [
            {"RegionName": r, "Endpoint": f"ec2.{r}.amazonaws.com", "OptInStatus": "opt-in-not-required"}
            for r in place.estate.regions
        ]
    }


def _reserved(place: Place, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ReservedInstances": [
            {
                "ReservedInstancesId": f"ri-{n}",
                "InstanceType": o.scope,
                "InstanceCount": o.count,
                "InstanceTenancy": "default",
                "OfferingClass": o.kind.removeprefix("RI_").lower(),
                "OfferingType": "No Upfront",
                "ProductDescription": "Linux/UNIX",
                "Scope": "Region",
                "Duration": YEAR_S,
                "Start": o.start,
                "End": o.end,
                "State": "active",
            }
            for n, o in enumerate(place.estate.owned)
            if o.count and (o.account_id, o.region) == (place.account_id, place.region)
        ]
    }


PLAYED = {
    "ec2:DescribeInstances": _instances,
    "ec2:DescribeRegions": _regions,
    "ec2:DescribeReservedInstances": _reserved,
}
