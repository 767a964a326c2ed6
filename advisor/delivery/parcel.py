"""What is sent: one finished report in every form that a channel may want, as bytes that never change again."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from advisor.delivery.names import is_safe_name, one_line
from advisor.errors import DeliveryError

VERSION = 1


@dataclass(frozen=True)
class Attachment:
    """A file of the report.

    Attributes:
        name: one safe name, no path; it is the file's name wherever the report goes.
        media_type: such as `application/pdf`.
    """

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Image:
    """A picture inside the HTML text, which names it as `cid:CONTENT_ID`."""

    content_id: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A finished report.

    Attributes:
        schedule: name of the schedule that it belongs to.
        period: which of the schedule's runs it is; `occurrences.period_of` names it.
        made_at: when, with a zone; the date of mails.
        text: the plain text; every channel can show it.
        html: the same for mail readers that show HTML; empty for none.
        images: named by the HTML.
        slack_blocks: blocks of Slack's Block Kit; empty: the fallback text alone.
        slack_text: one line for notifications; the subject where it is empty.
        figures: name → number, for thresholds and for "since last time".
        document: the run document that it is made of, packed; empty for none. It travels along so that the run of a report that
            was made is kept, if need be by the next run of its period.
    """

    schedule: str
    period: str
    made_at: datetime
    subject: str
    text: str
    html: str = ""
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    slack_blocks: tuple[Mapping[str, Any], ...] = ()
    slack_text: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    document: bytes = b""

    def __post_init__(self) -> None:
        """Clean the subject, which may hold names of others; refuse names that we should have made safe.

        Raises:
            DeliveryError: a name is no safe name, stands twice, or there is no zone.
        """
        object.__setattr__(self, "subject", one_line(self.subject) or "Report")
        for name in ("text", "html"):
            # half of a surrogate pair, as broken names hold, is no character that could be sent
            object.__setattr__(self, name, getattr(self, name).encode("utf-8", "replace").decode())
        if self.made_at.tzinfo is None:
            raise DeliveryError("a parcel's time needs a zone")
        names = [*(a.name for a in self.attachments), *(i.content_id for i in self.images)]
        for name in names:
            if not is_safe_name(name):
                raise DeliveryError(f"{one_line(name)!r} is no name for an attachment")
        if len({name.lower() for name in names}) < len(names):
            raise DeliveryError("two attachments of a parcel have one name")

    def packed(self) -> bytes:
        """Return the parcel as bytes; equal parcels are equal bytes."""
        document = {
            "version": VERSION,
            "schedule": self.schedule,
            "period": self.period,
            "made_at": self.made_at.isoformat(),
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "images": [(i.content_id, i.media_type, _text(i.content)) for i in self.images],
            "attachments": [(a.name, a.media_type, _text(a.content)) for a in self.attachments],
            "slack_blocks": list(self.slack_blocks),
            "slack_text": self.slack_text,
            "figures": dict(self.figures),
            "document": _text(self.document),
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def unpacked(content: bytes) -> Parcel:
    """Return the parcel of `Parcel.packed`.

    Raises:
        DeliveryError: it was packed by a newer version.
    """
    document = json.loads(content)
    if document.pop("version") != VERSION:
        raise DeliveryError(
            "a report waits that a newer version made", hint="send it with the version that made it"
        )
    return Parcel(
        **{
            **document,
            "made_at": datetime.fromisoformat(document["made_at"]),
            "images": tuple(Image(n, m, base64.b64decode(c)) for n, m, c in document["images"]),
            "attachments": tuple(
                Attachment(n, m, base64.b64decode(c)) for n, m, c in document["attachments"]
            ),
            "slack_blocks": tuple(document["slack_blocks"]),
            # none in parcels that were made before there was one
            "document": base64.b64decode(document.get("document", "")),
        }
    )


def digest_of(packed: bytes) -> str:
    """Return the sha256 of a packed parcel."""
    return hashlib.sha256(packed).hexdigest()


def message_id(schedule: str, period: str, recipient: str, digest: str, domain: str) -> str:
    """Return the Message-ID of a delivery (RFC 5322): the same on every try, another for every other delivery."""
    parts = json.dumps([schedule, period, recipient, digest]).encode()
    return f"<{hashlib.sha256(parts).hexdigest()[:40]}@{domain}>"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
