"""Parcels: packed and unpacked the same, names refused, subjects cleaned; and the mail that becomes of one."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes, policy

import pytest
from fakes_delivery import parcel
from hypothesis import given
from hypothesis import strategies as st

from advisor.delivery.channels.webhook import payload
from advisor.delivery.message import mail
from advisor.delivery.parcel import Attachment, digest_of, message_id, unpacked
from advisor.errors import DeliveryError

ID = message_id("weekly", "2026-11-23", "mailto:a@example.com", "d" * 64, "example.com")


def sent(**changes):
    return mail(parcel(**changes), "FinOps <finops@example.com>", "a@example.com", "", ID)


def read(content: bytes):
    return message_from_bytes(content, policy=policy.default)


def test_packing_is_undone_and_repeatable() -> None:
    made = parcel()
    assert unpacked(made.packed()) == made
    assert unpacked(made.packed()).packed() == made.packed()
    assert digest_of(made.packed()) != digest_of(parcel(text="other").packed())


@pytest.mark.parametrize("name", ["../x.md", "a/b", "x\r\ny.md", ""])
def test_names_that_are_no_names_are_refused(name: str) -> None:
    with pytest.raises(DeliveryError):
        parcel(attachments=(Attachment(name, "text/plain", b""),))


def test_two_of_one_name_and_times_without_a_zone_are_refused() -> None:
    with pytest.raises(DeliveryError, match="one name"):
        parcel(attachments=(Attachment("a.md", "text/plain", b""), Attachment("A.md", "text/plain", b"")))
    with pytest.raises(DeliveryError, match="zone"):
        parcel(made_at=datetime(2026, 11, 23))  # noqa: DTZ001 - refused for that


def test_message_ids_are_valid_and_differ_by_every_part() -> None:
    parts = ("weekly", "2026-11-23", "mailto:a@example.com", "d")
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.com>", ID)
    others = {
        message_id(*(p + "x" if i == n else p for i, p in enumerate(parts)), "example.com") for n in range(4)
    }
    assert len({message_id(*parts, "example.com"), *others}) == 5
    # parts cannot run into each other
    assert message_id("a", "bc", "r", "d", "e.f") != message_id("ab", "c", "r", "d", "e.f")


def test_a_mail_has_text_html_pictures_and_files() -> None:
    found = read(sent())
    assert found["Message-ID"] == ID
    assert found["Subject"] == "Savings of the week"
    assert found.get_body(("plain",)).get_content() == "$500 a month to save · größer\r\n"
    assert 'src="cid:chart.png"' in found.get_body(("html",)).get_content()
    picture = next(p for p in found.walk() if p.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content()) == ("<chart.png>", b"\x89PNG not really")
    files = {p.get_filename(): p.get_content() for p in found.iter_attachments()}
    assert files["weekly-2026-11-23.md"] in ("# Savings\n", b"# Savings\n")
    assert set(files) == {"weekly-2026-11-23.md", "weekly-2026-11-23.json"}


def test_a_mail_is_the_same_bytes_every_time_and_seven_bit() -> None:
    assert sent() == sent()
    assert sent().isascii()
    assert all(len(line) <= 998 for line in sent(text="x" * 5000).split(b"\r\n"))


HOSTILE = (
    "\r\nBcc: evil@example.com",
    "\x0b\x0cX",
    "\u2028Bcc: b@example.com",
    "\u202egnp.exe",
    "\x1b]0;x\x07",
    "\ud800",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_subjects_go_out_cleaned(text: str) -> None:
    found = read(sent(subject=f"Savings of {text} team", text=f"of {text}"))
    assert found["Bcc"] is None
    assert str(found["Subject"]).startswith("Savings of ")
    assert found["To"] == "a@example.com"


@given(st.text(), st.text())
def test_any_subject_and_text_make_a_mail_to_one(subject: str, text: str) -> None:
    found = read(sent(subject=subject, text=text, html=text))
    assert list(found.keys()) == [
        *(
            "Subject",
            "From",
            "To",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "X-Advisor-Delivery",
            "MIME-Version",
        ),
        "Content-Type",
    ]


def test_slack_gets_its_limits_and_no_mentions() -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 9000}}
    said = payload(parcel(subject="<!channel> & co", slack_blocks=(long,) * 60))
    assert said["text"] == "&lt;!channel&gt; &amp; co"
    assert len(said["blocks"]) == 50
    assert all(len(block["text"]["text"]) == 3000 for block in said["blocks"])
    assert "blocks" not in payload(parcel(slack_blocks=()))
