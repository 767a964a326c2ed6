"""The ways to run tasks, as a plain list; a new way is one file here and one entry below.

A strategy proposes and can say "not for this workload, because …"; it never prices, packs or chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.model import Rejection
from advisor.plan.strategies import ec2, fargate, managed_instances
from advisor.plan.tasks import Task
from advisor.plan.ways import Way


class Strategy(Protocol):
    """A room that proposes `Way`s for a task, or `Rejection`s with their reasons."""

    def propose(self, task: Task, catalog: Catalog, config: Config) -> Iterator[Way | Rejection]:
        """Yield every lawful way to run the task, and a rejection for every other one."""
        ...


STRATEGIES: tuple[Strategy, ...] = (fargate, ec2, managed_instances)
