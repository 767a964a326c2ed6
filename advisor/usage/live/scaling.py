"""Auto scaling of services: how many tasks it allows, and what it aims at."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.pages import items
from advisor.units import format_share

API = "application-autoscaling"
NAMESPACE = "ecs"
CPU = "ECSServiceAverageCPUUtilization"
SHOWN = 5
"""So many services are named in a note, the others counted."""


def read_limits(caller: Caller, ledger: Ledger) -> dict[str, tuple[int, int]]:
    """Return `service/<cluster>/<service>` → fewest and most tasks that auto scaling allows."""
    found: dict[str, tuple[int, int]] = {}
    with ledger.reading(caller, API):
        for target in items(
            caller,
            "application-autoscaling:DescribeScalableTargets",
            "ScalableTargets",
            ServiceNamespace=NAMESPACE,
        ):
            found[target["ResourceId"]] = (target["MinCapacity"], target["MaxCapacity"])
    return found


def cpu_targets(caller: Caller, ledger: Ledger) -> Iterator[str]:
    """Yield a note where services follow their CPU: of a task of another size the same work is another percentage."""
    found: dict[str, float] = {}
    with ledger.reading(caller, API):
        for policy in items(
            caller,
            "application-autoscaling:DescribeScalingPolicies",
            "ScalingPolicies",
            ServiceNamespace=NAMESPACE,
        ):
            aims = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
            if (aims.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType") == CPU:
                found[policy["ResourceId"].removeprefix("service/")] = aims["TargetValue"]
    if found:
        named = [f"{name} {format_share(found[name] / 100)}" for name in sorted(found)[:SHOWN]]
        rest = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield (
            f"{caller.account_id} {caller.region}: auto scaling keeps a CPU target ({', '.join(named)}{rest}): where a plan "
            "changes the vCPU of their tasks, set the target anew, else it changes how many run"
        )
