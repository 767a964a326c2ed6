"""Time and chance as they are handed in, so that tests take none."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom


@dataclass(frozen=True)
class Clock:
    """What waiting needs.

    Attributes:
        now_s: seconds that never run backwards, whatever the wall clock does.
        sleep: waits so many seconds.
        draw: a number from 0 to 1, so that many who wait do not come back at once.
    """

    now_s: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = SystemRandom().random
