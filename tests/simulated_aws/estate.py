"""The nouns of a made-up company: accounts, clusters, what runs in them, what is owned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from simulated_aws.truth import Truth

CREATED = datetime(2025, 1, 1, tzinfo=UTC)
"""When everything began that does not say otherwise."""


@dataclass(frozen=True)
class Service:
    """One ECS service.

    Attributes:
        launch: FARGATE, FARGATE_SPOT (by a strategy) or EC2.
        fewest, most: tasks; equal without auto scaling.
        cpu_target: percent that its scaling policy aims at; null without one.
        variant, offset_min: which curve of the truth it follows, and how much later.
        since: when it began to report.
    """

    name: str
    launch: str
    cpu_units: int
    memory_mib: int
    fewest: int
    most: int
    architecture: str = "X86_64"
    cpu_target: float | None = None
    public_ip: bool = False
    image_mib: int | None = None
    tags: tuple[tuple[str, str], ...] = ()
    variant: int = 0
    offset_min: int = 0
    since: datetime = CREATED


@dataclass(frozen=True)
class Family:
    """Tasks that are started by the clock, once a day.

    Attributes:
        by: `rule` (EventBridge) or `scheduler`; empty where somebody starts them by hand.
        minute: of the day.
    """

    name: str
    launch: str
    cpu_units: int
    memory_mib: int
    by: str
    minute: int
    lasts_min: int
    tasks: int = 1
    variant: int = 0


@dataclass(frozen=True)
class Hosts:
    """Instances of a cluster that are alike."""

    instance_type: str
    count: int
    provider: str
    architecture: str = "X86_64"
    spot: bool = False


@dataclass(frozen=True)
class Cluster:
    """One cluster.

    Attributes:
        insights: Container Insights: empty, `enabled` or `enhanced`.
    """

    account_id: str
    region: str
    name: str
    insights: str = ""
    services: tuple[Service, ...] = ()
    families: tuple[Family, ...] = ()
    hosts: tuple[Hosts, ...] = ()

    def instances(self) -> Iterator[tuple[str, Hosts]]:
        """Yield the ids of its instances."""
        for group in self.hosts:
            for number in range(group.count):
                name = f"{self.account_id} {self.region} {self.name} {group.provider} {number}"
                yield "i-" + sha256(name.encode()).hexdigest()[:17], group


@dataclass(frozen=True)
class Account:
    """One account of the organization."""

    account_id: str
    name: str
    active: bool = True


@dataclass(frozen=True)
class Owned:
    """A Savings Plan (with `usd_per_hour`) or reservation (with `count`) of one year, no upfront."""

    account_id: str
    kind: str
    start: datetime
    end: datetime
    usd_per_hour: str = ""
    scope: str = ""
    region: str = ""
    count: int = 0


@dataclass(frozen=True)
class Estate:
    """All of it.

    Attributes:
        regions: that every account has enabled.
        hourly_bill: Cost Explorer keeps hours.
        event_log: EventBridge writes task state changes into a log group, everywhere.
        closed: accounts whose role lets nobody in.
    """

    accounts: tuple[Account, ...]
    regions: tuple[str, ...]
    clusters: tuple[Cluster, ...]
    owned: tuple[Owned, ...] = ()
    seed: int = 0
    partition: str = "aws"
    hourly_bill: bool = True
    event_log: bool = True
    closed: tuple[str, ...] = ()
    truth: Truth = field(default_factory=lambda: Truth(0), compare=False)

    def at(self, account_id: str, region: str) -> list[Cluster]:
        """Return the clusters of an account and region."""
        return [c for c in self.clusters if (c.account_id, c.region) == (account_id, region)]
