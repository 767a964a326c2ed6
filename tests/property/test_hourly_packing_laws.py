"""Hours packed together: no hour is packed worse for having others beside it, and pools are the better for exchanges."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.core import Estate, pack_hours

SIZES = pl.DataFrame(
    {
        "size_id": [f"s{i}" for i in range(12)],
        "cpu": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0, 12.0],
        "memory": [1.0, 9.0, 2.0, 7.0, 3.0, 11.0, 4.0, 14.0, 5.0, 20.0, 8.0, 13.0],
    }
)
BINS = pl.DataFrame(
    {
        "bin_id": ["c4", "c16", "m4", "m16", "r4", "r16"],
        "group": ["g"] * 6,
        "usd_per_hour": [0.17, 0.68, 0.19, 0.77, 0.25, 1.0],
        "cpu": [8.0, 32.0, 8.0, 32.0, 8.0, 32.0],
        "memory": [15.0, 60.0, 30.0, 122.0, 62.0, 250.0],
    }
).with_columns(pl.col("cpu") * 2.0)

weeks = st.lists(st.lists(st.integers(0, 9), min_size=12, max_size=12), min_size=2, max_size=6)


def demand(hours: list[list[int]]) -> pl.DataFrame:
    rows = [(h, s, n) for h, counts in enumerate(hours) for s, n in enumerate(counts) if n]
    schema = {"hour": pl.Int64, "size": pl.UInt32, "count": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@settings(deadline=None, max_examples=60)
@given(weeks)
def test_an_hour_among_few_is_packed_as_well_as_by_itself(hours: list[list[int]]) -> None:
    together = pack_hours(SIZES, BINS, demand(hours)).hours
    for hour, usd in together.select("hour", "cost_usd_per_hour").iter_rows():
        alone = pack_hours(SIZES, BINS, demand(hours).filter(pl.col("hour") == hour)).hours
        assert usd <= alone["cost_usd_per_hour"][0] * (1 + 1e-9)


@settings(deadline=None, max_examples=60)
@given(weeks, st.integers(1, 3))
def test_exchanges_never_make_a_pool_dearer_and_leave_no_cheaper_neighbour(
    hours: list[list[int]], most: int
) -> None:
    estate = Estate(
        SIZES.with_columns(spread=pl.lit(1)),
        BINS,
        demand(hours).cast({"hour": pl.UInt32}),
        [1.0] * len(hours),
    )
    members = sorted({s for counts in hours for s, n in enumerate(counts) if n})
    if not members:
        return
    quick = estate.portfolio("g", members, most)
    better = estate.portfolio("g", members, most, exchanges=20)
    assert quick is not None and better is not None
    assert len(better[0]) <= most
    assert sum(better[1]) <= sum(quick[1]) * (1 + 1e-9)
    if len(hours) <= 3:  # all hours are looked at when exchanges are sorted out
        for gone in range(len(better[0])):
            for kind in set(range(BINS.height)) - set(better[0]):
                trial = sorted({*better[0][:gone], *better[0][gone + 1 :], kind})
                found = estate.portfolio("g", members, most, trial)
                if found is not None and found[0] == trial:
                    assert sum(found[1]) * 1.0011 > sum(better[1])
