"""The simulation itself: it knows AWS's models, keeps AWS's limits, and plays what it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from simulated_aws import services, wire_models
from simulated_aws.faults import Fault, Faults
from simulated_aws.fleets import company
from simulated_aws.questions import Question
from simulated_aws.server import SimulatedAws

from advisor.aws.operations import CREDENTIALS, OPERATIONS

REGION, HOME = "eu-west-1", "111122223333"
TRUSTING = Config(parameter_validation=False, retries={"total_max_attempts": 1, "mode": "standard"})
"""Lets through what the SDK itself would refuse."""


@pytest.fixture(scope="module")
def aws() -> Iterator[SimulatedAws]:
    with SimulatedAws(company(services=12, accounts=1)) as found:
        yield found


@pytest.fixture
def client(aws: SimulatedAws):
    def make(service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=aws.address,
            aws_access_key_id="AKIASIMULATED0000001",
            aws_secret_access_key="x" * 40,
            config=TRUSTING,
        )

    return make


def code(call: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**params)
    return str(raised.value.response["Error"]["Code"])


def queries(count: int, period_s: int = 60, metric: str = "CPUUtilization") -> list[dict[str, Any]]:
    name = company(services=12, accounts=1).clusters[0].services[0].name
    dimensions = [{"Name": "ClusterName", "Value": "web"}, {"Name": "ServiceName", "Value": name}]
    told = {"Namespace": "AWS/ECS", "MetricName": metric, "Dimensions": dimensions}
    return [
        {"Id": f"q{n}", "MetricStat": {"Metric": told, "Period": period_s, "Stat": "Average"}}
        for n in range(count)
    ]


def hours(back: float, length: float) -> dict[str, datetime]:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=back)
    return {"StartTime": start, "EndTime": start + timedelta(hours=length)}


def test_every_operation_that_may_be_called_is_played() -> None:
    by_sign_in = {o.name for o in CREDENTIALS} - {"sts:GetCallerIdentity", "sts:AssumeRole"}
    # objects are moto's (test_simulated_archive.py)
    objects = {name for name in OPERATIONS if name.startswith("s3:")}
    assert set(services.PLAYED) | {"sts:AssumeRole"} == set(OPERATIONS) - by_sign_in - objects


def test_the_sdk_speaks_the_protocols_that_are_played() -> None:
    spoken = {name: Session().get_service_model(name).resolved_protocol for name in wire_models.SERVICES}
    assert spoken.pop("ec2") == "ec2"
    assert spoken.pop("sts") == "query"
    assert {spoken.pop(name) for name in ("scheduler", "savingsplans")} == {"rest-json"}
    assert set(spoken.values()) == {"json"}


@pytest.mark.parametrize(
    ("service", "method", "params"),
    [
        ("ecs", "list_services", {"cluster": 7}),
        ("ecs", "describe_services", {"cluster": "web"}),
        ("cloudwatch", "get_metric_data", {"MetricDataQueries": []}),
    ],
)
def test_what_the_model_does_not_allow_is_refused(client, service: str, method: str, params: Any) -> None:
    assert code(getattr(client(service), method), **params).startswith("Validation")


def test_a_parameter_that_nobody_knows_is_refused(aws: SimulatedAws) -> None:
    from http.client import HTTPConnection

    connection = HTTPConnection(aws.address.removeprefix("http://"))
    scope = f"Credential=AKIA/20261127/{REGION}/ecs/aws4_request"
    headers = {
        "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters",
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
    }
    connection.request("POST", "/", '{"colour": "red"}', headers)
    answer = connection.getresponse()
    assert answer.status == 400
    assert b"ValidationException" in answer.read()
    connection.request("POST", "/", "{}", {k: v for k, v in headers.items() if k != "Authorization"})
    assert b"MissingAuthenticationToken" in connection.getresponse().read()
    connection.close()


def test_a_reply_that_the_model_does_not_know_is_a_fault_of_the_simulation(aws, client, monkeypatch) -> None:
    monkeypatch.setitem(services.PLAYED, "ecs:ListClusters", lambda *_: {"clusterNames": ["web"]})
    before = list(aws.journal.wrong)
    assert code(client("ecs").list_clusters) == "InternalFailure"
    assert "clusterNames" in aws.journal.wrong[-1]
    aws.journal.wrong[:] = before


def test_the_limits_of_descriptions(client) -> None:
    ecs = client("ecs")
    assert code(ecs.describe_services, cluster="web", services=["x"] * 11) == "InvalidParameterException"
    assert code(ecs.describe_tasks, cluster="web", tasks=["x"] * 101) == "InvalidParameterException"
    assert len(ecs.describe_services(cluster="web", services=["x"] * 10)["failures"]) == 10
    assert code(ecs.list_services, cluster="nowhere") == "ClusterNotFoundException"


def test_pages_follow_one_another_and_hold_all(client) -> None:
    seen, token = [], {}
    while True:
        page = client("ecs").list_services(cluster="web", maxResults=5, **token)
        assert len(page["serviceArns"]) <= 5
        seen += page["serviceArns"]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert len(seen) == len(set(seen)) == 12


def test_the_limits_of_metric_data(client) -> None:
    get = client("cloudwatch").get_metric_data
    assert code(get, MetricDataQueries=queries(501), **hours(3, 1)) == "ValidationError"
    # 100 × 1,440 points do not fit on a page
    pages, token = [], {}
    while not pages or "NextToken" in pages[-1]:
        pages.append(get(MetricDataQueries=queries(100), **hours(25, 24), **token))
        token = {"NextToken": pages[-1].get("NextToken", "")}
    counts = [sum(len(r["Values"]) for r in p["MetricDataResults"]) for p in pages]
    assert counts == [100_800, 43_200]
    assert {r["StatusCode"] for r in pages[1]["MetricDataResults"]} == {"Complete"}


@pytest.mark.parametrize(
    ("period_s", "days", "kept"),
    [(60, 14, True), (60, 16, False), (300, 62, True), (300, 64, False), (3600, 400, True)],
)
def test_periods_are_kept_for_as_long_as_cloudwatch_keeps_them(client, period_s, days, kept) -> None:
    told = client("cloudwatch").get_metric_data(
        MetricDataQueries=queries(1, period_s), **hours(days * 24, 24)
    )
    assert bool(told["MetricDataResults"][0]["Values"]) == kept


def test_longer_periods_gather_the_minutes(client) -> None:
    get, window = client("cloudwatch").get_metric_data, hours(30, 1)
    fine, coarse = (
        get(MetricDataQueries=queries(1, p), ScanBy="TimestampAscending", **window)["MetricDataResults"][0]
        for p in (60, 3600)
    )
    assert len(fine["Values"]) == 60
    assert min(fine["Values"]) < coarse["Values"][0] < max(fine["Values"])


def test_cost_explorer_keeps_hours_for_a_fortnight(client) -> None:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    old = midnight - timedelta(days=15)
    one = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [HOME]}}
    asked = {
        "Filter": {"And": [one, one]},
        "Metrics": ["AmortizedCost"],
        "TimePeriod": {"Start": f"{old:%Y-%m-%dT%H:%M:%SZ}", "End": f"{midnight:%Y-%m-%dT%H:%M:%SZ}"},
    }
    assert code(client("ce").get_cost_and_usage, Granularity="HOURLY", **asked) == "ValidationException"
    assert code(client("ce").get_cost_and_usage, Granularity="DAILY", **asked) == "ValidationException"


def test_cloudtrail_tells_fifty_events_a_page(client) -> None:
    told = client("cloudtrail").lookup_events(**hours(24 * 60, 24 * 59))
    assert len(told["Events"]) == 50
    assert told["NextToken"]


def test_roles_lead_into_their_accounts_and_no_other(aws, client) -> None:
    role = "arn:aws:iam::{}:role/r"
    told = client("sts").assume_role(RoleArn=role.format(HOME), RoleSessionName="me")
    assert told["AssumedRoleUser"]["Arn"].startswith(f"arn:aws:sts::{HOME}:assumed-role/r/")
    assert (
        code(client("sts").assume_role, RoleArn=role.format("9" * 12), RoleSessionName="me") == "AccessDenied"
    )


def asked(number: int) -> Question:
    model = wire_models.service("ecs").operation_model("ListServices")
    return Question("ecs", model, REGION, "k", "", "", "json", {"cluster": f"c{number}"})


def test_faults_meet_the_same_requests_in_whatever_order_they_come() -> None:
    def met(order: list[int]) -> set[int]:
        faults = Faults([Fault("throttle", share=0.5)], seed=7)
        return {n for n in order if faults.of(asked(n), HOME)}

    one, other = met(list(range(200))), met(list(reversed(range(200))))
    assert one == other
    assert 70 < len(one) < 130


def test_faults_are_counted_and_bounded() -> None:
    faults = Faults([Fault("deny", after=2, most=3)])
    assert [bool(faults.of(asked(n), HOME)) for n in range(7)] == [False] * 2 + [True] * 3 + [False] * 2
    assert faults.played == {"deny": 3}


def test_a_line_names_a_fault() -> None:
    assert Fault.parse("throttle share=0.5 api=ecs:* tries=2") == Fault(
        "throttle", share=0.5, api="ecs:*", tries=2
    )
    with pytest.raises(ValueError, match="one of throttle"):
        Fault.parse("flood")
    with pytest.raises(ValueError, match="colour"):
        Fault.parse("deny colour=red")
