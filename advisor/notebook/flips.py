"""Where the advice flips when one knob is turned, in words, and whether two settled plans say so too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.config import Config
from advisor.errors import InputError
from advisor.model import Plan
from advisor.notebook.knobs import AS_IS, Choice, Slider
from advisor.plan.flips import Flip, flips, moves
from advisor.plan.what_if import Guess
from advisor.report.moves_words import moves_words

Asks = Callable[[Config], Guess]


def slider_flips(knob: Slider, config: Config, ask: Asks) -> tuple[Flip | None, Flip | None]:
    """Return the nearest flips below and above the number in force, all other settings as they are."""
    low, now, high = knob.steps(config)

    def ways(step: int) -> Mapping[str, str]:
        return _ways(ask, at_step(knob, config, step, now))

    return flips(ways, low, now, high)


def at_step(knob: Slider, config: Config, step: int, now: int) -> Config:
    """Return the settings at a fine step; in force may be a number between two."""
    return config if step == now else knob.write(config, knob.number(step))


def slider_words(knob: Slider, config: Config, found: tuple[Flip | None, Flip | None]) -> list[str]:
    """Return `above $38 an hour 3 workloads move from EC2 Spot to Fargate`, a line for each side that there is."""
    low, now, high = knob.steps(config)
    lines = []
    for side, flip, end in (("below", found[0], low), ("above", found[1], high)):
        if end == now:
            continue
        if flip is None:
            lines.append(f"no other advice was seen {_to(side)} {knob.said(knob.number(end))}")
        else:
            from_ = knob.read(config) if flip.nearer == now else knob.number(flip.nearer)
            lines.append(f"{side} {knob.said(from_)} {moves_words(flip.moved)}")
    return lines


def choice_words(knob: Choice, config: Config, ask: Asks) -> list[str]:
    """Return what moves under each of the other choices."""
    now = _ways(ask, config)
    others = [name for name in knob.names(config) if name not in (knob.read(config), AS_IS)]
    return [
        f"with “{name}” {moves_words(moves(now, _ways(ask, knob.write(config, name))))}" for name in others
    ]


def confirmed(
    knob: Slider, config: Config, flip: Flip, settle: Callable[[Config], Plan]
) -> tuple[str, dict[str, tuple[str | None, str | None]]]:
    """Return what two settled plans say of a flip, and what moves between them."""
    now = knob.steps(config)[1]
    one, two = (settle(at_step(knob, config, step, now)) for step in (flip.nearer, flip.farther))
    moved = moves(plan_ways(one), plan_ways(two))
    between = f"between {knob.said(knob.number(flip.nearer))} and {knob.said(knob.number(flip.farther))}"
    if not moved:
        return f"settled plans {between} are alike: the advice does not flip there", moved
    agree = moved == dict(flip.moved)
    return f"settled plans {between}: {moves_words(moved)}" + (
        "" if agree else ", not quite as quick answers say"
    ), moved


def plan_ways(plan: Plan) -> dict[str, str]:
    """Return workload id → its way in a plan."""
    return {p.workload_id: p.option() for p in plan.placements}


def _ways(ask: Asks, config: Config) -> Mapping[str, str]:
    try:
        return ask(config).ways
    except InputError:  # nothing can be planned there: no workload has a way
        return {}


def _to(side: str) -> str:
    return "down to" if side == "below" else "up to"
