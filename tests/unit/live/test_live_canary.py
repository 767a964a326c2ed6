"""Credentials of a shape that one recognises are in nothing that leaves the program, whatever AWS says."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError
from fakes_aws import FakeTime
from moto import mock_aws

from advisor.__main__ import main
from advisor.aws import calls, clients
from advisor.aws.secrets import masked

KEY, SECRET = "AKIACANARYCANARY0001", "cAnArY/secretcAnArY+secretcAnArY/secret0"
TOKEN = "FwoGZXIvYXdzEcAnArYtoken" + "cAnArYcAnArY0123456789" * 8 + "=="
PIECES = (KEY, SECRET, TOKEN, TOKEN[:24], TOKEN[-24:])
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000123456789</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
CODES = (
    *("SignatureDoesNotMatch", "InvalidSignatureException", "AccessDeniedException", "ExpiredTokenException"),
    *("ThrottlingException", "InternalFailure", "ValidationException", "Whatever"),
)
COMMANDS = {
    "recommend": ("recommend", "--region", "eu-west-1", "--days", "1"),
    "json": ("recommend", "--region", "eu-west-1", "--days", "1", "--deep", "--format", "json"),
    "doctor": ("doctor", "--region", "eu-west-1"),
    "accounts": (
        *("recommend", "--region", "all", "--accounts", "111122223333"),
        *("--role-arn", "arn:aws:iam::{account}:role/r"),
    ),
}


class Raw(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture
def canaries(alone: Path, monkeypatch, caplog) -> Path:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(calls, "Clock", lambda: FakeTime().clock())
    caplog.set_level(logging.DEBUG)
    return alone


def run(capsys, *argv: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(argv))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out + err


def leaks(home: Path, told: str, caplog) -> list[str]:
    """Return the pieces of credentials that are in what was printed, logged or written."""
    files = "".join(p.read_bytes().decode(errors="replace") for p in home.parent.rglob("*") if p.is_file())
    return [piece for piece in PIECES if piece in told + caplog.text + files]


class Wire:
    """Answers every request with a fault that repeats all that was sent, the identity too unless told."""

    def __init__(self, code: str, known: bool) -> None:
        self.code, self.known, self.repeated = code, known, 0

    def __call__(self, request, event_name: str, **_: object) -> AWSResponse:
        if event_name.endswith("GetCallerIdentity") and self.known:
            return AWSResponse(request.url, 200, {}, Raw(IDENTITY.encode()))
        sent = " ".join(
            f"{k}:{v.decode() if isinstance(v, bytes) else v}" for k, v in request.headers.items()
        )
        words = f"{KEY} {SECRET} '{TOKEN}' {sent}"  # first, where no cut saves us
        self.repeated += TOKEN in sent
        if self.code == "silence":
            raise ConnectTimeoutError(endpoint_url=f"https://x?X-Amz-Security-Token={TOKEN}")
        if self.code == "html":
            return AWSResponse(request.url, 500, {}, Raw(f"<html>{words}</html>".encode()))
        error = f"<Error><Code>{self.code}</Code><Message>{words}</Message></Error>"
        service = event_name.split(".")[1]
        text = {
            "sts": f"<ErrorResponse>{error}</ErrorResponse>",
            "ec2": f"<Response><Errors>{error}</Errors></Response>",
        }.get(service, json.dumps({"__type": self.code, "message": words}))
        return AWSResponse(request.url, 400, {}, Raw(text.encode()))


@pytest.mark.parametrize("code", [*CODES, "silence", "html"])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_fault_brings_credentials_out(
    canaries: Path, monkeypatch, capsys, caplog, command: str, code: str
) -> None:
    real = clients.session
    for known in (True, False):
        wire = Wire(code, known)

        def wired(profile: str | None = None, wire: Wire = wire) -> boto3.Session:
            session = real(profile)
            session.events.register("before-send", wire)
            return session

        monkeypatch.setattr(clients, "session", wired)
        for debug in ((), ("--debug",)):
            ended, told = run(capsys, *COMMANDS[command], *debug)
            assert ended == 1
            assert wire.repeated, "the wire has seen the token"
            assert leaks(canaries, told, caplog) == []


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_no_plan_holds_credentials(canaries: Path, capsys, caplog, form: str) -> None:
    with mock_aws():
        session = boto3.Session(region_name="eu-west-1")
        ecs = session.client("ecs")
        ecs.create_cluster(clusterName="web")
        ecs.register_task_definition(
            family="checkout",
            cpu="512",
            memory="1024",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{"name": "app", "image": "nginx"}],
        )
        ecs.create_service(
            cluster="web",
            serviceName="checkout",
            taskDefinition="checkout",
            desiredCount=1,
            launchType="FARGATE",
        )
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
        dimensions = [{"Name": "ClusterName", "Value": "web"}, {"Name": "ServiceName", "Value": "checkout"}]
        session.client("cloudwatch").put_metric_data(
            Namespace="AWS/ECS",
            MetricData=[
                {"MetricName": m, "Dimensions": dimensions, "Timestamp": hour, "Value": 20.0}
                for m in ("CPUUtilization", "MemoryUtilization")
            ],
        )
        caplog.clear()  # what the test itself asked is the test's
        ended, told = run(
            capsys,
            "recommend",
            "--region",
            "eu-west-1",
            "--days",
            "1",
            "--no-bill",
            "--debug",
            "--format",
            form,
        )
    assert ended == 0, told
    assert "checkout" in told
    assert leaks(canaries, told, caplog) == []


def test_a_bug_does_not_bring_them_out_either(canaries: Path, monkeypatch, capsys, caplog) -> None:
    def broken(profile: str | None) -> None:
        raise RuntimeError(f"{KEY} {SECRET} security-token: {TOKEN[:20]} and so on")

    monkeypatch.setattr(clients, "session", broken)
    for debug in ((), ("--debug",)):
        ended, told = run(capsys, *COMMANDS["recommend"], *debug)
        assert ended == 1
        assert "and so on" in told
        assert leaks(canaries, told, caplog) == []
        assert TOKEN[:20] not in told


def test_words_of_everyday_are_not_masked() -> None:
    plain = (
        "User: arn:aws:iam::000123456789:user/reader-of-many is not authorized to perform: ecs:ListClusters on resource: "
        "arn:aws:ecs:eu-west-1:000123456789:cluster/web (request 0a1b2c3d-0000-1111-2222-333344445555)"
    )
    assert masked(plain) == plain
