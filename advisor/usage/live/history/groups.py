"""Log groups: which there are, how far back they go, and what it costs to read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.operations import LOGS_USD_PER_GB
from advisor.aws.pages import items
from advisor.usage.live.history.sources import MILLIS, Deep, Window

BYTES_PER_GB = 10**9


@dataclass(frozen=True)
class LogGroup:
    """One log group.

    Attributes:
        since: its oldest line can be from here.
        stored_bytes: what it holds; what a query scans follows it.
    """

    name: str
    since: datetime
    stored_bytes: int

    def estimate(self, window: Window) -> Estimate:
        """Return what it takes to read a window of it once."""
        held_days = max(window.length_days(self.since), window.days)
        share = Decimal(str(window.days / held_days)) if held_days else Decimal(1)
        return Estimate(1, scan_usd(int(self.stored_bytes * share)))

    @property
    def keep_longer(self) -> str:
        """The command that makes it keep its lines longer."""
        return f"aws logs put-retention-policy --log-group-name {self.name} --retention-in-days 60"


@dataclass(frozen=True)
class InGroup:
    """What a `RunSource` in a log group has from its group."""

    caller: Caller
    deep: Deep
    group: LogGroup

    @property
    def since(self) -> datetime:
        """See `RunSource`."""
        return self.group.since

    @property
    def mend(self) -> str:
        """See `RunSource`."""
        return self.group.keep_longer


def log_groups(caller: Caller, prefix: str, now: datetime) -> Iterator[LogGroup]:
    """Yield the log groups whose names begin so.

    Args:
        now: UTC.
    """
    for group in items(caller, "logs:DescribeLogGroups", "logGroups", logGroupNamePrefix=prefix):
        since = datetime.fromtimestamp(group.get("creationTime", 0) / MILLIS, UTC)
        kept_days = group.get("retentionInDays")
        if kept_days:
            since = max(since, now - timedelta(days=kept_days))
        yield LogGroup(group["logGroupName"], since, group.get("storedBytes") or 0)


def scan_usd(scanned_bytes: int) -> Decimal:
    """Return what it costs to scan so much."""
    return LOGS_USD_PER_GB * scanned_bytes / BYTES_PER_GB
