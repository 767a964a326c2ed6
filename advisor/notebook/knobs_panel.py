"""Knobs as widgets: every one has a label, can be reached by keyboard, and says what it is at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from advisor.config import Config
from advisor.notebook.knobs import GROUPS, REGIONS, Choice, Knob, Slider, Words, turned

WIDE = {"description_width": "initial"}


class KnobsPanel:
    """The knobs of one policy.

    Attributes:
        view: the widget.
        inputs: name of a knob → its widget.
    """

    def __init__(self, start: Config, regions: Sequence[str], changed: Callable[[], None]) -> None:
        """Begin at a policy.

        Args:
            regions: to choose from; one alone is no choice.
            changed: told of every turn of a knob by hand.
        """
        self.start = start
        self._regions = tuple(regions)
        self._changed, self._quiet = changed, False
        self.inputs: dict[str, Any] = {}
        boxes = [self._box(heading, [self._input(knob) for knob in knobs]) for heading, knobs in GROUPS]
        if len(regions) > 1:
            boxes.append(self._box("Where", [self._input(REGIONS)]))
        self.view = w.Box(
            boxes, layout=w.Layout(display="flex", flex_flow="row wrap", align_items="flex-start")
        )

    def values(self) -> dict[str, Any]:
        """Return the value of every knob by name."""
        return {name: self._value(name, widget.value) for name, widget in self.inputs.items()}

    def config(self) -> Config:
        """Return the policy that the knobs say."""
        return turned(self.start, self.values())

    def show(self, config: Config) -> None:
        """Turn the knobs to a policy; nobody is told."""
        self._quiet = True
        try:
            for _, knobs in GROUPS:
                for knob in knobs:
                    self.inputs[knob.name].value = self._shown(knob, config)
            if REGIONS.name in self.inputs:
                self.inputs[REGIONS.name].value = self._shown(REGIONS, config)
        finally:
            self._quiet = False

    def _input(self, knob: Knob) -> Any:
        value = self._shown(knob, self.start)
        made: Any
        if isinstance(knob, Slider):
            made = w.FloatSlider(
                value=value,
                min=min(knob.low, value),
                max=max(knob.high, value),
                step=knob.step,
                readout_format=".0f" if value == round(value) else ".1f",
                continuous_update=True,
            )
        elif isinstance(knob, Choice):
            made = w.Dropdown(options=knob.names(self.start), value=value)
        elif knob is REGIONS:
            made = w.SelectMultiple(options=self._regions, value=value, rows=min(6, len(self._regions) + 1))
        else:
            made = w.Text(value=value, continuous_update=False)
        made.description, made.style, made.layout = knob.label, WIDE, w.Layout(width="330px")
        made.observe(self._heard, "value")
        self.inputs[knob.name] = made
        return made

    def _shown(self, knob: Knob, config: Config) -> Any:
        if isinstance(knob, Words):
            words = knob.read(config)
            return (words or self._regions) if knob is REGIONS else ", ".join(words)
        return knob.read(config)

    def _value(self, name: str, value: Any) -> Any:
        if name == REGIONS.name:
            # all of them and none of them both say that none is left out
            return () if len(value) in (0, len(self._regions)) else tuple(value)
        if isinstance(self.inputs[name], w.Text):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    def _heard(self, _: Any) -> None:
        if not self._quiet:
            self._changed()

    @staticmethod
    def _box(heading: str, inputs: Sequence[Any]) -> Any:
        return w.VBox([w.HTML(f"<b>{heading}</b>"), *inputs], layout=w.Layout(margin="0 16px 8px 0"))
