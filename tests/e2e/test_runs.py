"""Runs that are kept, compared, decided about and made anew, by the command as a person runs it."""

from __future__ import annotations

import json

import pytest
from conftest import SHOP


@pytest.fixture
def usage(command, tmp_path) -> str:
    """Return a folder with the usage of a few workloads."""
    folder = tmp_path / "usage"
    made = command("demo-data", str(folder), "--workloads", "6", "--days", "8")
    assert made.returncode == 0, made.stderr
    return str(folder)


def test_from_a_run_to_its_ledger(command, usage: str, tmp_path) -> None:
    data = {"ADVISOR_DATA_DIR": str(tmp_path / "data")}
    assert "no run was kept yet" in command("runs", "list", **data).stderr
    first = command("recommend", usage, "--keep", "-o", "plan.json", **data)
    assert first.returncode == 0, first.stderr
    run_id = first.stderr.rpartition("kept as run ")[2].split()[0]
    again = command("recommend", usage, "--keep", **data)
    assert f"kept as run {run_id}" in again.stderr, "the same run is kept once"
    assert len(command("runs", "list", **data).stdout.splitlines()) == 2
    shown = command("runs", "show", run_id[:6], **data).stdout
    assert shown == (tmp_path / "work" / "plan.json").read_text()

    other = command("recommend", usage, "--keep", "--previous", "last", "--no-spot", **data)
    assert other.returncode == 0, other.stderr
    changed = command("compare", **data)
    assert "The two runs are under different settings." in changed.stdout
    document = json.loads(command("compare", "plan.json", "last", "-f", "json", **data).stdout)
    assert (document["kind"], document["settings_changed"]) == ("advisor.run_diff", True)
    assert (
        command("compare", "last", "last", "-f", "md", **data).stdout.count("0 recommendations changed") == 1
    )

    name = json.loads(shown)["recommendations"][0]["resource_id"]
    wrong = command("decide", "accept", f"{name}x", **data)
    assert wrong.returncode == 1
    assert f"did you mean {name}?" in wrong.stderr
    for flags, said in (
        (("dismiss", name), "needs a reason"),
        (("accept", name, "--until", "2027-01-07"), "a snooze, and nothing else"),
        (("snooze", name, "--reason", "x", "--until", "soon"), "no date"),
    ):
        done = command("decide", *flags, **data)
        assert done.returncode == 2
        assert said in " ".join(done.stderr.split())
    assert command("decide", "dismiss", name, "--reason", "=cmd|' /C calc'", **data).returncode == 0
    rows = json.loads(command("ledger", "--json", **data).stdout)["rows"]
    assert {r["resource_id"]: r["stage"] for r in rows}[name] == "dismissed"
    assert "dismissed" in command("ledger", **data).stdout
    assert command("runs", "remove", "last", **data).returncode == 0
    assert run_id in command("runs", "list", **data).stdout


def test_a_run_is_made_anew_byte_for_byte(command, usage: str) -> None:
    flags = ("--no-spot", "--set", 'plan.owners={"web": "ann"}', "--set", "fleet.min_az_count=2")
    assert command("recommend", usage, *flags, "-o", "one.json").returncode == 0
    assert command("recommend", usage, "--previous", "one.json", "-o", "two.json").returncode == 0
    for document in ("one.json", "two.json"):
        done = command("runs", "reproduce", document, usage)
        assert (done.returncode, done.stdout) == (0, "the same, byte for byte\n"), done.stderr
    refused = command("runs", "reproduce", "one.json", str(SHOP))
    assert refused.returncode == 1
    assert "the run was made from another usage" in refused.stderr
