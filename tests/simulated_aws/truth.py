"""What workloads use, as a function of the minute: the same for whoever asks, at whatever period, in whatever order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulated_aws.estate import Cluster, Family, Service

WEEK_MIN, DAY_MIN = 7 * 24 * 60, 24 * 60
VARIANTS = 8


@dataclass(frozen=True)
class Run:
    """One run of a family: minutes since 1970, the end not included."""

    number: int
    start_min: int
    end_min: int


class Truth:
    """Curves of a week, some variants of each, that workloads follow a little later or earlier."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @cached_property
    def busy(self) -> list[list[float]]:
        """How busy a service is, 0 to 1, in steps: its tasks follow it."""
        found = []
        for variant in range(VARIANTS):
            random = Random(f"{self.seed} busy {variant}")
            night, weekend = random.uniform(0.0, 0.4), random.uniform(0.3, 1.0)
            hours = []
            for hour in range(WEEK_MIN // 60):
                day, at = divmod(hour, 24)
                wave = night + (1 - night) * max(0.0, math.sin(math.pi * (at - 6) / 16))
                hours.append(wave * (weekend if day > 4 else 1.0))
            # scaling moves every ten minutes at most
            found.append(
                [
                    round(min(1.0, max(0.0, hours[m // 60] + random.uniform(-0.1, 0.1))), 2)
                    for m in range(0, WEEK_MIN, 10)
                    for _ in range(10)
                ]
            )
        return found

    @cached_property
    def cpu(self) -> list[tuple[list[float], list[float]]]:
        """Percent of the CPU of a task, mean and maximum."""
        return [self._percent("cpu", v, 12.0, 45.0, 1.9) for v in range(VARIANTS)]

    @cached_property
    def memory(self) -> list[tuple[list[float], list[float]]]:
        """Percent of the memory of a task, mean and maximum."""
        return [self._percent("memory", v, 30.0, 40.0, 1.2) for v in range(VARIANTS)]

    def _percent(
        self, what: str, variant: int, low: float, room: float, peak: float
    ) -> tuple[list[float], list[float]]:
        random = Random(f"{self.seed} {what} {variant}")
        base = low + random.random() * room / 2
        mean = [
            round(base + room / 2 * busy * random.uniform(0.7, 1.0) + random.random(), 3)
            for busy in self.busy[variant]
        ]
        return mean, [round(min(100.0, m * random.uniform(1.0, peak)), 3) for m in mean]

    def tasks(self, service: Service, minute: int) -> int:
        """Return how many tasks of a service run in a minute."""
        if minute * 60 < service.since.timestamp():
            return 0
        busy = self.busy[service.variant][(minute + service.offset_min) % WEEK_MIN]
        return service.fewest + round(busy * (service.most - service.fewest))

    def percent(self, service: Service, metric: str, stat: str, minute: int) -> float:
        """Return percent of the CPU or memory of a task."""
        curves = {"cpu": self.cpu, "memory": self.memory}[metric][service.variant]
        return curves[stat == "Maximum"][(minute + service.offset_min) % WEEK_MIN]

    def runs(self, family: Family, start_min: int, end_min: int) -> Iterator[Run]:
        """Yield the runs of a family that touch a window."""
        for day in range((start_min - family.lasts_min) // DAY_MIN - 1, end_min // DAY_MIN + 1):
            start = day * DAY_MIN + family.minute + day * 7 % 5
            end = start + family.lasts_min + day * 13 % 7
            if start < end_min and end > start_min:
                yield Run(day, start, end)

    def family_tasks(self, family: Family, minute: int) -> int:
        """Return how many tasks of a family run in a minute."""
        return family.tasks * any(True for _ in self.runs(family, minute, minute + 1))

    def cluster_tasks(self, cluster: Cluster, minute: int) -> int:
        """Return how many tasks run in a cluster in a minute."""
        return sum(self.tasks(s, minute) for s in cluster.services) + sum(
            self.family_tasks(f, minute) for f in cluster.families
        )


def minute_of(moment: datetime) -> int:
    """Return the minute since 1970."""
    return int(moment.astimezone(UTC).timestamp()) // 60
