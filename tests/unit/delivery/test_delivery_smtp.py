"""A real mail server on loopback: taken, refused, late, over TLS; and no password in any word."""

from __future__ import annotations

import smtplib
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from certificates import certificate
from fakes_delivery import Hands, delivery, parcel
from fakes_mail import Post, free_port, post_office

from advisor.config import SmtpPolicy
from advisor.delivery.channels import smtp
from advisor.delivery.channels.smtp import Server, SmtpChannel, server_of
from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.targets import MailTarget
from advisor.errors import ConfigError

TARGET = MailTarget("a@example.com", "", "mailto:a@example.com")
PASSWORD = "passw0rd-s3cr3t"


def channel(
    url: str, target: MailTarget = TARGET, environ: dict[str, str] | None = None, **policy: Any
) -> SmtpChannel:
    sender = "FinOps <finops@example.com>"
    return SmtpChannel(
        target, sender, SmtpPolicy(url=url, **policy), environ or {"ADVISOR_SMTP_PASSWORD": PASSWORD}
    )


def test_a_mail_reaches_one_person_whole() -> None:
    with post_office(Post()) as post:
        hands = Hands()
        receipt = channel(f"smtp://127.0.0.1:{post.port}").send(parcel(), delivery(), hands)
    (letter,) = post.letters
    assert (receipt, hands.count) == ("taken", 1)
    assert (letter.sender, letter.recipients) == ("finops@example.com", ["a@example.com"])
    assert letter.message["Message-ID"] == delivery().message_id
    assert letter.message.get_body(("plain",)).get_content().startswith("$500")


def test_a_subject_of_the_targets_own() -> None:
    with post_office(Post()) as post:
        target = MailTarget("a@example.com", "For you", "mailto:a@example.com")
        channel(f"smtp://127.0.0.1:{post.port}", target).send(parcel(), delivery(), Hands())
    assert post.letters[0].message["Subject"] == "For you"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("451 later", TryLater), ("452 full", TryLater), ("550 no", RefusedError), ("554 spam", RefusedError)],
)
def test_what_the_server_says_is_known(answer: str, kind: type[Exception]) -> None:
    with post_office(Post(lambda letter: answer)) as post, pytest.raises(kind) as ending:
        channel(f"smtp://127.0.0.1:{post.port}").send(parcel(), delivery(), Hands())
    assert answer in str(ending.value)
    assert not getattr(ending.value, "is_in_doubt", False)


def test_nobody_there_is_no_doubt() -> None:
    hands = Hands()
    with pytest.raises(TryLater) as ending:
        channel(f"smtp://127.0.0.1:{free_port()}").send(parcel(), delivery(), hands)
    assert (ending.value.is_in_doubt, hands.count) == (False, 0)


def test_a_line_that_breaks_after_the_message_is_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.3)
    with post_office(Post(late_s=1.0)) as post, pytest.raises(TryLater) as ending:
        channel(f"smtp://127.0.0.1:{post.port}").send(parcel(), delivery(), Hands())
    assert ending.value.is_in_doubt


def auth(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    del server, session, envelope, mechanism
    return AuthResult(success=data.password.decode() == "right", handled=False)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    path, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return context


def test_a_password_goes_over_tls_only_and_a_wrong_one_is_for_people(trusted: ssl.SSLContext) -> None:
    options = {"tls_context": trusted, "authenticator": auth, "auth_required": True, "require_starttls": True}
    with post_office(Post(), **options) as post:
        url = f"smtp://finops@localhost:{post.port}"
        with pytest.raises(TryLater) as ending:
            channel(url).send(parcel(), delivery(), Hands())
        assert ending.value.needs_people
        assert "s3cr3t" not in f"{ending.value} {ending.value.hint}"
        channel(url, environ={"ADVISOR_SMTP_PASSWORD": "right"}).send(parcel(), delivery(), Hands())
        channel(url, environ={"MINE": "right"}, password_env="MINE").send(parcel(), delivery(), Hands())
    assert len(post.letters) == 2


def test_tls_from_the_start(trusted: ssl.SSLContext) -> None:
    with post_office(Post(), ssl_context=trusted) as post:
        channel(f"smtps://localhost:{post.port}").send(parcel(), delivery(), Hands())
    assert len(post.letters) == 1


def test_a_server_without_starttls_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "HERE", frozenset())
    with post_office(Post()) as post:
        url = f"smtp://127.0.0.1:{post.port}"
        with pytest.raises(RefusedError, match="no STARTTLS"):
            channel(url).send(parcel(), delivery(), Hands())
        assert post.letters == []
        channel(url, allow_plaintext=True).send(parcel(), delivery(), Hands())
    assert len(post.letters) == 1


def test_a_certificate_nobody_trusts(tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with post_office(Post(), ssl_context=context) as post, pytest.raises(TryLater, match="CertVerification"):
        channel(f"smtps://localhost:{post.port}").send(parcel(), delivery(), Hands())
    assert post.letters == []


def test_servers_are_read() -> None:
    assert server_of("smtps://me%40x@mail.example.com") == Server("mail.example.com", 465, "me@x", True)
    assert server_of("smtp://mail.example.com:25") == Server("mail.example.com", 25, "", False)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "mail.example.com",
        "http://x",
        "smtp://",
        "smtp://h/path",
        "smtp://h:99999",
        "smtps://u:s3cr3t@h",
        "smtp://[x",
    ],
)
def test_what_is_no_server(url: str | None) -> None:
    with pytest.raises(ConfigError) as ending:
        server_of(url)
    assert "s3cr3t" not in f"{ending.value.message}{ending.value.hint}"


def test_a_user_needs_a_password() -> None:
    with pytest.raises(ConfigError, match="ADVISOR_SMTP_PASSWORD in the environment"):
        channel("smtps://me@localhost", environ={"OTHER": "x"}).send(parcel(), delivery(), Hands())


def test_a_password_that_cannot_be_sent_is_not_shown() -> None:
    with pytest.raises(ConfigError) as ending:
        channel("smtps://me@localhost", environ={"ADVISOR_SMTP_PASSWORD": "pässw0rd"}).send(
            parcel(), delivery(), Hands()
        )
    assert "ssw0rd" not in ending.value.message


def test_the_mail_library_never_prints() -> None:
    assert smtplib.SMTP.debuglevel == 0
