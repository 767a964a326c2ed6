"""Charts as pictures: complete, the same every time, and without life in the names that others chose."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import altair
import pytest
import vl_convert
from fakes_plan import HOSTILE, hostile_plan, plan

from advisor.errors import AdvisorError, ConfigError, InputError
from advisor.model import Plan
from advisor.report.charts import (
    altair_door,
    frontier_chart,
    load_duration_chart,
    options_chart,
    packing_chart,
    usage_chart,
    waterfall_chart,
    workload_chart,
)
from advisor.report.charts.lines import LINE, said
from advisor.report.charts.theme import THEMES

Draw = Callable[..., Any]
CHARTS: dict[str, Draw] = {
    "frontier": frontier_chart,
    "load_duration": load_duration_chart,
    "options": lambda p, **look: options_chart(p, p.placements[0].workload_id, **look),
    "packing": lambda p, **look: packing_chart(p, "web", **look),
    "packing_one_by_one": lambda p, **look: packing_chart(p, "web", "BUSIEST", **look),
    "usage": lambda p, **look: usage_chart(p, p.placements[1].workload_id, **look),
    "waterfall": waterfall_chart,
    "workload": lambda p, **look: workload_chart(p, p.placements[0].workload_id, **look),
}
PICTURE = {
    "svg",
    "g",
    "path",
    "text",
    "tspan",
    "line",
    "defs",
    "clippath",
    "rect",
    "lineargradient",
    "stop",
    "style",
}
LONG = "x" * 500
BAD = ('<img src=x onerror="alert(1)">', *HOSTILE[1:4], LONG)


class Live(HTMLParser):
    """Collects what a browser would make of a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}


def svg(chart: Any) -> str:
    return vl_convert.vegalite_to_svg(chart.to_dict())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_a_picture_on_its_ground(name: str, theme: str) -> None:
    drawn = CHARTS[name](plan(), theme=theme)
    assert isinstance(drawn, altair.TopLevelMixin)
    picture = svg(drawn)
    assert picture.startswith("<svg") and THEMES[theme].ground in picture


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_plan_gives_the_same_data(name: str, golden: Callable[[str, str], None]) -> None:
    """What is drawn, not how: datasets, in the order in which they are drawn."""
    spec = CHARTS[name](plan()).to_dict()
    known = [
        [{k: v for k, v in row.items() if v is not None} for row in rows]
        for rows in spec.get("datasets", {}).values()
    ]
    data = [[row for row in rows if set(row) - {"start", "end"}] for rows in known]
    golden(f"charts/{name}.json", json.dumps(data, ensure_ascii=False, indent=1) + "\n")


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("names", [HOSTILE, BAD], ids=["known attacks", "markup"])
def test_names_are_data(name: str, names: tuple[str, ...]) -> None:
    picture = svg(CHARTS[name](hostile_plan() if names is HOSTILE else plan(names)))
    live = Live()
    live.feed(picture)
    assert not live.elements - PICTURE
    assert not [name for name in live.attributes if name.startswith("on") or name.endswith("href")]
    assert "\u202e" not in picture and "\x1b" not in picture
    assert LONG not in picture


def test_a_missing_library_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(altair_door, "import_module", missing)
    with pytest.raises(AdvisorError, match="altair") as caught:
        waterfall_chart(plan())
    assert caught.value.hint == 'pip install "advisor[notebook]"'


def old(made: Plan) -> Plan:
    return replace(made, hosts=None, covered_hours=None)


@pytest.mark.parametrize("draw", [load_duration_chart, lambda p: packing_chart(p, "web")])
def test_a_plan_of_an_older_version_says_what_it_lacks(draw: Draw) -> None:
    with pytest.raises(AdvisorError, match="does not hold") as caught:
        draw(old(plan()))
    assert caught.value.hint and "recommend again" in caught.value.hint


def test_unknown_names_are_refused_with_a_hint() -> None:
    for wrong in (
        lambda: packing_chart(plan(), "wbe"),
        lambda: usage_chart(plan(), "chekout"),
        lambda: options_chart(plan(), "chekout"),
    ):
        with pytest.raises(InputError) as caught:
            wrong()
        assert caught.value.hint
    with pytest.raises(ConfigError, match="no theme"):
        waterfall_chart(plan(), theme="blue")


def test_a_chart_of_a_document_says_that_it_is_drawn_from_demand() -> None:
    assert "Drawn from the plan's hourly demand" in json.dumps(usage_chart(plan(), "thumbnails").to_dict())


def test_a_workload_without_advice_is_drawn_too() -> None:
    assert svg(workload_chart(plan(), "nightly"))


def test_sentences_are_broken_without_orphans() -> None:
    text = " ".join(["words"] * 25)
    lines = said(text, "")
    assert " ".join(lines) == text
    assert all(len(line) <= LINE for line in lines) and len(lines[-1]) > 30
