"""Task state changes in S3, over HTTP: the command reads a bucket of moto's beside the simulated account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from fakes_objects import lined, run_together
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer
from simulated import advise
from simulated_aws.fleets import small
from simulated_aws.place import Place
from simulated_aws.server import SimulatedAws
from simulated_aws.services.logs import events
from test_simulated_plan import differing

pytestmark = pytest.mark.e2e
REGION = "eu-west-1"
ARGV = (
    *(
        "recommend",
        "--region",
        REGION,
        "--days",
        "3",
        "--set",
        "profile.min_days=1",
        "--no-bill",
        "--no-cache",
    ),
    *("--deep", "--format", "json"),
)
URL = "s3://acme-events/ecs/{region}/"
ARCHIVE = ("--events-s3", URL)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_runs_in_s3_give_the_plan_that_runs_in_a_log_group_give(tmp_path: Path, s3: str) -> None:
    there = {"AWS_ENDPOINT_URL_S3": s3}
    with SimulatedAws(replace(small(), event_log=True)) as aws:
        while True:
            hour = datetime.now(UTC).hour
            aws.journal.clear()
            logged = advise(tmp_path, aws, *ARGV)
            (query,) = aws.journal.entries("logs:StartQuery")
            fill(s3, aws, query.params["startTime"], query.params["endTime"])
            aws.journal.clear()
            archived = advise(tmp_path, aws, *ARGV, *ARCHIVE, **there)
            if hour == datetime.now(UTC).hour:
                break
        assert aws.journal.entries("logs:StartQuery") == [], "the log group is not paid for too"
    assert (logged.code, archived.code) == (0, 0), logged.err + archived.err
    assert differing(logged.plan, archived.plan) == {"notes"}
    (note,) = (n for n in archived.plan["notes"] if "runs in cluster" in n)
    assert f"are from task state changes in s3://acme-events/ecs/{REGION}/, 3 days of it" in note
    assert "no events" not in note


def test_a_bucket_that_is_not_there_costs_no_other_source(tmp_path: Path, s3: str) -> None:
    with SimulatedAws(replace(small(), event_log=True)) as aws:
        done = advise(tmp_path, aws, *ARGV, "--events-s3", "s3://acme-typo/ecs", AWS_ENDPOINT_URL_S3=s3)
        assert len(aws.journal.entries("logs:StartQuery")) == 1
    assert done.code == 3, done.err
    assert f" {REGION} s3: partial, s3:ListObjectsV2" in done.err
    assert "NoSuchBucket" in done.err


def fill(s3: str, aws: SimulatedAws, start_s: int, end_s: int) -> None:
    """Put the events of a time into a bucket, as Firehose does: in many objects, some packed, and some events twice."""
    (account_id,) = (a.account_id for a in aws.estate.accounts if a.active)
    told = list(events(Place(aws.estate, account_id, REGION, datetime.now(UTC), ""), start_s, end_s))
    assert len(told) >= 9
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("s3", endpoint_url=s3, region_name=REGION, **keys)
    client.create_bucket(Bucket="acme-events", CreateBucketConfiguration={"LocationConstraint": REGION})
    for number in range(0, len(told), 3):
        part = told[max(0, number - 1) : number + 3]
        body = run_together(part) if number % 2 else lined(part)
        client.put_object(Bucket="acme-events", Key=f"ecs/{REGION}/2026/{number:06}", Body=body)
    # moto runs in this process, and has no other way to make an object old
    first = f"ecs/{REGION}/2025/000000"
    client.put_object(Bucket="acme-events", Key=first, Body=lined(told[:1]))
    stored = s3_backends["123456789012"]["aws"].buckets["acme-events"].keys
    stored[first].last_modified = datetime.fromtimestamp(start_s, UTC) - timedelta(days=1)
    for key in set(stored) - {first}:
        stored[key].last_modified = datetime.fromtimestamp(start_s, UTC) + timedelta(hours=1)
