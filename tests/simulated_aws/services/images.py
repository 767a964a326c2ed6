"""ECR: how large images are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulated_aws.place import Place
from simulated_aws.refusals import Refusal

MIB = 2**20


def _images(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    name = params["repositoryName"]
    for owner in place.estate.at(place.account_id, place.region):
        for service in owner.services:
            if f"{owner.name}-{service.name}" == name and service.image_mib:
                told = {
                    "registryId": place.account_id,
                    "repositoryName": name,
                    "imageTags": ["1"],
                    "imageSizeInBytes": service.image_mib * MIB,
                }
                return {"imageDetails": [told]}
    raise Refusal("RepositoryNotFoundException", f"The repository with name '{name}' does not exist")


PLAYED = {"ecr:DescribeImages": _images}
