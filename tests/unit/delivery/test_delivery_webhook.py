"""Webhooks: over TLS, to public addresses only, one step, and never a word of the URL."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from certificates import certificate
from fakes_delivery import Hands, delivery, parcel
from fakes_webhook import Hook, receiver

from advisor.config import SlackPolicy
from advisor.delivery.channels import webhook
from advisor.delivery.channels.addresses import allowed_address, is_public, resolve
from advisor.delivery.channels.webhook import SlackChannel
from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.targets import SlackTarget
from advisor.errors import ConfigError

TARGET = SlackTarget("finops", "slack:finops")
SECRET = "T0/B0/s3cr3ts3cr3t"


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A receiver for hooks.slack.com, whose certificate is trusted."""
    trusted, context = certificate(tmp_path, "hooks.slack.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with receiver(Hook(), context) as running:
        yield running


def channel(
    port: int | None,
    *,
    host: str = "hooks.slack.com",
    private: bool = True,
    found=("127.0.0.1",),
    scheme="https",
):
    policy = SlackPolicy(webhooks={"finops": "HOOK"}, allow_private=private)
    place = host if port is None else f"{host}:{port}"
    return SlackChannel(
        TARGET, policy, {"HOOK": f"{scheme}://{place}/services/{SECRET}"}, lambda name, number: list(found)
    )


def said(ending) -> str:
    return " ".join([ending.value.message, ending.value.hint or "", repr(ending.value)])


def test_a_parcel_is_posted_with_its_fallback(hook: Hook) -> None:
    hands = Hands()
    assert channel(hook.port).send(parcel(), delivery(), hands) == "HTTP 200"
    assert hook.posts == [{"text": "Savings of the week", "blocks": list(parcel().slack_blocks)}]
    assert (hook.paths, hands.count) == ([f"/services/{SECRET}"], 1)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_passes_is_tried_later(hook: Hook, status: int) -> None:
    hook.answers, hook.headers = [status], {"Retry-After": "7"}
    with pytest.raises(TryLater) as ending:
        channel(hook.port).send(parcel(), delivery(), Hands())
    assert (ending.value.wait_s, ending.value.is_in_doubt) == (7.0, False)
    assert "s3cr3t" not in said(ending)


@pytest.mark.parametrize("status", [302, 307, 400, 403, 404, 410])
def test_what_stays_is_given_up_and_no_redirect_is_followed(hook: Hook, status: int) -> None:
    hook.answers, hook.headers = [status], {"Location": f"https://localhost:{hook.port}/elsewhere"}
    with pytest.raises(RefusedError) as ending:
        channel(hook.port).send(parcel(), delivery(), Hands())
    assert len(hook.posts) == 1
    assert "s3cr3t" not in said(ending)


def test_no_answer_is_a_doubt(hook: Hook) -> None:
    hook.answers = [0]
    with pytest.raises(TryLater) as ending:
        channel(hook.port).send(parcel(), delivery(), Hands())
    assert ending.value.is_in_doubt
    assert "s3cr3t" not in said(ending)


def test_no_connection_is_none(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hands = Hands()
    with pytest.raises(TryLater) as ending:
        channel(port).send(parcel(), delivery(), hands)
    assert (ending.value.is_in_doubt, hands.count) == (False, 0)


def test_a_certificate_of_another_host_is_refused_before_anything_is_sent(hook: Hook, monkeypatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 5.0)
    policy = SlackPolicy(webhooks={"finops": "HOOK"}, allow_private=True, hosts=("other.example.com",))
    url = f"https://other.example.com:{hook.port}/{SECRET}"
    with pytest.raises(TryLater, match="no connection: SSLCertVerificationError"):
        SlackChannel(TARGET, policy, {"HOOK": url}, lambda *_: ["127.0.0.1"]).send(
            parcel(), delivery(), Hands()
        )
    assert hook.posts == []


URLS = {
    "": "holds no webhook URL",
    f"http://hooks.slack.com/{SECRET}": "must begin with https",
    f"https://evil.example.com/{SECRET}": "none of slack.hosts",
    f"https://hooks.slack.com.evil.example.com/{SECRET}": "none of slack.hosts",
    f"https://hooks.slack.com@evil.example.com/{SECRET}": "HOST/PATH",
    f"https://user:{SECRET}@hooks.slack.com/x": "cannot be read",
    "https://user:s3cr3t@hooks.slack.com/x": "HOST/PATH",
    f"https://hooks.slack.com:8443/{SECRET}": "none of slack.hosts",
    f"https://hooks.slack.com/{SECRET}\r\nX: y": "HOST/PATH",
    f"https://[::1/{SECRET}": "cannot be read",
    f"https://hooks.slack.com:99999/{SECRET}": "cannot be read",
    f"https://169.254.169.254/{SECRET}": "none of slack.hosts",
    f"file:///etc/passwd?{SECRET}": "must begin with https",
}


@pytest.mark.parametrize("url", URLS)
def test_urls_that_are_no_webhooks(url: str) -> None:
    with pytest.raises(ConfigError) as ending:
        SlackChannel(TARGET, SlackPolicy(webhooks={"finops": "HOOK"}), {"HOOK": url}).send(
            parcel(), delivery(), Hands()
        )
    assert URLS[url] in ending.value.message
    assert "s3cr3t" not in said(ending)


def test_a_name_without_a_variable() -> None:
    with pytest.raises(ConfigError, match=r"slack\.webhooks names no finops"):
        SlackChannel(TARGET, SlackPolicy(), {})


INSIDE = (
    *(
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
    ),
    *(
        "192.168.0.1",
        "192.168.255.255",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.0.1",
        "100.64.0.1",
        "100.127.255.255",
    ),
    *(
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
    ),
    *(
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "::ffff:10.0.0.1",
    ),
    *(
        "fe80::1",
        "fe80::1%eth0",
        "febf::1",
        "fc00::1",
        "fd00::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fdff::1",
        "ff02::1",
    ),
    *(
        "2001:db8::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:a9fe:a9fe::1",
        "2002:7f00:1::",
        "100::1",
    ),
    *("2001::1", "2001:0:4136:e378:8000:63bf:5601:5601", "::7f00:1", "fec0::1", "3fff::1", "nonsense", ""),
)
OUTSIDE = (
    "8.8.8.8",
    "1.1.1.1",
    "52.95.110.1",
    "172.32.0.1",
    "172.15.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a05:d018::1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_no_webhook_may_be_on(hook: Hook, address: str) -> None:
    assert not is_public(address)
    with pytest.raises(RefusedError, match="no public address"):
        channel(None, private=False, found=("8.8.8.8", address)).send(parcel(), delivery(), Hands())
    assert hook.posts == []


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_that_one_may_be_on(address: str) -> None:
    assert allowed_address("hooks.slack.com", 443, "x", lambda *_: [address], allow_private=False) == address


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_numbers_are_hosts_too_and_are_looked_at_as_the_system_reads_them(host: str) -> None:
    with pytest.raises((RefusedError, TryLater)) as ending:
        allowed_address(host, 443, "slack:x", resolve, allow_private=False)
    assert isinstance(ending.value, RefusedError) or "no address" in ending.value.message


def test_the_name_is_asked_for_once(hook: Hook) -> None:
    """Whoever answers differently the second time is not asked a second time."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    policy = SlackPolicy(webhooks={"finops": "HOOK"}, allow_private=True)
    url = f"https://hooks.slack.com:{hook.port}/{SECRET}"
    SlackChannel(TARGET, policy, {"HOOK": url}, lambda *_: next(answers)).send(parcel(), delivery(), Hands())
    assert len(hook.posts) == 1
    assert next(answers) == ["169.254.169.254"]
