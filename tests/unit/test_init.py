"""`advisor init`: what it writes says what is the case already, and nothing of anybody's is written over."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from advisor.__main__ import main
from advisor.cli.setting_docs import setting_docs
from advisor.cli.setting_keys import setting_types
from advisor.cli.settings import load_settings
from advisor.config import Config
from advisor.schema import TABLES
from advisor.usage import read_usage


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["init", *argv])
    return int(ended.value.code or 0)


def test_the_written_settings_are_the_defaults_and_all_of_them(alone: Path) -> None:
    assert run() == 0
    found = load_settings(environ={}, folder=alone)
    assert found.config == Config()
    said = tomllib.loads((alone / "advisor.toml").read_text())
    written = {f"{section}.{name}" for section, table in said.items() for name in table}
    unset = {
        key
        for key in setting_types()
        if getattr(getattr(Config(), key.split(".")[0]), key.split(".")[1]) is None
    }
    assert written == set(setting_types()) - unset
    assert all(f"# {key.split('.')[1]} is not set" in (alone / "advisor.toml").read_text() for key in unset)


def test_a_changed_line_is_a_changed_setting(alone: Path) -> None:
    run()
    path = alone / "advisor.toml"
    path.write_text(path.read_text().replace("min_savings_usd = 1.0", "min_savings_usd = 7.0"))
    assert load_settings(environ={}, folder=alone).config.plan.min_savings_usd == 7.0


def test_every_reason_of_the_code_stands_in_the_file(alone: Path) -> None:
    run()
    lines = (alone / "advisor.toml").read_text().splitlines()
    told = " ".join(line.removeprefix("# ") for line in lines)
    docs = setting_docs()
    assert docs["plan"] == "What a plan may do."
    assert docs["spot.only_interchangeable"].startswith("Pack Spot pools of no kind")
    assert all(text in told for text in docs.values())
    assert all(len(line) <= 100 for line in lines if line.startswith("#"))
    assert "(a number from 0 to 1)" in told


def test_the_empty_tables_have_the_columns_of_the_schema_and_take_rows(alone: Path) -> None:
    run("fleet")
    for name, columns in TABLES.items():
        assert (alone / "fleet/input" / f"{name}.csv").read_text() == ",".join(c.name for c in columns) + "\n"
    with (alone / "fleet/input/usage.csv").open("a") as file:
        file.write("web,2026-10-01T00:00:00Z,3600,2,0.5,,512,\n")
    usage = read_usage(alone / "fleet/input")
    assert usage.workloads["workload_id"].to_list() == ["web"]
    assert usage.rows_rejected == 0


@pytest.mark.parametrize("name", ["advisor.toml", "input/runs.csv"])
def test_nothing_is_written_over_unless_told(alone: Path, capsys, name: str) -> None:
    run()
    (alone / name).write_text("mine")
    others = {path: path.read_bytes() for path in alone.rglob("*") if path.is_file()}
    (alone / "input/usage.csv").unlink()
    assert run() == 1
    assert name in capsys.readouterr().err
    assert not (alone / "input/usage.csv").exists(), "one file in the way, and none is written"
    assert (alone / name).read_text() == "mine"
    assert run("--force") == 0
    assert (alone / name).read_text() != "mine"
    assert set(others) == {path for path in alone.rglob("*") if path.is_file()}


def test_a_link_that_leads_nowhere_is_a_file_in_the_way(alone: Path) -> None:
    (alone / "advisor.toml").symlink_to(alone / "elsewhere")
    assert run() == 1
    assert not (alone / "elsewhere").exists()
