"""Pace, patience and price of calls, on a clock that takes no time."""

from __future__ import annotations

import random
from decimal import Decimal
from threading import Event

import pytest
from fakes_aws import FakeTime

from advisor.aws import calls
from advisor.aws.budget import FREE, Budget, Estimate
from advisor.aws.calls import DEADLINE_S, PacedCaller
from advisor.aws.clock import Clock
from advisor.aws.pace import Pace
from advisor.errors import AwsError, DeniedError, ThrottledError, UnreachableError


class Wire:
    """What stands behind a caller: raises what it is told to, one for each request, then answers."""

    def __init__(self, *faults: Exception) -> None:
        self.faults, self.sent = list(faults), []

    def __call__(self, asked, params):
        self.sent.append((asked.name, dict(params)))
        if self.faults:
            raise self.faults.pop(0)
        return {"ok": True}


def caller(wire, time: FakeTime, **arguments) -> PacedCaller:
    return PacedCaller("111122223333", "eu-west-1", wire, clock=time.clock(), **arguments)


def test_faults_that_pass_are_waited_out_longer_each_time() -> None:
    time, wire = FakeTime(), Wire(ThrottledError("x"), UnreachableError("y"), ThrottledError("x"))
    assert caller(wire, time).call("ecs:ListClusters") == {"ok": True}
    assert len(wire.sent) == 4
    assert time.slept == [0.5, 1.0, 2.0]


def test_a_refusal_slows_the_operation_down_for_a_while() -> None:
    def took_s(*faults: Exception) -> float:
        time = FakeTime()
        asking = caller(Wire(*faults), time)
        for _ in range(40):
            asking.call("ecs:ListClusters")
        return time.at_s

    assert took_s(ThrottledError("x")) > took_s(UnreachableError("y")) + 1.0


def test_what_is_forbidden_is_asked_once() -> None:
    wire = Wire(DeniedError("no"))
    with pytest.raises(DeniedError):
        caller(wire, FakeTime()).call("ecs:ListClusters")
    assert len(wire.sent) == 1


def test_gives_up_at_the_deadline_and_says_so() -> None:
    time, wire = FakeTime(), Wire(*[ThrottledError("slow down", code="Throttling")] * 1000)
    with pytest.raises(ThrottledError, match=r"slow down; given up after \d+ tries in 300 s") as raised:
        caller(wire, time).call("ecs:ListClusters")
    assert raised.value.code == "Throttling"
    assert DEADLINE_S - 10 < time.at_s <= DEADLINE_S + 60  # a turn of the slowest pace may come after it


def test_a_silent_service_is_waited_for_once_and_others_are_asked() -> None:
    time = FakeTime()

    def wire(asked, params):
        if asked.service == "ecs":
            raise UnreachableError("silence")
        return {}

    asking = caller(wire, time)
    with pytest.raises(UnreachableError):
        asking.call("ecs:ListClusters")
    at_s = time.at_s
    with pytest.raises(UnreachableError):
        asking.call("ecs:DescribeClusters")
    asking.call("ec2:DescribeInstances")
    assert time.at_s == at_s


def test_what_is_not_on_the_list_is_never_sent() -> None:
    wire = Wire()
    with pytest.raises(AwsError, match="ecs:DeleteCluster is not among the operations"):
        caller(wire, FakeTime()).call("ecs:DeleteCluster")
    assert wire.sent == []


@pytest.mark.parametrize("refused", [0.5, 0.8])
def test_a_storm_loses_nothing(refused: float) -> None:
    time, dice = FakeTime(), random.Random(7)
    clock = Clock(lambda: time.at_s, time.sleep, dice.random)

    def wire(asked, params):
        if dice.random() < refused:
            raise ThrottledError("storm")
        return params

    asking = PacedCaller("111122223333", "eu-west-1", wire, clock=clock)
    assert [asking.call("ecs:DescribeServices", n=n)["n"] for n in range(1000)] == list(range(1000))


