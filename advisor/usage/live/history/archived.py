"""Runs from task state changes that EventBridge brings to S3: every run, to the millisecond, for as long as objects are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.errors import AwsError
from advisor.usage.live.history.changes import Whose
from advisor.usage.live.history.objects import QUIET_SHARE, Archive
from advisor.usage.live.history.sources import Deep, Run, Window


@dataclass(frozen=True)
class Archived:
    """The `RunSource` of one archive, for one account and region."""

    caller: Caller
    archive: Archive
    clusters: frozenset[str]
    since: datetime
    estimate: Estimate
    api: str = "s3"

    @property
    def name(self) -> str:
        """See `RunSource`; what could not be read of it is part of it."""
        strange = self.archive.unreadable
        but = f" (where {strange:,} lines or objects are no events and left out)" if strange else ""
        return f"task state changes in {self.archive.place}{but}"

    @property
    def mend(self) -> str:
        """See `RunSource`."""
        return f"a longer lifecycle of {self.archive.place.bucket}, if one removes objects"

    def read(self, window: Window) -> list[Run]:
        """See `RunSource`.

        Raises:
            AwsError: and where the archive knows nothing of the account and region, for its silence is no rest.
        """
        told = self.archive.told(self.caller, window)
        place = Whose(self.caller.account_id, self.caller.region)
        strange = f" ({told.unreadable:,} lines or objects are no events)" if told.unreadable else ""
        if place not in told.runs:
            raise AwsError(
                f"no event below {self.archive.place} is of this account and region{strange}",
                hint="let its EventBridge rule send there too",
            )
        silent = told.since[place] - window.start
        if silent > (window.end - window.start) * QUIET_SHARE:
            raise AwsError(
                f"the first event below {self.archive.place} of this account and region came after {silent.days} of "
                f"{window.days:.0f} days{strange}",
                hint="if its EventBridge rule is that young, look back for fewer days",
            )
        return list(told.runs[place])


def find_archived(
    caller: Caller, deep: Deep, clusters: Sequence[str], window: Window, now: datetime
) -> list[Archived]:
    """Return the archive that is named, if one is.

    Args:
        clusters: those that are there.

    Raises:
        AwsError: it cannot be listed, or nothing is there.
    """
    del now
    if deep.archives is None:
        return []
    archive = deep.archives.of(caller)
    since = archive.since(caller)
    if since is None:
        raise AwsError(f"{archive.place} holds no object", hint="check the prefix of --events-s3")
    return [Archived(caller, archive, frozenset(clusters), since, archive.estimate(caller, window))]
