"""Parsed files into one `Usage`: units, joins, duplicates, assumptions, digest."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches

import polars as pl

from advisor.errors import InputError
from advisor.model import Usage
from advisor.schema import (
    BILL,
    COMMITMENTS,
    INSTANCES,
    RUNS,
    USAGE,
    USAGE_PERCENT,
    WORKLOADS,
    Column,
    conform,
)
from advisor.units import CPU_UNITS_PER_VCPU
from advisor.usage.cells import parse
from advisor.usage.checks import ROW
from advisor.usage.problems import Problem, refuse
from advisor.usage.table import Table

DEFAULT_INTERVAL_S = 3600
MILLIS_OF_ALL_TIME = 2**42
"""More milliseconds than any date before the year 2109; 64 bits then have room for two million workloads."""
LEAST_BLOCK = 64
"""Rows of one workload that stand together, in the mean, so that moving them together is worth it."""
STATS = ("mean", "max")
HASHED_AT_ONCE = 2**20
"""Rows of a column that are hashed together, so that hashing needs little memory."""
MEASURES = [c.name for c in USAGE if c.name not in ("workload_id", "start", "interval_s")]


def assemble(name: str, tables: list[Table], assume: Mapping[str, str], notes: Sequence[str]) -> Usage:
    """Return the usage of all files together.

    Args:
        tables: are used up, for two copies of a fleet's points may be more than a machine holds.

    Raises:
        InputError: a workload described twice, nothing to read, or an assumption that makes no sense.
    """
    said = list(notes)
    read, bad = sum(t.rows_read for t in tables), sum(len(t.set_aside) for t in tables)
    workloads = _workloads(tables)
    there = {c for t in tables if t.kind == "usage" for c in t.frame.columns}
    # a column that no file has takes as much room as one that is full
    measured = [c for c in (*USAGE, *USAGE_PERCENT) if c.name in there or c.name not in MEASURES]
    points, runs = _rows(tables, "usage", measured), _rows(tables, "runs", RUNS)
    if not len(points) and not len(runs):
        aside = f"; all {bad} rows that were there are set aside as bad" if bad else ""
        raise InputError(
            f"{name}: 0 rows of usage{aside}", hint="a usage or a runs table with at least one row is needed"
        )
    workloads = _with_unknown(workloads, [points, runs], said)
    workloads, assumptions, per_interval = _assumed(workloads, assume)
    points = _by_row(points, workloads)
    points = _in_our_units(points, workloads, said)
    if per_interval is not None:
        points = points.with_columns(pl.col("tasks").fill_null(per_interval))
    points = _with_interval(_in_order(points), said)
    points, conflicts, dropped = _without_duplicates(points)
    if conflicts or dropped:
        said.append(
            f"{dropped:,} points were there twice; {conflicts:,} of them disagreed, the larger value counts"
        )
    order = [c.name for c in RUNS if c.name != "workload_id"]
    has_bill = any(t.kind == "bill" for t in tables)
    usage = Usage(
        name=name,
        workloads=workloads,
        usage=points,
        runs=_by_row(runs, workloads).select("workload", *order).sort("workload", *order),
        instances=_sorted(_rows(tables, "instances", INSTANCES)),
        commitments=_sorted(_rows(tables, "commitments", COMMITMENTS)),
        assumptions=tuple(assumptions),
        notes=tuple(said),
        rows_read=read,
        rows_rejected=bad,
        conflicts=conflicts,
        bill=_sorted(_rows(tables, "bill", BILL)) if has_bill else None,
    )
    return Usage(**{**vars(usage), "digest": _digest(usage)})


def _rows(tables: list[Table], kind: str, columns: Sequence[Column]) -> pl.DataFrame:
    """Take the tables of a kind out and return their rows."""
    parts = [conform(t.frame.drop(ROW), tuple(columns)) for t in tables if t.kind == kind]
    tables[:] = [t for t in tables if t.kind != kind]
    return pl.concat(parts) if parts else conform(pl.DataFrame(), tuple(columns))


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(frame.columns) if len(frame) else frame


def _workloads(tables: list[Table]) -> pl.DataFrame:
    problems = []
    seen: dict[str, str] = {}
    for table in tables:
        if table.kind != "workloads":
            continue
        for row, workload_id in table.frame.select(ROW, "workload_id").iter_rows():
            if workload_id in seen:
                reason = f"described twice, first in {seen[workload_id]}; keep one row"
                problems.append(Problem(table.file, row, "workload_id", workload_id, reason))
            seen.setdefault(workload_id, f"{table.file} row {row}")
    refuse(problems, "which row is right only you know: remove the others")
    return _rows(tables, "workloads", WORKLOADS).sort("workload_id")


def _with_unknown(workloads: pl.DataFrame, others: Sequence[pl.DataFrame], notes: list[str]) -> pl.DataFrame:
    known = set(workloads["workload_id"].to_list())
    seen = {w for frame in others for w in frame["workload_id"].unique().to_list()}
    new = sorted(seen - known)
    if new and known:
        few = ", ".join(new[:3]) + (" …" if len(new) > 3 else "")
        notes.append(f"{len(new)} workloads have usage but no row in the workloads table: {few}")
    if not new:
        return workloads
    bare = conform(pl.DataFrame({"workload_id": new}), WORKLOADS)
    return pl.concat([workloads, bare]).sort("workload_id")


def _assumed(
    workloads: pl.DataFrame, assume: Mapping[str, str]
) -> tuple[pl.DataFrame, list[str], float | None]:
    """Fill what the input does not say; `tasks` is of the usage table, the rest of the workloads table."""
    columns = {c.name: c for c in WORKLOADS}
    said: list[str] = []
    tasks: float | None = None
    for name, text in assume.items():
        column = next((c for c in USAGE if c.name == "tasks"), None) if name == "tasks" else columns.get(name)
        if column is None or name == "workload_id":
            near = get_close_matches(name, [*columns, "tasks"], n=1)
            hint = f"did you mean {near[0]}?" if near else "tasks or a column of the workloads table"
            raise InputError(f"--assume {name}={text}: {name} cannot be assumed", hint=hint)
        values, problems = parse(pl.Series([text]), column, "--assume", pl.Series([0]), ".", "UTC")
        refuse(problems)
        if values[0] is None:
            raise InputError(f"--assume {name}={text}: the value is empty", hint=f"--assume {name}=VALUE")
        if name == "tasks":
            tasks = float(values[0])
            said.append(f"tasks={text} wherever the task count is not given")
            continue
        missing = workloads[name].null_count()
        if missing:
            workloads = workloads.with_columns(pl.col(name).fill_null(values[0]))
            plural = "workload that does" if missing == 1 else "workloads that do"
            said.append(f"{name}={text} for {missing} {plural} not say")
    return workloads, said, tasks


def _by_row(frame: pl.DataFrame, workloads: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with `workload`, the row of the workloads table, instead of the id."""
    kind = pl.Enum(workloads["workload_id"])
    row = frame["workload_id"].cast(kind).to_physical().cast(pl.UInt32).alias("workload")
    return frame.drop("workload_id").insert_column(0, row)


