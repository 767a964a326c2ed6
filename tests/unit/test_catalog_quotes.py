"""`advisor prices`: the list of what is known, and how it is printed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.quotes import COLUMNS, instance_quotes, region_quotes
from advisor.cli.prices import prices
from advisor.errors import CatalogError
from advisor.terms import PriceMethod
from advisor.units import pico_usd

APP = typer.Typer()
APP.command()(prices)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return CliRunner()


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ca-west-1", "us-gov-west-1"])
def test_every_quote_is_a_price_or_says_that_there_is_none(catalog: Catalog, region: str) -> None:
    found = [
        *region_quotes(catalog, region).to_dicts(),
        *instance_quotes(catalog, region, ["[cm]5*.large"]).to_dicts(),
    ]
    assert found
    for quote in found:
        assert list(quote) == list(COLUMNS)
        if quote["pico_usd"] is None:
            assert quote["method"] is quote["as_of"] is quote["source"] is None
        else:
            assert quote["pico_usd"] > 0
            assert quote["method"] in {m.value for m in PriceMethod}
            assert len(quote["as_of"]) == len("2026-01-31")


def test_the_ways_to_buy_an_instance(catalog: Catalog) -> None:
    quotes = instance_quotes(catalog, "us-east-1", ["c6a.2xlarge"])
    by = {(q["item"], q["bought_as"]): q for q in quotes.to_dicts()}
    assert by["c6a.2xlarge", "ON_DEMAND"]["pico_usd"] == pico_usd("0.306")
    assert by["c6a.2xlarge Managed Instances fee", "ON_DEMAND"]["pico_usd"] == pico_usd("0.03672")
    assert by["c6a.2xlarge Windows", "ON_DEMAND"]["pico_usd"] == pico_usd("0.674")
    assert by["c6a.2xlarge", "COMPUTE_SP 1y NO_UPFRONT"]["method"] == "estimated"
    assert by["c6a.2xlarge", "SPOT"]["method"] == "estimated"
    assert len(by) == len(quotes)


def test_a_type_without_spot_price_says_so(run: CliRunner) -> None:
    """c9g is newer than every Spot reading: no price, not zero."""
    done = run.invoke(APP, ["--region", "us-east-1", "--instance-type", "c9g.large"])
    assert done.exit_code == 0, done.output
    spot = next(line for line in done.stdout.splitlines() if " SPOT " in line)
    assert "no price" in spot
    assert "0.0" not in spot


def test_table(run: CliRunner) -> None:
    done = run.invoke(APP, ["--region", "us-east-1"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("us-east-1 · catalog ")
    assert any("Fargate LINUX X86_64" in x and "0.04048" in x and "vCPU-hour" in x for x in lines)
    assert len({x.index(".") for x in lines if "COMPUTE_SP" in x}) == 1, "decimal points stand in one column"
    assert "warning: EC2 Spot prices in us-east-1 are" in done.stderr
    assert "EC2: 1294 types with an on-demand price" in done.stderr


def test_json_and_csv_say_the_same(run: CliRunner) -> None:
    flags = ["--region", "eu-west-1", "-i", "m5.large", "-i", "m6g.*"]
    document = json.loads(run.invoke(APP, [*flags, "--format", "json"]).stdout)
    rows = list(csv.DictReader(io.StringIO(run.invoke(APP, [*flags, "--format", "csv"]).stdout)))
    assert document["region"] == "eu-west-1"
    assert len(rows) == len(document["prices"])
    for row, quote in zip(rows, document["prices"], strict=True):
        assert row["pico_usd"] == str(quote["pico_usd"])
        assert float(row["usd"]) == quote["usd"]
    assert {r["item"].split(".")[0] for r in rows} == {"m5", "m6g"}


def test_the_age_that_warns_is_a_setting(run: CliRunner, tmp_path: Path) -> None:
    settings = tmp_path / "lenient.toml"
    settings.write_text("[prices]\nstale_days = 100000\n")
    done = run.invoke(APP, ["--region", "eu-west-1", "-i", "m5.large", "--config", str(settings)])
    assert done.exit_code == 0, done.output
    assert done.stderr == ""


def test_unknown_names(catalog: Catalog, run: CliRunner) -> None:
    with pytest.raises(CatalogError, match=r"'m5\.larg' is not known in eu-west-1") as typo:
        instance_quotes(catalog, "eu-west-1", ["m5.larg"])
    assert "did you mean m5.large" in str(typo.value.hint)
    with pytest.raises(CatalogError) as nonsense:
        instance_quotes(catalog, "eu-west-1", ["zzzzzzzz"])
    assert "families known in eu-west-1: a1, c4, c5" in str(nonsense.value.hint)
    with pytest.raises(CatalogError, match="no prices are known for region 'eu-west-9'"):
        region_quotes(catalog, "eu-west-9")
    assert isinstance(run.invoke(APP, ["--region", "eu-west-9"]).exception, CatalogError)
    assert run.invoke(APP, []).exit_code == 2
