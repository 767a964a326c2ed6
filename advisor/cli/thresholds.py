"""What a pipeline stops at: the thresholds of `--fail-on`, and which of them a plan is beyond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from advisor.cli.failures import whisper

if TYPE_CHECKING:
    from advisor.aws.failures import Cell
    from advisor.model import Plan
    from advisor.report.fail_on import Threshold


def thresholds(texts: Sequence[str]) -> list[Threshold]:
    """Return the thresholds of `--fail-on`.

    Raises:
        ConfigError: a text is none.
    """
    from advisor.report.fail_on import threshold

    return [threshold(text) for text in texts]


def all_figures(
    plan: Plan, cells: Sequence[Cell], earlier: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the figures of a plan, and how many APIs could not be read whole where accounts were read."""
    from advisor.report.fail_on import figures_of

    holes = {"holes": float(sum(cell.is_hole for cell in cells))} if cells else {}
    return {**figures_of(plan, earlier), **holes}


def tell_hits(stop_at: Sequence[Threshold], plan: Plan, cells: Sequence[Cell]) -> bool:
    """Tell which thresholds a plan is beyond, and return whether there are any."""
    return tell(stop_at, all_figures(plan, cells)) if stop_at else False


def tell(stop_at: Sequence[Threshold], figures: Mapping[str, float]) -> bool:
    """Tell which thresholds figures are beyond, and return whether there are any."""
    from advisor.report.fail_on import hit

    found = hit(stop_at, figures)
    for threshold in found:
        whisper(f"threshold hit: {threshold.text} ({figures[threshold.figure]:g})")
    return bool(found)
