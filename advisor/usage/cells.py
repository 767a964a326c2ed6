"""Text cells into values, a column at a time, with every cell that does not fit listed."""

from __future__ import annotations

from difflib import get_close_matches

import polars as pl

from advisor.schema import UTC_DATETIME, Column
from advisor.usage.problems import Problem

NULLS = ("", "null", "na", "n/a", "none", "-")
"""Read as "not measured", whatever their case. `nan` is a fault: a measurement that went wrong."""

TRUE, FALSE = ("true", "yes", "y", "1"), ("false", "no", "n", "0")
FORMATS = (
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%dT%H:%M%#z",
    "%Y-%m-%d %H:%M%#z",
)
BLANKS = r"[ '\u00a0\u202f]"
"""Marks between groups of three digits that are no comma and no point."""
EPOCH = "seconds or milliseconds since 1970"
COMPACT = r"^20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])$"
ACCOUNT, ACCOUNT_DIGITS = "account_id", 12
EPOCH_MS_FROM = 100_000_000_000
"""Whole numbers from here on are milliseconds since the epoch, below it seconds."""


def parse(
    text: pl.Series,
    column: Column,
    file: str,
    rows: pl.Series,
    decimal: str,
    timezone: str,
    *,
    tidy: bool = False,
) -> tuple[pl.Series, list[Problem]]:
    """Return the values of a column, null where empty or wrong, and the wrong cells.

    Args:
        text: cells as text, or as values already typed (Parquet).
        rows: row numbers as an editor shows them.
        decimal: decimal mark of the file.
        timezone: zone of times without one.
        tidy: `tidied` already.
    """
    if _clean(text, column):
        return text.rename(column.name), []
    if text.dtype == pl.String:
        cells = text if tidy else tidied(text.to_frame("c")).to_series()
        if cells.null_count() == len(cells):
            return pl.Series(column.name, [None], dtype=column.dtype).new_from_index(0, len(cells)), []
        values = _typed(cells, column, decimal, timezone)
    else:
        cells, values = text, _from_typed(text, column, timezone)
    problems: list[Problem] = []

    def complain(wrong: pl.Series, reason: str) -> None:
        if not wrong.any():
            return
        for row, value in zip(rows.filter(wrong), cells.filter(wrong), strict=True):
            problems.append(Problem(file, row, column.name, str(value), reason))

    unread = cells.is_not_null() & values.is_null()
    complain(unread, _wanted(column))
    if column.dtype == pl.Float64:
        strange = values.is_not_null() & ~values.is_finite().fill_null(False)
        complain(strange, "not a finite number; leave the cell empty where nothing was measured")
        values = values.set(strange.fill_null(False), None)
    if column.minimum is not None:
        low = (values < column.minimum).fill_null(False)
        complain(low, f"below {column.minimum:g}, the least there can be")
        values = values.set(low, None)
    if column.maximum is not None:
        high = (values > column.maximum).fill_null(False)
        hint = "; 1,024 CPU units are 1 vCPU" if "vcpu" in column.name else ""
        complain(high, f"above {column.maximum:,.0f}, the most that is believed{hint}; check the unit")
        values = values.set(high, None)
    if column.choices:
        chosen = pl.Series(column.choices, dtype=pl.String)
        strange = values.is_not_null() & ~values.is_in(chosen.implode()).fill_null(False)
        for row, value in zip(rows.filter(strange), cells.filter(strange), strict=True):
            near = get_close_matches(str(value).upper().replace(" ", "_"), column.choices, n=1)
            known = ", ".join(column.choices)
            meant = f"did you mean {near[0]}?" if near else f"one of {known}"
            problems.append(Problem(file, row, column.name, str(value), f"not a known value: {meant}"))
        values = values.set(strange, None)
    return values.rename(column.name), problems


def tidied(text: pl.DataFrame) -> pl.DataFrame:
    """Return cells of text without blanks around them, null where nothing was measured."""
    stripped = {name: pl.col(name).str.strip_chars() for name in text.columns}
    return text.select(
        pl.when(~cell.str.to_lowercase().is_in(NULLS)).then(cell).alias(name)
        for name, cell in stripped.items()
    )


