"""`advisor pull` and `advisor cache`: what is said, and the exit codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aws_estate import estate
from fakes_aws import FakeCaller
from fakes_metrics import Metrics
from pull_child import Quick
from test_live_command import level

from advisor.__main__ import main
from advisor.aws import clients
from advisor.cli import live
from advisor.errors import DeniedError

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)


@pytest.fixture
def run(alone, monkeypatch, capsys):
    """Run the command; `caller` is what it meets where it reads an account."""

    def do(*argv: str, caller: FakeCaller | None = None) -> tuple[int, str, str]:
        class Account:
            account_id = "111122223333"

            def __init__(self, session, region, *, budget) -> None:
                pass

            def caller(self, region: str) -> FakeCaller:
                return caller

        class Today(datetime):
            @classmethod
            def now(cls, tz=None) -> datetime:
                return NOW

        monkeypatch.setattr(clients, "Account", Account)
        monkeypatch.setattr("advisor.cli.pull.datetime", Today)
        monkeypatch.setattr(live, "datetime", Today)
        with pytest.raises(SystemExit) as ended:
            main(list(argv))
        out, err = capsys.readouterr()
        return ended.value.code or 0, out.replace(str(alone.parent), "~"), err.replace(str(alone.parent), "~")

    return do


def account(**replaced: object) -> FakeCaller:
    return Quick(estate(**{"cloudwatch__GetMetricData": Metrics(level, NOW), **replaced}).answers)


PULL = ("pull", "--region", "eu-west-1", "--days", "2")


def files(alone: Path) -> list[Path]:
    return sorted((alone.parent / "data").rglob("*.parquet"))


def test_a_pull_says_what_it_kept_and_costs_nothing_the_second_time(run) -> None:
    code, out, err = run(*PULL, caller=account())
    assert (code, out) == (0, "")
    assert err == (
        "2 paid requests, about $0.00, for 2 days of metrics\n"
        "6 workloads, 2 final days: 12 days of workloads read\n"
    )
    second = account()
    code, _, err = run(*PULL, caller=second)
    assert code == 0
    assert "0 paid requests, about $0.00" in err
    assert "6 workloads, 2 final days: nothing new" in err
    assert second.times("cloudwatch:GetMetricData") == 0


def test_a_dry_run_keeps_nothing(run, alone) -> None:
    code, _, err = run(*PULL, "--dry-run", caller=account())
    assert code == 0
    assert "paid requests" in err
    assert files(alone) == []


def test_a_pull_with_holes_ends_in_exit_code_3(run) -> None:
    code, _, err = run(*PULL, caller=account(cloudwatch__GetMetricData=DeniedError("no")))
    assert code == 3
    assert "6 workloads, 2 final days: nothing new" in err
    assert "warning: 12 days of workloads came with holes; advisor pull asks for them again" in err
    assert "cloudwatch: denied" in err


def test_recommend_reads_what_was_pulled_unless_told_otherwise(run, alone) -> None:
    run(*PULL, caller=account())
    argv = ("recommend", "--region", "eu-west-1", "--days", "2", "--format", "csv")
    plans = {}
    for flag, first in (
        ("", NOW.replace(hour=0, minute=0)),
        ("--no-cache", NOW.replace(minute=0) - timedelta(days=2)),
    ):
        caller = account()
        code, plans[flag], _ = run(*argv, *filter(None, [flag]), caller=caller)
        assert code == 0
        assert min(p["StartTime"] for n, p in caller.asked if n == "cloudwatch:GetMetricData") == first
    assert plans[""] == plans["--no-cache"]


def test_without_the_store_nothing_is_kept(run, alone) -> None:
    assert run("recommend", "--region", "eu-west-1", "--days", "2", "--no-cache", caller=account())[0] == 0
    assert files(alone) == []
    assert run("recommend", "shop", "--no-cache")[0] == 2


def test_what_is_there_is_shown(run, alone) -> None:
    code, out, err = run("cache", "show")
    assert (code, out) == (0, "")
    assert err == "nothing is kept in ~/data/store/v1; advisor pull fills it\n"
    run(*PULL, caller=account())
    code, out, err = run("cache", "show")
    head, line = out.splitlines()
    assert head.split() == ["Account", "Region", "Kind", "Days", "First", "Last", "Files", "MiB"]
    assert line.split()[:7] == [
        *("111122223333", "eu-west-1", "usage-60s", "2", "2026-10-13", "2026-10-14", "2"),
    ]
    assert (code, err) == (0, "in ~/data/store/v1\n")


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def test_damage_is_found_named_and_removed(run, alone) -> None:
    run(*PULL, caller=account())
    assert run("cache", "verify")[::2] == (0, "2 files, all whole\n")
    bad, good = files(alone)
    damage(bad)
    name = str(bad).replace(str(alone.parent), "~")
    code, out, err = run("cache", "verify")
    assert (code, out) == (1, f"{name}\n")
    assert "warning: 1 of 2 files are damaged" in err
    assert "hint: advisor cache prune --damaged, then advisor pull" in err
    assert run("cache", "prune", "--damaged", "--dry-run") == (0, f"{name}\n", "1 files would be removed\n")
    assert files(alone) == [bad, good]
    assert run("cache", "prune", "--damaged") == (0, f"{name}\n", "1 files removed\n")
    assert files(alone) == [good]
    assert "6 days of workloads read" in run(*PULL, caller=account())[2]
    assert files(alone) == [bad, good]


def test_damage_is_said_in_one_line_where_it_is_met(run, alone) -> None:
    run(*PULL, caller=account())
    damage(files(alone)[0])
    _, _, err = run(*PULL, caller=account())
    (told,) = [line for line in err.splitlines() if "damaged" in line]
    assert told.startswith("warning: ~/data/store/v1/111122223333/eu-west-1/usage-60s/2026-10-13.")
    assert told.endswith(" is damaged and its day is read again; advisor cache prune --damaged removes it")
    assert run("cache", "verify")[0] == 0


@pytest.mark.parametrize("ago", [1, 3])
def test_old_days_go_when_told(run, alone, ago: int) -> None:
    run(*PULL, caller=account())
    days = (datetime.now(UTC).date() - NOW.date()).days + ago
    code, out, _ = run("cache", "prune", "--older-than", str(days))
    assert code == 0
    assert len(out.splitlines()) == {1: 1, 3: 0}[ago]
    assert len(files(alone)) == {1: 1, 3: 2}[ago]
    assert run("cache", "prune")[0] == 2
