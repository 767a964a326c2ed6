"""Knobs, settings, command lines and Python say the same: whatever the knobs are at, each can be read back."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import config as words
from advisor.cli.policy_flags import set_flags
from advisor.cli.settings import load_settings
from advisor.config import Config, OperationsPolicy, Pin, ProfilePolicy
from advisor.notebook.knobs import AS_IS, KNOBS, Choice, Knob, Slider, turned
from advisor.notebook.knobs_pins import pin
from advisor.report.reproduce import command_line, python_code

STARTS = [
    Config(),
    Config(operations=OperationsPolicy(usd_per_hour=77.5), profile=ProfilePolicy(preset="compute-optimizer")),
    Config(commitments=words.CommitmentPolicy(terms_years=(3, 1)), spot=words.SpotPolicy(allowed=False)),
    Config(plan=words.PlanPolicy(owners={"we=b": "a, b"}, exclude=("x y", "[z]"), pins=(Pin("p*", "EC2"),))),
]


def value_of(knob: Knob, start: Config) -> st.SearchStrategy[Any]:
    if isinstance(knob, Slider):
        steps = round((knob.high - knob.low) / knob.step)
        grid = st.integers(0, steps).map(lambda n: round(knob.low + n * knob.step, 6))
        return grid | st.just(knob.read(start))
    if isinstance(knob, Choice):
        return st.sampled_from(knob.names(start))
    return st.lists(st.sampled_from(["us-east-1", "m*", "c7g", "a b"]), unique=True).map(tuple)


@st.composite
def turns(draw: st.DrawFn) -> tuple[Config, dict[str, Any], Config]:
    start = draw(st.sampled_from(STARTS))
    knobs = draw(st.lists(st.sampled_from(KNOBS), unique_by=lambda k: k.name))
    values = {knob.name: draw(value_of(knob, start)) for knob in knobs}
    config = turned(start, values)
    options = ["FARGATE SPOT ARM64", "EC2 ON_DEMAND X86_64", "MANAGED_INSTANCES SPOT X86_64"]
    names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
    forced = draw(st.lists(st.tuples(names, st.sampled_from(options)), max_size=2))
    pins = tuple(pin(name, option) for name, option in forced)
    return start, values, replace(config, plan=replace(config.plan, pins=(*pins, *config.plan.pins)))


def read_back(command: str, folder: Path) -> tuple[Config, Config]:
    """Return the settings as they are and as they would be, as the shell and the program read them."""
    file = None
    if command.startswith("cat > before.toml"):
        toml, command = command.split("\nEND\n", 1)
        file = folder / "before.toml"
        file.write_text(toml.split("\n", 1)[1] + "\n", encoding="utf-8")
    args = shlex.split(command.replace("\\\n", " "))
    flags = [args[i + 1] for i, word in enumerate(args) if word == "--set"]
    before = load_settings((), file, environ={}, folder=folder).config
    # as in a shell, each --set is a text of its own
    after = load_settings(set_flags(flags), file, environ={}, folder=folder).config
    return before, after


@settings(max_examples=300, deadline=None)
@given(case=turns())
def test_what_a_knob_writes_it_reads(case: tuple[Config, dict[str, Any], Config]) -> None:
    start, values, config = case
    for knob in KNOBS:
        if knob.name in values and values[knob.name] != AS_IS:
            assert knob.read(config) == values[knob.name]
        else:
            assert knob.read(config) == knob.read(start)


@settings(max_examples=300, deadline=None)
@given(case=turns())
def test_the_command_line_sets_just_that(
    case: tuple[Config, dict[str, Any], Config], tmp_path_factory: pytest.TempPathFactory
) -> None:
    start, _, config = case
    before, after = read_back(command_line(start, config), tmp_path_factory.getbasetemp())
    assert (before, after) == (start, config)


@settings(max_examples=300, deadline=None)
@given(case=turns())
def test_the_python_makes_the_same_settings(case: tuple[Config, dict[str, Any], Config]) -> None:
    _, _, config = case
    code = python_code(config)
    made = re.search(r"^config = .*?(?=^plan = )", code, re.DOTALL | re.MULTILINE)
    assert made is not None
    scope: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(next(x for x in code.splitlines() if "advisor.config" in x) + "\n" + made.group(), scope)  # noqa: S102
    assert scope["config"] == config


@pytest.mark.parametrize("start", STARTS)
def test_knobs_that_nobody_touches_change_nothing(start: Config) -> None:
    assert turned(start, {knob.name: knob.read(start) for knob in KNOBS}) == start
    assert command_line(start, start).splitlines()[-1].startswith("advisor recommend SOURCE")
