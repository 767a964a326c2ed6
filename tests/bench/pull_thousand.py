"""A process that pulls, or reads for a plan, 1,000 services by the minute; it prints what that took as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from advisor.aws.budget import Budget
from advisor.aws.failures import Ledger
from advisor.aws.operations import operation
from advisor.usage import pull_live, read_live
from advisor.usage.store.store import Store

SERVICES, DAYS = 1_000, 14
NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
NAMES = [f"service-{n:04}" for n in range(SERVICES)]


class Fleet:
    """Answers at once and without the SDK: objects as it makes them, a moment for each point."""

    account_id, region = "111122223333", "eu-west-1"

    def __init__(self) -> None:
        self.budget = Budget()

    def call(self, name: str, /, **params: Any) -> dict[str, Any]:
        self.budget.spend(operation(name), params)
        return getattr(self, name.replace(":", "_").replace("-", "_"), lambda **_: {})(**params)

    def ecs_ListClusters(self, **_: Any) -> dict[str, Any]:
        return {"clusterArns": ["a:b:ecs:c:d:cluster/web"]}

    def ecs_DescribeClusters(self, **_: Any) -> dict[str, Any]:
        settings = [{"name": "containerInsights", "value": "enabled"}]
        return {"clusters": [{"clusterArn": "a:b:ecs:c:d:cluster/web", "settings": settings}]}

    def ecs_ListServices(self, **_: Any) -> dict[str, Any]:
        return {"serviceArns": NAMES}

    def ecs_DescribeServices(self, services: list[str], **_: Any) -> dict[str, Any]:
        common = {"taskDefinition": "t:1", "launchType": "FARGATE", "desiredCount": 2}
        return {"services": [{"serviceName": name, **common} for name in services]}

    def ecs_DescribeTaskDefinition(self, **_: Any) -> dict[str, Any]:
        return {
            "taskDefinition": {"family": "t", "containerDefinitions": [], "cpu": "1024", "memory": "2048"}
        }

    def cloudwatch_GetMetricData(
        self, MetricDataQueries: list[dict[str, Any]], StartTime: datetime, EndTime: datetime, **_: Any
    ) -> dict[str, Any]:
        period_s = MetricDataQueries[0]["MetricStat"]["Period"]
        at = range(int(StartTime.timestamp()), int(EndTime.timestamp()), period_s)
        found = []
        for query in MetricDataQueries:
            metric, stat = query["MetricStat"]["Metric"], query["MetricStat"]["Stat"]
            seed = sum(map(ord, str(metric["Dimensions"]) + metric["MetricName"]))
            high = stat == "Maximum"
            values = [((t // 60 * 7919 + seed) % 9973) / 200 + high for t in at]
            times = [datetime.fromtimestamp(t, UTC) for t in at]
            found.append({"Id": query["Id"], "Timestamps": times, "Values": values, "StatusCode": "Complete"})
        return {"MetricDataResults": found}


def main(verb: str, folder: str) -> None:
    caller, store = Fleet(), None if folder == "-" else Store(Path(folder))
    begun_s = time.monotonic()
    common: dict[str, Any] = {
        "name": "x",
        "days": DAYS,
        "now": NOW,
        "store": store,
        "final_after": timedelta(hours=6),
    }
    if verb == "pull":
        del common["store"]
        assert store is not None
        rows = pull_live([caller], Ledger(), store, **common).workload_days
    else:
        rows = len(read_live([caller], Ledger(), **common).usage)
    size = sum(p.stat().st_size for p in Path(folder).rglob("*.parquet")) if store else 0
    print(
        json.dumps(
            {
                "verb": verb,
                "rows": rows,
                "wall_s": round(time.monotonic() - begun_s, 1),
                "requests": caller.budget.requests,
                "usd": str(caller.budget.spent_usd.quantize(Decimal("0.01"))),
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "store_mib": size // 2**20,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
