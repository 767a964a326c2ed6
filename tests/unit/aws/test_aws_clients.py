"""The SDK itself, with its wire cut: retries are off, faults become ours, nothing unlisted is sent."""

from __future__ import annotations

import io
import json
import traceback
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError
from fakes_aws import FakeTime

from advisor.aws.clients import SETTINGS, Account, in_role, session
from advisor.errors import AwsError, ConfigError, DeniedError, ThrottledError, UnreachableError

IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000123456789</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


class Raw(io.BytesIO):
    def stream(self):
        yield self.read()


class Wire:
    """Takes every request of a session before it leaves and answers from a list, one for each."""

    def __init__(self, *answers) -> None:
        self.answers, self.sent = list(answers), []
        self.session = boto3.Session(
            aws_access_key_id="AKIAAAAAAAAAAAAAAAAA",
            aws_secret_access_key="x",
            region_name="eu-west-1",
        )
        self.session.events.register("before-send", self)

    def __call__(self, request, event_name, **_):
        self.sent.append(event_name.removeprefix("before-send."))
        if event_name.endswith("GetCallerIdentity"):
            return AWSResponse(request.url, 200, {}, Raw(IDENTITY.encode()))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        text = body if isinstance(body, str) else json.dumps(body)
        return AWSResponse(request.url, status, {}, Raw(text.encode()))


