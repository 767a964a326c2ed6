"""The README says what the program does: its table is the demo's, its commands and names exist."""

from __future__ import annotations

import re
from pathlib import Path

import advisor
from advisor.__main__ import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEMO = (ROOT / "tests" / "golden" / "demo" / "recommend.txt").read_text(encoding="utf-8")


def now() -> str:
    """The README as it is on disk: more than one test may renew a part of it."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_is_the_demos(request) -> None:
    before, shown, after = re.split(r"(?<=<!-- demo -->\n)(.*?)(?=<!-- /demo -->)", now(), flags=re.S)
    lines = DEMO.splitlines()
    fleet = next(i for i, line in enumerate(lines) if line.startswith(" Proven"))
    table = [*lines[:9], " …", *lines[fleet - 3 : fleet + 1]]
    wanted = "```text\n" + "\n".join(table) + "\n```\n"
    if request.config.getoption("--update-goldens"):
        (ROOT / "README.md").write_text(before + wanted + after, encoding="utf-8")
        return
    assert shown == wanted


def test_the_prices_of_rules_are_the_demos(request) -> None:
    before, shown, after = re.split(r"(?<=<!-- rules -->\n)(.*?)(?=<!-- /rules -->)", now(), flags=re.S)
    priced = (ROOT / "tests" / "golden" / "demo" / "rules.txt").read_text(encoding="utf-8")
    wanted = "```text\n" + priced.split("\n\n Note:")[0].rstrip() + "\n```\n"
    if request.config.getoption("--update-goldens"):
        (ROOT / "README.md").write_text(before + wanted + after, encoding="utf-8")
        return
    assert shown == wanted


def test_its_money_is_the_demos() -> None:
    cost, bound = re.search(r"costs \$([\d,]+); no plan can cost less than \$([\d,]+)", README).groups()
    assert f"~${cost}" in DEMO
    assert f"no plan costs less than ${bound} " in DEMO


def test_its_commands_exist(capsys, alone) -> None:
    for verb in sorted(set(re.findall(r"advisor ([a-z]+(?:-[a-z]+)?)(?= )", "\n".join(code_lines())))):
        try:
            main([verb, "--help"])
        except SystemExit as ended:
            assert not ended.code, verb
        capsys.readouterr()


def code_lines() -> list[str]:
    """Return what stands in code: fenced console lines and table cells."""
    return [line for line in README.splitlines() if line.startswith(("$ advisor", "| `advisor"))]


def test_its_names_are_public() -> None:
    imported = re.search(r"from advisor import (.*)", README)[1].split(", ")
    assert set(imported) <= set(advisor.__all__)


def test_the_facade_is_sorted_and_true() -> None:
    assert list(advisor.__all__) == sorted(advisor.__all__)
    assert all(getattr(advisor, name) is not None for name in advisor.__all__)
