"""How reports are sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from advisor.config.kinds import STRICT, Flag, NonNegative, Positive


@dataclass(frozen=True)
class MailPolicy:
    """How reports are mailed."""

    __pydantic_config__ = STRICT
    via: Literal["smtp", "ses"] = "smtp"
    """A mail server of yours (`[smtp]`), or Amazon SES with the credentials of the machine."""
    sender: str | None = None
    """Whom mails are from: `finops@example.com`, or `FinOps <finops@example.com>`."""
    ses_region: str | None = None
    """Region of SES; null: the credentials' own."""


@dataclass(frozen=True)
class SmtpPolicy:
    """The mail server."""

    __pydantic_config__ = STRICT
    url: str | None = None
    """`smtps://user@host:465`, or `smtp://user@host:587` with STARTTLS; no password in it."""
    password_env: str = "ADVISOR_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
    """Environment variable that holds the password: files are copied and shown, environments less so."""
    allow_plaintext: Flag = False
    """Mail without TLS to another machine: who listens on the way reads the report."""


@dataclass(frozen=True)
class SlackPolicy:
    """Incoming webhooks of Slack."""

    __pydantic_config__ = STRICT
    webhooks: dict[str, str] = field(default_factory=dict)
    """Name in `slack:NAME` → environment variable that holds the webhook's URL: who knows the URL may post."""
    hosts: tuple[str, ...] = ("hooks.slack.com", "hooks.slack-gov.com")
    """Hosts that a webhook may be on."""
    allow_private: Flag = False
    """Webhooks on loopback, private and link-local addresses, where credentials of machines lie about too."""


@dataclass(frozen=True)
class DeliveryPolicy:
    """How often and how long a delivery is tried."""

    __pydantic_config__ = STRICT
    try_for_s: NonNegative = 900.0
    """One command waits and tries again for a quarter of an hour; the next one goes on …"""
    deadline_hours: Positive = 24.0
    """… until a day after the report was made: then it is given up and told, for a page of yesterday misleads."""
    first_wait_s: NonNegative = 5.0
    longest_wait_s: NonNegative = 300.0
    """Waits double from the first to the longest and are drawn evenly from nothing up to that."""
    lease_s: Annotated[float, Field(ge=60.0)] = 600.0
    """A sender that hangs for longer than any server's patience has lost its delivery to the next."""
