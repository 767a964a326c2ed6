"""Where advice flips: found with few questions where a scan of every step finds it, and told in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_estates import estate

from advisor import load_catalog, what_if
from advisor.catalog import Catalog
from advisor.config import Config
from advisor.notebook.flips import at_step, choice_words, confirmed, plan_ways, slider_flips, slider_words
from advisor.notebook.knobs import COVER, OPERATIONS, SPOT
from advisor.plan.flips import MOST_ASKED, flips
from advisor.report.moves_words import moves_words

COARSE = replace(OPERATIONS, high=60, fine=5)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_it_finds_the_nearest_flip_of_advice_that_changes_once_on_a_side(data: st.DataObject) -> None:
    high = data.draw(st.integers(1, 2000))
    now = data.draw(st.integers(0, high))
    below = data.draw(st.integers(0, now))
    above = data.draw(st.integers(now + 1, high + 1))
    asked: list[int] = []

    def ask(step: int) -> dict[str, str]:
        asked.append(step)
        assert 0 <= step <= high
        return {"a": "low" if step < below else "high" if step >= above else "now"}

    down, up = flips(ask, 0, now, high)
    scan_down = next((s for s in range(now, -1, -1) if s < below), None)
    scan_up = next((s for s in range(now, high + 1) if s >= above), None)
    assert (None if down is None else down.farther) == scan_down
    assert (None if up is None else up.farther) == scan_up
    for flip in (down, up):
        if flip is not None:
            assert abs(flip.farther - flip.nearer) == 1
            assert flip.moved == {"a": ("now", "low" if flip is down else "high")}
    assert len(asked) <= 1 + 2 * MOST_ASKED


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize("seed", [3, 5])
def test_a_real_fleet_flips_where_a_scan_of_every_step_says(seed: int, catalog: Catalog) -> None:
    asked, config = what_if(estate(seed, launch_type="EC2"), catalog), Config()
    low, now, high = COARSE.steps(config)
    scan = [asked.ask(at_step(COARSE, config, step, now)).ways for step in range(low, high + 1)]
    first = next((s for s in range(now, high + 1) if scan[s] != scan[now]), None)
    _, up = slider_flips(COARSE, config, asked.ask)
    assert (None if up is None else up.farther) == first
    assert first is not None, "people's time at $60 an hour moves something off these instances"
    assert up is not None
    words = slider_words(COARSE, config, (None, up))
    assert words[-1].startswith(f"above {COARSE.said(COARSE.number(up.nearer))} ")
    assert "move" in words[-1]
    said, moved = confirmed(COARSE, config, up, asked.settle)
    one, two = (plan_ways(asked.settle(at_step(COARSE, config, s, now))) for s in (up.nearer, up.farther))
    assert moved == {n: (one.get(n), two.get(n)) for n in one.keys() | two.keys() if one.get(n) != two.get(n)}
    assert ("does not flip" in said) == (one == two)


def test_choices_say_what_moves_under_each_other_one(catalog: Catalog) -> None:
    asked = what_if(estate(3), catalog)
    lines = choice_words(SPOT, Config(), asked.ask)
    assert len(lines) == len(SPOT.options) - 1
    assert lines[0].startswith("with “no Spot” ")
    assert len(choice_words(COVER, Config(), asked.ask)) == 3


def test_moves_are_counted_from_where_to_where() -> None:
    spot, fargate = "EC2 SPOT X86_64", "FARGATE ON_DEMAND ARM64"
    assert moves_words({}) == "no workload moves"
    assert moves_words({"a": (spot, fargate)}) == "1 workload moves from EC2 Spot to Fargate ARM"
    both = {"a": (spot, fargate), "b": (spot, fargate), "c": (None, spot), "d": (fargate, None)}
    assert moves_words(both) == (
        "2 workloads move from EC2 Spot to Fargate ARM, 1 from Fargate ARM to no advice, 1 from no advice to EC2 Spot"
    )
