"""When things happen: what waits until a slider rests, and what is worked on beside the kernel."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol


class Clock(Protocol):
    """Waits and works, so that tests need do neither."""

    def after(self, delay_s: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something later; what is returned calls it off."""
        ...

    def work(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do a job beside the kernel and hand over its result; one job after the other."""
        ...


class KernelClock:
    """The kernel's own loop, and one thread; outside of a kernel, threads only."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="advisor-tune")
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def after(self, delay_s: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something on the loop after a while."""
        if self._loop is not None:
            return _later(self._loop, delay_s, call)
        timer = threading.Timer(delay_s, call)
        timer.daemon = True
        timer.start()
        return timer.cancel

    def work(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do a job in the thread; its result is handed over on the loop."""

        def run() -> None:
            result = job()
            if self._loop is not None:
                self._loop.call_soon_threadsafe(done, result)
            else:
                done(result)

        self._thread.submit(run)


def _later(loop: asyncio.AbstractEventLoop, delay_s: float, call: Callable[[], None]) -> Callable[[], None]:
    """Call something on a loop after a while, from whatever thread a kernel hands its messages to us in.

    `call_later` alone does not wake a loop that sleeps.
    """
    off = threading.Event()

    def unless_off() -> None:
        if not off.is_set():
            call()

    loop.call_soon_threadsafe(loop.call_later, delay_s, unless_off)
    return off.set