def _clean(values: pl.Series, column: Column) -> bool:
    """Return whether every value already is what the column asks for, told without looking at cells one by one."""
    if values.dtype != column.dtype:
        return False
    if column.name == ACCOUNT:
        return False  # told cell by cell: leading zeros may be lost
    if column.dtype == pl.String:
        known = values.drop_nulls().unique()
        plain = known == known.str.strip_chars()
        void = known.str.to_lowercase().is_in(list(NULLS))
        return (
            bool(plain.all())
            and not void.any()
            and (not column.choices or bool(known.is_in(list(column.choices)).all()))
        )
    if column.dtype == pl.Float64 and not values.is_finite().all():
        return False
    low, high = values.min(), values.max()
    return (column.minimum is None or low is None or bool(low >= column.minimum)) and (  # type: ignore[operator]
        column.maximum is None or high is None or bool(high <= column.maximum)  # type: ignore[operator]
    )


def _wanted(column: Column) -> str:
    if column.dtype == UTC_DATETIME:
        return "not a time we read for sure; write it as 2026-09-30T14:00:00Z"
    if column.dtype == pl.Float64:
        return "not a number; write it without unit, or leave the cell empty where nothing was measured"
    if column.dtype == pl.Int64:
        return "not a whole number"
    return "not true or false; write one of them" if column.dtype == pl.Boolean else "not text"


def _typed(cells: pl.Series, column: Column, decimal: str, timezone: str) -> pl.Series:
    dtype = column.dtype
    if column.name == ACCOUNT:
        return _accounts(cells)
    if dtype == pl.String:
        return _enum(cells, column)
    if dtype == pl.Boolean:
        low = cells.str.to_lowercase()
        frame = pl.DataFrame({"c": low}).select(
            pl.when(pl.col("c").is_in(TRUE)).then(True).when(pl.col("c").is_in(FALSE)).then(False)
        )
        return frame.to_series()
    if dtype == UTC_DATETIME:
        return _times(cells, timezone)
    if decimal == ".":
        # nothing but a plain number is taken as it is
        numbers = cells.cast(pl.Float64, strict=False)
        if numbers.null_count() == cells.null_count():
            return _whole(numbers) if dtype == pl.Int64 else numbers
    plain = cells.str.replace_all(BLANKS, "")
    if "percent" in column.name:
        plain = plain.str.strip_suffix("%")
    plain = (
        plain.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        if decimal == ","
        else plain.str.replace_all(",", "", literal=True)
    )
    numbers = plain.cast(pl.Float64, strict=False).set(~_grouped(cells, decimal), None)
    return _whole(numbers) if dtype == pl.Int64 else numbers


def _whole(numbers: pl.Series) -> pl.Series:
    whole = (numbers == numbers.floor()).fill_null(False)
    return numbers.set(~whole, None).cast(pl.Int64, strict=False)


def _grouped(cells: pl.Series, decimal: str) -> pl.Series:
    """Return whether the thousands marks, if any, stand before groups of three digits: 1,5 is never read as 15."""
    group, mark = (r"\.", ",") if decimal == "," else (",", r"\.")
    shape = rf"^[+-]?\d{{1,3}}({group}\d{{3}})+({mark}\d*)?\s?%?$"
    blank = rf"^[+-]?\d{{1,3}}({BLANKS}\d{{3}})+({mark}\d*)?\s?%?$|^[^ '\u00a0\u202f]*\s?%$"
    marked = ~cells.str.contains(group) | cells.str.contains(shape)
    return (marked & (~cells.str.contains(BLANKS) | cells.str.contains(blank))).fill_null(True)


def _accounts(cells: pl.Series) -> pl.Series:
    """Return account ids with the leading zeros that spreadsheets and integer columns lose."""
    digits = cells.str.contains(r"^\d{1,12}$").fill_null(False)
    return cells.zip_with(~digits, cells.str.zfill(ACCOUNT_DIGITS))


