"""The widget libraries, imported when the first widget is made, and set up to work without a network."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from advisor.errors import AdvisorError
from advisor.report.charts.altair_door import INSTALL, altair


@cache
def widgets() -> Any:
    """Return ipywidgets.

    Raises:
        AdvisorError: it is not installed.
    """
    return library("ipywidgets")


@cache
def chart_widget() -> Any:
    """Return altair's widget class, its JavaScript taken from this machine.

    Raises:
        AdvisorError: altair, anywidget or vl-convert is not installed.
    """
    library("anywidget")
    library("vl_convert")
    made = altair().JupyterChart
    made.enable_offline()  # before the first chart: without it a browser asks a CDN
    return made


@cache
def table_widget() -> Any:
    """Return itables' widget class, which then shows every row it is given.

    Raises:
        AdvisorError: itables is not installed.
    """
    library("itables.options").maxBytes = 0  # given to one table, it is lost when that is updated
    return library("itables.widget").ITable


@cache
def plain_widget() -> Any:
    """Return anywidget's base class.

    Raises:
        AdvisorError: it is not installed.
    """
    return library("anywidget").AnyWidget


def library(name: str) -> Any:
    """Return a module of the notebook's libraries.

    Raises:
        AdvisorError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as fault:
        what = name.partition(".")[0].replace("_", "-")
        raise AdvisorError(f"notebooks need {what}, which is not installed", hint=INSTALL) from fault
