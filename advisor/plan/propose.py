"""Every lawful way to run each workload, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.model import Rejection
from advisor.plan.strategies import STRATEGIES, Strategy
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import Bottleneck, WorkloadKind


@dataclass(frozen=True)
class Options:
    """What each workload may do: ways by workload row, and every "no" with its reason."""

    tasks: tuple[Task, ...]
    ways: dict[int, tuple[Way, ...]]
    rejections: tuple[Rejection, ...]

    @cached_property
    def planned(self) -> tuple[Task, ...]:
        """The tasks that take part in the plan, fixed ones included."""
        return tuple(t for t in self.tasks if self.ways.get(t.workload))


def propose(
    tasks: Sequence[Task], catalog: Catalog, config: Config, strategies: Sequence[Strategy] = STRATEGIES
) -> Options:
    """Ask every strategy about every workload.

    A workload that cannot be priced gets one rejection for all; a daemon runs once on every instance of its
    cluster, so it takes room there instead of being placed.
    """
    ways: dict[int, tuple[Way, ...]] = {}
    rejections: list[Rejection] = []
    for task in tasks:
        if config.plan.regions and task.region not in config.plan.regions:
            reason = f"{task.region or 'its region, which is not known,'} is not in plan.regions"
            rejections.append(Rejection(task.workload_id, "", reason, Bottleneck.POLICY.value))
            continue
        if not task.costable:
            rejections.append(
                Rejection(task.workload_id, "", task.withheld or "cannot be priced", Bottleneck.DATA.value)
            )
            continue
        if task.kind is WorkloadKind.DAEMON:
            reason = "daemon: runs once on every instance of its cluster, where its room is set aside"
            rejections.append(Rejection(task.workload_id, "", reason, Bottleneck.PLATFORM.value))
            continue
        if task.withheld is not None:
            rejections.append(Rejection(task.workload_id, "", task.withheld, Bottleneck.HISTORY.value))
        answers = [answer for strategy in strategies for answer in strategy.propose(task, catalog, config)]
        ways[task.workload] = tuple(a for a in answers if isinstance(a, Way))
        rejections.extend(a for a in answers if isinstance(a, Rejection))
        if not ways[task.workload]:
            reason = "no way to run it is left under this policy and these prices"
            rejections.append(Rejection(task.workload_id, "", reason, Bottleneck.POLICY.value))
    return Options(tuple(tasks), ways, tuple(rejections))
