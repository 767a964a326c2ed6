"""What was worked out for one question and holds for the next."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Answers by what they depend on; for one usage, one set of profiles and one catalog."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._known: dict[Hashable, Any] = {}

    def recall(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return what is known under a key, worked out where it is not.

        Args:
            key: everything that the answer depends on, but for what the memory is for.
        """
        if key not in self._known:
            self._known[key] = work()
        found: T = self._known[key]
        return found
