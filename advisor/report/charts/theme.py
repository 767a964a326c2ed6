"""How charts look: one palette that people with any colour vision can read, on light and on dark ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from advisor.errors import ConfigError

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
WIDTH = 650
"""Pixels of a chart's plot: with its labels it fits a notebook's cell and a printed page."""


@dataclass(frozen=True)
class Theme:
    """Colours of a ground.

    Attributes:
        series: for things without an order, most telling first: Okabe and Ito's, in shades for the ground.
        good, bad: savings and what is lost: blue and vermilion, never green and red.
        quiet: for what is there but not meant.
    """

    name: str
    ground: str
    text: str
    muted: str
    grid: str
    quiet: str
    good: str
    bad: str
    accent: str
    series: tuple[str, ...]


LIGHT = Theme(
    name="light",
    ground="#ffffff",
    text="#1f2328",
    muted="#57606a",
    grid="#e3e6ea",
    quiet="#b8bfc7",
    good="#0072b2",
    bad="#d55e00",
    accent="#0072b2",
    series=("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7f00"),
)
DARK = Theme(
    name="dark",
    ground="#111111",
    text="#e6e9ec",
    muted="#a3abb4",
    grid="#2c3036",
    quiet="#5d6670",
    good="#56b4e9",
    bad="#ff8a3d",
    accent="#56b4e9",
    series=("#56b4e9", "#e69f00", "#2bc495", "#dd94bd", "#2f8fd0", "#ff8a3d", "#f0e442"),
)
THEMES = {t.name: t for t in (LIGHT, DARK)}


def theme_of(name: str) -> Theme:
    """Return a theme by its name.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in THEMES:
        raise ConfigError(f'no theme "{name}"', hint=f"use {' or '.join(THEMES)}")
    return THEMES[name]


@dataclass(frozen=True)
class Drawing:
    """A chart without fonts and colours of its own, which can be put below another.

    Attributes:
        said: lines below the title: what it shows, and what it does not.
    """

    chart: Any
    title: str
    said: list[str]

    def finished(self, theme: Theme) -> Any:
        """Return it as a chart that stands alone."""
        heard = " ".join([f"{self.title}.", *self.said])  # by those who do not see it
        return configured(self.chart.properties(title=self._heading(), description=heard), theme)

    def as_part(self) -> Any:
        """Return it as a part of another chart."""
        return self.chart.properties(title=self._heading())

    def _heading(self) -> dict[str, Any]:
        return {"text": self.title, "subtitle": self.said, "anchor": "start", "frame": "group", "offset": 14}


def configured(chart: Any, theme: Theme) -> Any:
    """Return a chart with a theme's fonts and colours."""
    axis = {
        "labelColor": theme.muted,
        "titleColor": theme.muted,
        "gridColor": theme.grid,
        "domainColor": theme.grid,
        "tickColor": theme.grid,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 320,
        "titleLimit": 600,
    }
    config = {
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "legend": {
            "labelColor": theme.text,
            "titleColor": theme.muted,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "labelLimit": 420,
            "titleFontWeight": "normal",
            "symbolStrokeWidth": 0,
            "orient": "bottom",
            "columns": 2,
        },
        "title": {
            "color": theme.text,
            "fontSize": 16,
            "subtitleColor": theme.muted,
            "subtitleFontSize": 12,
            "subtitleLineHeight": 16,
            "subtitlePadding": 6,
        },
        "text": {"color": theme.text, "fontSize": 12},
    }
    # all at once: every step of altair copies the whole chart
    return chart.properties(config=config, background=theme.ground, padding=14)
