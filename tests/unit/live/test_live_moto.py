"""The SDK, our callers and the readers together, against moto where moto is right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from fakes_objects import lined, state_change
from moto import mock_aws

from advisor.aws.clients import Account, in_role
from advisor.aws.failures import Ledger, Status
from advisor.errors import AwsError
from advisor.usage import read_live
from advisor.usage.live.history.objects import Archive, Folder
from advisor.usage.live.history.sources import Window
from advisor.usage.live.inventory import read_inventory
from advisor.usage.live.spans import spans

REGION = "eu-west-1"


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAAAAAAAAAAAAAAAAA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        filled(session)
        yield session


def filled(session: boto3.Session) -> None:
    ecs = session.client("ecs")
    cluster = ecs.create_cluster(clusterName="web")["cluster"]["clusterArn"]
    for family in ("checkout", "nightly"):
        ecs.register_task_definition(
            family=family,
            cpu="512",
            memory="1024",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{"name": "app", "image": "nginx"}],
        )
    for number in range(12):
        name = f"checkout-{number}"
        ecs.create_service(
            cluster="web", serviceName=name, taskDefinition="checkout", desiredCount=1, launchType="FARGATE"
        )
    session.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/web/checkout-3",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=9,
    )
    session.client("scheduler").create_schedule(
        Name="nightly",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": cluster,
            "RoleArn": "arn:aws:iam::123456789012:role/r",
            "EcsParameters": {
                "TaskDefinitionArn": f"arn:aws:ecs:{REGION}:123456789012:task-definition/nightly",
                "LaunchType": "FARGATE",
            },
        },
    )


def test_an_account_is_read(session) -> None:
    ledger = Ledger()
    caller = Account(session, REGION).caller(REGION)
    inventory = read_inventory(caller, ledger, datetime(2026, 10, 1, tzinfo=UTC))
    rows = {w.row["name"]: w.row for w in inventory.workloads}
    assert set(rows) == {*(f"checkout-{n}" for n in range(12)), "nightly"}
    assert {(r["task_vcpu"], r["task_memory_mib"], r["launch_type"]) for r in rows.values()} == {
        (0.5, 1024.0, "FARGATE")
    }
    assert (rows["checkout-3"]["min_tasks"], rows["checkout-3"]["max_tasks"]) == (2, 9)
    assert rows["nightly"]["kind"] == "SCHEDULED"
    assert {c.status for c in ledger.cells()} == {Status.COMPLETE}


def test_metrics_come_through_the_sdk(session) -> None:
    now = datetime.now(UTC)
    hour = spans(1, now)[-1].end - timedelta(hours=1)
    for metric, values in (("CPUUtilization", [20.0, 60.0]), ("MemoryUtilization", [50.0, 50.0])):
        dimensions = [{"Name": "ClusterName", "Value": "web"}, {"Name": "ServiceName", "Value": "checkout-0"}]
        session.client("cloudwatch").put_metric_data(
            Namespace="AWS/ECS",
            MetricData=[
                {"MetricName": metric, "Dimensions": dimensions, "Timestamp": hour, "Value": v}
                for v in values
            ],
        )
    ledger = Ledger()
    usage = read_live(
        [Account(session, REGION).caller(REGION)], ledger, name="prod", days=1, now=now, bill=False
    )  # moto knows no reservations
    (point,) = usage.usage.to_dicts()
    assert usage.workloads["workload_id"][point["workload"]] == "checkout-0"
    assert (point["start"], point["interval_s"], point["tasks"]) == (hour, 60, 2.0)
    assert (point["vcpu_used_mean"], point["vcpu_used_max"]) == (0.2, pytest.approx(0.3))
    assert (point["memory_used_mib_mean"], point["memory_used_mib_max"]) == (512.0, 512.0)
    assert not any(c.is_hole for c in ledger.cells())


def test_a_role_of_another_account_sees_what_is_there(session) -> None:
    role = in_role(session, "arn:aws:iam::444455556666:role/reader", REGION)
    caller = Account(role, REGION).caller(REGION)
    assert caller.account_id == "444455556666"
    assert read_inventory(caller, Ledger(), datetime(2026, 10, 1, tzinfo=UTC)).workloads == ()


def test_objects_come_whole_through_the_sdk_and_in_pages(session) -> None:
    bucket = session.client("s3")
    bucket.create_bucket(Bucket="acme-events", CreateBucketConfiguration={"LocationConstraint": REGION})
    for number in range(1_003):
        bucket.put_object(Bucket="acme-events", Key=f"ecs/{number:04}", Body=b"")
    event = state_change(
        {
            "taskArn": f"arn:aws:ecs:{REGION}:123456789012:task/web/1",
            "clusterArn": f"arn:aws:ecs:{REGION}:123456789012:cluster/web",
            "taskDefinitionArn": f"arn:aws:ecs:{REGION}:123456789012:task-definition/nightly:1",
            "stoppedAt": datetime.now(UTC),
        }
    )
    bucket.put_object(Bucket="acme-events", Key="ecs/9999", Body=lined([event]))
    caller = Account(session, REGION).caller(REGION)
    archive = Archive(Folder("acme-events", "ecs/"))
    now = datetime.now(UTC)
    assert archive.since(caller) <= now
    window = Window(now - timedelta(hours=1), now + timedelta(hours=1))
    assert archive.estimate(caller, window).requests == 1, "empty objects tell nothing"
    assert [r.task for r in archive.told(caller, window).runs["123456789012", REGION]] == ["1"]


def test_a_bucket_that_is_not_there_is_told(session) -> None:
    caller = Account(session, REGION).caller(REGION)
    with pytest.raises(AwsError, match="s3:ListObjectsV2 in 123456789012 eu-west-1: NoSuchBucket"):
        Archive(Folder("acme-nowhere", "")).since(caller)
