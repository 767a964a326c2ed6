"""Words of others without what opens doors: AWS repeats what was signed where a signature is wrong."""

from __future__ import annotations

import re

MASK = "…"
CHARS = 300
"""So much of others' own words is repeated."""
SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}"  # access keys
    r"|(?<=security-token[:=])\s*\S+"
    r"|(?<=signature[:=])\s*\S+"
    r"|[A-Za-z0-9/+=]{40,}",  # secret keys have 40 of these, session tokens hundreds
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """Return a text without anything that looks like a credential."""
    return SECRETS.sub(MASK, text)


def repeated(text: str) -> str:
    """Return words of others as they may be repeated: on one line, masked, and not too many."""
    flat = masked(" ".join(text.split()))
    return flat if len(flat) <= CHARS else flat[: CHARS - 1] + "…"
