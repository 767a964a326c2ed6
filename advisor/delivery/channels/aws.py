"""Amazon's two ways out: objects in S3, which are put once, and mail by SES."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from email.utils import parseaddr
from typing import Any, Protocol

from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.message import mail
from advisor.delivery.outbox import Delivery
from advisor.delivery.parcel import Attachment, Parcel
from advisor.delivery.targets import MailTarget, S3Target
from advisor.errors import AwsError, ConfigError, DeniedError, ThrottledError, UnreachableError

THERE = frozenset({"PreconditionFailed", "412"})
BUSY = frozenset({"ConditionalRequestConflict", "OperationAborted", "409"})
MENDED_BY_PEOPLE = frozenset(
    {"403", "404", "NoSuchBucket", "AccountSuspendedException", "SendingPausedException"}
)
DIGEST = "advisor-sha256"


class Writer(Protocol):
    """What sends a request that changes something; `aws.writer.Writer` is one."""

    def write(self, name: str, region: str | None, /, **params: Any) -> dict[str, Any]:
        """Return the answer of one operation of `aws.writes.WRITES`."""
        ...


class S3Channel:
    """Puts a parcel's files into a bucket."""

    def __init__(self, target: S3Target, writer: Callable[[], Writer]) -> None:
        self._target, self._writer = target, writer

    def send(self, parcel: Parcel, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """Put the files; see `channels.Channel`. A name is put once, so nothing is in doubt."""
        del hand_over
        writer = _opened(self._writer)
        for file in parcel.attachments:
            key = f"{self._target.prefix}/{file.name}".lstrip("/")
            self._put(writer, key, file, delivery.message_id)
        return f"{len(parcel.attachments)} objects"

    def _put(self, writer: Writer, key: str, file: Attachment, message_id: str) -> None:
        digest = hashlib.sha256(file.content)
        where = f"s3://{self._target.bucket}/{key}"
        named = {"Bucket": self._target.bucket, "Key": key}
        try:
            writer.write(
                "s3:PutObject",
                self._target.region,
                **named,
                Body=file.content,
                ContentType=file.media_type,
                # the name is put once: a second sender, or a second try, is told that it is there
                IfNoneMatch="*",
                ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
                Metadata={DIGEST: digest.hexdigest(), "advisor-delivery": message_id.strip("<>")},
            )
        except AwsError as fault:
            if fault.code in BUSY:
                raise TryLater(f"{where}: {fault.code}") from None
            if fault.code not in THERE:
                raise _fault(where, fault) from None
            self._compare(writer, where, named, digest.hexdigest())

    def _compare(self, writer: Writer, where: str, named: dict[str, str], digest: str) -> None:
        try:
            there = writer.write("s3:GetObject", self._target.region, **named)
        except AwsError as fault:
            raise _fault(where, fault) from None
        if there.get("Metadata", {}).get(DIGEST) != digest:
            raise RefusedError(
                f"{where} is there already, with other content: it is not written over",
                hint="move it away, then --retry",
            )


class SesChannel:
    """Mails to one address by SES."""

    def __init__(
        self, target: MailTarget, sender: str, region: str | None, writer: Callable[[], Writer]
    ) -> None:
        self._target, self._sender, self._region, self._writer = target, sender, region, writer

    def send(self, parcel: Parcel, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """Mail a parcel; see `channels.Channel`."""
        what = self._target.recipient
        content = mail(parcel, self._sender, self._target.address, self._target.subject, delivery.message_id)
        writer = _opened(self._writer)
        hand_over()
        try:
            answer = writer.write(
                "ses:SendEmail",
                self._region,
                FromEmailAddress=parseaddr(self._sender)[1],
                Destination={"ToAddresses": [self._target.address]},
                Content={"Raw": {"Data": content}},
            )
        except AwsError as fault:
            raise _fault(what, fault) from None
        return str(answer.get("MessageId", ""))


def _opened(writer: Callable[[], Writer]) -> Writer:
    try:
        return writer()
    except (AwsError, ConfigError) as fault:
        raise TryLater(fault.message, hint=fault.hint, needs_people=True) from None


def _fault(what: str, fault: AwsError) -> TryLater | RefusedError:
    words = f"{what}: {fault.message}"
    # no answer, or a fault on the other side: the request may have been carried out all the same
    if isinstance(fault, UnreachableError):
        return TryLater(words, hint=fault.hint, is_in_doubt=True)
    # a permission or a bucket that is missing now is put right by people, and the report goes out then
    if isinstance(fault, DeniedError) or fault.code in MENDED_BY_PEOPLE:
        return TryLater(words, hint=fault.hint, needs_people=True)
    if isinstance(fault, ThrottledError):
        return TryLater(words, hint=fault.hint)
    return RefusedError(words, hint=fault.hint)
