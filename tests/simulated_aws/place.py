"""One account and region that is being asked, and the moment it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulated_aws.estate import Estate


@dataclass(frozen=True)
class Place:
    """Where a question is answered.

    Attributes:
        now: the simulation's own clock.
        key: the access key of who asks.
    """

    estate: Estate
    account_id: str
    region: str
    now: datetime
    key: str

    def arn(self, service: str, rest: str) -> str:
        """Return an ARN of this account and region."""
        return f"arn:{self.estate.partition}:{service}:{self.region}:{self.account_id}:{rest}"
