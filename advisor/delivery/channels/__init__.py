"""How a parcel gets to a recipient: one file for each kind of channel, and one list of them here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from advisor.config import Config
from advisor.delivery.channels.aws import S3Channel, SesChannel, Writer
from advisor.delivery.channels.files import FileChannel
from advisor.delivery.channels.smtp import SmtpChannel
from advisor.delivery.channels.webhook import SlackChannel
from advisor.delivery.message import check_sender
from advisor.delivery.outbox import Delivery
from advisor.delivery.parcel import Parcel
from advisor.delivery.targets import FileTarget, S3Target, SlackTarget, Target
from advisor.errors import ConfigError


class Channel(Protocol):
    """The way to one recipient."""

    def send(self, parcel: Parcel, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """Send a parcel once; return the receipt.

        Args:
            hand_over: to be called right before the message is handed over, where a second one would be seen.

        Raises:
            TryLater: it was not taken, or nobody knows.
            RefusedError: it will not be taken.
        """
        ...


def channel_of(
    target: Target, config: Config, environ: Mapping[str, str], writer: Callable[[], Writer]
) -> Channel:
    """Return the channel of a target.

    Raises:
        ConfigError: a setting that it needs is missing or wrong.
    """
    if isinstance(target, FileTarget):
        return FileChannel(target)
    if isinstance(target, S3Target):
        return S3Channel(target, writer)
    if isinstance(target, SlackTarget):
        return SlackChannel(target, config.slack, environ)
    sender = check_sender(config.mail.sender)
    if config.mail.via == "ses":
        return SesChannel(target, sender, config.mail.ses_region, writer)
    return SmtpChannel(target, sender, config.smtp, environ)


def channels_of(
    targets: Sequence[Target], config: Config, environ: Mapping[str, str], writer: Callable[[], Writer]
) -> dict[str, Channel]:
    """Return recipient → channel.

    Raises:
        ConfigError: the settings lack something; all of it is listed. What the machine lacks (a password in the environment)
            is told when it is sent, for it must not keep the others from their reports.
    """
    found: dict[str, Channel] = {}
    problems: dict[str, None] = {}
    for target in targets:
        try:
            channel = channel_of(target, config, environ, writer)
        except ConfigError as fault:
            problems[fault.message] = None
        else:
            found[target.recipient] = channel
    if problems:
        hint = "nothing was sent; advisor config show --origin says what is set"
        if len(problems) == 1:
            raise ConfigError(next(iter(problems)), hint=hint)
        raise ConfigError(
            f"{len(problems)} recipients cannot be sent to", hint=hint, problems=tuple(problems)
        )
    return found
