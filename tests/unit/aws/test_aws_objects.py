"""Objects of S3 through the SDK: bodies that break off, buckets elsewhere, and what may not be read."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3
import pytest
from fakes_aws import FakeTime

from advisor.aws.clients import Account
from advisor.errors import DeniedError

HERE, THERE = "eu-west-1", "us-west-2"
WHO = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
CONTENT = b'{"detail": {}}' * 1000


class S3(BaseHTTPRequestHandler):
    """Breaks the first body off; knows a bucket that is elsewhere and one that is closed."""

    asked: list[str]

    def do_POST(self) -> None:
        self._send(200, WHO)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/closed"):
            self._send(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        elif self.path.startswith("/elsewhere") and THERE not in self.headers["Authorization"]:
            self._send(301, b"<Error><Code>PermanentRedirect</Code></Error>", {"x-amz-bucket-region": THERE})
        elif len(self.asked) == 1:
            self._send(200, CONTENT[: len(CONTENT) // 2], length=len(CONTENT))
        else:
            self._send(200, CONTENT)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int = 0) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(length or len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def account(alone, monkeypatch) -> Iterator[Account]:
    S3.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), S3)
    Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {"ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "PROFILE": None}.items():
        monkeypatch.setenv(f"AWS_{name}", value) if value else monkeypatch.delenv(
            f"AWS_{name}", raising=False
        )
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    yield Account(boto3.Session(**keys), HERE, clock=FakeTime().clock())
    server.shutdown()
    server.server_close()


def test_a_body_that_breaks_off_is_asked_for_again(account: Account) -> None:
    found = account.caller(HERE).call("s3:GetObject", Bucket="acme", Key="x")
    assert found["Body"] == CONTENT
    assert S3.asked == ["/acme/x"] * 2


def test_a_bucket_of_another_region_is_found_there(account: Account) -> None:
    S3.asked.append("")
    assert account.caller(HERE).call("s3:GetObject", Bucket="elsewhere", Key="x")["Body"] == CONTENT
    assert len(S3.asked) == 3


def test_what_may_not_be_read_says_what_to_allow_in_iams_words(account: Account) -> None:
    with pytest.raises(
        DeniedError, match="s3:ListObjectsV2 in 111122223333 eu-west-1: AccessDenied"
    ) as raised:
        account.caller(HERE).call("s3:ListObjectsV2", Bucket="closed", Prefix="")
    assert raised.value.hint == ("allow s3:ListBucket, part of advisor policy --tier deep --events-s3 s3://…")
