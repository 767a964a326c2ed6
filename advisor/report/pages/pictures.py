"""Charts of a page as drawings: SVG that stands inside a page, PNG for mail. Made on this machine, nothing is fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

from advisor.errors import AdvisorError
from advisor.model import Plan
from advisor.report.charts import load_duration_chart, options_chart, waterfall_chart
from advisor.report.charts.theme import DARK, LIGHT
from advisor.report.pages.page import Picture

CHARTS: Mapping[str, Callable[[Plan, str], Any]] = {
    "waterfall": lambda plan, _: waterfall_chart(plan),
    "load_duration": lambda plan, _: load_duration_chart(plan),
    "options": lambda plan, subject: options_chart(plan, subject),
}
"""Name of a picture's chart → what draws it."""
INSTALL = 'pip install "advisor[report]"'
SVG = "http://www.w3.org/2000/svg"
KEPT = frozenset(
    {
        "svg",
        "g",
        "path",
        "text",
        "tspan",
        "rect",
        "line",
        "circle",
        "defs",
        "clipPath",
        "linearGradient",
        "stop",
    }
)
"""Elements that a chart needs. None of them loads, links or runs anything."""
DROPPED = re.compile(r"^(on.*|href|.*\}href|style|role|aria-.*|class|tabindex)$")
"""Attributes that a drawing in a page does without; what it shows is said once, by the page."""
URL = re.compile(r"url\(#([\w-]+)\)")


def svg(plan: Plan, picture: Picture, number: int) -> str:
    """Return a chart as SVG in the light palette, its ids apart from those of other charts on the page.

    Raises:
        AdvisorError: what draws is not installed.
    """
    return clean(_converter().vegalite_to_svg(_specification(plan, picture)), f"c{number}-")


def png(plan: Plan, picture: Picture) -> bytes:
    """Return a chart as PNG on a white ground.

    Raises:
        AdvisorError: what draws is not installed.
    """
    drawn: bytes = _converter().vegalite_to_png(_specification(plan, picture), scale=1.0)
    return drawn


def _specification(plan: Plan, picture: Picture) -> str:
    return json.dumps(CHARTS[picture.chart](plan, picture.subject).to_dict(), sort_keys=True)


def _converter() -> Any:
    try:
        return import_module("vl_convert")
    except ImportError as fault:
        raise AdvisorError(
            "charts in reports need vl-convert-python, which is not installed", hint=INSTALL
        ) from fault


def clean(text: str, prefix: str) -> str:
    """Return a drawing with nothing in it but shapes and letters.

    Args:
        prefix: put before its ids.
    """
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(text)  # noqa: S314 - written a moment ago by our own converter
    _strip(root, prefix)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode")


def _strip(element: ElementTree.Element, prefix: str) -> None:
    for name, value in list(element.attrib.items()):
        if DROPPED.match(name):
            del element.attrib[name]
        elif name == "id":
            element.set(name, prefix + value)
        elif "url(" in value:
            element.set(name, URL.sub(rf"url(#{prefix}\1)", value))
    for child in list(element):
        if child.tag.rpartition("}")[2] in KEPT:
            _strip(child, prefix)
        else:
            element.remove(child)


def dark_rules() -> str:
    """Return CSS that turns a light drawing into a dark one: each colour of one palette into that of the other."""
    pairs: dict[str, str] = {}
    for field in fields(LIGHT):
        light, dark = getattr(LIGHT, field.name), getattr(DARK, field.name)
        if isinstance(light, tuple):
            pairs |= zip(light, dark, strict=True)
        elif light.startswith("#"):
            pairs[light] = dark
    return "\n".join(
        f'svg [{what}="{light}"] {{ {what}: {dark}; }}'
        for light, dark in sorted(pairs.items())
        for what in ("fill", "stroke")
    )
