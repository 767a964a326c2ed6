"""What was worked out for one question and holds for the next."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Answers by what they depend on; for one usage, one set of profiles and one catalog.

    Attributes:
        lasting: for what depends on the catalog and on what was read alone; several memories may share one.
    """

    def __init__(self, lasting: Memory | None = None) -> None:
        """Begin with nothing, or with what lasts."""
        self._known: dict[Hashable, Any] = {}
        self.lasting: Memory = lasting or self

    def recall(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return what is known under a key, worked out where it is not.

        Args:
            key: everything that the answer depends on, but for what the memory is for.
        """
        if key not in self._known:
            self._known[key] = work()
        found: T = self._known[key]
        return found
