"""`advisor rules`: what each rule of the policy costs, proven."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.failures import warn
from advisor.cli.groups import grouped
from advisor.cli.options import ConfigFile, Debug, Many, NoColor, Quiet
from advisor.cli.policy_flags import set_flags
from advisor.cli.reading import Reading, end_partial
from advisor.cli.stale import warn_of_old_prices

if TYPE_CHECKING:
    from advisor.cli.settings import Flag
    from advisor.model import RulePrices
    from advisor.plan.rules import Rule


class RulesFormat(StrEnum):
    """How prices of rules are written; the names of `report.rule_prices.RENDERERS`."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"


@grouped
def rules(
    *,
    rule: Annotated[
        Many,
        typer.Option(
            "--rule",
            metavar="NAME",
            help="Only this rule, by the name that the table prints, or any setting: fleet.max_vcpu=8; repeatable.",
        ),
    ] = None,
    form: Annotated[
        RulesFormat, typer.Option("--format", "-f", help="How to write the prices.")
    ] = RulesFormat.TABLE,
    reading: Reading,
    settings: Annotated[
        Many,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Any setting of advisor.toml, for all plans compared; repeatable.",
        ),
    ] = None,
    config_file: ConfigFile = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Say what each rule of the policy costs a month, or would cost, between two proven figures.

    Spread over zones, few types in few pools, x86 only, no Spot, a largest instance: each is priced by planning
    with it and without it. A plan for each rule takes as long as advisor recommend.

    \b
    Examples:
      advisor rules data/shop
      advisor rules data/shop --rule three-zones --rule no-spot
      advisor rules data/shop --rule fleet.max_vcpu=8 --format md
      advisor rules --profile prod --region eu-west-1
    """
    del debug  # read from the command line when something fails
    from advisor.cli.settings import load_settings

    readable, flags = reading.checked(), set_flags(settings)
    config = load_settings(flags, config_file).config
    asked = [_rule(text, flags, config_file) for text in dict.fromkeys(rule or ())]
    from advisor.cli.progress import progress

    with progress(quiet or not sys.stderr.isatty()) as tell:
        tell("loading")
        from advisor.catalog import load_catalog
        from advisor.pipeline import price_rules

        usage, cells = readable.read(config, tell)
        catalog = load_catalog()
        prices = price_rules(usage, catalog, config, asked or None, progress=tell)
    warn_of_old_prices(catalog, prices.regions, config.prices.stale_days)
    said = {r.name for r in prices.rules}
    for idle in (r for r in asked if r.name not in said):
        warn(f"{idle.name}: asks nothing of this policy, it is so already or stricter")
    _print(form, prices, no_color)
    readable.tell_notes(usage)
    end_partial(readable.tell_left_out(usage, cells))


def _rule(text: str, flags: Sequence[Flag], config_file: Path | None) -> Rule:
    """Return the rule of a name, or of a setting and its value.

    Raises:
        BadParameter: there is none of that name, or the setting says nothing about what a plan may do.
        ConfigError: the setting does not exist or cannot have the value.
    """
    from advisor.cli.setting_keys import closest
    from advisor.cli.settings import Flag, load_settings
    from advisor.plan.rules import RULES, SECTIONS, Rule

    key, sign, value = (part.strip() for part in text.partition("="))
    if not sign:
        known = {r.name: r for r in RULES}
        if text not in known:
            near = closest(text, list(known)) or f"; known are {', '.join(known)}"
            raise typer.BadParameter(f"no rule {text!r}{near}", param_hint="--rule")
        return known[text]
    config = load_settings([*flags, Flag(key, value, f"--rule {key}")], config_file).config
    section, name = key.split(".")
    if section not in SECTIONS:
        raise typer.BadParameter(
            f"{key} does not say what a plan may do; settings of {', '.join(SECTIONS)} do",
            param_hint="--rule",
        )
    return Rule(text, f"{key} = {value}", {key: getattr(getattr(config, section), name)}, asks=None)


def _print(form: RulesFormat, prices: RulePrices, no_color: bool) -> None:
    from advisor.cli.paper import hand_over, print_report, terminal_width
    from advisor.report.rule_prices import render_rules, rule_table

    if form is RulesFormat.TABLE:
        print_report(rule_table(prices, width=terminal_width()), no_color=no_color)
    else:
        hand_over(render_rules(prices, form.value), None)
