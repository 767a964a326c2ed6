"""`advisor config show`: every setting in force, as TOML, with its origin."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.cli.options import ConfigFile, Debug

config = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@config.callback()
def _group() -> None:
    """Say what is set, and where it comes from.

    \b
    Example:
      advisor config show --origin
    """


@config.command()
def show(
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value comes from.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="As for recommend; repeatable.")
    ] = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Print every setting in force as TOML, which can be saved as advisor.toml.

    Flags win over ADVISOR_SECTION__KEY in the environment, then ./advisor.toml, then the user's file, then the default.
    Schedules are not among them: advisor schedule list shows those.

    \b
    Examples:
      advisor config show --origin
      advisor config show > advisor.toml
    """
    del debug  # read from the command line when something fails
    from dataclasses import asdict

    from advisor.cli.policy_flags import set_flags
    from advisor.cli.settings import load_settings
    from advisor.report.toml_text import line

    found = load_settings(set_flags(settings), config_file)
    for number, (section, table) in enumerate(asdict(found.config).items()):
        print(("\n" if number else "") + f"[{section}]")
        lines = [(line(name, value), found.origins[f"{section}.{name}"]) for name, value in table.items()]
        widest = max(len(text) for text, _ in lines if len(text) <= 60)
        for text, source in lines:
            print(f"{text:<{widest}}  # {source}" if origin else text)
