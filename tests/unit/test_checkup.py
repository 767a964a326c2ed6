"""`advisor doctor` on files: what is there, what is missing, and the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.__main__ import main
from advisor.usage import read_usage
from advisor.usage.checkup import MEASURES, NEEDED, WELCOME, check_usage
from advisor.usage.finding import Grade

WORKLOADS = {
    "workload_id": "web",
    "region": "eu-west-1",
    "launch_type": "FARGATE",
    "cpu_architecture": "X86_64",
    "arm_ready": "true",
    "operating_system": "LINUX",
    "task_vcpu": "1",
    "task_memory_mib": "2048",
    "interruptible": "false",
    "kind": "SERVICE",
}
USAGE = {"tasks": "2", "vcpu_used_mean": "0.4", "memory_used_mib_max": "900"}


def files(
    folder: Path,
    without: tuple[str, ...] = (),
    days: int = 8,
    usage_without: tuple[str, ...] = (),
    **fields: str,
) -> Path:
    """Write a service that is wholly known but for what is left out."""
    row = {k: v for k, v in {**WORKLOADS, **fields}.items() if k not in without}
    (folder / "workloads.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    values = {k: v for k, v in USAGE.items() if k not in usage_without}
    rows = [
        f"web,2026-10-{day:02d}T{hour:02d}:00:00Z,{','.join(values.values())}"
        for day in range(1, days + 1)
        for hour in range(24)
    ]
    (folder / "usage.csv").write_text(f"workload_id,start,{','.join(values)}\n" + "\n".join(rows) + "\n")
    (folder / "commitments.csv").write_text("kind,usd_per_hour\nCOMPUTE_SP,1\n")
    return folder


def findings(folder: Path) -> dict[str, Grade]:
    return {f.what: f.grade for f in check_usage(read_usage(folder), 7.0)}


def test_what_is_wholly_known_lacks_nothing(tmp_path: Path) -> None:
    assert set(findings(files(tmp_path)).values()) == {Grade.FINE}


@pytest.mark.parametrize("column", [*NEEDED, *WELCOME])
def test_a_column_that_is_not_said_is_told_with_its_flag(tmp_path: Path, column: str) -> None:
    found = list(check_usage(read_usage(files(tmp_path, (column,))), 7.0))
    (gap,) = (f for f in found if f.grade is not Grade.FINE)
    assert gap.what.startswith(f"1 of 1 workloads do not say {column}: ")
    assert gap.grade == (Grade.STOP if column in NEEDED else Grade.BETTER)
    assert f"--assume {column}=" in gap.mend[0]


def test_what_runs_on_arm_need_not_say_that_it_can(tmp_path: Path) -> None:
    found = findings(files(tmp_path, ("arm_ready",), cpu_architecture="ARM64"))
    assert set(found.values()) == {Grade.FINE}


@pytest.mark.parametrize("column", MEASURES)
def test_what_is_not_measured_is_told(tmp_path: Path, column: str) -> None:
    found = findings(files(tmp_path, usage_without=(column,)))
    gaps = [what for what, grade in found.items() if grade is Grade.BETTER]
    assert gaps == [f"{MEASURES[column][0]} in 0% of the intervals in which something ran"]


def test_an_hour_of_rest_is_no_gap(tmp_path: Path) -> None:
    files(tmp_path)
    with (tmp_path / "usage.csv").open("a") as file:
        file.write("web,2026-10-09T00:00:00Z,0,,\n")
    assert set(findings(tmp_path).values()) == {Grade.FINE}


def test_a_short_history_and_missing_tables_are_told(tmp_path: Path) -> None:
    files(tmp_path, days=2, kind="SCHEDULED", launch_type="EC2")
    (tmp_path / "commitments.csv").unlink()
    gaps = [what for what, grade in findings(tmp_path).items() if grade is Grade.BETTER]
    assert gaps[0] == "2.0 days of history: sizes are withheld"
    assert [g.split(":")[0] for g in gaps[1:]] == ["no runs", "no instances", "no commitments"]


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", *argv])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("without", "code"), [((), 0), (("interruptible",), 3), (("region",), 1), (("task_vcpu",), 1)]
)
def test_exit_codes(alone: Path, capsys, without: tuple[str, ...], code: int) -> None:
    (alone / "advisor.toml").write_text("[prices]\nstale_days = 100000\n")
    assert run(str(files(alone, without))) == code
    out = capsys.readouterr().out
    assert out.startswith("ok       1 workloads, 192 rows of usage")
    assert ("prices in eu-west-1 are of" in out) == ("region" not in without)


def test_old_prices_are_missing_newer_ones(alone: Path, capsys) -> None:
    (alone / "advisor.toml").write_text("[prices]\nstale_days = 1\n")
    assert run(str(files(alone))) == 3
    assert "EC2 Spot prices in eu-west-1 are" in capsys.readouterr().out


def test_nothing_to_read_and_an_unknown_region_are_exit_code_1(alone: Path, capsys) -> None:
    assert run("nowhere") == 1
    assert run(str(files(alone, region="mars-1"))) == 1
    assert "no prices are known for region 'mars-1'" in capsys.readouterr().out
