"""A mail server on loopback that keeps what it took, and can refuse, answer late or drop the line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Letter:
    """What was taken."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, read."""
        read = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class Post:
    """Keeps letters; `answer` says what the server says to one, before it is kept where it says 250."""

    answer: Callable[[Letter], str] = lambda letter: "250 taken"
    late_s: float = 0.0
    letters: list[Letter] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        del server, session
        letter = Letter(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.original_content))
        said = self.answer(letter)
        if said.startswith("250"):
            self.letters.append(letter)
        # between taking and telling: whoever dies now does not know
        await asyncio.sleep(self.late_s)
        return said

    def ids(self) -> list[str]:
        """Return the Message-ID of every letter."""
        return [str(letter.message["Message-ID"]) for letter in self.letters]


def free_port() -> int:
    """Return a port that nobody listens on; aiosmtpd cannot pick one itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def post_office(post: Post, **options: Any) -> Iterator[Post]:
    """Run a mail server on loopback inside."""
    for left in reversed(range(5)):
        post.port = free_port()
        office = Controller(post, hostname="127.0.0.1", port=post.port, **options)
        try:
            office.start()
        except OSError:
            # another test took the port meanwhile
            if not left:
                raise
        else:
            break
    try:
        yield post
    finally:
        office.stop()
