"""A mail server: TLS always, but on this machine, and the message handed over only when all before it went well."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from advisor.aws.secrets import masked
from advisor.config import SmtpPolicy
from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.message import mail
from advisor.delivery.names import one_line
from advisor.delivery.outbox import Delivery
from advisor.delivery.parcel import Parcel
from advisor.delivery.targets import MailTarget
from advisor.errors import ConfigError

TIMEOUT_S = 30.0
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
TAKEN = 250


@dataclass(frozen=True)
class Server:
    """A mail server, as `smtp.url` says."""

    host: str
    port: int
    user: str
    is_tls: bool


def server_of(url: str | None) -> Server:
    """Return the mail server of `smtp.url`.

    Raises:
        ConfigError: there is none, it cannot be read, or a password stands in it.
    """
    if not url:
        raise ConfigError("smtp.url is not set: write smtps://user@host:465 or smtp://user@host:587")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.password is not None:
        raise ConfigError(
            "smtp.url has a password in it: put it into the variable that smtp.password_env names"
        )
    if (
        parts.scheme not in ("smtp", "smtps")
        or not host
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise ConfigError("smtp.url is no mail server's: write smtps://user@host:465 or smtp://user@host:587")
    is_tls = parts.scheme == "smtps"
    return Server(host, port or (465 if is_tls else 587), unquote(parts.username or ""), is_tls)


class SmtpChannel:
    """Mails to one address.

    Args:
        environ: holds the password.
    """

    def __init__(
        self, target: MailTarget, sender: str, policy: SmtpPolicy, environ: Mapping[str, str]
    ) -> None:
        self._target, self._sender, self._policy = target, sender, policy
        self._server = server_of(policy.url)
        self._password = environ.get(policy.password_env, "")

    def _check(self) -> None:
        if self._server.user and not self._password:
            raise ConfigError(
                f"smtp.url names a user, and {self._policy.password_env} in the environment holds no password"
            )
        # smtplib's own complaint would show the password
        if not self._password.isascii() or not self._server.user.isascii():
            raise ConfigError(
                f"user and password ({self._policy.password_env}) for a mail server must be plain ASCII"
            )

    def send(self, parcel: Parcel, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """Mail a parcel; see `channels.Channel`."""
        self._check()
        what = self._target.recipient
        content = mail(parcel, self._sender, self._target.address, self._target.subject, delivery.message_id)
        handed = False
        connection: smtplib.SMTP | None = None
        try:
            connection = self._connected()
            self._expect(connection.mail(parseaddr(self._sender)[1]), what)
            self._expect(connection.rcpt(self._target.address), what)
            hand_over()
            handed = True
            code, said = connection.data(content)
        except smtplib.SMTPResponseException as fault:
            # at any place the server spoke: what it has not taken, it has not taken
            raise _refusal(fault.smtp_code, fault.smtp_error, what) from None
        except (OSError, smtplib.SMTPException) as fault:
            raise TryLater(f"{what}: {_words(fault)}", is_in_doubt=handed) from None
        finally:
            if connection is not None:
                with suppress(OSError, smtplib.SMTPException):
                    connection.close()
        if code != TAKEN:
            raise _refusal(code, said, what)
        return _text(said)

    def _connected(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.is_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_S, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
            connection.ehlo()
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
            elif server.host not in HERE and not self._policy.allow_plaintext:
                connection.close()
                raise RefusedError(
                    f"{self._target.recipient}: {server.host} offers no STARTTLS",
                    hint="use smtps://, or smtp.allow_plaintext = true where nobody can listen",
                )
        connection.ehlo()
        if server.user:
            connection.login(server.user, self._password)
        return connection

    @staticmethod
    def _expect(answer: tuple[int, bytes], what: str) -> None:
        if answer[0] // 100 != 2:
            raise _refusal(answer[0], answer[1], what)


def _refusal(code: int, said: bytes | str, what: str) -> TryLater | RefusedError:
    words = f"{what}: {code} {_text(said)}"
    # a password that is wrong now is put right by people, and the report goes out then
    if code in (530, 534, 535, 538):
        return TryLater(words, hint="is the password in smtp.password_env right?", needs_people=True)
    return RefusedError(words) if code // 100 == 5 else TryLater(words)


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {_text(str(fault))}"


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return masked(one_line(text))
