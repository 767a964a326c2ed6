"""A file that many open at once, when nobody has made it yet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from advisor.database.sqlite import Sqlite
from advisor.store.tables import HISTORY

AT_ONCE = 8


def test_a_new_file_is_opened_by_many_at_once(tmp_path: Path) -> None:
    for number in range(20):
        path, start = tmp_path / f"{number}.sqlite", Barrier(AT_ONCE)

        def opened(_: int, path: Path = path, start: Barrier = start) -> int:
            start.wait()
            database = Sqlite(path, HISTORY)
            count = len(database.rows("SELECT * FROM runs"))
            database.close()
            return count

        with ThreadPoolExecutor(AT_ONCE) as pool:
            assert list(pool.map(opened, range(AT_ONCE))) == [0] * AT_ONCE