@pytest.fixture(autouse=True)
def nothing_of_this_machine(alone, monkeypatch):
    for name in (
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_MAX_ATTEMPTS",
        "AWS_ENDPOINT_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def account(wire: Wire, time: FakeTime | None = None) -> Account:
    return Account(wire.session, "eu-west-1", clock=(time or FakeTime()).clock())


def test_an_account_knows_its_number_with_its_zeros() -> None:
    assert account(Wire()).caller("us-east-1").account_id == "000123456789"


def test_an_answer_comes_through() -> None:
    caller = account(Wire((200, {"clusterArns": ["a"]}))).caller("us-east-1")
    assert caller.call("ecs:ListClusters", maxResults=100)["clusterArns"] == ["a"]


def test_the_sdk_tries_once_and_we_try_again(monkeypatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    storm = (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
    wire, time = (
        Wire(storm, (500, "<html>oops</html>"), ConnectTimeoutError(endpoint_url="x"), (200, {})),
        FakeTime(),
    )
    account(wire, time).caller("eu-west-1").call("ecs:ListClusters")
    assert wire.sent == ["sts.GetCallerIdentity", *["ecs.ListClusters"] * 4]
    assert len(time.slept) == 3, "each repetition is ours"


FAULTS = {
    "AccessDeniedException": (
        400,
        DeniedError,
        "allow ecs:ListClusters, part of advisor policy --tier basic",
    ),
    "ExpiredTokenException": (400, DeniedError, "sign in again"),
    "ThrottlingException": (400, ThrottledError, "run it again later"),
    "ServerException": (500, UnreachableError, ""),
    "Whatever": (503, UnreachableError, ""),
    "ClusterNotFoundException": (400, AwsError, ""),
}


@pytest.mark.parametrize("code", FAULTS)
def test_faults_become_ours(code: str) -> None:
    status, kind, hint = FAULTS[code]
    wire = Wire(*[(status, {"__type": code, "message": "some words"})] * 200)
    with pytest.raises(AwsError) as raised:
        account(wire).caller("us-east-1").call("ecs:ListClusters")
    assert type(raised.value) is kind
    words = "" if code == "ExpiredTokenException" else ", some words"
    assert f"ecs:ListClusters in 000123456789 us-east-1: {code}{words}" in raised.value.message
    assert raised.value.code == code
    assert hint in (raised.value.hint or "")


def test_no_credentials_are_said_to_be_missing() -> None:
    with pytest.raises(DeniedError, match="Unable to locate credentials") as raised:
        Account(boto3.Session(region_name="eu-west-1"), "eu-west-1", clock=FakeTime().clock())
    assert "sign in" in raised.value.hint
    with pytest.raises(AwsError, match="no credentials to start from"):
        in_role(boto3.Session(), "arn:aws:iam::1:role/r", "eu-west-1")


@pytest.mark.parametrize(
    "code", ["SignatureDoesNotMatch", "AccessDeniedException", "ValidationException", "InternalFailure"]
)
def test_a_token_that_aws_repeats_is_in_no_message_and_no_traceback(code: str) -> None:
    wire = Wire(*[(403, {"__type": code, "message": f"{'- ' * 200} x-amz-security-token:CANARY"})] * 200)
    try:
        account(wire).caller("us-east-1").call("ecs:ListClusters")
    except AwsError as error:
        told = "".join(traceback.format_exception(error)) + str(error.hint)
    assert code in told
    assert "CANARY" not in told


def test_times_are_read_from_numbers_and_from_text(monkeypatch) -> None:
    wire = Wire(
        (
            200,
            {"MetricDataResults": [{"Id": "q0", "Timestamps": [1790000000, 1790000060.5], "Values": [1, 2]}]},
        ),
        (
            200,
            "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><launchTime>2026-09-21T14:13:20.000Z"
            "</launchTime></item></instancesSet></item></reservationSet></DescribeInstancesResponse>",
        ),
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "B")
    quick = session()
    quick.events.register("before-send", wire)
    caller = Account(quick, "eu-west-1").caller("eu-west-1")
    start = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    data = caller.call("cloudwatch:GetMetricData", MetricDataQueries=[], StartTime=start, EndTime=start)
    assert data["MetricDataResults"][0]["Timestamps"] == [start, start + timedelta(seconds=60.5)]
    instance = caller.call("ec2:DescribeInstances")["Reservations"][0]["Instances"][0]
    assert instance["LaunchTime"] == start


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(ConfigError, match="prod"):
        session("prod")


def test_a_write_never_reaches_the_wire_even_by_the_sdk_itself() -> None:
    wire = Wire()
    account(wire)
    client = wire.session.client("ecs", config=SETTINGS)
    with pytest.raises(AwsError, match="ecs:DeleteCluster is not among"):
        client.delete_cluster(cluster="prod")
    assert wire.sent == ["sts.GetCallerIdentity"]


def test_a_role_is_entered_once_and_guarded_too() -> None:
    keys = "<AccessKeyId>A</AccessKeyId><SecretAccessKey>B</SecretAccessKey><SessionToken>C</SessionToken>"
    until = "<Expiration>2099-01-01T00:00:00Z</Expiration>"
    entered = f"<AssumeRoleResponse><AssumeRoleResult><Credentials>{keys}{until}</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    outside = Wire((200, entered))
    inside = Wire((200, {}))
    role = in_role(outside.session, "arn:aws:iam::1:role/r", "eu-west-1", "secret-id")
    role.events.register("before-send", inside)
    Account(role, "eu-west-1").caller("eu-west-1").call("ecs:ListClusters")
    assert outside.sent == ["sts.AssumeRole"]
    assert inside.sent == ["sts.GetCallerIdentity", "ecs.ListClusters"]
    with pytest.raises(AwsError, match="is not among"):
        outside.session.client("ecs").delete_cluster(cluster="prod")


REFUSED = "<ErrorResponse><Error><Code>{}</Code><Message>some words</Message></Error></ErrorResponse>"
ROLE = "arn:aws:iam::1:role/r"


def test_a_role_that_lets_nobody_in_is_named_with_its_trust() -> None:
    outside = Wire((403, REFUSED.format("AccessDenied")))
    with pytest.raises(
        DeniedError, match="sts:AssumeRole in an unknown account eu-west-1: AccessDenied"
    ) as raised:
        Account(in_role(outside.session, ROLE, "eu-west-1"), "eu-west-1", clock=FakeTime().clock())
    assert "trust policy" in raised.value.hint
    assert outside.sent == ["sts.AssumeRole"]


def test_a_throttled_role_is_entered_again_by_us() -> None:
    storm = (400, REFUSED.format("Throttling"))
    outside, time = Wire(*[storm] * 3, (403, REFUSED.format("AccessDenied"))), FakeTime()
    with pytest.raises(DeniedError):
        Account(in_role(outside.session, ROLE, "eu-west-1"), "eu-west-1", clock=time.clock())
    assert outside.sent == ["sts.AssumeRole"] * 4
    assert len(time.slept) == 3
