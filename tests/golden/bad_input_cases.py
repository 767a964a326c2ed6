"""Broken usage inputs as literal bytes: name → files and arguments of `read_usage`."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Case:
    """One input: files by name, arguments, and the file that is read (the folder when empty)."""

    files: dict[str, bytes]
    arguments: dict[str, Any] = field(default_factory=dict)
    source: str = ""


HEAD = b"workload_id,start,tasks,vcpu_used_mean\n"
GOOD = b"web,2026-09-01T00:00:00Z,2,0.5\n"


def parquet(**columns: list[Any]) -> bytes:
    """Return the bytes of a Parquet file of these columns."""
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def usage(*rows: bytes, head: bytes = HEAD, **arguments: Any) -> Case:
    """Return a folder of one usage.csv."""
    return Case({"usage.csv": head + b"".join(row + b"\n" for row in rows)}, arguments)


def described(head: bytes, *rows: bytes, **arguments: Any) -> Case:
    """Return a folder of a good usage.csv and this workloads.csv."""
    text = head + b"\n" + b"".join(row + b"\n" for row in rows)
    return Case({"usage.csv": HEAD + GOOD, "workloads.csv": text}, arguments)


def starting(start: bytes) -> Case:
    """Return a usage file whose second row starts at this."""
    return usage(GOOD.strip(), b"web," + start + b",2,0.5")


def measured(value: bytes, **arguments: Any) -> Case:
    """Return a usage file whose second row uses this much CPU."""
    return usage(GOOD.strip(), b"web,2026-09-01T01:00:00Z,2," + value, **arguments)


WHOLE = parquet(workload_id=["web"] * 50, start=[1_788_220_800] * 50, tasks=[1.0] * 50)
STRUCTURE = {
    "ragged_short": usage(GOOD.strip(), b"web,2026-09-01T01:00:00Z,2"),
    "ragged_long": usage(b"web,2026-09-01T00:00:00Z,2,0.5,9", GOOD.strip()),
    "ragged_by_quotes": usage(b'"we,b",2026-09-01T00:00:00Z,2', GOOD.strip()),
    "column_twice": usage(b"web,2026-09-01T00:00:00Z,2,3", head=b"workload_id,start,tasks,tasks\n"),
    "two_columns_for_one": usage(b"web,2026-09-01T00:00:00Z,2,3", head=b"workload_id,start,Tasks,tasks\n"),
    "nul": usage(b"we\x00b,2026-09-01T00:00:00Z,2,0.5"),
    "quote_not_closed": usage(b'"web,2026-09-01T00:00:00Z,2,0.5', GOOD.strip()),
    "empty_file": Case({"usage.csv": b""}),
    "blank_file": Case({"usage.csv": b"\n \n\n"}),
    "rows_count_blank_lines_above": Case({"usage.csv": b"\n \n" + HEAD + GOOD + b"web,soon,2,0.5\n"}),
    "rows_count_the_sep_line": Case(
        {"usage.csv": b"sep=;\n" + (HEAD + b"web,soon,2,0.5\n").replace(b",", b";")}
    ),
    "column_of_ours_for_rows": usage(b"web,2026-09-01T00:00:00Z,2", head=b"workload_id,start,__row__\n"),
    "bom_only": Case({"usage.csv": b"\xef\xbb\xbf"}),
    "header_only": usage(),
    "no_header": Case({"usage.csv": GOOD * 2}),
    "empty_folder": Case({}),
    "other_files_only": Case({"notes.csv": HEAD + GOOD}),
    "path_missing": Case({}, source="nowhere.csv"),
    "wrong_suffix": Case({"usage.xlsx": b"PK\x03\x04"}, source="usage.xlsx"),
    "table_unknown": Case({"export.csv": b"colour,price\nred,1\n"}, source="export.csv"),
    "binary_as_csv": Case({"usage.csv": bytes(range(256)) * 4}),
    "latin_1_not_cp1252": Case({"usage.csv": HEAD + b"caf\xe9\x81,2026-09-01T00:00:00Z,2,0.5\n"}),
    "utf_16_cut": Case({"usage.csv": (HEAD + GOOD).decode().encode("utf-16")[:-1]}),
    "utf_16_no_bom_odd": Case({"usage.csv": (HEAD + GOOD).decode().encode("utf-16-be") + b"x"}),
    "encoding_wrong": Case(
        {"usage.csv": HEAD + b"caf\xe9,2026-09-01T00:00:00Z,2,0.5\n"}, {"encoding": "utf-8"}
    ),
    "encoding_unknown": usage(GOOD.strip(), encoding="klingon"),
    "decimal_unknown": usage(GOOD.strip(), decimal="dot"),
    "delimiter_wrong": usage(GOOD.strip(), delimiter=";"),
    "delimiter_two_letters": usage(GOOD.strip(), delimiter=",,"),
    "zone_unknown": usage(b"web,2026-09-01 00:00,2,0.5", timezone="Mars/Olympus"),
    "gzip_cut": Case({"usage.csv.gz": gzip.compress(HEAD + GOOD * 9, mtime=0)[:-9]}),
    "gzip_of_noise": Case({"usage.csv.gz": b"\x1f\x8b\x08\x00" + b"noise" * 9}),
    "gzip_bomb": Case({"usage.csv.gz": gzip.compress(HEAD + b"\n" * (1 << 25), mtime=0)}),
}
CELLS = {
    "nan": measured(b"nan"),
    "infinite": measured(b"-inf"),
    "too_large": measured(b"1e999"),
    "negative": measured(b"-0.5"),
    "not_a_number": measured(b"fast"),
    "unit_in_cell": measured(b"512 MiB"),
    "formula": measured(b"=1+1"),
    "control_characters": measured(b"\x1b[31m5"),
    "long_value": measured(b"x" * 200),
    "day_or_month": starting(b"03/04/2026"),
    "day_or_month_named": starting(b"3 April 2026 10:00"),
    "thirteenth_month": starting(b"2026-13-01T00:00:00Z"),
    "date_alone": starting(b"2026-09-01"),
    "start_empty": starting(b""),
    "id_empty": usage(b",2026-09-01T00:00:00Z,2,0.5"),
    "interval_zero": usage(b"web,2026-09-01T00:00:00Z,0,1", head=b"workload_id,start,interval_s,tasks\n"),
    "interval_fraction": usage(
        b"web,2026-09-01T00:00:00Z,0.5,1", head=b"workload_id,start,interval_s,tasks\n"
    ),
    "thousand_or_fraction": usage(b"web;2026-09-01T00:00:00Z;1;1.234", head=HEAD.replace(b",", b";")),
    "thousand_or_fraction_comma": usage(b'web,2026-09-01T00:00:00Z,1,"1,234"'),
    "decimals_mixed": usage(
        b"web;2026-09-01T00:00:00Z;1;0,5", b"web;2026-09-01T01:00:00Z;1;0.5", head=HEAD.replace(b",", b";")
    ),
    "several_in_one_row": usage(b"web,yesterday,-2,much"),
    "sixty_errors": usage(*[b"web,2026-09-01T00:00:00Z,2,x%d" % i for i in range(60)]),
    "two_files": Case(
        {
            "usage-1.csv": HEAD + b"web,2026-09-01T00:00:00Z,2,x\n",
            "usage-2.csv": HEAD + GOOD + b"web,2026-09-01T00:00:00Z,-1,0.5\n",
        }
    ),
    "all_rows_bad": usage(b"web,2026-09-01T00:00:00Z,2,x", skip_bad_rows=True),
}
WORKLOADS = {
    "enum_near": described(b"workload_id,launch_type", b"web,FARGAT"),
    "enum_far": described(b"workload_id,capacity_option", b"web,rented"),
    "boolean": described(b"workload_id,interruptible", b"web,perhaps"),
    "gpu_fraction": described(b"workload_id,gpus", b"web,0.5"),
    "gpu_negative": described(b"workload_id,gpus", b"web,-1"),
    "zones_zero": described(b"workload_id,az_count", b"web,0"),
    "workload_twice": described(b"workload_id,region", b"web,us-east-1", b"web,us-west-2"),
    "stopped_before_started": Case(
        {"runs.csv": b"workload_id,started_at,stopped_at\njob,2026-09-01T02:00:00Z,2026-09-01T01:00:00Z\n"}
    ),
    "runs_without_stop": Case({"runs.csv": b"workload_id,started_at\njob,2026-09-01T02:00:00Z\n"}),
}
ARGUMENTS = {
    "column_missing": usage(b"web,2026-09-01T00:00:00Z,2", head=b"workload,start,tasks\n"),
    "column_missing_far": usage(b"web,2026-09-01T00:00:00Z,2", head=b"workload_id,when,tasks\n"),
    "nothing_measured": usage(b"web,2026-09-01T00:00:00Z", head=b"workload_id,start\n"),
    "map_no_such_column": usage(GOOD.strip(), mapping={"tasks": "count"}),
    "map_not_ours": usage(GOOD.strip(), mapping={"task": "tasks"}),
    "assume_unknown": usage(GOOD.strip(), assume={"task": "1"}),
    "assume_not_a_number": usage(GOOD.strip(), assume={"tasks": "one"}),
    "assume_negative": usage(GOOD.strip(), assume={"task_vcpu": "-1"}),
    "assume_empty": usage(GOOD.strip(), assume={"tasks": ""}),
}
PARQUET = {
    "parquet_cut": Case({"usage.parquet": WHOLE[:-20]}),
    "parquet_not": Case({"usage.parquet": HEAD + GOOD}),
    "parquet_empty": Case({"usage.parquet": b""}),
    "parquet_dtypes": Case(
        {
            "usage.parquet": parquet(
                workload_id=["web"], start=[True], tasks=["two"], vcpu_used_mean=[float("nan")]
            )
        }
    ),
    "parquet_bytes": Case(
        {
            "usage.parquet": parquet(
                workload_id=[b"\xff\xfe", b"web"], start=[1_788_220_800] * 2, tasks=[1.0] * 2
            )
        }
    ),
    "parquet_column_for_rows": Case(
        {"usage.parquet": parquet(workload_id=["web"], start=[1_788_220_800], tasks=[1.0], __row__=[1])}
    ),
    "parquet_lists": Case(
        {"usage.parquet": parquet(workload_id=["web"], start=[1_788_220_800], tasks=[[1.0]])}
    ),
}
CASES = {**STRUCTURE, **CELLS, **WORKLOADS, **ARGUMENTS, **PARQUET}
