"""`read_usage`: a folder or files of usage into checked tables in our own units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from advisor.errors import InputError
from advisor.model import Usage
from advisor.schema import TABLES
from advisor.usage.assemble import assemble
from advisor.usage.decode import PARQUET, ParquetCheck
from advisor.usage.problems import refuse
from advisor.usage.rejects import write_rejects
from advisor.usage.table import Reading, Table, read_table

SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", PARQUET)
DECIMALS = {None: None, ",": ",", ".": ".", "comma": ",", "point": "."}


def read_usage(
    source: Path | str | Sequence[Path | str],
    *,
    mapping: Mapping[str, str] | None = None,
    assume: Mapping[str, str] | None = None,
    skip_bad_rows: bool = False,
    rejects_dir: Path | None = None,
    trust_input: bool = False,
    decimal: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    timezone: str = "UTC",
    check: ParquetCheck | None = None,
) -> Usage:
    """Return the usage of a folder, or of CSV and Parquet files.

    A folder holds `workloads`, `usage` and, if known, `runs`, `instances`, `commitments` and `bill`, one or more files each.
    Only `workload_id`, `start` and one of CPU, memory or tasks are needed; what is not there stays null.

    Args:
        mapping: our column → the file's column.
        assume: column → value for what the input does not say; repeated in every output.
        skip_bad_rows: keep the good rows and write the others to `<name>.rejects.csv`.
        rejects_dir: where to; beside the input by default.
        trust_input: read files that unpack to more than 200 times their size.
        decimal: "comma" or "point".
        timezone: zone of times that have none.
        check: a child for Parquet files that runs already; one is started when null and needed.

    Raises:
        InputError: with every problem found, up to 50.
    """
    if decimal not in DECIMALS:
        raise InputError(f"decimal mark {decimal!r} is not known", hint="comma or point")
    if delimiter is not None and len(delimiter) != 1:
        raise InputError(f"delimiter {delimiter!r} is not one character", hint="such as , ; or |")
    try:
        ZoneInfo(timezone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise InputError(
            f"time zone {timezone!r} is not known", hint="a name such as Europe/Berlin"
        ) from error
    reading = Reading(mapping or {}, DECIMALS[decimal], delimiter, encoding, timezone, trust_input)
    name, files, skipped = _files(source)
    tables = _tables(files, reading, check)
    _check_mapping(tables, reading)
    problems = [p for t in tables for p in t.problems]
    whole = [p for p in problems if not p.row]
    refuse(whole if skip_bad_rows else problems)
    notes = [*skipped, *(note for t in tables for note in t.notes)]
    for table, (path, _) in zip(tables, files, strict=True):
        if len(table.set_aside):
            written = write_rejects(table, rejects_dir or path.parent)
            notes.append(f"{table.file}: {len(table.set_aside)} rows set aside in {written}")
    kept = sum(len(t.frame) for t in tables)
    usage = assemble(name, tables, assume or {}, notes)
    if usage.rows_read != kept + usage.rows_rejected:
        raise InputError(
            f"{usage.rows_read} rows in, {kept} kept, {usage.rows_rejected} rejected: this is a bug"
        )
    return usage


def _tables(
    files: Sequence[tuple[Path, str | None]], reading: Reading, check: ParquetCheck | None
) -> list[Table]:
    """Return the files' tables in order; CSV is read while a child decodes the Parquet files."""
    parquet = [path for path, _ in files if path.suffix == PARQUET]
    if not parquet:
        return [read_table(path, kind, reading) for path, kind in files]
    with check or ParquetCheck() as running:
        running.begin(parquet, trust=reading.trust)
        read = {path: read_table(path, kind, reading) for path, kind in files if path not in parquet}
        running.refuse()
    return [read[path] if path in read else read_table(path, kind, reading) for path, kind in files]


def _files(
    source: Path | str | Sequence[Path | str],
) -> tuple[str, list[tuple[Path, str | None]], list[str]]:
    """Return the input's name, its files with the table that their names stand for, and what is not read."""
    paths = [Path(source)] if isinstance(source, Path | str) else [Path(s) for s in source]
    found: list[tuple[Path, str | None]] = []
    skipped: list[str] = []
    for path in paths:
        if path.is_dir():
            inside = [
                p
                for p in sorted(path.rglob("*"))
                if p.is_file() and not any(part.startswith(".") for part in p.relative_to(path).parts)
            ]
            known = [(p, kind) for p in inside if (kind := _kind_in_folder(p, path)) is not None]
            if not known:
                raise InputError(
                    f"{path} holds no usage*.csv or usage*.parquet file",
                    hint="advisor schema tables says what is read",
                )
            found += known
            taken = {p for p, _ in known}
            skipped += [
                str(p.relative_to(path))
                for p in inside
                if p not in taken and p.name.endswith(SUFFIXES) and ".rejects." not in p.name
            ]
        elif path.is_file():
            if not path.name.endswith(SUFFIXES):
                raise InputError(f"{path.name}: neither CSV nor Parquet", hint="export it as one of them")
            found.append((path, _kind_by_name(path.name)))
        else:
            raise InputError(f"{path} does not exist", hint="give a folder, or CSV or Parquet files")
    first = paths[0].resolve()
    name = first.name if first.is_dir() else first.name.split(".")[0]
    few = ", ".join(skipped[:5]) + (" …" if len(skipped) > 5 else "")
    note = f"files not read, their names begin with none of {', '.join(TABLES)}: {few}"
    return name, found, [note] if skipped else []


def _kind_in_folder(path: Path, folder: Path) -> str | None:
    """Return the table that a file of a folder stands for, by its name or by the subfolder's; null when it is none."""
    if not path.name.endswith(SUFFIXES) or ".rejects." in path.name:
        return None
    by_place = None if path.parent == folder else _kind_by_name(path.parent.name)
    return _kind_by_name(path.name) or by_place


def _kind_by_name(name: str) -> str | None:
    return next((kind for kind in TABLES if name.lower().startswith(kind)), None)


def _check_mapping(tables: Sequence[Table], reading: Reading) -> None:
    seen = {c for t in tables for c in t.columns}
    for column, theirs in reading.mapping.items():
        if theirs not in seen:
            raise InputError(
                f"--map {column}={theirs}: no file has a column {theirs!r}",
                hint="found: " + ", ".join(sorted(seen)),
            )