def _in_order(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points sorted by workload and time, at no cost when they are."""
    if _ordered(points):
        return points
    # workload by workload, or day by day and therein by workload, as exports are: blocks move several times as fast as rows
    blocks = points["workload"].rle().struct.unnest()
    if len(blocks) * LEAST_BLOCK <= len(points):
        at = blocks["len"].cum_sum() - blocks["len"]
        placed = blocks.with_columns(at.alias("at"), points["start"].gather(at).alias("first"))
        moves = placed.sort("value", "first", maintain_order=True).select("at", "len").rows()
        points = _column_by_column(points, lambda c: pl.concat([c.slice(*m) for m in moves], rechunk=True))
        if _ordered(points):
            return points
    # one whole number sorts several times as fast as two columns
    if points.select((pl.col("start").dt.microsecond() % 1000 != 0).any()).item():
        return points.sort("workload", "start")
    key = pl.col("workload").cast(pl.Int64) * MILLIS_OF_ALL_TIME + pl.col("start").dt.epoch("ms")
    order = points.select(key.arg_sort()).to_series()
    return _column_by_column(points, lambda column: column.gather(order))


def _column_by_column(points: pl.DataFrame, moved: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    """Return a frame of the moved columns; the old one is used up, so that there is room for one column more only."""
    return pl.DataFrame([moved(points.drop_in_place(name)) for name in points.columns])


def _ordered(points: pl.DataFrame) -> bool:
    before, same = pl.col("workload").shift(1), pl.col("workload") == pl.col("workload").shift(1)
    ordered = (pl.col("workload") > before) | (same & (pl.col("start") >= pl.col("start").shift(1)))
    return bool(points.select(ordered.all()).item())


def _in_our_units(points: pl.DataFrame, workloads: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Turn percent of the reservation and CPU units into vCPU and MiB; what is given in our units wins.

    The frame that comes is used up.
    """
    given = set(points.columns)
    found = {"tasks": _first([points.drop_in_place("tasks")] if "tasks" in given else [], len(points))}
    for measure, size, target in (
        ("cpu", "task_vcpu", "vcpu_used"),
        ("memory", "task_memory_mib", "memory_used_mib"),
    ):
        percents = [n for s in STATS if (n := f"{measure}_percent_{s}") in given]
        of_one = workloads[size].gather(points["workload"]) if percents else pl.Series([])
        lost = (
            points.select(pl.any_horizontal(pl.col(percents).is_not_null())).to_series() if percents else None
        )
        for stat in STATS:
            ours, units, percent = f"{target}_{stat}", f"{measure}_units_{stat}", f"{measure}_percent_{stat}"
            known = [points.drop_in_place(ours)] if ours in given else []
            known += [points.drop_in_place(units) / CPU_UNITS_PER_VCPU] if units in given else []
            known += [points.drop_in_place(percent) / 100 * of_one] if percent in given else []
            found[ours] = _first(known, len(points))
        if lost is None:
            continue
        lost &= of_one.is_null() & found[f"{target}_mean"].is_null()
        if lost.any():
            notes.append(
                f"{lost.sum():,} {measure} percentages of {points['workload'].filter(lost).n_unique()} workloads without "
                f"{size} cannot be turned into units and count as not measured"
            )
    return points.with_columns(column.alias(name) for name, column in found.items()).select(
        "workload", "start", "interval_s", *MEASURES
    )


def _first(known: Sequence[pl.Series], count: int) -> pl.Series:
    """Return in each row the first that is not null."""
    if not known:
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, count)
    return known[0] if len(known) == 1 else pl.select(pl.coalesce(*known)).to_series()


