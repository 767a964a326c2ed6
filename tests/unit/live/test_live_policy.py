"""The published policy is what is called: every operation of it is asked for in one go over all that is read."""

from __future__ import annotations

from datetime import timedelta

from fakes_accounts import IDS, FakeAccount, place
from fakes_aws import FakeCaller
from fakes_bill import COVER, Explorer, reservation, savings_plan
from fakes_logs import Logs
from fakes_objects import Bucket
from fakes_prices import NOW, REGIONS, World, small_catalog

from advisor.aws.accounts import EVERY_REGION, Wanted, callers, organization
from advisor.aws.failures import Ledger
from advisor.aws.operations import OPERATIONS, Tier
from advisor.aws.policy import Reach, policy
from advisor.catalog.refresh import refresh
from advisor.usage import read_live
from advisor.usage.live.history.objects import Archives, folder
from advisor.usage.live.history.sources import Deep
from advisor.usage.live.read import apis


def observed() -> set[str]:
    """What is asked when an organization, all regions, all workloads, their runs, bills and prices are read."""
    bucket = Bucket({"ecs/1": (NOW - timedelta(days=9), b"{}"), "ecs/2": (NOW, b"{}")})
    logs = Logs({"/aws/events/ecs": ({"creationTime": 0}, [])}, statuses=("Running",) * 9999)
    dark = lambda clusters, include: {"clusters": [_without_insights(a) for a in clusters]}  # noqa: E731
    home = place(
        IDS[0],
        ecs__DescribeClusters=dark,
        ec2__DescribeRegions={"Regions": [{"RegionName": "eu-west-1"}]},
        organizations__ListAccounts={"Accounts": [{"Id": IDS[0], "Status": "ACTIVE"}]},
    )
    home.answers |= logs.answers() | bucket.answers() | COVER
    home.answers |= {
        "ce:GetCostAndUsage": Explorer({}),
        "savingsplans:DescribeSavingsPlans": {"savingsPlans": [savings_plan()]},
        "ec2:DescribeReservedInstances": {"ReservedInstances": [reservation()]},
    }
    deep = Deep(archives=Archives(folder("s3://acme-events/ecs/")))
    ledger = Ledger()
    assert list(organization(home)) == [IDS[0]]
    wanted = Wanted([EVERY_REGION], "eu-west-1", apis(deep=True, bill=True, archived=True))
    found: list[FakeCaller] = list(callers(FakeAccount(IDS[0], {"eu-west-1": home}), wanted, ledger))
    read_live(found, ledger, name="prod", days=1, now=NOW, deep=deep)
    sold = World(small_catalog())
    sellers = [sold.caller(region) for region in REGIONS]
    refresh(sold.old, sellers, sellers[-1], Ledger(), NOW, fetch=lambda _: sold.document)
    return {OPERATIONS[name].action for caller in (home, *sellers) for name, _ in caller.asked}


def _without_insights(arn: str) -> dict[str, object]:
    return {"clusterArn": arn, "capacityProviders": ["FARGATE", "asg-spot", "managed"]}


def test_the_policy_is_what_is_called_and_no_more() -> None:
    published = {
        action for s in policy(Tier.DEEP, Reach(bucket="acme-events"))["Statement"] for action in s["Action"]
    }
    assert observed() == published
