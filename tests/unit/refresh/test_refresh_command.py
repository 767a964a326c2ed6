"""`advisor prices refresh` as it is typed: what it keeps, what it refuses, and how it ends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from fakes_prices import NOW, World, small_catalog
from test_refresh_sanity import PRODUCTS, SPOT, priced, times

import advisor.catalog
from advisor.__main__ import main
from advisor.aws import clients, public
from advisor.catalog import load_catalog
from advisor.catalog.home import newest_snapshot
from advisor.cli import prices_refresh
from advisor.errors import DeniedError

REGIONS = ("--region", "eu-west-1", "--region", "us-east-1")


@pytest.fixture
def world() -> World:
    return World(small_catalog())


@pytest.fixture
def run(alone, monkeypatch, capsys, tmp_path, world):
    """Run the command in the fake world at its moment; return exit code, stdout, stderr."""

    class Account:
        def __init__(self, session, region) -> None:
            self.caller = world.caller

    class Moment(datetime):
        @classmethod
        def now(cls, tz=None):
            return NOW

    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(clients, "Account", Account)
    monkeypatch.setattr(public, "public_json", lambda _: world.document)
    monkeypatch.setattr(prices_refresh, "datetime", Moment)
    monkeypatch.setattr(advisor.catalog, "load_catalog", lambda path=None: world.catalog)

    def do(*argv: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["prices", "refresh", "--quiet", *argv])
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err.replace(str(tmp_path), "~")

    return do


def test_a_refresh_is_kept_and_told(run, world, golden) -> None:
    world.change[PRODUCTS] = priced((":m5.large", "m5.large-management-hours"), "eu-west-1", times("1.1"))
    code, out, err = run(*REGIONS)
    assert code == 0
    golden("refresh/summary.txt", out + err)
    kept = newest_snapshot()
    assert kept is not None and kept.name == "2026-11-27.001"
    price = load_catalog(kept).instance_type("eu-west-1", "m5.large")
    assert (price["on_demand_pico_usd_per_hour"], price["on_demand_as_of"]) == (117_700_000_000, "2026-11-27")


def test_what_is_refused_is_listed_and_nothing_is_kept(run, world, golden) -> None:
    world.change[PRODUCTS] = priced(":m5.large", "eu-west-1", times("3"))
    world.change[SPOT] = lambda things: [
        {**t, "SpotPrice": "0"} if "m7g.medium" in t.values() else t for t in things
    ]
    code, _, err = run(*REGIONS)
    assert code == 1
    golden("refresh/refused.txt", err)
    assert newest_snapshot() is None


def test_a_jump_is_accepted_by_name(run, world) -> None:
    world.change[PRODUCTS] = priced("BoxUsage:m5.large", "eu-west-1", times("3"))
    names = ("jump/*/eu-west-1/m5*", "spread/managed_instances/default")
    code, _, err = run(*REGIONS, *(word for name in names for word in ("--accept", name)))
    assert (code, "kept in" in err) == (0, True)
    assert newest_snapshot() is not None


def test_a_dry_run_keeps_nothing(run) -> None:
    code, out, err = run(*REGIONS, "--dry-run")
    assert (code, err) == (0, "dry run: nothing is kept\n")
    assert out.startswith("prices read on 2026-11-27")
    assert newest_snapshot() is None


def test_holes_are_named_and_end_in_three(run, world) -> None:
    world.refuses["ec2:DescribeSpotPriceHistory", "us-east-1"] = DeniedError("no", hint="allow it")
    code, out, err = run(*REGIONS)
    assert code == 3
    assert "111122223333 us-east-1 ec2: denied, no (allow it)" in err
    assert "  ec2_spot " in out
    assert newest_snapshot() is not None


def test_nothing_at_all_is_an_error(run, world, monkeypatch) -> None:
    def lost(address: str) -> object:
        raise DeniedError("no")

    for name in world.caller("eu-west-1").answers:
        for region in ("eu-west-1", "us-east-1"):
            world.refuses[name, region] = DeniedError("no")
    monkeypatch.setattr(public, "public_json", lost)
    code, out, err = run(*REGIONS)
    assert (code, out) == (1, "")
    assert "no price could be read, the old ones stay" in err
    assert newest_snapshot() is None


def test_flags_before_the_verb_are_not_lost_silently(alone, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["prices", "--region", "eu-west-1", "refresh"])
    assert ended.value.code == 2
    assert "put it behind refresh" in capsys.readouterr().err


def test_no_region_is_a_wrong_flag(run, monkeypatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    assert run()[0] == 2


def test_all_regions_are_those_of_the_catalog(run, world) -> None:
    code, _, _ = run("--region", "all")
    assert code == 0
    assert {"eu-west-1", "us-east-1"} == set(world.catalog.regions())


def test_maintainers_replace_the_bundled_snapshot(run, monkeypatch, tmp_path: Path) -> None:
    taken = []
    monkeypatch.setattr(
        "advisor.catalog.refresh.replace_bundled", lambda tables: taken.append(tables) or "there"
    )
    code, _, err = run(*REGIONS, "--bundled")
    assert (code, err) == (0, "kept in there\n")
    assert taken[0]["ec2_prices"].height == 96
    assert newest_snapshot() is None


def test_prices_say_that_they_are_your_own(run, capsys, monkeypatch) -> None:
    run(*REGIONS)
    monkeypatch.setattr(advisor.catalog, "load_catalog", load_catalog)
    with pytest.raises(SystemExit):
        main(["prices", "--region", "eu-west-1"])
    out, err = capsys.readouterr()
    assert "prices of your own refresh: " in err and "2026-11-27.001" in err
    assert "of 2026-11-27" in out.splitlines()[0]
