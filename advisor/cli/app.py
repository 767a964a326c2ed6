"""The `advisor` command and its verbs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from advisor.cli.cache import cache
from advisor.cli.compare import compare
from advisor.cli.config import config
from advisor.cli.decide import decide, ledger
from advisor.cli.demo_data import demo_data
from advisor.cli.doctor import doctor
from advisor.cli.explain import explain
from advisor.cli.failures import ExitCode, complain
from advisor.cli.init import init
from advisor.cli.policy import policy
from advisor.cli.prices import prices
from advisor.cli.prices_refresh import prices_refresh
from advisor.cli.pull import pull
from advisor.cli.recommend import recommend
from advisor.cli.report import report
from advisor.cli.rules import rules
from advisor.cli.runs import runs
from advisor.cli.schedule import schedule
from advisor.cli.schema import schema
from advisor.cli.what_if import what_if

app = typer.Typer(
    name="advisor",
    help="What each ECS workload should run on, how big, bought how, and what it saves.\n\n"
    "\b\nStart with:\n  advisor demo-data shop\n  advisor recommend shop\n  advisor explain checkout",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
prices_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
prices_app.callback()(prices)
prices_app.command("refresh", short_help="New prices from AWS, kept as your own snapshot.")(prices_refresh)
# A line that fits an 80-column terminal; `advisor VERB --help` says more.
app.command(short_help="Usage in, plan out: the main job.")(recommend)
app.command(short_help="Why a workload was advised what it was.")(explain)
app.command(short_help="What each rule of the policy costs, proven.")(rules)
app.command(short_help="What would change if something were set otherwise.")(what_if)
app.add_typer(prices_app, name="prices", short_help="What is known of prices, and new ones from AWS.")
app.command(short_help="What changed from one run to another.")(compare)
app.command(short_help="Every saving that was found, and how far it has come.")(ledger)
app.command(short_help="Accept, snooze or dismiss a recommendation.")(decide)
app.command(short_help="The IAM policy that reading an account needs.")(policy)
app.command(short_help="Keep an account's usage here before AWS forgets it.")(pull)
app.command(short_help="What is there for a plan, and what would make it better.")(doctor)
app.command(short_help="Write a commented advisor.toml and empty input tables.")(init)
app.command(short_help="JSON schema of the plan, settings or input tables.")(schema)
app.command(short_help="Write the usage of a made-up company, of any size.")(demo_data)
app.add_typer(runs, name="runs")
app.add_typer(
    report, name="report", short_help="Reports: made of a run, or by schedule, sent once to everybody."
)
app.add_typer(
    schedule, name="schedule", short_help="When reports are due; entries for schedulers; a small runner."
)
app.add_typer(cache, name="cache")
app.add_typer(config, name="config")


def _version(wanted: bool) -> None:
    if wanted:
        from advisor.cli.version import installed_version

        print(f"advisor {installed_version()}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Hold the options that come before the verb."""


def run(argv: Sequence[str] | None = None) -> None:
    """Run a command line and end the process with its exit code.

    Args:
        argv: without the program's name; `sys.argv` when null.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        app(args=arguments, prog_name="advisor")
    except SystemExit as leave:
        if leave.code == ExitCode.INTERRUPTED:
            _leave_at_once()
        raise
    except BaseException as fault:  # noqa: BLE001 - polars' panics are no Exception
        code = complain(fault, arguments)
        if code == ExitCode.INTERRUPTED:
            _leave_at_once()
        sys.exit(code)


def _leave_at_once() -> NoReturn:
    """End the process without waiting for threads that are still at work."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ExitCode.INTERRUPTED)
