"""How long is kept what was read and what was advised, and where."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.config.kinds import STRICT, NonNegative


@dataclass(frozen=True)
class HistoryPolicy:
    """What is kept on this machine of what was read from accounts."""

    __pydantic_config__ = STRICT
    final_after_hours: NonNegative = 6.0
    """A day is kept for good from six hours after its end: agents report by the minute and repeat for some hours what did
    not get through, and what is kept is never asked for again."""


@dataclass(frozen=True)
class StorePolicy:
    """Where runs and decisions are kept."""

    __pydantic_config__ = STRICT
    url: str = ""
    """Empty: a file of this machine's own. `postgresql://USER@HOST/NAME` for teams with several hosts; the password belongs
    into PGPASSWORD or ~/.pgpass, not here."""
