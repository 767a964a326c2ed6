"""What a check-up finds: something that is there, or something that is missing and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How much a finding matters, the worst last."""

    FINE = "ok"
    """It is there."""
    BETTER = "missing"
    """A plan can be made, and would be better with it."""
    STOP = "stops"
    """No plan can be made without it."""


@dataclass(frozen=True)
class Finding:
    """One thing that a plan rests on.

    Attributes:
        what: what is there, or what is missing and what that costs the plan.
        mend: the commands, flags or policy statements that mend it, one a line.
    """

    grade: Grade
    what: str
    mend: tuple[str, ...] = ()
