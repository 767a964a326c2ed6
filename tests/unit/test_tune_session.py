"""Quick answers at once, the settled plan when a slider rests, and nothing from questions that nobody asks any more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_clock import FakeClock
from plan_estates import estate

from advisor import advise, load_catalog, what_if
from advisor.config import Config, OperationsPolicy, PlanPolicy, SpotPolicy
from advisor.errors import AdvisorError, InputError
from advisor.notebook.tune_session import KEPT, REST_S, Answer, Session
from advisor.plan.what_if import WhatIf
from advisor.report.plan_json import to_json

NO_SPOT = Config(spot=SpotPolicy(allowed=False))
NOWHERE = Config(plan=PlanPolicy(regions=("mars-1",)))


def people(usd: float) -> Config:
    return Config(operations=OperationsPolicy(usd_per_hour=usd))


class Counted:
    """Asks and settles as the real thing does, and counts."""

    def __init__(self, real: WhatIf) -> None:
        self.real, self.plan, self.config = real, real.plan, real.config
        self.asked: list[Config] = []
        self.settled: list[Config] = []
        self.break_with: Exception | None = None

    def ask(self, config: Config) -> object:
        self.asked.append(config)
        return self.real.ask(config)

    def settle(self, config: Config, progress: object = None) -> object:
        self.settled.append(config)
        if self.break_with is not None:
            raise self.break_with
        return self.real.settle(config, progress)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def real() -> WhatIf:
    return what_if(estate(3, workloads=4), load_catalog())


def begun(real: WhatIf) -> tuple[Session, Counted, FakeClock, list[Answer]]:
    counted, clock, heard = Counted(real), FakeClock(), []
    return Session(counted, clock, heard.append), counted, clock, heard  # type: ignore[arg-type]


def test_it_begins_settled_at_the_plan(real: WhatIf) -> None:
    session, counted, _, _ = begun(real)
    assert session.answer.plan is real.plan
    assert session.answer.compared is not None
    assert not session.answer.compared.moved
    session.set(real.config)
    assert not counted.asked


def test_a_drag_is_answered_at_each_step_and_settled_once_it_rests(real: WhatIf) -> None:
    session, counted, clock, heard = begun(real)
    for usd in (10, 20, 30):
        session.set(people(usd))
        clock.pass_s(REST_S / 2)
        clock.finish()
    assert counted.asked == [people(10), people(20), people(30)]
    assert not counted.settled
    assert [a.guess is not None and a.plan is None for a in heard] == [True] * 3
    clock.pass_s(REST_S)
    assert heard[-1].doing == "settling"
    clock.finish()
    assert counted.settled == [people(30)]
    assert heard[-1].plan is not None
    assert to_json(heard[-1].plan) == to_json(advise(estate(3, workloads=4), load_catalog(), people(30)))


def test_a_settled_plan_that_comes_late_is_not_told(real: WhatIf) -> None:
    session, counted, clock, heard = begun(real)
    session.set(people(30))
    clock.pass_s(REST_S)
    session.set(NO_SPOT)  # the first is waiting for the thread
    clock.finish()
    assert session.answer.config == NO_SPOT
    assert session.answer.plan is None
    clock.rest()
    assert session.answer.plan is not None
    assert counted.settled == [NO_SPOT]
    assert people(30) not in [a.config for a in heard if a.plan is not None]


def test_work_on_a_settled_plan_ends_at_its_next_step_when_nobody_waits(real: WhatIf) -> None:
    session, counted, clock, _ = begun(real)
    steps: list[str] = []

    def settle(config: Config, progress: object) -> object:
        def heard(words: str) -> None:
            steps.append(words)
            if len(steps) == 1:
                session.set(NO_SPOT)  # somebody drags meanwhile
            progress(words)  # type: ignore[operator]

        return real.settle(config, heard)

    counted.settle = settle  # type: ignore[method-assign]
    session.set(people(30))
    clock.pass_s(REST_S)
    clock.finish()
    assert len(steps) == 1
    assert session.answer.config == NO_SPOT


def test_going_back_is_at_once_and_the_first_plan_is_never_forgotten(real: WhatIf) -> None:
    session, counted, clock, _ = begun(real)
    for usd in range(1, KEPT + 4):
        session.set(people(float(usd)))
        clock.rest()
    known = len(counted.settled)
    session.set(people(float(KEPT + 3)))
    session.set(Config())
    assert session.answer.plan is real.plan
    session.set(people(float(KEPT + 2)))
    assert session.answer.plan is not None
    assert len(counted.settled) == known


@pytest.mark.parametrize("fault", [InputError("no price for it", hint="ask AWS"), RuntimeError("boom")])
def test_what_goes_wrong_is_an_answer(real: WhatIf, fault: Exception) -> None:
    session, counted, clock, _ = begun(real)
    counted.break_with = fault
    session.set(people(30))
    clock.rest()
    assert isinstance(session.answer.fault, AdvisorError)
    assert str(fault).split(",")[0] in session.answer.fault.message
    counted.break_with = None
    session.set(people(31))
    clock.rest()
    assert session.answer.fault is None


def test_settings_that_nothing_can_be_planned_under_are_an_answer_too(real: WhatIf) -> None:
    session, _, clock, _ = begun(real)
    session.set(NOWHERE)
    assert session.answer.fault is not None
    assert "mars-1" in session.answer.fault.message
    clock.rest()
    session.set(Config())
    assert session.answer.plan is real.plan


def test_longer_work_is_given_up_when_settings_change(real: WhatIf) -> None:
    session, _, clock, _ = begun(real)
    results: list[object] = []
    session.beside(lambda check: (check(), "kept")[1], results.append)
    clock.finish()
    session.beside(lambda check: (session.set(people(40)), check()), results.append)
    clock.finish()
    session.beside(lambda check: 1 / 0, results.append)
    clock.finish()
    assert results[:2] == ["kept", None]
    assert isinstance(results[2], AdvisorError)
    assert "ZeroDivisionError" in results[2].message


def test_answers_under_base_settings_that_are_not_the_defaults(real: WhatIf) -> None:
    base = replace(Config(), operations=OperationsPolicy(usd_per_hour=20.0))
    asked = what_if(estate(3, workloads=4), load_catalog(), base)
    session = Session(asked, FakeClock())
    session.set(Config())
    assert session.answer.guess is not None
    assert session.answer.guess.change_usd <= 0
