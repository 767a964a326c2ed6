"""`advisor decide` and `advisor ledger`: what people make of recommendations, and what comes of them."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.options import ConfigFile, Debug
from advisor.history import Verdict

if TYPE_CHECKING:
    from advisor.history import Saving
    from advisor.store.history import History

Name = Annotated[
    str | None,
    typer.Option("--name", metavar="SOURCE", help="Of this source's runs; the last one's without."),
]


def decide(
    verdict: Annotated[
        Verdict, typer.Argument(metavar="VERDICT", help="accept, snooze, dismiss, done or reopen.")
    ],
    resource: Annotated[
        str,
        typer.Argument(metavar="WORKLOAD", help="The workload, or the commitment as the ledger names it."),
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for those who ask later.")
    ] = "",
    until: Annotated[
        str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="Last day of a snooze.")
    ] = None,
    name: Name = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Accept, snooze or dismiss the recommendation for a workload, or say that it is done; reports tell it from then on.

    \b
    Examples:
      advisor decide accept checkout --reason "OPS-1234"
      advisor decide snooze search --until 2027-01-07 --reason "after the sale"
      advisor decide dismiss legacy-iis --reason "is switched off in spring"
    """
    del debug  # read from the command line when something fails
    from advisor.cli.history import opened
    from advisor.cli.settings import load_settings
    from advisor.errors import InputError
    from advisor.history import Decision

    if verdict in (Verdict.SNOOZE, Verdict.DISMISS) and not reason:
        raise typer.BadParameter(f"say why: {verdict} needs a reason", param_hint="--reason")
    if (verdict is Verdict.SNOOZE) is not (until is not None):
        raise typer.BadParameter("a snooze, and nothing else, has a last day", param_hint="--until")
    try:
        last = date.fromisoformat(until) if until else None
    except ValueError as fault:
        raise typer.BadParameter(f"{until} is no date such as 2027-01-07", param_hint="--until") from fault
    history = opened(load_settings((), config_file).config)
    source, savings = _ledger(history, name)
    if resource not in {s.resource_id for s in savings}:
        from difflib import get_close_matches

        close = get_close_matches(resource, [s.resource_id for s in savings], n=1)
        hint = f"did you mean {close[0]}?" if close else "advisor ledger names them"
        raise InputError(f"nothing was recommended for {resource} in {source}", hint=hint)
    history.decide(Decision(datetime.now(UTC), source, resource, verdict, reason, getpass.getuser(), last))
    history.close()
    typer.echo(f"{resource} of {source}: {verdict}" + (f" until {last}" if last else ""), err=True)


def ledger(
    name: Name = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """List every saving that runs have found and how far it has come: identified, accepted, done, seen in what is paid.

    A saving is done when the workload runs as was advised, and seen when it costs that much less today.

    \b
    Example:
      advisor ledger
    """
    del debug  # read from the command line when something fails
    from advisor.cli.history import opened
    from advisor.cli.paper import terminal_width
    from advisor.cli.settings import load_settings
    from advisor.report.over_time import document, ledger_table

    history = opened(load_settings((), config_file).config)
    _, savings = _ledger(history, name)
    history.close()
    if as_json:
        print(document("advisor.ledger", savings), end="")
    else:
        print(ledger_table(savings, width=terminal_width()), end="")


def _ledger(history: History, name: str | None) -> tuple[str, tuple[Saving, ...]]:
    """Return the source and its ledger.

    Raises:
        InputError: no run of it was kept.
    """
    from advisor.cli.history import kept_plan
    from advisor.plan.ledger import ledger as made

    source = history.find("last", name).name
    plans = [kept_plan(history, run) for run in history.runs(source)]
    return source, made(plans, history.decisions(source), datetime.now(UTC).date())
