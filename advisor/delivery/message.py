"""A parcel as a mail: text, HTML with its pictures, attachments; the same bytes on every try."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from advisor.delivery.names import one_line
from advisor.delivery.parcel import Parcel
from advisor.delivery.targets import ADDRESS
from advisor.errors import ConfigError

NO_DOMAIN = "advisor.invalid"
"""The right side of Message-IDs where nobody sends mail (RFC 2606)."""
POLICY = policy.SMTP.clone(cte_type="7bit")
"""Not every server on the way takes eight bits."""


def mail(parcel: Parcel, sender: str, address: str, subject: str, message_id: str) -> bytes:
    """Return a mail to one address.

    Args:
        subject: in the place of the parcel's own; empty for that.
    """
    message = EmailMessage(policy=POLICY)
    message["Subject"] = one_line(subject) or parcel.subject
    message["From"] = sender
    message["To"] = address
    message["Date"] = format_datetime(parcel.made_at)
    message["Message-ID"] = message_id
    # keeps holiday notices from answering
    message["Auto-Submitted"] = "auto-generated"
    message["X-Advisor-Delivery"] = message_id
    message.set_content(parcel.text)
    if parcel.html:
        message.add_alternative(parcel.html, subtype="html")
        body = message.get_body(("html",))
        for image in parcel.images:
            main, _, sub = image.media_type.partition("/")
            assert isinstance(body, EmailMessage)
            body.add_related(image.content, main, sub, cid=f"<{image.content_id}>", disposition="inline")
    for file in parcel.attachments:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, main, sub, filename=file.name)
    stem = message_id.strip("<>").partition("@")[0]
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        # drawn by chance otherwise, and another try would be another message
        part.set_boundary(f"=_{stem}_{number}")
    return message.as_bytes()


def domain_of(sender: str | None) -> str:
    """Return the domain that Message-IDs end in."""
    return parseaddr(sender or "")[1].rpartition("@")[2].lower() or NO_DOMAIN


def check_sender(sender: str | None) -> str:
    """Return who mails are from.

    Raises:
        ConfigError: nobody, or what is no address.
    """
    if not sender:
        raise ConfigError("mail.sender is not set: mails need one, such as finops@example.com")
    if sender != one_line(sender) or not ADDRESS.fullmatch(parseaddr(sender)[1]):
        raise ConfigError(f"mail.sender: {one_line(sender)[:60]!r} is no address: write finops@example.com")
    return sender
