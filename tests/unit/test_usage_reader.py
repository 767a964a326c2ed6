"""What the usage reader makes of units, assumptions, names and gaps."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import InputError
from advisor.model import Usage
from advisor.usage.read import read_usage


@pytest.fixture
def read(tmp_path: Path):
    """Write a usage file and, if given, a workloads file; read both."""

    def do(usage: str, workloads: str = "", **arguments: object) -> Usage:
        (tmp_path / "usage.csv").write_text(usage)
        if workloads:
            (tmp_path / "workloads.csv").write_text(workloads)
        return read_usage(tmp_path, **arguments)  # type: ignore[arg-type]

    return do


AT = "2026-09-01T00:00:00Z"


def test_400_percent_of_512_units_are_2_vcpu(read) -> None:
    usage = read(
        f"workload_id,start,cpu_percent_mean\nweb,{AT},400\n",
        "workload_id,account_id,task_vcpu\nweb,000123456789,0.5\n",
    )
    assert usage.usage["vcpu_used_mean"].to_list() == [2.0]
    assert usage.workloads["account_id"].to_list() == ["000123456789"]


def test_cpu_units(read) -> None:
    usage = read(f"workload_id,start,cpu_units_mean\nweb,{AT},2048\n")
    assert usage.usage["vcpu_used_mean"].to_list() == [2.0]


def test_percent_without_size_is_not_measured_and_said(read) -> None:
    usage = read(f"workload_id,start,cpu_percent_mean\nweb,{AT},40\n")
    assert usage.usage["vcpu_used_mean"].to_list() == [None]
    assert any("without task_vcpu" in note for note in usage.notes)


def test_assumptions_fill_only_what_is_missing(read) -> None:
    usage = read(f"workload_id,start,tasks\nweb,{AT},3\nweb,2026-09-01T01:00:00Z,\n", assume={"tasks": "1"})
    assert usage.usage["tasks"].to_list() == [3.0, 1.0]
    assert usage.assumptions == ("tasks=1 wherever the task count is not given",)


def test_nothing_is_invented(read) -> None:
    usage = read(f"workload_id,start,tasks\nweb,{AT},\n")
    assert usage.usage["tasks"].to_list() == [None]
    assert usage.workloads["task_vcpu"].to_list() == [None]


def test_mapped_column_with_decimal_comma(read) -> None:
    usage = read(f"workload_id;start;Load\nweb;{AT};0,5\n", mapping={"vcpu_used_mean": "Load"})
    assert usage.usage["vcpu_used_mean"].to_list() == [0.5]


def test_a_decimal_comma_is_never_taken_for_a_thousands_mark(read) -> None:
    with pytest.raises(InputError, match="1 problem"):
        read(f"workload_id;start;tasks\nweb;{AT};1,5\n", decimal="point")


def test_unknown_workloads_are_added_and_said(read) -> None:
    usage = read(f"workload_id,start,tasks\nnew,{AT},1\n", "workload_id\nweb\n")
    assert usage.workloads["workload_id"].to_list() == ["new", "web"]
    assert any("no row in the workloads table: new" in note for note in usage.notes)


def test_gaps_stay_gaps_and_the_interval_is_the_usual_spacing(read) -> None:
    hours = (0, 1, 2, 9)
    rows = "".join(f"web,2026-09-01T{h:02}:00:00Z,1\n" for h in hours)
    usage = read(f"workload_id,start,tasks\n{rows}")
    assert [t.hour for t in usage.usage["start"].to_list()] == list(hours)
    assert usage.usage["interval_s"].to_list() == [3600] * 4
    assert "intervals are taken from the spacing of the points" in usage.notes


def test_blank_lines_shift_no_row_numbers(read) -> None:
    with pytest.raises(InputError) as told:
        read(f"workload_id,start,tasks\nweb,{AT},1\n\nweb,{AT},x\n")
    assert told.value.problems[0].startswith("usage.csv row 4, column tasks")


def test_the_command_takes_every_flag_that_its_hints_name(tmp_path: Path, monkeypatch, capsys) -> None:
    """An ambiguous number stops the run with a hint; following the hint reads the file."""
    from advisor.__main__ import main

    monkeypatch.setenv("ADVISOR_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workloads.csv").write_text(
        "workload_id;region;launch_type;task_vcpu;task_memory_mib\nweb;us-east-1;FARGATE;4;8192\n"
    )
    hours = [f"web;2026-09-{1 + h // 24:02d}T{h % 24:02d}:00:00;2;1,250" for h in range(240)]
    (tmp_path / "usage.csv").write_text("workload_id;start;tasks;vcpu_used_mean\n" + "\n".join(hours) + "\n")
    with pytest.raises(SystemExit) as refused:
        main(["recommend", "."])
    assert refused.value.code == 1
    assert "--decimal" in capsys.readouterr().err
    flags = ["--decimal", "comma", "--delimiter", ";", "--encoding", "utf-8", "--timezone", "Europe/Berlin"]
    with pytest.raises(SystemExit) as read:
        main(["recommend", ".", "--trust-input", *flags])
    assert not read.value.code, capsys.readouterr().err
    assert "web" in capsys.readouterr().out


@pytest.mark.parametrize(
    "moment", ["2026-09-01T00:00Z", "2026-09-01 02:00+02:00", "1788220800", "2026/09/01 00:00", AT]
)
def test_ways_to_write_a_time(read, moment: str) -> None:
    usage = read(f"workload_id,start,tasks\nweb,{moment},2\n")
    assert usage.usage["start"].dt.strftime("%FT%TZ").to_list() == [AT]


def test_forms_of_times_may_differ_from_row_to_row(read) -> None:
    usage = read(f"workload_id,start,tasks\nweb,{AT},2\nweb,1788224400,2\nweb,2026-09-01 02:00:00,2\n")
    assert usage.usage["start"].dt.hour().to_list() == [0, 1, 2]


def test_excel_names_its_delimiter(read) -> None:
    usage = read(f"sep=;\nworkload_id;start;tasks\nweb;{AT};2\n")
    assert usage.usage["tasks"].to_list() == [2.0]


def test_decimal_comma_before_percent_and_exponent(read) -> None:
    usage = read(
        f"workload_id;start;cpu_percent_mean\nweb;{AT};12,5%\nweb;2026-09-01T01:00:00Z;2,5E1\n",
        "workload_id,task_vcpu\nweb,1\n",
    )
    assert usage.usage["vcpu_used_mean"].to_list() == [0.125, 0.25]


def test_what_is_not_read_is_said(read, tmp_path: Path) -> None:
    (tmp_path / "workload.csv").write_text("workload_id,region\nweb,us-east-1\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "usage.csv").write_text("no table")
    usage = read(f"workload_id,start,tasks,vcpu_used_mea\nweb,{AT},2,0.5\n")
    assert any("not read" in note and note.endswith(": workload.csv") for note in usage.notes)
    assert any("vcpu_used_mea (did you mean vcpu_used_mean?)" in note for note in usage.notes)


def test_a_folder_called_usage_makes_no_table_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "usage"
    folder.mkdir()
    (folder / "usage.csv").write_text(f"workload_id,start,tasks\nweb,{AT},2\n")
    (folder / "notes.csv").write_text("hello\n")
    assert read_usage(folder).rows_read == 1


def test_rejects_keep_every_cell_and_follow_no_link(read, tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("keep me")
    rejects = tmp_path / "usage.csv.rejects.csv"
    rejects.symlink_to(victim)
    read(f"workload_id,start,tasks\nweb,{AT},2\nweb,{AT},2,surplus,more\n", skip_bad_rows=True)
    assert victim.read_text() == "keep me"
    assert rejects.read_text().splitlines()[1].endswith(f",3,web,{AT},2,surplus,more")
