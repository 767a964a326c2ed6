"""`advisor what-if` as a person runs it: what the two plans are, how it is written, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes_plan import HOSTILE
from small_usage import ASSUMED, write_usage

SHOP = str(Path(__file__).parents[2] / "data" / "shop")


@pytest.fixture
def usage(tmp_path: Path) -> str:
    return write_usage(tmp_path / "usage.csv", "abc")


def test_the_shop_without_spot(golden, command) -> None:
    done = command("what-if", SHOP, "--no-spot")
    assert done.returncode == 0, done.stderr
    golden("comparison/shop_no_spot.txt", done.stdout)


def test_the_flags_make_the_other_plan_and_the_file_makes_both(command, usage: str, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text("[commitments]\nallowed = false\n[plan]\nlaunch_types = ['FARGATE']\n")
    done = command("what-if", usage, *ASSUMED, f"--config={ours}", "--launch-type=ec2", "-f", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["settings_changed"] == {"plan.launch_types": ["FARGATE", "EC2"]}
    assert {m["before"].split(",")[0] for m in document["moved"]} == {"Fargate"}
    assert {m["after"].split(",")[0] for m in document["moved"]} == {"EC2"}
    assert document["commitments_before"] == document["commitments_after"] == []
    assert document["low_usd"] == document["bound_after_usd"] - document["cost_before_usd"]
    assert not (tmp_path / "state").exists(), "advisor explain is about plans, not about what might be"


@pytest.mark.parametrize("flag", ["--preset=vpa", "--arch=x86_64"])
def test_both_plans_are_what_recommend_says(command, usage: str, flag: str) -> None:
    def document(verb: str, *flags: str) -> dict[str, object]:
        return json.loads(command(verb, usage, *ASSUMED, *flags, "-f", "json").stdout)

    compared = document("what-if", flag)
    for side, plan in (("before", document("recommend")), ("after", document("recommend", flag))):
        assert compared[f"cost_{side}_usd"] == plan["monthly_cost_usd"]
        assert compared[f"bound_{side}_usd"] == plan["lower_bound_monthly_usd"]
        assert compared[f"config_digest_{side}"] == plan["config_digest"]


def test_into_a_file_of_its_suffix(command, usage: str, tmp_path: Path) -> None:
    for suffix, start in ((".txt", "usage"), (".md", "# usage"), (".csv", '"workload_id"'), (".json", "{")):
        path = tmp_path / f"compared{suffix}"
        done = command("what-if", usage, *ASSUMED, "--edp=0.1", "-o", str(path))
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert f"written: {path}" in done.stderr
        assert path.read_text().startswith(start)


def test_hostile_names_and_a_bad_row(command, tmp_path: Path) -> None:
    usage = write_usage(tmp_path / "usage.csv", HOSTILE, bad="x,2026-10-09T23:30:00Z,-4,0.3,800")
    flags = ("--launch-type=ec2", "--skip-bad-rows")
    for form in ("table", "md", "csv"):
        done = command("what-if", usage, *ASSUMED, "--assume=tasks=1", *flags, "-f", form)
        assert done.returncode == 3, done.stderr
        assert "Traceback" not in done.stderr
        if form != "csv":
            assert not {"\x1b", "\u202e"} & set(done.stdout)
        else:
            assert "\n=" not in done.stdout and '"=' not in done.stdout


def test_other_settings_without_a_plan_are_told(command, usage: str) -> None:
    done = command("what-if", usage, *ASSUMED, "--set=plan.launch_types=")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: under the other settings: none of the workloads can be planned\n")
