"""An error as a widget."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from advisor.errors import AdvisorError
from advisor.notebook.tune_style import STYLE, framed
from advisor.notebook.tune_words import fault_card


def card(fault: AdvisorError) -> Any:
    """Return what happened and what to do about it, in the place of the widget."""
    return w.HTML(STYLE + framed(fault_card(fault)))
