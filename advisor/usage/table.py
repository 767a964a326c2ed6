"""One file of one table: cells read, renamed, parsed; good rows kept, bad ones set aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from advisor.errors import InputError
from advisor.schema import TABLES, USAGE_PERCENT, Column
from advisor.usage.cells import parse, tidied
from advisor.usage.checks import ROW, row_problems
from advisor.usage.decode import PARQUET
from advisor.usage.problems import Problem
from advisor.usage.sniff import NAMES, Text, decimal_mark, decode, unpack


@dataclass(frozen=True)
class Reading:
    """How files are to be read.

    Attributes:
        mapping: our column → the file's.
        decimal: "," or "." when the user says so.
    """

    mapping: Mapping[str, str]
    decimal: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    timezone: str = "UTC"
    trust: bool = False


@dataclass(frozen=True)
class Table:
    """One file, parsed.

    Attributes:
        kind: which of `schema.TABLES`.
        frame: good rows in our columns; usage keeps the columns of other units that were there.
        columns: the names of its columns, as they stood.
        rows_read: good and bad ones.
        set_aside: every row that had a problem as it stood, with `ROW`.
        problems: one for each wrong cell or row.
        notes: what was guessed.
        surplus: row → cells that stood behind the header's last column.
    """

    kind: str
    file: str
    frame: pl.DataFrame
    columns: tuple[str, ...]
    rows_read: int
    set_aside: pl.DataFrame
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    surplus: Mapping[int, tuple[str, ...]]


def read_table(path: Path, kind: str | None, reading: Reading) -> Table:
    """Read one CSV or Parquet file.

    Raises:
        InputError: the file as a whole cannot be read.
    """
    name = path.name
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise InputError(
            f"{name} cannot be read: {fault.strerror}", hint="check the path and your rights"
        ) from fault
    parquet = path.suffix == PARQUET
    if parquet:
        frame = pl.read_parquet(content)
        _check_names(frame.columns, name)
        cells, decimal = Cells(_numbered(frame, 1)), "."
        notes: list[str] = []
    else:
        cells, notes, decimal = _read_csv(content, name, reading)
    raw = cells.frame
    renamed, extra = _rename(raw, kind, reading.mapping, name)
    kind = kind or _kind_of(renamed.columns, name)
    _check_required(renamed.columns, extra, kind, name)
    if extra := [c for c in extra if c not in {x.name for x in _columns(kind)}]:
        notes.append(f"{name}: columns not used: {', '.join(_meant(extra, kind, renamed.columns))}")
    # all columns of a text file at once; of Parquet, cells of text are looked at only where they need it
    found = renamed if parquet else tidied(renamed.drop(ROW)).insert_column(0, renamed[ROW])
    values, wrong = _parsed(kind, name, found, decimal, reading.timezone, tidy=not parquet)
    return _checked(kind, name, values, raw, [*cells.problems, *wrong], notes, cells.surplus)


def typed_table(kind: str, name: str, frame: pl.DataFrame) -> Table:
    """Return a frame that is in our names and types already, checked as a file's would be.

    Args:
        kind: which of `schema.TABLES`.
        name: what it is called where something is wrong with it.
    """
    raw = _numbered(frame, 1)
    values, wrong = _parsed(kind, name, raw, ".", "UTC", tidy=True)
    return _checked(kind, name, values, raw, wrong, [], {})


def _parsed(
    kind: str, name: str, found: pl.DataFrame, decimal: str, timezone: str, *, tidy: bool
) -> tuple[pl.DataFrame, list[Problem]]:
    """Return the columns of a table as values, and the cells that do not fit."""
    rows = found[ROW]
    values, problems = [rows], []
    for column in _columns(kind):
        if column.name not in found.columns:
            continue
        parsed, wrong = parse(found[column.name], column, name, rows, decimal, timezone, tidy=tidy)
        values.append(parsed)
        problems += wrong
        if column.required:
            told = {p.row for p in wrong}
            for row in rows.filter(parsed.is_null()).to_list():
                if row not in told:
                    problems.append(Problem(name, row, column.name, "", "empty, and needed in every row"))
    return pl.DataFrame(values), problems


def _checked(
    kind: str,
    name: str,
    frame: pl.DataFrame,
    raw: pl.DataFrame,
    problems: list[Problem],
    notes: list[str],
    surplus: Mapping[int, tuple[str, ...]],
) -> Table:
    """Return the table of parsed rows, those with a problem set aside."""
    problems = [*problems, *row_problems(kind, frame, name)]
    bad = sorted({p.row for p in problems if p.row})
    if bad:
        frame = frame.filter(~pl.col(ROW).is_in(bad))
    columns = tuple(c for c in raw.columns if c != ROW)
    set_aside = raw.filter(pl.col(ROW).is_in(bad)) if bad else raw.clear()
    return Table(kind, name, frame, columns, len(raw), set_aside, tuple(problems), tuple(notes), surplus)


def _columns(kind: str) -> tuple[Column, ...]:
    return TABLES[kind] + (USAGE_PERCENT if kind == "usage" else ())


def _meant(extra: list[str], kind: str, there: list[str]) -> list[str]:
    """Return columns that are not used, each with the one of ours that it may have been meant for."""
    open_ = [c.name for c in _columns(kind) if c.name not in there]
    near = {c: get_close_matches(c.strip().lower(), open_, n=1, cutoff=0.8) for c in extra}
    return [f"{c} (did you mean {near[c][0]}?)" if near[c] else c for c in extra]


@dataclass(frozen=True)
class Cells:
    """The cells of a file with their row numbers, and what is wrong with whole rows."""

    frame: pl.DataFrame
    problems: tuple[Problem, ...] = ()
    surplus: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def _numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    return frame.with_row_index(ROW, offset=first).cast({ROW: pl.Int64})


def _check_names(names: list[str], file: str) -> None:
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise InputError(f"{file}: column {twice[0]!r} is there twice", hint="rename or remove one of them")
    if ROW in names:
        raise InputError(f"{file}: a column may not be called {ROW}", hint="rename or remove it")


def _read_csv(content: bytes, name: str, reading: Reading) -> tuple[Cells, list[str], str]:
    known = [c.name for columns in TABLES.values() for c in columns] + list(reading.mapping.values())
    text = decode(
        unpack(content, name, trust=reading.trust), name, reading.encoding, reading.delimiter, known
    )
    if not text.content.strip():
        raise InputError(f"{name} is empty", hint="a header line and at least one row are needed")
    header = next(csv.reader(io.StringIO(text.content.partition("\n")[0]), delimiter=text.delimiter))
    names = [h.strip() for h in header]
    _check_names(names, name)
    cells = _cells(text, names, name)
    plain = text.encoding == "utf-8" and text.delimiter == ","
    notes = (
        []
        if plain
        else [f"{name}: read as {text.encoding}, {NAMES.get(text.delimiter, text.delimiter)} between columns"]
    )
    numeric = _numeric_cells(cells.frame, reading.mapping)
    decimal = reading.decimal or decimal_mark(numeric, text.delimiter, name)
    if decimal == ",":
        notes.append(f"{name}: numbers have a decimal comma")
    return cells, notes, decimal


def _cells(text: Text, names: list[str], file: str) -> Cells:
    """Return every row as text with its number; rows with too many or too few cells are set aside."""
    content = text.content
    try:
        frame = pl.read_csv(
            content.encode(),
            separator=text.delimiter,
            infer_schema=False,
            has_header=True,
            truncate_ragged_lines=False,
        )
        if "\n" not in content.strip("\n") or '"' in content or _ragged(content, text.delimiter, len(names)):
            raise pl.exceptions.ComputeError("count cells one by one")
        return Cells(
            _numbered(frame.rename(dict(zip(frame.columns, names, strict=True))), text.lines_before + 2)
        )
    except (pl.exceptions.PolarsError, ValueError):
        return _cells_slowly(text, names, file)


def _ragged(content: str, delimiter: str, width: int) -> bool:
    lines = pl.Series(content.strip("\n").split("\n"))
    counts = lines.str.count_matches(delimiter, literal=True)
    return bool((counts != width - 1).any())


def _cells_slowly(text: Text, names: list[str], file: str) -> Cells:
    reader = csv.reader(io.StringIO(text.content), delimiter=text.delimiter)
    rows, numbers, problems = [], [], []
    surplus: dict[int, tuple[str, ...]] = {}
    line = text.lines_before
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise InputError(
                f"{file} row {line + 1}: {error}", hint="a quote may be open; export it as CSV again"
            ) from error
        number, line = line + 1, text.lines_before + reader.line_num
        if number == text.lines_before + 1 or not cells:
            continue
        if len(cells) != len(names):
            reason = f"has {len(cells)} cells, the header has {len(names)}"
            problems.append(Problem(file, number, "", text.delimiter.join(cells), reason))
            surplus[number] = tuple(cells[len(names) :])
            cells = (cells + [""] * len(names))[: len(names)]
        rows.append(cells)
        numbers.append(number)
    data = {n: [r[i] for r in rows] for i, n in enumerate(names)}
    frame = pl.DataFrame(data, schema=dict.fromkeys(names, pl.String))
    return Cells(frame.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64)), tuple(problems), surplus)


def _numeric_cells(raw: pl.DataFrame, mapping: Mapping[str, str]) -> list[str]:
    numbers = {c.name for columns in TABLES.values() for c in columns if c.dtype in (pl.Float64, pl.Int64)}
    numbers |= {c.name for c in USAGE_PERCENT} | {a for c in USAGE_PERCENT for a in c.aliases}
    numbers |= {a for columns in TABLES.values() for c in columns if c.name in numbers for a in c.aliases}
    numbers |= {theirs.lower() for ours, theirs in mapping.items() if ours in numbers}
    found: list[str] = []
    for column in raw.columns:
        if column.lower() in numbers:
            marked = pl.col(column).str.strip_chars().str.strip_suffix("%").str.strip_chars_end()
            number = marked.str.contains(r"^[+-]?[\d.,]*[.,]\d+([eE][+-]?\d+)?$")
            found += raw.select(marked.filter(number).unique().sort()).to_series().to_list()
    return found


def _rename(
    raw: pl.DataFrame, kind: str | None, mapping: Mapping[str, str], file: str
) -> tuple[pl.DataFrame, list[str]]:
    """Return the frame in our names, and the columns that are not ours."""
    lowered = {c.strip().lower(): c for c in raw.columns if c != ROW}
    if len(lowered) < len(raw.columns) - (ROW in raw.columns):
        names = [c.strip().lower() for c in raw.columns]
        twice = next(n for n in names if names.count(n) > 1)
        raise InputError(f"{file}: column {twice!r} is there twice", hint="rename or remove one of them")
    ours = [c for k in ([kind] if kind else TABLES) for c in _columns(k)]
    known = {c.name for c in ours}
    taken: dict[str, str] = {}
    for column, theirs in mapping.items():
        if column not in {c.name for k in TABLES for c in _columns(k)}:
            near = get_close_matches(column, known, n=1)
            raise InputError(
                f"--map {column}={theirs}: {column} is no column of ours",
                hint=f"did you mean {near[0]}?" if near else None,
            )
        if theirs in raw.columns:
            taken[theirs] = column
    for ours_ in ours:
        if ours_.name in taken.values():
            continue
        for name in (ours_.name, *ours_.aliases):
            found = lowered.get(name)
            if found is not None and found not in taken:
                taken[found] = ours_.name
                break
    extra = [c for c in raw.columns if c != ROW and c not in taken]
    return raw.select(ROW, *taken).rename(taken), extra


def _kind_of(columns: list[str], file: str) -> str:
    have = set(columns)
    if "stopped_at" in have:
        return "runs"
    if {"instance_type", "count"} <= have and "cluster" in have:
        return "instances"
    if "start" in have and "workload_id" in have:
        return "usage"
    if "workload_id" in have:
        return "workloads"
    if "kind" in have and have & {"usd_per_hour", "count"}:
        return "commitments"
    if {"usage_type", "usd"} <= have:
        return "bill"
    raise InputError(
        f"{file}: its columns are those of no table we know",
        hint="workload_id and start make a usage file; --map renames columns, advisor schema tables lists them",
    )


def _check_required(columns: list[str], extra: list[str], kind: str, file: str) -> None:
    missing = [c.name for c in TABLES[kind] if c.required and c.name not in columns]
    if missing:
        near = get_close_matches(missing[0], extra, n=1)
        hint = (
            f"--map {missing[0]}={near[0]} if that is it"
            if near
            else f"--map {missing[0]}=NAME names the column that holds it"
        )
        raise InputError(f"{file}: column {missing[0]} is missing from the {kind} table", hint=hint)
    if kind == "usage" and not set(columns) & {c.name for c in (*TABLES["usage"][3:], *USAGE_PERCENT)}:
        raise InputError(
            f"{file}: no column of CPU, memory or tasks", hint="one of them is needed; --map names it"
        )
