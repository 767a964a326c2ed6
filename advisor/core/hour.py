"""One hour: a packing, its bound, and the check of its certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.core import door
from advisor.core.door import ArrowFrame
from advisor.errors import InputError

# Trials of ruin-and-recreate in each of four chains: about 0.2 s for 1,000 tasks; a budget of work, not of time.
_TRIALS = 1500


@dataclass(frozen=True)
class PackResult:
    """A packing of one hour, its proven bound and the price of each size.

    Attributes:
        patterns: `pattern_id, bin_id, size_id, count_per_bin, bins`: one row per size in a pattern; `bins` says how
            many bins use the pattern.
        alone: `size_id, count`: tasks that run outside every bin.
        cost_usd_per_hour: cost of the packing.
        lower_bound_usd_per_hour: no packing costs less.
        shadow_prices: `size_id, usd_per_hour`: what one more task of a size costs at the margin. No lawful bin holds
            tasks worth more than its price; `sum(count * usd_per_hour)` is the bound when `certificate["bound"]` is
            "dual", and at most the bound otherwise ("few_bins": bins were counted; "whole_bins": all prices are
            multiples of one amount, so every cost is, and the bound was raised to the next multiple; "search": every
            cheaper plan was ruled out one by one, so the packing is optimal).
        certificate: what an independent check needs: integer `prices` by size in 1/`scale` USD per hour.
        stopped_by: "gap", "work", "time" or "caller".
    """

    patterns: pl.DataFrame
    alone: pl.DataFrame
    cost_usd_per_hour: float
    lower_bound_usd_per_hour: float
    shadow_prices: pl.DataFrame
    certificate: dict[str, Any]
    stopped_by: str


def pack(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    *,
    time_limit_s: float | None = None,
    gap: float = 0.0,
    threads: int = 0,
    progress: Callable[[float, float], bool | None] | None = None,
) -> PackResult:
    """Pack tasks into bins at least cost, with a proven lower bound.

    Ctrl-C raises KeyboardInterrupt within 0.2 s. To keep the best packing so far instead, end the search by
    `time_limit_s` or by answering False from `progress`.

    Args:
        tasks: `size_id` (str), `count` (>= 0), resource columns, optional `groups` (list of str: bin groups the size
            may use; null or absent: all), `alone_usd_per_hour` (what one task costs outside every bin; null: cannot),
            `max_per_bin` (null: no rule).
        bins: `bin_id` (str), `usd_per_hour`, the resource columns, optional `group` (str), `limit` (most such bins).
            Resources are the numeric columns both frames share.
        time_limit_s: opt-in wall-clock limit; without it the same input gives the same bytes on any machine.
        gap: stop as soon as cost <= bound * (1 + gap).
        threads: 0 for all cores; the result does not depend on it.
        progress: called with the cost of the best packing so far and the bound, USD per hour, when either is better:
            at most ten times a second, and at the end with those of the result. False ends the search; an exception
            does too, and is raised here. Listening changes nothing in the result.

    Raises:
        InputError: a column is missing or holds what it must not, or a size has no place.
        SolverError: the core failed.
    """
    task_frame, bin_frame = door.frame(tasks, "tasks"), door.frame(bins, "bins")
    door.distinct(task_frame, "tasks", "size_id")
    door.distinct(bin_frame, "bins", "bin_id")
    resources = door.resources(task_frame, bin_frame)
    if not gap >= 0.0:
        raise InputError(f"gap must be >= 0, got {gap}")
    if time_limit_s is not None and not 0.0 <= time_limit_s < float("inf"):
        raise InputError(f"time_limit_s must be >= 0 and finite, got {time_limit_s}", hint="null is no limit")
    sizes, kinds = door.tables(task_frame, bin_frame, resources)
    sizes = sizes.with_columns(door.count(task_frame, "tasks", "count"), door.alone(task_frame, "tasks"))
    names = task_frame["size_id"].cast(pl.String)
    found = door.call(
        lambda: door.core.pack(
            sizes,
            kinds,
            len(resources),
            gap=float(gap),
            time_limit_s=time_limit_s,
            trials=_TRIALS,
            threads=door.threads(threads),
            progress=progress,
        ),
        resources,
        names,
    )
    size_ids = names.to_frame("size_id").with_row_index("size")
    bin_ids = bin_frame.select(pl.col("bin_id").cast(pl.String)).with_row_index("bin")
    per_size = pl.DataFrame(found["sizes"]).with_columns(names.alias("size_id"))
    patterns = (
        pl.DataFrame(found["patterns"])
        .join(bin_ids, on="bin", how="left", maintain_order="left")
        .join(size_ids, on="size", how="left", maintain_order="left")
        .select("pattern_id", "bin_id", "size_id", "count_per_bin", "bins")
    )
    return PackResult(
        patterns=patterns,
        alone=per_size.filter(pl.col("alone") > 0).select("size_id", count="alone"),
        cost_usd_per_hour=found["cost_usd_per_hour"],
        lower_bound_usd_per_hour=found["lower_bound_usd_per_hour"],
        shadow_prices=per_size.select("size_id", "usd_per_hour"),
        certificate={
            "bound": found["proof"],
            "scale": found["scale"],
            "lower_bound_scaled": found["lower_bound_scaled"],
            "lower_bound_usd_per_hour": found["lower_bound_usd_per_hour"],
            "resources": resources,
            "prices": dict(zip(names.to_list(), per_size["price"].to_list(), strict=True)),
            "claim": "prices >= 0; a price is at most scale * alone_usd_per_hour; the prices of the tasks of any "
            "lawful bin (no more tasks of a size than there are) add up to at most scale * usd_per_hour; "
            "sum(count * price) = lower_bound_scaled",
        },
        stopped_by=found["stopped_by"],
    )


def verify_certificate(
    tasks: ArrowFrame, bins: ArrowFrame, result: PackResult, *, states: int = 200_000, threads: int = 0
) -> str | None:
    """Check the prices of a certificate anew: in whole numbers, over every kind of bin, by code the packer does not use.

    Args:
        tasks: as given to `pack`.
        bins: as given to `pack`.
        result: what `pack` returned. A bound by "few_bins", "whole_bins" or "search" is above what the prices prove: only
            the latter, `certificate["lower_bound_scaled"]`, is checked here.
        states: most partial fillings kept at once for one kind of bin.
        threads: 0 for all cores.

    Returns:
        None when the prices hold; else what is wrong with them, or what was too hard to decide.
    """
    given = door.packing(tasks, bins)
    sizes = given.sizes.with_columns(
        door.count(given.tasks, "tasks", "count"), door.alone(given.tasks, "tasks")
    )
    names, kind_names = given.names, given.bins["bin_id"].cast(pl.String)
    certificate = result.certificate
    word, row = door.call(
        lambda: door.core.verify(
            sizes,
            given.kinds,
            len(given.resources),
            [certificate["prices"].get(name, 0) for name in names],
            scale=certificate["scale"],
            scaled=certificate["lower_bound_scaled"],
            states=states,
            threads=door.threads(threads),
        ),
        given.resources,
        names,
    )
    stated, proven = result.lower_bound_usd_per_hour, certificate["lower_bound_scaled"] / certificate["scale"]
    if word == "holds":
        too_high = certificate["bound"] == "dual" and stated > proven
        return f"the bound {stated} is above {proven}, what the prices prove" if too_high else None
    return {
        "sum": "the prices do not add up to lower_bound_scaled",
        "alone": f"the price of {names[row] if names.len() else ''} is above what it costs alone",
        "bin": f"bin {kind_names[row] if kind_names.len() else ''} can hold tasks worth more than it costs",
        "undecided": f"too hard to decide for bin {kind_names[row] if kind_names.len() else ''}",
    }[word]