def _enum(cells: pl.Series, column: Column) -> pl.Series:
    if not column.choices:
        return cells
    known = {c.lower(): c for c in column.choices}
    norm = cells.str.to_lowercase().str.replace_all(r"[ -]", "_")
    return (
        pl.DataFrame({"n": norm, "c": cells})
        .select(pl.col("n").replace_strict(known, default=pl.col("c"), return_dtype=pl.String))
        .to_series()
    )


def _times(cells: pl.Series, timezone: str) -> pl.Series:
    """Return the moments that cells tell, null where none of the forms fits; a file rarely holds more than one form."""
    text = pl.col("c")
    zone = (
        text.str.replace(r"[zZ]$", "+0000")
        .str.replace(r"([+-]\d{2}):(\d{2})$", "$1$2")
        .str.replace(r" UTC$", "+0000")
    )
    frame = cells.to_frame("c").with_columns(zone.alias("z"))
    moments = pl.Series([None], dtype=UTC_DATETIME).new_from_index(0, len(cells))
    for form in (*FORMATS, EPOCH):
        unread = moments.is_null() & cells.is_not_null()
        if not unread.any():
            break
        left = frame.filter(unread)
        read = left.select(_epoch(text) if form == EPOCH else _of_form(pl.col("z"), form, timezone))
        moments = moments.scatter(unread.arg_true(), read.to_series().cast(UTC_DATETIME))
    return moments


def _of_form(text: pl.Expr, form: str, timezone: str) -> pl.Expr:
    if "z" in form:
        return text.str.strptime(pl.Datetime("us", "UTC"), form, strict=False)
    local = text.str.strptime(pl.Datetime("us"), form, strict=False)
    aware = local.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    return aware.dt.convert_time_zone("UTC")


def _epoch(text: pl.Expr) -> pl.Expr:
    """Seconds or milliseconds; 2026090100 is a date that someone wrote without marks, not the year 2034."""
    whole = text.str.contains(r"^(\d{10}|\d{13})$") & ~text.str.contains(COMPACT)
    number = pl.when(whole).then(text).cast(pl.Int64, strict=False)
    micros = pl.when(number >= EPOCH_MS_FROM).then(number * 1000).otherwise(number * 1_000_000)
    return pl.from_epoch(micros, time_unit="us").dt.replace_time_zone("UTC")


def _decoded(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def _from_typed(values: pl.Series, column: Column, timezone: str) -> pl.Series:
    dtype = column.dtype
    if values.dtype.is_nested() or values.dtype == pl.Object:
        return pl.Series([None] * len(values), dtype=dtype)
    if values.dtype == pl.Binary:
        values = pl.Series(values.name, [_decoded(v) for v in values], dtype=pl.String)
    if dtype == UTC_DATETIME:
        if values.dtype == pl.Date or isinstance(values.dtype, pl.Datetime):
            moments = values.cast(pl.Datetime("us", getattr(values.dtype, "time_zone", None)))
            aware = (
                moments
                if getattr(values.dtype, "time_zone", None)
                else moments.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
            )
            return aware.dt.convert_time_zone("UTC").cast(UTC_DATETIME)
        if values.dtype.is_integer():
            return _times(values.cast(pl.String), timezone)
        return pl.Series([None] * len(values), dtype=UTC_DATETIME)
    if dtype == pl.Int64 and values.dtype.is_float():
        return _whole(values)
    if column.name == ACCOUNT:
        whole = values.cast(pl.Int64, strict=False) if values.dtype.is_numeric() else values
        return _accounts(whole.cast(pl.String, strict=False))
    if dtype == pl.String:
        return _enum(values.cast(pl.String, strict=False), column)
    if dtype == pl.Float64 and values.dtype == pl.Boolean:
        return pl.Series([None] * len(values), dtype=pl.Float64)
    return values.cast(dtype, strict=False)
