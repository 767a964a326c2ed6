"""What was asked, by whom, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One request.

    Attributes:
        name: `ecs:ListClusters`.
        outcome: `answered`, or the code of the refusal, or the fault that was played.
    """

    name: str
    account_id: str
    region: str
    key: str
    params: Mapping[str, Any] = field(repr=False)
    outcome: str = "answered"


class Journal:
    """Keeps entries in the order in which they came; safe between threads.

    Attributes:
        wrong: faults of the simulation itself, in words; a test that finds one must fail.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: list[Entry] = []
        self.wrong: list[str] = []

    def write(self, entry: Entry) -> None:
        """Add one."""
        with self._lock:
            self._entries.append(entry)

    def entries(self, name: str = "") -> list[Entry]:
        """Return all, or those of one operation."""
        with self._lock:
            return [e for e in self._entries if name in ("", e.name)]

    def clear(self) -> None:
        """Forget all entries, not what was wrong."""
        with self._lock:
            self._entries.clear()

    def counts(self) -> Counter[tuple[str, str]]:
        """Return (operation, outcome) → how often."""
        return Counter((e.name, e.outcome) for e in self.entries())
