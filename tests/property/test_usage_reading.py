"""Usage read in any dress is the same usage; rows are kept or set aside, never lost."""

from __future__ import annotations

import csv
import random
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import InputError
from advisor.usage.read import read_usage
from advisor.usage.rejects import RISKY

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252")
HEADER = ("workload_id", "start", "interval_s", "tasks", "vcpu_used_mean")
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
TABLES = ("workloads", "usage", "runs", "instances", "commitments")


def _row(hour: int, name: str, tasks: float, vcpu: float) -> tuple[str, ...]:
    return name, f"{BEGIN + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}", "3600", str(tasks), str(vcpu)


ROWS = st.lists(
    st.builds(
        _row,
        st.integers(0, 50),
        st.sampled_from(("web", "café", "007")),
        st.integers(0, 9),
        st.sampled_from((0.0, 0.25, 1.5, 7.125)),
    ),
    min_size=1,
    max_size=30,
)


def _read(text: bytes, **arguments: object):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "usage.csv").write_bytes(text)
        return read_usage(folder, **arguments)  # type: ignore[arg-type]


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    return "\n".join(",".join(r) for r in [HEADER, *rows]).encode() + b"\n"


def test_144_dresses_of_one_table(tmp_path: Path) -> None:
    rows = [_row(h, n, 2 + h, 0.25 * h + 0.5) for h in range(5) for n in ("café", "Zürich")]
    wanted = _read(_csv(rows))
    count = 0
    for encoding, delimiter, decimal, newline in product(ENCODINGS, ",;\t|", ".,", ("\n", "\r\n", "\r")):
        cells = [HEADER, *[(*r[:3], r[3].replace(".", decimal), r[4].replace(".", decimal)) for r in rows]]
        quoted = [[f'"{c}"' if delimiter in c else c for c in r] for r in cells]
        text = newline.join(delimiter.join(r) for r in quoted) + newline
        file = tmp_path / "usage.csv"
        file.write_bytes(text.encode(encoding))
        got = read_usage(file)
        assert got.digest == wanted.digest, (encoding, delimiter, decimal, newline)
        assert got.usage.equals(wanted.usage)
        count += 1
    assert count == 144


@settings(max_examples=30, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(rows: list[tuple[str, ...]], chance: random.Random) -> None:
    once = _read(_csv(rows))
    more = rows + chance.choices(rows, k=5)
    chance.shuffle(more)
    again = _read(_csv(more))
    assert again.digest == once.digest
    assert again.conflicts == once.conflicts
    for table in TABLES:
        assert getattr(again, table).equals(getattr(once, table))


@settings(max_examples=5, deadline=None)
@given(ROWS)
def test_csv_and_parquet_are_the_same(rows: list[tuple[str, ...]]) -> None:
    text = _read(_csv(rows))
    typed = pl.DataFrame(rows, schema=list(HEADER), orient="row").with_columns(
        pl.col("start").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"),
        pl.col("interval_s").cast(pl.Int32),
        pl.col("tasks", "vcpu_used_mean").cast(pl.Float64),
    )
    with tempfile.TemporaryDirectory() as folder:
        typed.write_parquet(Path(folder) / "usage.parquet")
        binary = read_usage(folder)
    assert binary.digest == text.digest
    assert binary.usage.equals(text.usage)


BAD = st.sampled_from(("nan", "-1", "fast", "=1+1", "@SUM(A1)", "+cmd|x", "-x", "\u00a0=2", "1e999", "'=1"))


@settings(max_examples=60, deadline=None)
@given(ROWS, st.dictionaries(st.integers(0, 29), st.tuples(st.integers(1, 4), BAD), max_size=9))
def test_rows_in_are_rows_kept_and_rejected(
    rows: list[tuple[str, ...]], spoiled: dict[int, tuple[int, str]]
) -> None:
    table = [_row(99, "last", 1, 1.0), *rows]
    wrong = {at + 1: change for at, change in spoiled.items() if at < len(rows)}
    for at, (column, text) in wrong.items():
        table[at] = (*table[at][:column], text, *table[at][column + 1 :])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "usage.csv").write_bytes(_csv(table))
        usage = read_usage(folder, skip_bad_rows=True)
        assert usage.rows_read == len(table)
        assert usage.rows_rejected == len(wrong)
        distinct = {(r[0], r[1]) for i, r in enumerate(table) if i not in wrong}
        assert len(usage.usage) == len(distinct)
        aside = folder / "usage.csv.rejects.csv"
        assert aside.is_file() == bool(wrong)
        if not wrong:
            return
        with aside.open(encoding="utf-8", newline="") as file:
            back = list(csv.DictReader(file))
        assert [int(r["row"]) for r in back] == [at + 2 for at in sorted(wrong)]
        for r in back:
            original = dict(zip(HEADER, table[int(r["row"]) - 2], strict=True))
            for column, cell in original.items():
                shown = r[column]
                assert shown in (cell, f"'{cell}")
                if shown.startswith(RISKY):
                    float(shown)


def test_no_damaged_parquet_takes_us_down(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    pl.DataFrame(
        {
            "workload_id": ["web"] * 300,
            "start": [BEGIN + timedelta(hours=h) for h in range(300)],
            "tasks": [float(h % 7) for h in range(300)],
        }
    ).write_parquet(whole)
    good, chance = whole.read_bytes(), random.Random(20)
    read = refused = 0
    for _ in range(MUTANTS):
        data, kind = bytearray(good), chance.randrange(3)
        at = chance.randrange(len(data))
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at] = chance.randrange(256)
        else:
            del data[at:]
        file = tmp_path / "usage.parquet"
        file.write_bytes(bytes(data))
        try:
            usage = read_usage(file)
        except InputError as error:
            assert "usage.parquet" in error.message or error.problems, error
            refused += 1
        else:
            assert usage.rows_read == 300 or usage.rows_read >= 0
            read += 1
    assert refused >= MUTANTS // 3
    assert read + refused == MUTANTS


MUTANTS = 15
"""Each costs a process of its own."""
