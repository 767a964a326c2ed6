"""The only importer of the compiled core: tables as it wants them, its errors in the caller's words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl

from advisor import _core
from advisor.errors import InputError, SolverError

if _core.debug_build:
    warnings.warn(
        "advisor._core is a debug build: correct, but many times slower", RuntimeWarning, stacklevel=2
    )

core = _core
"""The compiled core, for the rest of this room."""
ArrowFrame = Any
"""A polars frame, or any object with `__arrow_c_stream__`."""

NO_LIMIT = 2**64 - 1
MAX_GROUPS = 64
NO_NAMES = pl.Series("size_id", [], dtype=pl.String)
TASK_WORDS = {"size_id", "count", "groups", "alone_usd_per_hour", "max_per_bin"}
BIN_WORDS = {"bin_id", "usd_per_hour", "committable_usd_per_hour", "group", "limit"}

T = TypeVar("T")


def points(points: ArrowFrame) -> pl.DataFrame:
    """Return usage points as the core takes them: `series, start_s, interval_s, value`."""
    return frame(points, "points").select(
        pl.col("series").cast(pl.UInt32),
        pl.col("start_s").cast(pl.Int64),
        pl.col("interval_s").cast(pl.Int64),
        pl.col("value").cast(pl.Float64),
    )


def frame(data: ArrowFrame, name: str) -> pl.DataFrame:
    """Return anything that speaks Arrow as a polars frame.

    Raises:
        InputError: it does not.
    """
    if isinstance(data, pl.DataFrame):
        return data
    if hasattr(data, "__arrow_c_stream__"):
        return pl.DataFrame(data)
    raise InputError(f"{name}: expected an Arrow frame, got {type(data).__name__}")


@dataclass(frozen=True)
class Packing:
    """The two tables of every packing, opened.

    Attributes:
        tasks: as given.
        bins: as given.
        resources: names of the resources.
        sizes: the tasks as the core takes them.
        kinds: the bins as the core takes them.
        names: what the caller calls the sizes; their rows where it has no names.
    """

    tasks: pl.DataFrame
    bins: pl.DataFrame
    resources: list[str]
    sizes: pl.DataFrame
    kinds: pl.DataFrame
    names: pl.Series


def packing(tasks: ArrowFrame, bins: ArrowFrame) -> Packing:
    """Open the tables of a packing.

    Raises:
        InputError: a column is missing or holds what it must not.
    """
    task_frame, bin_frame = frame(tasks, "tasks"), frame(bins, "bins")
    shared = resources(task_frame, bin_frame)
    names = (
        task_frame["size_id"].cast(pl.String)
        if "size_id" in task_frame.columns
        else pl.Series("size_id", [str(i) for i in range(task_frame.height)], dtype=pl.String)
    )
    return Packing(task_frame, bin_frame, shared, *tables(task_frame, bin_frame, shared), names)


def hourly(demand: ArrowFrame, *, with_alone: bool) -> pl.DataFrame:
    """Return hours' demand as the core takes it: `hour, size, count`, and what a task costs outside every bin.

    Raises:
        InputError: a column is missing or holds what it must not.
    """
    rows = frame(demand, "demand")
    for name in ("hour", "size"):
        numbers(rows, "demand", name)
    return rows.select(
        pl.col("hour").cast(pl.Int64),
        pl.col("size").cast(pl.UInt32),
        count(rows, "demand", "count"),
        *([alone(rows, "demand")] if with_alone else []),
    )


def distinct(frame: pl.DataFrame, table: str, name: str) -> None:
    """Refuse a column of names that is missing, has gaps or names twice.

    Raises:
        InputError: naming table and column.
    """
    if name not in frame.columns:
        raise InputError(f"{table}: column {name} is missing")
    column = frame[name]
    if column.null_count() or column.is_duplicated().any():
        raise InputError(f"{table}: {name} must be given and differ in every row")


def resources(tasks: pl.DataFrame, bins: pl.DataFrame) -> list[str]:
    """Names of the resources, sorted so that the order of columns means nothing."""
    names = [
        name
        for name in sorted(set(tasks.columns) & set(bins.columns) - TASK_WORDS - BIN_WORDS)
        if tasks.schema[name].is_numeric() and bins.schema[name].is_numeric()
    ]
    if not names:
        raise InputError("tasks and bins share no numeric column", hint="give both the same resource columns")
    return names


def tables(
    tasks: pl.DataFrame, bins: pl.DataFrame, resources: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables as the core wants them: resources `r0`, `r1`, …, groups as bits, no nulls."""
    masks, groups = group_bits(tasks, bins)
    return sizes(tasks, resources, masks), kinds(bins, resources, groups)


def sizes(tasks: pl.DataFrame, resources: list[str], masks: pl.Series) -> pl.DataFrame:
    """Return task sizes as the core takes them."""
    return tasks.select(
        *[numbers(tasks, "tasks", name).alias(f"r{k}") for k, name in enumerate(resources)],
        masks.alias("mask"),
        optional_count(tasks, "tasks", "max_per_bin"),
    )


