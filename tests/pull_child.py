"""A process that pulls from a made-up account into a store: to be killed, or run beside another.

It says on stdout what it does: `ready`, `kept NAME` when a file was acknowledged, `done REQUESTS WORKLOAD_DAYS`.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aws_estate import CLUSTER, answers
from fakes_aws import FakeCaller
from fakes_metrics import Metrics

from advisor.aws.failures import Ledger
from advisor.model import Usage
from advisor.usage import pull_live, read_live
from advisor.usage.live import wanted
from advisor.usage.store.segments import Partition
from advisor.usage.store.store import Held, Store

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
FINAL_AFTER = timedelta(hours=6)
DAYS = 4


def truth(metric: str, stat: str, dimensions: dict[str, str], at: int, period: int) -> float | None:
    level = (at // 60 * 7919 + sum(map(ord, dimensions["ServiceName"] + metric))) % 997 / 10
    if at // 60 % 11 == 0:
        return None
    return {"Average": level, "Maximum": level + 1, "SampleCount": 3.0}[stat]


class Quick(FakeCaller):
    """Does not hold questions against the SDK's models: the tests of readers do."""

    def call(self, name: str, /, **params: Any) -> dict[str, Any]:
        self.asked.append((name, params))
        given = self.answers.get(name, {})
        if isinstance(given, Exception):
            raise given
        answer: dict[str, Any] = given(**params) if callable(given) else given
        return answer


def account() -> Quick:
    plain = {"clusters": [{"clusterArn": CLUSTER}]}
    return Quick(
        {
            **answers(),
            "ecs:DescribeClusters": lambda **_: plain,
            "cloudwatch:GetMetricData": Metrics(truth, NOW),
        }
    )


class Telling(Store):
    """Says what is acknowledged, after it is."""

    def add(self, partition: Partition, *rest: Any) -> Held:
        held = super().add(partition, *rest)
        print("kept", held.segment.path(self.root), flush=True)
        return held


def read(store: Store | None) -> tuple[Usage, Quick]:
    caller = account()
    usage = read_live([caller], Ledger(), name="x", days=DAYS, now=NOW, store=store, final_after=FINAL_AFTER)
    return usage, caller


def die_at(number: int) -> None:
    """Kill this process just before a step of a write: a file begun, flushed, renamed, its folder flushed."""
    steps = itertools.count(1)

    def watched(step: Callable[..., Any]) -> Callable[..., Any]:
        def do(*args: Any) -> Any:
            if next(steps) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*args)

        return do

    os.fdopen, os.fsync = watched(os.fdopen), watched(os.fsync)  # type: ignore[assignment]
    Path.replace = watched(Path.replace)  # type: ignore[method-assign]


def main(folder: str, die: int = 0) -> None:
    die_at(die)
    wanted.MOST_VALUES = 1  # a workload at a time: many files
    caller, store = account(), Telling(Path(folder), lambda words: print("said", words, flush=True))
    print("ready", flush=True)
    pulled = pull_live([caller], Ledger(), store, name="x", days=DAYS, now=NOW, final_after=FINAL_AFTER)
    print("done", caller.times("cloudwatch:GetMetricData"), pulled.workload_days, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
