"""The window is each workload's own newest days; the rows of others, however dated, move nothing."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from workload_usage import START, series, usage

from advisor.config import ProfilePolicy
from advisor.workload import observed_demand, profile

FACTS = {"task_vcpu": 2.0, "task_memory_mib": 4096.0}
POLICY = ProfilePolicy(window_days=20)


def days(count: int, begin: int = 0) -> pl.DataFrame:
    begins = START + timedelta(days=begin)
    return series(3600, begins, tasks=[1.0] * (24 * count), vcpu_used_mean=[0.5] * (24 * count))


def test_a_row_far_ahead_withholds_nobody_else() -> None:
    table = profile(usage(days(30), days(30), days(1, 400), facts=[FACTS] * 3), POLICY).table
    assert [w is None for w in table["withheld"]] == [True, True, False]
    assert table["days"].to_list() == [20.0, 20.0, 1.0]


def test_each_window_ends_with_its_workload() -> None:
    table = profile(usage(days(30), days(27), days(30), facts=[FACTS] * 3), POLICY).table
    assert table["days"].to_list() == [20.0] * 3


def test_what_ended_before_the_window_is_gone() -> None:
    both = usage(days(5), days(40), days(40), facts=[FACTS] * 3)
    table = profile(both, POLICY).table
    assert table["withheld"].to_list() == ["no usage in the window", None, None]
    assert 0 not in observed_demand(both, POLICY)["workload"].to_list()


def test_a_row_far_ahead_adds_no_empty_hours_to_logged_runs() -> None:
    log = [(3, b, b, b, b + timedelta(hours=1)) for b in (START + timedelta(days=d) for d in range(14))]
    alone = usage(days(14), days(14), facts=[FACTS] * 4, runs=log)
    stray = usage(days(14), days(14), days(1, 300), facts=[FACTS] * 4, runs=log)
    last = pl.col("workload") == 3
    assert observed_demand(stray).filter(last).equals(observed_demand(alone).filter(last))
    assert len(observed_demand(alone).filter(last)) == 14 * 24
