"""The published policy is what is called: every operation of it is asked for in one go over all that is read."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes_accounts import IDS, FakeAccount, place
from fakes_aws import FakeCaller
from fakes_logs import Logs

from advisor.aws.accounts import EVERY_REGION, Wanted, callers, organization
from advisor.aws.failures import Ledger
from advisor.aws.operations import OPERATIONS, Tier
from advisor.aws.policy import policy
from advisor.usage import read_live
from advisor.usage.live.history.sources import Deep
from advisor.usage.live.read import apis

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
ELSEWHERE = "organizations:ListAccounts"
"""The one operation of the cost tier that finding accounts takes; bills and prices take the others."""


def observed() -> set[str]:
    """What is asked when an organization, all regions, all workloads and their runs are read."""
    logs = Logs({"/aws/events/ecs": ({"creationTime": 0}, [])}, statuses=("Running",) * 9999)
    dark = lambda clusters, include: {"clusters": [_without_insights(a) for a in clusters]}  # noqa: E731
    home = place(
        IDS[0],
        ecs__DescribeClusters=dark,
        ec2__DescribeRegions={"Regions": [{"RegionName": "eu-west-1"}]},
        organizations__ListAccounts={"Accounts": [{"Id": IDS[0], "Status": "ACTIVE"}]},
    )
    home.answers |= logs.answers()
    ledger = Ledger()
    assert list(organization(home)) == [IDS[0]]
    wanted = Wanted([EVERY_REGION], "eu-west-1", apis(True))
    found: list[FakeCaller] = list(callers(FakeAccount(IDS[0], {"eu-west-1": home}), wanted, ledger))
    read_live(found, ledger, name="prod", days=1, now=NOW, deep=Deep())
    return {name for name, _ in home.asked}


def _without_insights(arn: str) -> dict[str, object]:
    return {"clusterArn": arn, "capacityProviders": ["FARGATE", "asg-spot", "managed"]}


def test_the_policy_is_what_is_called_and_no_more() -> None:
    published = {action for s in policy(Tier.DEEP)["Statement"] for action in s["Action"]}
    bills = {o.name for o in OPERATIONS.values() if o.tier is Tier.COST} - {ELSEWHERE}
    assert observed() == published - bills
