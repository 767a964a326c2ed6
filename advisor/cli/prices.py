"""`advisor prices`: what is known of a region's prices, how, and as of when."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.cli.failures import warn
from advisor.cli.options import ConfigFile, Debug

if TYPE_CHECKING:
    from advisor.catalog import Catalog

NO_PRICE = "no price"
MIN_DIGITS, MAX_DIGITS = 4, 8
"""Decimals of a rate: people compare $0.0960, and Fargate Spot goes down to $0.00134573."""
HEADINGS = ("Item", "Bought as", "USD", "Per", "How known", "As of", "Note")


class PriceFormat(StrEnum):
    """How prices are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def prices(
    context: typer.Context,
    region: Annotated[
        str | None,
        typer.Option(
            "--region",
            metavar="REGION",
            envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
            help="AWS region, such as eu-west-1.",
        ),
    ] = None,
    instance_type: Annotated[
        list[str] | None,
        typer.Option(
            "--instance-type",
            "-i",
            metavar="TYPE",
            help="EC2 type or glob, such as 'm7g.*'; repeatable. Without: all but EC2.",
        ),
    ] = None,
    form: Annotated[PriceFormat, typer.Option("--format", help="How to write them.")] = PriceFormat.TABLE,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Show what is known of a region's prices, how it is known, and as of when.

    \b
    Examples:
      advisor prices --region eu-west-1
      advisor prices --region us-east-1 --instance-type 'm7g.*' --format csv
      advisor prices refresh --region eu-west-1
    """
    del debug  # read from the command line when something fails
    if context.invoked_subcommand is not None:
        _refuse_flags_before(context)
        return
    if region is None:
        raise typer.BadParameter("name the region, such as eu-west-1", param_hint="--region")
    from advisor.catalog import load_catalog
    from advisor.catalog.age import stale
    from advisor.catalog.home import newest_snapshot
    from advisor.catalog.quotes import instance_quotes, region_quotes
    from advisor.cli.settings import load_settings

    settings = load_settings(config_file=config_file)
    catalog = load_catalog()
    quotes = (
        instance_quotes(catalog, region, instance_type) if instance_type else region_quotes(catalog, region)
    )
    rows = quotes.to_dicts()
    writer = {PriceFormat.TABLE: _table, PriceFormat.JSON: _json, PriceFormat.CSV: _csv}[form]
    print(writer(region, catalog, rows), end="")
    own = newest_snapshot()
    if own is not None:
        typer.echo(f"prices of your own refresh: {own}", err=True)
    for old in stale(catalog, region, datetime.now(UTC).date(), settings.config.prices.stale_days):
        warn(str(old))
    if not instance_type:
        typer.echo(_ec2_note(region, catalog), err=True)


def _refuse_flags_before(context: typer.Context) -> None:
    """Refuse flags that were meant for the verb behind them: they would be lost without a word."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(f"put it behind {context.invoked_subcommand}", param_hint=f"--{name}")


def _ec2_note(region: str, catalog: Catalog) -> str:
    ec2 = catalog.ec2(region)
    known = {k: len(ec2) - ec2[f"{k}_pico_usd_per_hour"].null_count() for k in ("on_demand", "spot")}
    return (
        f"EC2: {known['on_demand']} types with an on-demand price, {known['spot']} with a Spot price; "
        "name them with --instance-type, such as 'm7g.*'"
    )


def _usd(pico: int | None) -> str:
    """Return a rate with its point where every other rate has it; exact down to the eighth decimal."""
    if pico is None:
        return NO_PRICE
    whole, _, digits = f"{Decimal(pico).scaleb(-12):.{MAX_DIGITS}f}".partition(".")
    digits = digits.rstrip("0").ljust(MIN_DIGITS, "0")
    return f"{whole}.{digits.ljust(MAX_DIGITS)}"


def _table(region: str, catalog: Catalog, rows: Sequence[Mapping[str, Any]]) -> str:
    cells = [HEADINGS, *_cells(rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEADINGS))]
    lines = [
        "  ".join(
            c.rjust(w) if i == 2 else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
    rule = "─" * max(len(line.rstrip()) for line in lines)
    title = f"{region} · catalog {catalog.digest} of {catalog.as_of}"
    return "\n".join([title, "", lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), ""])


def _cells(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    above = None
    for row in rows:
        name = "" if row["item"] == above else row["item"]
        above = row["item"]
        how, as_of, note = (row[k] or "" for k in ("method", "as_of", "note"))
        yield name, row["bought_as"], _usd(row["pico_usd"]), row["unit"], how, as_of, note


def _json(region: str, catalog: Catalog, rows: Sequence[Mapping[str, Any]]) -> str:
    found = {
        "region": region,
        "catalog_as_of": str(catalog.as_of),
        "catalog_digest": catalog.digest,
        "prices": [_with_usd(row) for row in rows],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _with_usd(row: Mapping[str, Any]) -> dict[str, Any]:
    pico = row["pico_usd"]
    return {**row, "usd": None if pico is None else float(Decimal(pico).scaleb(-12))}


def _csv(region: str, catalog: Catalog, rows: Sequence[Mapping[str, Any]]) -> str:
    del region, catalog  # every row names its region
    out = io.StringIO()
    found = [{**row, "usd": _exact(row["pico_usd"])} for row in rows]
    writer = csv.DictWriter(out, fieldnames=list(found[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue()


def _exact(pico: int | None) -> str | None:
    return None if pico is None else f"{Decimal(pico).scaleb(-12).normalize():f}"
