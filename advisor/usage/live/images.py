"""How large the images are that a task pulls, from ECR."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.pages import items
from advisor.errors import AwsError

REFERENCE = re.compile(
    r"^(?P<registry>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
    r"(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]+))?$"
)
INDEXES = ("manifest.list", "image.index")
"""A tag of these stands for an image of every architecture, and its size is that of the list."""
NOT_THERE = ("ImageNotFoundException", "RepositoryNotFoundException")
BYTES_PER_MIB = 2**20


class Images:
    """Asks ECR for the size of images as they are needed, each once."""

    def __init__(self, caller: Caller, ledger: Ledger) -> None:
        self._caller, self._ledger = caller, ledger
        self._sizes_mib: dict[str, float | None] = {}

    def size_mib(self, definition: Mapping[str, Any]) -> float | None:
        """Return what a task of a definition pulls; null where one of its images is not in this region's ECR."""
        names = {c["image"] for c in definition["containerDefinitions"] if c.get("image")}
        sizes = [self._size_mib(name) for name in sorted(names)]
        known = [s for s in sizes if s is not None]
        return sum(known) if known and len(known) == len(sizes) else None

    def _size_mib(self, name: str) -> float | None:
        if name not in self._sizes_mib:
            self._sizes_mib[name] = None
            found = REFERENCE.match(name)
            if found and found["region"] == self._caller.region:
                with self._ledger.reading(self._caller, "ecr"):
                    self._sizes_mib[name] = self._asked(found)
        return self._sizes_mib[name]

    def _asked(self, found: re.Match[str]) -> float | None:
        wanted = (
            {"imageDigest": found["digest"]} if found["digest"] else {"imageTag": found["tag"] or "latest"}
        )
        try:
            details = items(
                self._caller,
                "ecr:DescribeImages",
                "imageDetails",
                registryId=found["registry"],
                repositoryName=found["repository"],
                imageIds=[wanted],
            )
            return next((_mib(d) for d in details), None)
        except AwsError as error:
            if error.code in NOT_THERE:
                return None
            raise


def _mib(image: Mapping[str, Any]) -> float | None:
    if any(kind in image.get("imageManifestMediaType", "") for kind in INDEXES):
        return None
    size = image.get("imageSizeInBytes")
    return size / BYTES_PER_MIB if size else None
