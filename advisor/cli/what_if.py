"""`advisor what-if`: the plan under other settings, beside the plan as it is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.groups import grouped
from advisor.cli.options import ConfigFile, Debug, Many, NoColor, Quiet
from advisor.cli.paper import chosen_format, hand_over, print_report, terminal_width
from advisor.cli.policy_flags import PolicyFlags
from advisor.cli.reading import Reading, end_partial
from advisor.cli.stale import warn_of_old_prices

if TYPE_CHECKING:
    from advisor.cli.settings import Flag
    from advisor.config import Config
    from advisor.model import Comparison


class WhatIfFormat(StrEnum):
    """How a comparison is written; the names of `report.comparison.RENDERERS`."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"


@grouped
def what_if(
    *,
    settings: Annotated[
        Many,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="What would be set otherwise: any setting of advisor.toml; repeatable.",
        ),
    ] = None,
    policy: PolicyFlags,
    form: Annotated[
        WhatIfFormat | None,
        typer.Option("--format", "-f", help="How to write the comparison.  [default: table]"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to a file, in the format of its suffix: .txt .json .csv .md.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every workload that moves, not only the most dollars.")
    ] = False,
    reading: Reading,
    config_file: ConfigFile = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Say what would change if something were set otherwise: which workloads move, the bill, and what is proven.

    Two plans are made: one under the settings as they are (advisor.toml, or --config FILE), and one under the same with
    the flags of this command line. It takes twice as long as advisor recommend.

    \b
    Examples:
      advisor what-if data/shop --no-spot
      advisor what-if data/shop --set operations.usd_per_hour=150
      advisor what-if data/shop --set fleet.max_vcpu=8 --set fleet.min_az_count=3 -o what-if.md
      advisor what-if data/shop --config ours.toml --set spot.allowed=true
      advisor what-if --profile prod --region eu-west-1 --no-spot
    """
    del debug  # read from the command line when something fails
    from advisor.cli.settings import load_settings

    readable, flags = reading.checked(), policy.as_settings(settings)
    config = load_settings((), config_file).config
    other = _other(flags, config, config_file)
    written = WhatIfFormat(chosen_format(form, output, WhatIfFormat))
    from advisor.cli.progress import progress

    with progress(quiet or not sys.stderr.isatty()) as tell:
        tell("loading")
        from advisor.catalog import load_catalog
        from advisor.pipeline import compare_settings

        usage, cells = readable.read(config, tell)
        catalog = load_catalog()
        compared = compare_settings(usage, catalog, config, other, progress=tell)
    warn_of_old_prices(catalog, compared.regions, other.prices.stale_days)
    _deliver(compared, written, output, everything=everything, no_color=no_color)
    readable.tell_notes(usage)
    end_partial(readable.tell_left_out(usage, cells))


def _other(flags: Sequence[Flag], config: Config, config_file: Path | None) -> Config:
    """Return the settings as they would be.

    Raises:
        BadParameter: they would be as they are.
        ConfigError: a setting does not exist or cannot have the value.
    """
    from advisor.cli.settings import load_settings

    other = load_settings(flags, config_file).config
    if other != config:
        return other
    if not flags:
        raise typer.BadParameter(
            "nothing would be set otherwise: name a setting, such as --set fleet.max_vcpu=8, or give a flag, such as "
            "--no-spot",
            param_hint="--set",
        )
    raise typer.BadParameter(
        "nothing would be set otherwise, it is so already; advisor config show --origin prints what is set and where",
        param_hint=", ".join(dict.fromkeys(f.flag for f in flags)),
    )


def _deliver(
    compared: Comparison, form: WhatIfFormat, output: Path | None, *, everything: bool, no_color: bool
) -> None:
    from advisor.report.comparison import render_comparison
    from advisor.report.comparison_table import comparison_table

    if form is not WhatIfFormat.TABLE:
        hand_over(render_comparison(compared, form.value), output)
        return
    text = comparison_table(compared, width=terminal_width(), everything=everything or output is not None)
    if output is None:
        print_report(text, no_color=no_color)
    else:
        hand_over(text.encode(), output)
