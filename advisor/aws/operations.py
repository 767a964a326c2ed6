"""The operations that may reach the wire, all of them. What is not on the list is refused before it leaves.

Names are the service as the SDK names it and the operation as AWS spells it (`ecs:ListClusters`), which but for S3 are IAM's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from advisor.errors import AwsError


class Tier(StrEnum):
    """How much the reader may see; each tier includes those before it."""

    BASIC = "basic"
    """What runs, and what it uses."""
    COST = "cost"
    """What is paid, owned and offered."""
    DEEP = "deep"
    """The history of single runs, from logs and trails."""


class PricedBy(StrEnum):
    """What an operation is paid for by."""

    REQUEST = "request"
    METRIC = "metric"


@dataclass(frozen=True)
class Operation:
    """One operation that may be called.

    Attributes:
        name: the service as the SDK names it and the operation, `ecs:ListClusters`.
        tier: the tier of the policy that allows it; null where the role that reads needs no permission for it.
        calls_per_s: how often we ask it at first, below what AWS is known to bear.
        next_page: the field that asks for a page, and that names the next one in an answer; empty where there are no pages.
        price_usd: price of one unit of `priced_by`; zero where it is free.
        resources: what the policy limits it to, with a region's `PARTITION` and the `BUCKET` and `PREFIX` of events in it.
        iam: IAM's name of it where that is another.
    """

    name: str
    tier: Tier | None
    calls_per_s: float = 10.0
    next_page: str = ""
    price_usd: Decimal = Decimal(0)
    priced_by: PricedBy = PricedBy.REQUEST
    resources: tuple[str, ...] = ("*",)
    iam: str = ""

    @property
    def action(self) -> str:
        """The IAM action that allows it."""
        return self.iam or self.name

    @property
    def allowed_by(self) -> str:
        """The command that prints the policy with it; empty where none is needed."""
        if self.tier is None:
            return ""
        place = " --events-s3 s3://…" if any(BUCKET in r for r in self.resources) else ""
        return f"advisor policy --tier {self.tier}{place}"

    @property
    def service(self) -> str:
        """The service, as the SDK names it."""
        return self.name.split(":")[0]

    @property
    def api(self) -> str:
        """The operation, as AWS spells it."""
        return self.name.split(":")[1]


COST_EXPLORER_USD = Decimal("0.01")
"""A request to Cost Explorer ($0.01, AWS's pricing page)."""
METRIC_USD = Decimal("0.00001")
"""A metric in a request for metric data ($0.01 per 1,000; assumed, ecs-semantics D.3)."""
LOGS_USD_PER_GB = Decimal("0.005")
"""A gigabyte that a query of logs scans (AWS's pricing page, us-east-1); how many is known when it has ended."""
LIST_USD, GET_USD = Decimal("0.000005"), Decimal("0.0000004")
"""A thousand lists of S3 take $0.005, a thousand gets $0.0004 (AWS's pricing page, us-east-1)."""
PARTITION, GROUP, BUCKET, PREFIX = "{partition}", "{group}", "{bucket}", "{prefix}"
"""Stand in resources for what a policy is printed for."""
RUN_LOGS = tuple(
    f"arn:{PARTITION}:logs:*:*:log-group:{group}:*"
    for group in ("/aws/ecs/containerinsights/*/performance", GROUP)
)
"""The log groups in which Container Insights keep what single tasks used, and EventBridge what became of them."""
RUN_OBJECTS = tuple(f"arn:{PARTITION}:s3:::{BUCKET}{below}" for below in ("", f"/{PREFIX}*"))
"""The bucket that is listed for what EventBridge wrote there, and the objects that are read."""


def _basic() -> tuple[Operation, ...]:
    basic = Tier.BASIC
    return (
        Operation("ecs:ListClusters", basic, next_page="nextToken"),
        Operation("ecs:DescribeClusters", basic),
        Operation("ecs:ListServices", basic, next_page="nextToken"),
        Operation("ecs:DescribeServices", basic),
        Operation("ecs:ListTasks", basic, next_page="nextToken"),
        Operation("ecs:DescribeTasks", basic),
        Operation("ecs:DescribeTaskDefinition", basic),
        Operation("ecs:ListContainerInstances", basic, next_page="nextToken"),
        Operation("ecs:DescribeContainerInstances", basic),
        Operation("ecs:DescribeCapacityProviders", basic, next_page="nextToken"),
        Operation("ecs:ListAccountSettings", basic, next_page="nextToken"),
        Operation("ec2:DescribeInstances", basic, next_page="NextToken"),
        Operation("ec2:DescribeRegions", basic),
        Operation("application-autoscaling:DescribeScalableTargets", basic, next_page="NextToken"),
        Operation("application-autoscaling:DescribeScalingPolicies", basic, next_page="NextToken"),
        Operation("cloudwatch:GetMetricData", basic, 25.0, "NextToken", METRIC_USD, PricedBy.METRIC),
        Operation("events:ListRules", basic, next_page="NextToken"),
        Operation("events:ListTargetsByRule", basic, next_page="NextToken"),
        Operation("scheduler:ListSchedules", basic, next_page="NextToken"),
        Operation("scheduler:GetSchedule", basic),
        Operation("ecr:DescribeImages", basic, next_page="nextToken"),
    )


def _cost() -> tuple[Operation, ...]:
    cost, price = Tier.COST, COST_EXPLORER_USD
    return (
        Operation("ce:GetCostAndUsage", cost, 2.0, "NextPageToken", price),
        Operation("ce:GetSavingsPlansCoverage", cost, 2.0, "NextToken", price),
        Operation("ce:GetSavingsPlansUtilization", cost, 2.0, "", price),
        Operation("ce:GetReservationCoverage", cost, 2.0, "NextPageToken", price),
        Operation("ce:GetReservationUtilization", cost, 2.0, "NextPageToken", price),
        Operation("savingsplans:DescribeSavingsPlans", cost, next_page="nextToken"),
        Operation("savingsplans:DescribeSavingsPlansOfferingRates", cost, next_page="nextToken"),
        Operation("ec2:DescribeReservedInstances", cost),
        Operation("ec2:DescribeReservedInstancesOfferings", cost, next_page="NextToken"),
        Operation("ec2:DescribeSpotPriceHistory", cost, next_page="NextToken"),
        Operation("ec2:DescribeInstanceTypes", cost, next_page="NextToken"),
        Operation("pricing:GetProducts", cost, next_page="NextToken"),
        Operation("organizations:ListAccounts", cost, next_page="NextToken"),
    )


def _deep() -> tuple[Operation, ...]:
    deep = Tier.DEEP
    return (
        Operation("cloudtrail:LookupEvents", deep, 1.5, "NextToken"),
        Operation("logs:StartQuery", deep, 2.0, resources=RUN_LOGS),
        Operation("logs:GetQueryResults", deep, 2.0, "nextToken"),
        Operation("logs:StopQuery", deep, 2.0),
        Operation("logs:DescribeLogGroups", deep, next_page="nextToken"),
        Operation("s3:ListObjectsV2", deep, price_usd=LIST_USD, resources=RUN_OBJECTS, iam="s3:ListBucket"),
        # a prefix bears 5,500 gets a second (S3's own guide)
        Operation("s3:GetObject", deep, 100.0, price_usd=GET_USD, resources=RUN_OBJECTS),
    )


CREDENTIALS = (
    Operation("sts:GetCallerIdentity", None),
    Operation("sts:AssumeRole", None),
    Operation("sts:AssumeRoleWithWebIdentity", None),
    Operation("sso:GetRoleCredentials", None),
    Operation("sso-oidc:CreateToken", None),
    Operation("signin:CreateOAuth2Token", None),
)
"""How one comes by credentials; asked by the SDK itself but for the first."""

OPERATIONS = {o.name: o for o in (*_basic(), *_cost(), *_deep(), *CREDENTIALS)}
"""Name → operation."""


def operation(name: str) -> Operation:
    """Return an operation that may be called.

    Raises:
        AwsError: it is not on the list.
    """
    found = OPERATIONS.get(name)
    if found is None:
        raise AwsError(f"{name} is not among the operations that advisor may call: it only reads")
    return found
