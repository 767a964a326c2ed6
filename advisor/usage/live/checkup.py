"""What an account lets us see, and what it would have to switch on or allow for a better plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger, Status
from advisor.aws.operations import OPERATIONS, Tier
from advisor.aws.partitions import partition
from advisor.aws.policy import Reach
from advisor.aws.probes import PROBES, probe
from advisor.errors import AwsError
from advisor.usage.finding import Finding, Grade
from advisor.usage.live.history.find import find_sources, is_whole
from advisor.usage.live.history.sources import Deep, Window
from advisor.usage.live.inventory import Inventory, read_inventory
from advisor.usage.live.spans import HOUR, spans

LOST = {
    Tier.BASIC: "something that runs, or what it uses, is not seen",
    Tier.COST: "what is paid, owned and offered is not seen",
    Tier.DEEP: "runs of batch jobs are not seen (--deep)",
}
ESSENTIAL = ("ecs:ListClusters", "cloudwatch:GetMetricData")
"""Without these there is no plan."""
EVENTS = "/aws/events/ecs"
PATTERN = json.dumps(
    {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"lastStatus": ["STOPPED"]},
    }
)
INSIGHTS_USD = "$0.30 a metric and month"
"""Container Insights, first tier (catalog: other_prices.csv)."""


def check_account(caller: Caller, days: int, now: datetime) -> Iterator[Finding]:
    """Yield what is there and what is missing in an account and region; no call that is made costs anything.

    Args:
        days: how far back metrics would be read.
        now: UTC.
    """
    where = f"{caller.account_id} {caller.region}"
    reach = Reach(partition(caller.region))
    for finding in (*_permissions(probe(caller), reach), *_running(caller, days, now)):
        yield Finding(finding.grade, f"{where}: {finding.what}", finding.mend)


def _permissions(answers: Mapping[str, AwsError | None], reach: Reach) -> Iterator[Finding]:
    for tier in Tier:
        asked = [name for name in PROBES if OPERATIONS[name].tier is tier]
        denied = sorted(name for name in asked if answers.get(name) is not None)
        silent = [name for name in asked if name not in answers]
        if denied:
            grade = Grade.STOP if set(denied) & set(ESSENTIAL) else Grade.BETTER
            mend = (_statement(denied, reach), f"advisor policy --tier {tier}")
            yield Finding(grade, f"{tier} tier: {len(denied)} of {len(asked)} denied, {LOST[tier]}", mend)
        if silent:
            names = ", ".join(silent)
            grade = Grade.STOP if set(silent) & set(ESSENTIAL) else Grade.BETTER
            yield Finding(grade, f"{tier} tier: no answer from {names}", ("run it again later",))
        if not denied and not silent:
            yield Finding(
                Grade.FINE, f"{tier} tier: all {len(asked)} that can be tried for nothing are allowed"
            )


def _statement(denied: list[str], reach: Reach) -> str:
    resources = sorted({r for name in denied for r in reach.resources(OPERATIONS[name])})
    # a statement is wide enough for all that it names
    allowed = "*" if "*" in resources else resources
    return json.dumps({"Effect": "Allow", "Action": denied, "Resource": allowed})


def _running(caller: Caller, days: int, now: datetime) -> Iterator[Finding]:
    asked = spans(days, now)
    ledger = Ledger()
    inventory = read_inventory(caller, ledger, asked[-1].end - HOUR)
    # what is denied was told with its tier
    holes = [c for c in ledger.cells() if c.is_hole and c.status is not Status.DENIED]
    grade = Grade.BETTER if inventory.clusters else Grade.STOP
    yield from (
        Finding(grade, f"{c.api}: {c.status}, {c.reason}", (c.hint,) if c.hint else ()) for c in holes
    )
    if not inventory.clusters:
        yield Finding(Grade.FINE, "no cluster is seen")
        return
    services = sum(found.service for found in inventory.workloads)
    families = len(inventory.workloads) - services
    yield Finding(
        Grade.FINE,
        f"{len(inventory.clusters)} clusters, {services} services, {families} task families; metrics of {days} days: "
        + ", ".join(f"{s.points * s.period_s / 86_400:.1f} at {s.period_s} s" for s in asked),
    )
    yield from _insights(inventory)
    if families:
        yield from _history(inventory, Window(asked[0].start, asked[-1].end), now)


def _history(inventory: Inventory, window: Window, now: datetime) -> Iterator[Finding]:
    """Yield whether single runs of batch tasks are written down anywhere."""
    caller = inventory.caller
    sources = find_sources(inventory, Ledger(), Deep(), window, now)
    whole = [s for s in sources if is_whole(s, window)]
    for source in whole:
        yield Finding(Grade.FINE, f"runs of batch tasks (--deep): {source.name}, {window.days:.0f} days")
    exact = {name for s in whole if s.api == "logs" for name in s.clusters}
    blind = sorted({c.name for c in inventory.clusters} - exact)
    if blind:
        short = tuple(s.mend for s in sources if s.mend and s not in whole)
        place = f"arn:{partition(caller.region)}:logs:{caller.region}:{caller.account_id}:log-group:{EVENTS}"
        yield Finding(
            Grade.BETTER,
            f"no log tells of all runs of batch tasks in {', '.join(blind)}: they are billed by the interval",
            short
            or (
                f"aws logs create-log-group --region {caller.region} --log-group-name {EVENTS}",
                f"aws events put-rule --region {caller.region} --name ecs-runs --event-pattern '{PATTERN}'",
                f"aws events put-targets --region {caller.region} --rule ecs-runs --targets Id=logs,Arn={place}",
                "aws logs put-resource-policy: let delivery.logs.amazonaws.com and events.amazonaws.com write there",
            ),
        )


def _insights(inventory: Inventory) -> Iterator[Finding]:
    unseen = sum(not found.service and not found.insights for found in inventory.workloads)
    dark = [c.name for c in inventory.clusters if not c.insights]
    if not dark:
        yield Finding(Grade.FINE, "Container Insights are on in every cluster")
        return
    lost = f"{unseen} task families have no metrics" if unseen else "usage is percent of the reservation only"
    yield Finding(
        Grade.BETTER,
        f"Container Insights are off in {len(dark)} of {len(inventory.clusters)} clusters: {lost}",
        tuple(
            f"aws ecs update-cluster-settings --region {inventory.caller.region} --cluster {name} "
            f"--settings name=containerInsights,value=enabled   # {INSIGHTS_USD}"
            for name in dark
        ),
    )