def kinds(bins: pl.DataFrame, resources: list[str], groups: pl.Series) -> pl.DataFrame:
    """Return kinds of bin as the core takes them."""
    return bins.select(
        *[numbers(bins, "bins", name).alias(f"r{k}") for k, name in enumerate(resources)],
        numbers(bins, "bins", "usd_per_hour"),
        groups.alias("group"),
        optional_count(bins, "bins", "limit"),
    )


def group_bits(tasks: pl.DataFrame, bins: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """A bit mask per size and a bit per bin; groups open to the same sizes share a bit."""
    group = (
        bins["group"].cast(pl.String)
        if "group" in bins.columns
        else pl.Series("group", [None], dtype=pl.String).new_from_index(0, bins.height)
    )
    allowed = tasks["groups"].to_list() if "groups" in tasks.columns else [None] * tasks.height
    users: dict[str | None, list[int]] = {
        name: [] for name in sorted(group.unique().to_list(), key=lambda g: (g is None, g or ""))
    }
    for row, names in enumerate(allowed):
        for name in users if names is None else {str(n) for n in names} & users.keys():
            users[name].append(row)
    bits: dict[tuple[int, ...], int] = {}
    bit = {name: bits.setdefault(tuple(rows), len(bits)) for name, rows in users.items()}
    if len(bits) > MAX_GROUPS:
        raise InputError(f"bins: more than {MAX_GROUPS} groups that differ in which sizes may use them")
    masks = [0] * tasks.height
    for rows, b in bits.items():
        for row in rows:
            masks[row] |= 1 << b
    # `replace_strict` keeps the dtype of an empty series
    numbers = group.replace_strict(list(bit), list(bit.values()), return_dtype=pl.UInt32).cast(pl.UInt32)
    return pl.Series(masks, dtype=pl.UInt64), numbers


def numbers(frame: pl.DataFrame, table: str, name: str) -> pl.Series:
    """Return a numeric column without nulls.

    Raises:
        InputError: naming table, column and row.
    """
    if name not in frame.columns:
        raise InputError(f"{table}: column {name} is missing")
    column = frame[name]
    if not column.dtype.is_numeric() and column.len() > 0:
        raise InputError(f"{table}: column {name} must be numeric, is {column.dtype}")
    if column.null_count():
        raise InputError(f"{table}: column {name} is null in row {column.is_null().arg_max()}")
    return column.cast(pl.Float64)


def count(frame: pl.DataFrame, table: str, name: str) -> pl.Series:
    """Return a column of whole numbers >= 0.

    Raises:
        InputError: naming table, column and row.
    """
    values = numbers(frame, table, name)
    wrong = values < 0
    if not frame.schema[name].is_integer():
        wrong = wrong | ~values.is_finite() | (values != values.floor())
    if wrong.any():
        raise InputError(f"{table}: column {name} must be a whole number >= 0 in row {wrong.arg_max()}")
    return frame[name].cast(pl.UInt64)


def optional_count(frame: pl.DataFrame, table: str, name: str) -> pl.Series:
    """Return a column of whole numbers in which null, or the column's absence, is no limit."""
    if name not in frame.columns:
        return pl.Series(name, [NO_LIMIT], dtype=pl.UInt64).new_from_index(0, frame.height)
    given = frame[name]
    if given.null_count() == given.len():
        return pl.Series(name, [NO_LIMIT], dtype=pl.UInt64).new_from_index(0, given.len())
    count(pl.DataFrame({name: given.fill_null(0) if given.null_count() else given}), table, name)
    return given.cast(pl.UInt64).fill_null(NO_LIMIT)


def alone(frame: pl.DataFrame, table: str) -> pl.Series:
    """Return what one task costs outside every bin; infinite where it cannot be there.

    Raises:
        InputError: a price is infinite by itself.
    """
    name = "alone_usd_per_hour"
    if name not in frame.columns:
        return pl.Series(name, [float("inf")], dtype=pl.Float64).new_from_index(0, frame.height)
    prices = frame[name].cast(pl.Float64)
    if prices.is_infinite().any():
        raise InputError(
            f"{table}: {name} must be finite", hint="null says that the size cannot run outside a bin"
        )
    return prices.fill_null(float("inf"))


def threads(threads: int) -> int:
    """Return a number of threads that is none below 0.

    Raises:
        InputError: it is.
    """
    if threads < 0:
        raise InputError(f"threads must be >= 0, got {threads}")
    return int(threads)


def call(run: Callable[[], T], resources: list[str], size_ids: pl.Series) -> T:
    """Runs the core and says its errors in the caller's words."""
    try:
        return run()
    except core.NoPlace as error:
        reason, row = error.args
        raise InputError(f"task size {size_ids[row]} has no place: {reason}") from error
    except core.InvalidInput as error:
        message, field, _ = error.args
        for k, name in enumerate(resources):
            if field.endswith(f" resource {k}"):
                message = message.replace(f"resource {k}", name)
        raise InputError(message) from error
    except core.CoreError as error:
        raise SolverError(str(error)) from error
