"""The kernel's clock: calls on the loop from any thread, work beside it, and in plain Python threads only."""

from __future__ import annotations

import asyncio
import threading

from advisor.notebook.tune_clock import KernelClock


def test_a_call_from_another_thread_wakes_a_loop_that_sleeps() -> None:
    async def kernel() -> list[str]:
        clock, heard, rung = KernelClock(), [], asyncio.Event()

        def ring() -> None:
            heard.append(threading.current_thread().name)
            rung.set()

        # a kernel may hand its messages to us in a thread of their own
        await asyncio.to_thread(lambda: clock.after(0.01, ring))
        await asyncio.wait_for(rung.wait(), 10)
        return heard

    assert asyncio.run(kernel()) == [threading.main_thread().name]


def test_what_is_called_off_is_not_called() -> None:
    async def kernel() -> list[str]:
        clock, heard, rung = KernelClock(), [], asyncio.Event()
        clock.after(0.01, lambda: heard.append("first"))()
        clock.after(0.02, rung.set)
        await asyncio.wait_for(rung.wait(), 10)
        return heard

    assert asyncio.run(kernel()) == []


def test_work_is_done_beside_the_loop_and_handed_over_on_it() -> None:
    async def kernel() -> tuple[str, str]:
        clock, ended = KernelClock(), asyncio.get_running_loop().create_future()
        clock.work(
            lambda: threading.current_thread().name,
            lambda worker: ended.set_result((worker, threading.current_thread().name)),
        )
        return await asyncio.wait_for(ended, 10)

    worker, here = asyncio.run(kernel())
    assert worker.startswith("advisor-tune")
    assert here == threading.main_thread().name


def test_without_a_loop_there_are_threads() -> None:
    clock, rung, ended = KernelClock(), threading.Event(), threading.Event()
    clock.after(60, rung.set)()
    clock.after(0.0, ended.set)
    assert ended.wait(10)
    results: list[int] = []
    done = threading.Event()
    clock.work(lambda: 42, lambda found: (results.append(found), done.set()))
    assert done.wait(10)
    assert results == [42]
    assert not rung.is_set()