def test_pace_holds_the_rate_slows_down_and_recovers() -> None:
    time = FakeTime()
    pace = Pace(10.0, time.clock())
    for _ in range(111):
        pace.wait()
    assert time.at_s == pytest.approx(10.0)
    pace.slower()
    pace.slower()  # in the same moment: the same storm
    assert pace.calls_per_s == 5.0
    time.at_s += 1
    pace.slower()
    assert pace.calls_per_s == 2.5
    for _ in range(1000):
        pace.faster()
    assert pace.calls_per_s == 10.0
    for _ in range(50):
        time.at_s += 1
        pace.slower()
    assert pace.calls_per_s == 0.2


def test_a_rest_saves_up_one_second_of_calls() -> None:
    time = FakeTime()
    pace = Pace(10.0, time.clock())
    pace.wait()
    time.at_s += 60
    for _ in range(11):
        pace.wait()
    assert sum(time.slept) == pytest.approx(0.0)
    pace.wait()
    assert sum(time.slept) == pytest.approx(0.1)


def test_paid_calls_are_counted_and_capped_before_they_leave() -> None:
    wire, budget = Wire(ThrottledError("again")), Budget(Decimal("0.02"))
    asking = caller(wire, FakeTime(), budget=budget)
    asking.call("ce:GetCostAndUsage")
    assert (budget.requests, budget.spent_usd) == (2, Decimal("0.02"))  # AWS is paid for the refused one too
    asking.call("ecs:ListClusters")
    with pytest.raises(AwsError, match=r"ce:GetCostAndUsage would bring the cost of calls to \$0.03"):
        asking.call("ce:GetCostAndUsage")
    assert len(wire.sent) == 3


def test_a_plan_that_costs_too_much_is_refused_whole() -> None:
    Budget().check(Estimate(10**6, Decimal(10**6)))
    budget = Budget(Decimal("0.50"))
    budget.check(Estimate(50, Decimal("0.50")))
    with pytest.raises(AwsError, match=r"1,200 paid requests, about \$0.51, and \$0.50 is the most"):
        budget.check(Estimate(1200, Decimal("0.51")))


def test_metric_data_is_paid_by_the_metric() -> None:
    budget = Budget()
    caller(Wire(), FakeTime(), budget=budget).call("cloudwatch:GetMetricData", MetricDataQueries=[{}] * 500)
    assert budget.spent_usd == Decimal("0.005")


def test_what_costs_when_it_has_ended_counts_and_ends_what_follows() -> None:
    budget = Budget(Decimal("0.02"))
    budget.add(Decimal("0.015"))
    with pytest.raises(AwsError, match=r"calls have cost \$0.0250, and \$0.02 is the most"):
        budget.add(Decimal("0.01"))
    with pytest.raises(AwsError):
        caller(Wire(), FakeTime(), budget=budget).call("ce:GetCostAndUsage")


def test_estimates_add_up() -> None:
    assert FREE + Estimate(2, Decimal("0.5")) + Estimate(3, Decimal("0.25")) == Estimate(5, Decimal("0.75"))


def test_an_answer_that_never_ends_is_left_behind_and_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls, "ANSWER_S", 0.05)
    endless, sent = Event(), []

    def drip(asked, params):
        sent.append(asked.name)
        if len(sent) < 3:
            endless.wait(60)
        return {"ok": True}

    assert caller(drip, FakeTime()).call("ecs:ListClusters") == {"ok": True}
    assert len(sent) == 3
    with pytest.raises(
        UnreachableError, match="ecs:ListClusters in 111122223333 eu-west-1: an answer began and"
    ):
        caller(lambda asked, params: endless.wait(60), FakeTime()).call("ecs:ListClusters")
    endless.set()


def test_what_a_call_raises_comes_through_whole() -> None:
    with pytest.raises(KeyboardInterrupt):
        caller(Wire(KeyboardInterrupt()), FakeTime()).call("ecs:ListClusters")