def _with_interval(points: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    if not points["interval_s"].null_count():
        return points
    step = pl.col("start").diff().over("workload").dt.total_seconds()
    spacing = (
        points.select("workload", step.alias("s"))
        .filter(pl.col("s") > 0)
        .group_by("workload")
        .agg(pl.col("s").median().cast(pl.Int64).alias("guess"))
        .sort("workload")
    )
    notes.append("intervals are taken from the spacing of the points")
    guessed = points.join(spacing, on="workload", how="left", maintain_order="left")
    return guessed.with_columns(
        pl.coalesce("interval_s", "guess", pl.lit(DEFAULT_INTERVAL_S)).alias("interval_s")
    ).drop("guess")


def _without_duplicates(points: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    """Merge points of one workload and time: equal ones once, of different ones the larger of each measure."""
    same = (pl.col("workload") == pl.col("workload").shift(1)) & (pl.col("start") == pl.col("start").shift(1))
    if not points.select(same.any()).item():
        return points, 0, 0
    distinct = points.unique(maintain_order=True)
    merged = distinct.group_by("workload", "start", maintain_order=True).agg(
        pl.col("interval_s").max(), pl.col(MEASURES).max()
    )
    return merged.sort("workload", "start"), len(distinct) - len(merged), len(points) - len(merged)


def _digest(usage: Usage) -> str:
    """Hash the content, whatever files, order and format it came in."""
    # without a bill there is nothing of it to hash: digests of inputs that have none stay what they were
    bills = () if usage.bill is None else (usage.bill,)
    frames = (usage.workloads, usage.usage, usage.runs, usage.instances, usage.commitments, *bills)
    with ThreadPoolExecutor() as pool:
        hashes = pool.map(_hash, (column for frame in frames for column in frame.get_columns()))
        return hashlib.sha256(b"".join(hashes)).hexdigest()


def _hash(column: pl.Series) -> bytes:
    sha = hashlib.sha256(f"{column.name}:{column.dtype}:{len(column)}".encode())
    if column.null_count() < len(column):
        for start in range(0, len(column), HASHED_AT_ONCE):
            sha.update(_bytes(column.slice(start, HASHED_AT_ONCE)))
    return sha.digest()


def _bytes(column: pl.Series) -> memoryview:
    # Arrow keeps a validity bitmap of some columns without nulls, and any value under a null or behind the last bit:
    # all leave here. One chunk, one batch, plain offsets: these follow the thread count otherwise.
    values = column.cast(pl.UInt8) if column.dtype == pl.Boolean else column.to_physical()
    blank = "" if values.dtype == pl.String else 0
    parts = [values.extend_constant(None, 1).fill_null(blank).cast(values.dtype)]
    if column.null_count():
        parts.append(values.is_null().cast(pl.UInt8))
    out = io.BytesIO()
    for part in parts:
        pl.DataFrame({"v": part.rechunk()}).write_ipc(
            out, compression="uncompressed", compat_level=pl.CompatLevel.oldest(), record_batch_size=len(part)
        )
    return out.getbuffer()
