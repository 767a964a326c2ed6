"""A clock that waits for nobody: tests say when a slider has rested and when work is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class FakeClock:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.jobs: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def after(self, delay_s: float, call: Callable[[], None]) -> Callable[[], None]:
        entry = (self.now_s + delay_s, call)
        self.waiting.append(entry)

        def call_off() -> None:
            if entry in self.waiting:
                self.waiting.remove(entry)

        return call_off

    def work(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.jobs.append((job, done))

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds
        for entry in [e for e in self.waiting if e[0] <= self.now_s]:
            self.waiting.remove(entry)
            entry[1]()

    def finish(self) -> None:
        """Do all the work that waits."""
        while self.jobs:
            job, done = self.jobs.pop(0)
            done(job())

    def rest(self) -> None:
        """Wait until sliders rest, and do all the work."""
        self.pass_s(60.0)
        self.finish()
