"""What all sources of runs have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from advisor.aws.budget import Estimate

if TYPE_CHECKING:
    from advisor.usage.live.history.objects import Archives

MILLIS = 1000
TEXTS = ("taskArn", "clusterArn", "taskDefinitionArn", "stopCode", "launchType", "capacityProviderName")
"""Fields of a `Task` that are texts."""


@dataclass(frozen=True)
class Deep:
    """How deep to look.

    Attributes:
        events_log_group: log group that EventBridge writes task state changes into; found by its name when null.
        archives: where they are in S3; null to look in log groups only.
        paid: is told what a query cost, in dollars, when that is known; it may raise to end all others.
    """

    events_log_group: str | None = None
    archives: Archives | None = None
    paid: Callable[[Decimal], None] = lambda _: None


@dataclass(frozen=True)
class Window:
    """The time of which runs are asked for, UTC."""

    start: datetime
    end: datetime

    @property
    def days(self) -> float:
        """Its length."""
        return self.length_days(self.start)

    def length_days(self, since: datetime) -> float:
        """Return the days from a moment to its end."""
        return (self.end - since).total_seconds() / 86_400


@dataclass(frozen=True)
class Run:
    """One run of a task that no service started.

    Attributes:
        cluster: its short name.
        definition_arn: with its revision.
        stopped_at: null where a source sees starts only.
        launch_type, provider: as ECS says them; one of them is null.
    """

    task: str
    cluster: str
    definition_arn: str
    created_at: datetime | None
    stopped_at: datetime | None
    pull_started_at: datetime | None = None
    started_at: datetime | None = None
    stop_code: str | None = None
    launch_type: str | None = None
    provider: str | None = None


class RunSource(Protocol):
    """Where single runs are written down."""

    @property
    def name(self) -> str:
        """What it is called in notes."""
        ...

    @property
    def api(self) -> str:
        """The service that is asked, for the ledger."""
        ...

    @property
    def clusters(self) -> frozenset[str]:
        """The clusters that it speaks of."""
        ...

    @property
    def since(self) -> datetime:
        """How far back it goes: what ran before is unknown, not absent."""
        ...

    @property
    def mend(self) -> str:
        """What makes it go further back, in words; empty where nothing does."""
        ...

    @property
    def estimate(self) -> Estimate:
        """What it takes to read it."""
        ...

    def read(self, window: Window) -> list[Run]:
        """Return the runs that stopped, or for want of better began, in a window.

        Raises:
            AwsError: AWS said no.
        """
        ...


def of_task(task: Mapping[str, Any]) -> Run | None:
    """Return the run of a `Task` as ECS describes it, or as its events do; null where it is none."""
    texts = {name: _text(task.get(name)) for name in TEXTS}
    if not all(texts[name] for name in ("taskArn", "clusterArn", "taskDefinitionArn")):
        return None
    return Run(
        task=short(texts["taskArn"] or ""),
        cluster=short(texts["clusterArn"] or ""),
        definition_arn=texts["taskDefinitionArn"] or "",
        created_at=moment(task.get("createdAt")),
        stopped_at=moment(task.get("stoppedAt")),
        pull_started_at=moment(task.get("pullStartedAt")),
        started_at=moment(task.get("startedAt")),
        stop_code=texts["stopCode"],
        launch_type=None if texts["capacityProviderName"] else texts["launchType"],
        provider=texts["capacityProviderName"],
    )


def _text(value: Any) -> str | None:
    # anybody may write anything where events are kept
    return value if isinstance(value, str) else None


def short(arn: str) -> str:
    """Return the last part of an ARN."""
    return arn.rsplit("/", 1)[-1]


def moment(value: Any) -> datetime | None:
    """Return a time that is given as such, as text or in milliseconds since 1970; null for what is none."""
    if value is None or isinstance(value, datetime):
        return value
    text = str(value)
    try:
        # ISO without dashes looks like a number: milliseconds come first
        return datetime.fromtimestamp(float(text) / MILLIS, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
