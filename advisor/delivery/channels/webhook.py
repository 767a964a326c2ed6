"""Slack's incoming webhooks: one POST over TLS to an address that was looked at, and no step further."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from advisor.config import SlackPolicy
from advisor.delivery.channels.addresses import Resolve, allowed_address, resolve
from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.outbox import Delivery
from advisor.delivery.parcel import Parcel
from advisor.delivery.targets import SlackTarget
from advisor.errors import ConfigError

TIMEOUT_S = 10.0
MOST_ANSWER_BYTES = 65_536
MOST_WAIT_S = 3600.0
MOST_BLOCKS, MOST_HEADER_CHARS, MOST_SECTION_CHARS, MOST_TEXT_CHARS = 50, 150, 3000, 3000
"""Slack's limits: what is longer is refused whole."""


class SlackChannel:
    """Posts to one webhook.

    Args:
        environ: holds the webhook's URL, which is a secret: no message and no file repeats it.
        resolver: finds the addresses of a host.
    """

    def __init__(
        self,
        target: SlackTarget,
        policy: SlackPolicy,
        environ: Mapping[str, str],
        resolver: Resolve = resolve,
    ) -> None:
        self._what, self._policy, self._resolver = target.recipient, policy, resolver
        variable = policy.webhooks.get(target.name)
        if variable is None:
            raise ConfigError(
                f'slack.webhooks names no {target.name}: write [slack] webhooks = {{ {target.name} = "ENVIRONMENT_VARIABLE" }}'
            )
        self._variable = variable
        self._url = environ.get(variable, "").strip()

    def _check(self) -> None:
        if not self._url:
            raise ConfigError(f"{self._what}: {self._variable} in the environment holds no webhook URL")
        wrong = f"{self._what}: {self._variable} holds no webhook URL:"
        try:
            parts = urlsplit(self._url)
            port = parts.port
        except ValueError:
            raise ConfigError(f"{wrong} it cannot be read") from None
        if parts.scheme != "https":
            raise ConfigError(f"{wrong} it must begin with https://")
        if parts.username is not None or not parts.hostname or any(c <= " " for c in self._url):
            raise ConfigError(f"{wrong} it must be https://HOST/PATH")
        if parts.hostname.lower() not in self._policy.hosts or (
            port not in (None, 443) and not self._policy.allow_private
        ):
            raise ConfigError(f"{wrong} its host is none of slack.hosts ({', '.join(self._policy.hosts)})")

    def send(self, parcel: Parcel, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """Post a parcel's blocks; see `channels.Channel`."""
        del delivery
        self._check()
        parts = urlsplit(self._url)
        host, port = str(parts.hostname), parts.port or 443
        address = allowed_address(
            host, port, self._what, self._resolver, allow_private=self._policy.allow_private
        )
        connection = _Pinned(host, port, address)
        body = json.dumps(payload(parcel), ensure_ascii=False).encode()
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as fault:
            raise TryLater(f"{self._what}: no connection: {_kind(fault)}") from None
        handed = False
        try:
            hand_over()
            handed = True
            path = f"{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8"})
            answer = connection.getresponse()
            answer.read(MOST_ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as fault:
            raise TryLater(f"{self._what}: no answer: {_kind(fault)}", is_in_doubt=handed) from None
        finally:
            connection.close()
        return self._judged(answer)

    def _judged(self, answer: http.client.HTTPResponse) -> str:
        said = f"{self._what}: HTTP {answer.status}"
        if 200 <= answer.status < 300:
            return f"HTTP {answer.status}"
        if answer.status == 429 or answer.status >= 500 or answer.status == 408:
            raise TryLater(said, wait_s=_seconds(answer.getheader("Retry-After")))
        if 300 <= answer.status < 400:
            raise RefusedError(f"{said}, a redirect, which is not followed")
        raise RefusedError(said, hint="was the webhook removed, or its URL changed?")


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that was looked at; the certificate must be the host's."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._context_here = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT_S, context=self._context_here)
        self._address = address

    def connect(self) -> None:
        """Connect; no proxy, for it would look up the name again."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._context_here.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def payload(parcel: Parcel) -> dict[str, Any]:
    """Return what Slack is sent: blocks within its limits, and one line for notifications."""
    text = parcel.slack_text or escaped(parcel.subject)
    blocks = [_cut(dict(block)) for block in parcel.slack_blocks[:MOST_BLOCKS]]
    return {"text": text[:MOST_TEXT_CHARS], **({"blocks": blocks} if blocks else {})}


def escaped(text: str) -> str:
    """Return a text that Slack shows as it is: no mention, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(block: dict[str, Any]) -> dict[str, Any]:
    inner = block.get("text")
    if isinstance(inner, Mapping) and isinstance(inner.get("text"), str):
        most = MOST_HEADER_CHARS if block.get("type") == "header" else MOST_SECTION_CHARS
        if len(inner["text"]) > most:
            block["text"] = {**inner, "text": inner["text"][: most - 1] + "…"}
    return block


def _seconds(text: str | None) -> float:
    return min(float(text), MOST_WAIT_S) if text and text.isdigit() else 0.0


def _kind(fault: BaseException) -> str:
    # not its words: they may repeat the URL
    return type(fault).__name__
