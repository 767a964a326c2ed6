"""S3 and SES on moto, and the two lists of operations that do not touch."""

from __future__ import annotations

import ast
from pathlib import Path

import boto3
import pytest
from botocore.config import Config as SdkConfig
from fakes_delivery import Hands, delivery, parcel
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

import advisor
from advisor.aws.clients import guard as read_guard
from advisor.aws.operations import CREDENTIALS, OPERATIONS
from advisor.aws.writer import Writer
from advisor.aws.writes import WRITES, report_policy
from advisor.delivery.channels.aws import S3Channel, SesChannel
from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.targets import MailTarget, S3Target
from advisor.errors import AwsError, DeniedError, ThrottledError, UnreachableError

BUCKET = S3Target("reports", "ecs/weekly", "us-east-1", "s3://reports/ecs/weekly")
TARGET = MailTarget("a@example.com", "", "mailto:a@example.com")
KEY = "ecs/weekly/weekly-2026-11-23.md"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        plain = boto3.Session()
        plain.client("s3").create_bucket(Bucket="reports")
        plain.client("sesv2").create_email_identity(EmailIdentity="finops@example.com")
        yield plain


def put(target: S3Target = BUCKET, **changes) -> str:
    return S3Channel(target, Writer).send(parcel(**changes), delivery(), Hands())


def test_objects_are_put_with_their_digest_and_type(aws: boto3.Session) -> None:
    assert put() == "2 objects"
    found = aws.client("s3").get_object(Bucket="reports", Key=KEY)
    assert (found["Body"].read(), found["ContentType"]) == (b"# Savings\n", "text/markdown")
    assert len(found["Metadata"]["advisor-sha256"]) == 64
    assert found["Metadata"]["advisor-delivery"] == delivery().message_id.strip("<>")


def test_a_second_time_puts_nothing(aws: boto3.Session) -> None:
    put()
    before = aws.client("s3").head_object(Bucket="reports", Key=KEY)["LastModified"]
    assert put() == "2 objects"
    assert aws.client("s3").head_object(Bucket="reports", Key=KEY)["LastModified"] == before


def test_what_is_not_ours_stays(aws: boto3.Session) -> None:
    aws.client("s3").put_object(Bucket="reports", Key=KEY, Body=b"theirs")
    with pytest.raises(RefusedError, match="other content"):
        put()
    assert aws.client("s3").get_object(Bucket="reports", Key=KEY)["Body"].read() == b"theirs"


def test_a_bucket_that_is_not_there_is_for_people(aws: boto3.Session) -> None:
    with pytest.raises(TryLater) as ending:
        put(S3Target("nowhere", "", "us-east-1", "s3://nowhere"))
    assert ending.value.needs_people


def test_ses_takes_the_same_mail(aws: boto3.Session) -> None:
    hands = Hands()
    receipt = SesChannel(TARGET, "FinOps <finops@example.com>", "us-east-1", Writer).send(
        parcel(), delivery(), hands
    )
    assert receipt
    assert hands.count == 1
    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    assert delivery().message_id in str(sent.raw_data)


def test_a_sender_that_ses_does_not_know_is_refused(aws: boto3.Session) -> None:
    with pytest.raises(RefusedError, match="MessageRejected"):
        SesChannel(TARGET, "other@example.com", "us-east-1", Writer).send(parcel(), delivery(), Hands())


@pytest.mark.parametrize(
    ("fault", "kind", "doubt", "people"),
    [
        (ThrottledError("slow", code="Throttling"), TryLater, False, False),
        (UnreachableError("silent"), TryLater, True, False),
        (DeniedError("no", code="AccessDenied"), TryLater, False, True),
        (AwsError("bad", code="ValidationException"), RefusedError, False, False),
    ],
)
def test_what_aws_says_becomes_what_we_do(
    fault: AwsError, kind: type[Exception], doubt: bool, people: bool
) -> None:
    class Broken:
        def write(self, name: str, region: str | None, /, **params: object) -> dict[str, object]:
            raise fault

    with pytest.raises(kind) as ending:
        SesChannel(TARGET, "finops@example.com", None, Broken).send(parcel(), delivery(), Hands())
    assert getattr(ending.value, "is_in_doubt", False) is doubt
    assert getattr(ending.value, "needs_people", False) is people


def test_what_reads_and_what_writes_are_two_lists() -> None:
    reads = {(o.service, o.api) for o in OPERATIONS.values()}
    assert not reads & {(w.service, w.api) for w in WRITES.values()}
    assert {w.name for w in WRITES.values()} == {"s3:PutObject", "s3:GetObject", "ses:SendEmail"}
    allowed = {a for s in report_policy()["Statement"] for a in s["Action"]}
    assert allowed == set(WRITES) | {"ses:SendRawEmail"}


def test_what_reads_cannot_write_and_what_writes_cannot_read(aws: boto3.Session) -> None:
    reading = boto3.Session()
    reading.events.register("before-call", read_guard)
    with pytest.raises(AwsError, match="only reads"):
        reading.client("s3").put_object(Bucket="reports", Key="x", Body=b"")
    source = boto3.Session()
    Writer(source)
    for service, call, params in (
        ("s3", "delete_object", {"Bucket": "reports", "Key": "x"}),
        ("s3", "list_buckets", {}),
        ("ecs", "list_clusters", {}),
        ("sesv2", "delete_email_identity", {"EmailIdentity": "x@example.com"}),
    ):
        with pytest.raises(AwsError, match="deliver a report"):
            getattr(source.client(service, config=SdkConfig(retries={"total_max_attempts": 1})), call)(
                **params
            )
    with pytest.raises(AwsError, match="not among the operations"):
        Writer().write("s3:DeleteObject", None, Bucket="reports", Key="x")
    assert CREDENTIALS[0].name == "sts:GetCallerIdentity"


def test_only_the_command_names_the_writer() -> None:
    """Import contracts say so too; this one sees imports inside functions of rooms that no contract lists."""
    root = Path(advisor.__file__).parent
    named = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                modules = [f"{node.module}", *(f"{node.module}.{a.name}" for a in node.names)]
            if any(m in ("advisor.aws.writer", "advisor.aws.writes") for m in modules):
                named.add(path.relative_to(root).as_posix())
    assert named == {"aws/writer.py", "cli/policy.py", "cli/report.py"}
