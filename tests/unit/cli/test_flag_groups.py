"""Flags in groups: what Typer sees, and what a verb gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from advisor.cli.groups import grouped

Colour = Annotated[str, typer.Option("--colour", help="Of what.")]


@dataclass(frozen=True, kw_only=True)
class Base:
    """What all have."""

    colour: Colour = "red"
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME")] = None


@dataclass(frozen=True, kw_only=True)
class More(Base):
    """And what some have."""

    size: Annotated[int, typer.Option("--size", min=1)] = 3


@pytest.fixture
def command() -> tuple[typer.Typer, list[tuple[object, ...]]]:
    app, got = typer.Typer(rich_markup_mode=None), []

    @app.command()
    @grouped
    def paint(*, first: bool = False, what: More, last: Annotated[str, typer.Option("--last")] = "z") -> None:
        """Paint."""
        got.append((first, what, last))

    return app, got


def test_a_verb_gets_its_group_whole(command) -> None:
    app, got = command
    assert CliRunner().invoke(app, ["--colour", "blue", "a", "b", "--last", "y"]).exit_code == 0
    assert CliRunner().invoke(app, []).exit_code == 0
    assert got == [(False, More(colour="blue", names=["a", "b"]), "y"), (False, More(), "z")]


def test_help_shows_every_flag_where_its_group_stands(command) -> None:
    text = CliRunner().invoke(command[0], ["--help"]).output
    assert [text.index(flag) for flag in ("--first", "--colour", "--size", "--last")] == sorted(
        text.index(flag) for flag in ("--first", "--colour", "--size", "--last")
    )
    assert "what" not in text.replace("Of what.", "").lower().split()


def test_bounds_of_a_grouped_flag_hold(command) -> None:
    assert CliRunner().invoke(command[0], ["--size", "0"]).exit_code == 2
