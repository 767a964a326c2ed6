"""The typed door to the compiled core: frames in, frames out. The only importer of `advisor._core`.

Strings stay on this side: sizes, bins and groups go in as row numbers and bits, and come back as the caller's names.
Frames may be anything that speaks Arrow (`__arrow_c_stream__`): polars, pyarrow, DuckDB, pandas.
"""

from __future__ import annotations

import warnings
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

import polars as pl

from advisor import _core
from advisor.errors import InputError, SolverError

if _core.debug_build:
    warnings.warn(
        "advisor._core is a debug build: correct, but many times slower", RuntimeWarning, stacklevel=2
    )

ArrowFrame = Any
"""A polars frame, or any object with `__arrow_c_stream__`."""

_NO_LIMIT = 2**64 - 1
_MAX_GROUPS = 64
# Trials of ruin-and-recreate in each of four chains: about 0.2 s for 1,000 tasks; a budget of work, not of time.
_TRIALS = 1500
_NO_NAMES = pl.Series("size_id", [], dtype=pl.String)
_TASK_WORDS = {"size_id", "count", "groups", "alone_usd_per_hour", "max_per_bin"}
_BIN_WORDS = {"bin_id", "usd_per_hour", "group", "limit"}

T = TypeVar("T")


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


@dataclass(frozen=True)
class HoursResult:
    """Packings of many hours; `bin` and `size` are row numbers of the frames given.

    Attributes:
        hours: `hour, cost_usd_per_hour, lower_bound_usd_per_hour`.
        bins: `hour, bin, count`: how many bins of a kind are open.
        alone: `hour, size, count`: tasks that run outside every bin.
        patterns: `pattern_id, bin, size, count_per_bin`: every way of filling a bin that any hour uses.
        hour_patterns: `hour, pattern_id, bins`.
        shadow_prices: `hour, size, usd_per_hour`: for the sizes wanted in that hour.

    With `bound_only`, cost is 0 and the frames on bins, patterns and lone tasks are empty.
    """

    hours: pl.DataFrame
    bins: pl.DataFrame
    alone: pl.DataFrame
    patterns: pl.DataFrame
    hour_patterns: pl.DataFrame
    shadow_prices: pl.DataFrame


@dataclass(frozen=True)
class HoursBill:
    """What commitments cover over many hours, exactly.

    Attributes:
        uncovered: quanta left to on-demand, by meter.
        covered: quanta covered, by draw.
        floors: quanta left in each hour, rounded down: hour × meter, row by row.
    """

    uncovered: tuple[Fraction, ...]
    covered: tuple[Fraction, ...]
    floors: array[int]


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
    task_frame, bin_frame = _frame(tasks, "tasks"), _frame(bins, "bins")
    _distinct(task_frame, "tasks", "size_id")
    _distinct(bin_frame, "bins", "bin_id")
    resources = _resources(task_frame, bin_frame)
    if not gap >= 0.0:
        raise InputError(f"gap must be >= 0, got {gap}")
    if time_limit_s is not None and not 0.0 <= time_limit_s < float("inf"):
        raise InputError(f"time_limit_s must be >= 0 and finite, got {time_limit_s}", hint="null is no limit")
    sizes, kinds = _tables(task_frame, bin_frame, resources)
    sizes = sizes.with_columns(_count(task_frame, "tasks", "count"), _alone(task_frame, "tasks"))
    names = task_frame["size_id"].cast(pl.String)
    found = _call(
        lambda: _core.pack(
            sizes,
            kinds,
            len(resources),
            gap=float(gap),
            time_limit_s=time_limit_s,
            trials=_TRIALS,
            threads=_threads(threads),
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
    task_frame, bin_frame = _frame(tasks, "tasks"), _frame(bins, "bins")
    resources = _resources(task_frame, bin_frame)
    sizes, kinds = _tables(task_frame, bin_frame, resources)
    sizes = sizes.with_columns(_count(task_frame, "tasks", "count"), _alone(task_frame, "tasks"))
    names, kind_names = task_frame["size_id"].cast(pl.String), bin_frame["bin_id"].cast(pl.String)
    certificate = result.certificate
    word, row = _call(
        lambda: _core.verify(
            sizes,
            kinds,
            len(resources),
            [certificate["prices"].get(name, 0) for name in names],
            scale=certificate["scale"],
            scaled=certificate["lower_bound_scaled"],
            states=states,
            threads=_threads(threads),
        ),
        resources,
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


def pack_hours(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    demand: ArrowFrame,
    *,
    min_bins: int = 0,
    bound_only: bool = False,
    rough: bool = False,
    threads: int = 0,
) -> HoursResult:
    """Pack the same sizes and bins for many hours; equal hours are solved once, different ones in parallel.

    Args:
        tasks: as for `pack`, without `count` and `alone_usd_per_hour`.
        bins: as for `pack`.
        demand: `hour` (int), `size` (row of `tasks`), `count` (> 0), optional `alone_usd_per_hour` (null: cannot); a
            size appears at most once in an hour.
        min_bins: bins open at least in every hour with a task in a bin, capped by the number of such tasks.
        bound_only: bounds and shadow prices only, no packing.
        rough: fewer runs: good enough to compare packings, not to run one.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a column is missing or holds what it must not, or a size has no place.
        SolverError: the core failed.
    """
    task_frame, bin_frame, rows = _frame(tasks, "tasks"), _frame(bins, "bins"), _frame(demand, "demand")
    resources = _resources(task_frame, bin_frame)
    sizes, kinds = _tables(task_frame, bin_frame, resources)
    for name in ("hour", "size"):
        _numbers(rows, "demand", name)
    names = (
        task_frame["size_id"].cast(pl.String)
        if "size_id" in task_frame.columns
        else pl.Series("size_id", [str(i) for i in range(task_frame.height)], dtype=pl.String)
    )
    wanted = rows.select(
        pl.col("hour").cast(pl.Int64),
        pl.col("size").cast(pl.UInt32),
        _count(rows, "demand", "count"),
        _alone(rows, "demand"),
    )
    found = _call(
        lambda: _core.pack_hours(
            sizes,
            kinds,
            wanted,
            len(resources),
            min_bins=max(int(min_bins), 0),
            bound_only=bound_only,
            rough=rough,
            threads=_threads(threads),
        ),
        resources,
        names,
    )
    return HoursResult(**{name: pl.DataFrame(frame) for name, frame in found.items()})


@dataclass(frozen=True)
class PriceSet:
    """What bins and tasks outside them cost.

    Attributes:
        bins_usd_per_hour: by row of the bins.
        alone_usd_per_hour: one task outside every bin, by row of the demand; infinite where that is not possible.
    """

    bins_usd_per_hour: Sequence[float]
    alone_usd_per_hour: Sequence[float]


def room_prices(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    demand: ArrowFrame,
    peak: Sequence[int],
    prices: Sequence[PriceSet],
    *,
    threads: int = 0,
) -> list[pl.DataFrame]:
    """Price the room of one task in every hour: no lawful bin holds tasks worth more than it costs.

    Args:
        tasks: as for `pack_hours`.
        bins: as for `pack`.
        demand: `hour` (int), `size` (row of `tasks`), `count` (> 0).
        peak: by row of `tasks`, the most tasks in any hour that the prices are to be good for, also one not in `demand`.
        prices: sets of prices, which replace those in `bins`.
        threads: 0 for all cores; the result does not depend on it.

    Returns:
        `hour, size, usd_per_hour` for each set of prices.

    Raises:
        InputError: a column is missing or holds what it must not, or a size has no place.
        SolverError: the core failed.
    """
    task_frame, bin_frame, rows = _frame(tasks, "tasks"), _frame(bins, "bins"), _frame(demand, "demand")
    resources = _resources(task_frame, bin_frame)
    sizes, kinds = _tables(task_frame, bin_frame, resources)
    wanted = rows.select(
        pl.col("hour").cast(pl.Int64), pl.col("size").cast(pl.UInt32), _count(rows, "demand", "count")
    )
    found = _call(
        lambda: _core.room_prices(
            sizes,
            kinds,
            wanted,
            len(resources),
            peak=list(peak),
            prices=[(list(p.bins_usd_per_hour), list(p.alone_usd_per_hour)) for p in prices],
            threads=_threads(threads),
        ),
        resources,
        task_frame["size_id"].cast(pl.String),
    )
    return [pl.DataFrame(frame) for frame in found]


def verify_prices(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    most: Sequence[int],
    prices: Sequence[Sequence[int]],
    scale: int,
    *,
    states: int = 5_000,
    threads: int = 0,
) -> list[tuple[str, str]]:
    """Check lists of task prices anew, in whole numbers, over every kind of bin, by code that no solver uses.

    Args:
        tasks: as for `pack_hours`.
        bins: as for `pack`.
        most: by row of `tasks`, the most tasks of a size that a bin can hold.
        prices: lists of prices by row of `tasks`, in 1/`scale` USD per hour.
        scale: units per USD.
        states: most partial fillings looked at for one kind of bin.
        threads: 0 for all cores.

    Returns:
        For each list a word and the bin that it speaks of: "holds"; "bin" where a bin can hold tasks worth more than it
        costs; "undecided" where that was too hard to tell.
    """
    task_frame, bin_frame = _frame(tasks, "tasks"), _frame(bins, "bins")
    resources = _resources(task_frame, bin_frame)
    sizes, kinds = _tables(task_frame, bin_frame, resources)
    names = bin_frame["bin_id"].cast(pl.String)
    found = _call(
        lambda: _core.lawful(
            sizes,
            kinds,
            len(resources),
            list(most),
            [list(p) for p in prices],
            scale=scale,
            states=states,
            threads=_threads(threads),
        ),
        resources,
        task_frame["size_id"].cast(pl.String),
    )
    return [(word, "" if word == "holds" else names[row]) for word, row in found]


@dataclass(frozen=True)
class Offer:
    """A commitment for sale in any amount: dollars of it an hour, paid in every hour.

    Attributes:
        offer_id: its name.
        bin_share: bin → dollars of it that one on-demand dollar of that bin takes (0.7: a discount of 30 %); it does not
            apply to bins that are not named.
        alone_share: the same for tasks outside every bin; null where it does not apply.
        owned_usd_per_hour: dollars of it that are paid already.
    """

    offer_id: str
    bin_share: Mapping[str, float]
    alone_share: float | None = None
    owned_usd_per_hour: float = 0.0


@dataclass(frozen=True)
class SolveResult:
    """Fleets for every hour, levels of commitment, and a bound on both.

    Attributes:
        hours: as in `HoursResult`; of the bound, each hour's part in dollars of the worths below.
        packed: fleets and prices of task room.
        commitments_usd_per_hour: offer → dollars an hour to buy.
        cost_usd: over all hours: what is left on demand, and what is bought; what is owned is not counted.
        lower_bound_usd: no fleets and levels cost less.
        relaxed_usd: value of the programme over fractional fleets: how far rounding and how far prices are from the best.
        sequential_usd: cost when every hour is packed at list prices first and commitments are chosen for what comes out;
            never less than `cost_usd`.
        certificate: `worth` of a dollar of each offer by block of hours (those of an offer add up to no more than its
            hours), `block` by hour; with the prices in `packed.shadow_prices` they prove the bound.
    """

    packed: HoursResult
    commitments_usd_per_hour: dict[str, float]
    cost_usd: float
    lower_bound_usd: float
    relaxed_usd: float
    sequential_usd: float
    certificate: dict[str, Any]


def solve(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    demand: ArrowFrame,
    offers: Sequence[Offer] = (),
    *,
    blocks: int = 9,
    rounds: int = 30,
    gap: float = 0.002,
    threads: int = 0,
) -> SolveResult:
    """Plan all hours of a window together with what to buy for them, with a proven lower bound.

    Args:
        tasks: as for `pack_hours`.
        bins: as for `pack`, without limits; optional `committable_usd_per_hour`: the part of the price that offers can
            cover (all of it where the column is missing).
        demand: as for `pack_hours`.
        offers: in the order in which they apply.
        blocks: most groups of hours of about the same load that share prices.
        rounds: most rounds of the programme over fleets.
        gap: stop the rounds when its value is this close to the bound.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a column is missing or holds what it must not, or a size has no place.
        SolverError: the core failed.
    """
    task_frame, bin_frame, rows = _frame(tasks, "tasks"), _frame(bins, "bins"), _frame(demand, "demand")
    resources = [r for r in _resources(task_frame, bin_frame) if r != "committable_usd_per_hour"]
    _distinct(bin_frame, "bins", "bin_id")
    sizes, kinds = _tables(task_frame, bin_frame, resources)
    names = bin_frame["bin_id"].cast(pl.String).to_list()
    committable = (
        _numbers(bin_frame, "bins", "committable_usd_per_hour")
        if "committable_usd_per_hour" in bin_frame.columns
        else kinds["usd_per_hour"]
    )
    unknown = sorted({b for offer in offers for b in offer.bin_share} - set(names))
    if unknown:
        raise InputError(f"offers: there is no bin {unknown[0]}")
    wanted = rows.select(
        pl.col("hour").cast(pl.Int64),
        pl.col("size").cast(pl.UInt32),
        _count(rows, "demand", "count"),
        _alone(rows, "demand"),
    )
    found = _call(
        lambda: _core.solve(
            sizes,
            kinds,
            wanted,
            len(resources),
            eligible=committable.to_list(),
            offers=[
                (
                    [offer.bin_share.get(name, float("inf")) for name in names],
                    float("inf") if offer.alone_share is None else offer.alone_share,
                    offer.owned_usd_per_hour,
                )
                for offer in offers
            ],
            blocks=blocks,
            rounds=rounds,
            tolerance=gap,
            threads=_threads(threads),
        ),
        resources,
        task_frame["size_id"].cast(pl.String),
    )
    scalars = {
        name: found.pop(name)
        for name in ("bought", "usd", "lower_bound_usd", "relaxed_usd", "sequential_usd", "worth", "block")
    }
    packed = HoursResult(**{name: pl.DataFrame(frame) for name, frame in found.items()})
    ids = [offer.offer_id for offer in offers]
    return SolveResult(
        packed=packed,
        commitments_usd_per_hour=dict(zip(ids, scalars["bought"], strict=True)),
        cost_usd=scalars["usd"],
        lower_bound_usd=scalars["lower_bound_usd"],
        relaxed_usd=scalars["relaxed_usd"],
        sequential_usd=scalars["sequential_usd"],
        certificate={
            "worth": [dict(zip(ids, worth, strict=True)) for worth in scalars["worth"]],
            "block": dict(zip(packed.hours["hour"].to_list(), scalars["block"], strict=True)),
        },
    )


class Estate:
    """A cluster's sizes, bins and hours, kept in the core so that many pools can be judged quickly."""

    def __init__(
        self,
        tasks: ArrowFrame,
        bins: ArrowFrame,
        demand: ArrowFrame,
        weights: Sequence[float],
    ) -> None:
        """Take the tables over.

        Args:
            tasks: as for `pack_hours`, and `spread`: bins open at least in an hour in which a task of the size runs.
            bins: as for `pack`, `group` given.
            demand: `hour` (index into `weights`), `size` (row of `tasks`), `count` (> 0).
            weights: how many hours each hour stands for.

        Raises:
            InputError: a column is missing or holds what it must not.
        """
        task_frame, bin_frame, rows = _frame(tasks, "tasks"), _frame(bins, "bins"), _frame(demand, "demand")
        resources = _resources(task_frame, bin_frame)
        names = bin_frame["group"].unique().sort().to_list()
        if len(names) > _MAX_GROUPS:
            raise InputError(f"bins: more than {_MAX_GROUPS} groups")
        self._groups = {name: number for number, name in enumerate(names)}
        open_to_all = pl.Series([1] * task_frame.height, dtype=pl.UInt64)
        sizes = _sizes(task_frame, resources, open_to_all).with_columns(_count(task_frame, "tasks", "spread"))
        group = bin_frame["group"].replace_strict(self._groups, return_dtype=pl.UInt32)
        kinds = _kinds(bin_frame, resources, group)
        wanted = rows.select(
            pl.col("hour").cast(pl.UInt32), pl.col("size").cast(pl.UInt32), _count(rows, "demand", "count")
        )
        self._core = _call(
            lambda: _core.Estate(sizes, kinds, wanted, list(weights), len(resources)), resources, _NO_NAMES
        )

    def portfolio(
        self, group: str, members: Sequence[int], most: int, keep: Sequence[int] = (), *, threads: int = 0
    ) -> tuple[list[int], list[float]] | None:
        """Return rows of the bins and dollars by hour of the cheapest small pool, null when none holds every task.

        Args:
            group: whose bins may be used.
            members: rows of the sizes in the pool.
            most: how many kinds of bin it may have.
            keep: rows of bins to stay with while they hold every task.
            threads: 0 for all cores; the result does not depend on it.

        Raises:
            SolverError: the core failed.
        """
        number = self._groups.get(group)
        if number is None:
            return None
        return _call(
            lambda: self._core.portfolio(number, list(members), list(keep), most, threads=_threads(threads)),
            [],
            _NO_NAMES,
        )


def bill_hours(
    usage: array[int],
    meters: int,
    draws: Sequence[tuple[int, int, int]],
    owned: Sequence[tuple[int, int, int]],
) -> HoursBill | None:
    """Draw commitments down by usage, hour by hour; null when a number needs more than the core's 256 bits.

    Args:
        usage: hour × meter, row by row, quanta ≥ 0 (type code `q`).
        meters: columns of the usage.
        draws: (commitment, meter, weight) in order; a quantum of the meter takes `weight` capacity quanta, ≥ 0.
        owned: (capacity quanta an hour ≥ 0, first row in force, row after the last).

    Raises:
        InputError: rows that are not full, a negative quantity, or a draw on something that does not exist.
        SolverError: the core failed.
    """
    cells = usage.tobytes()
    try:
        found = _call(lambda: _core.bill_hours(cells, meters, list(draws), list(owned)), [], _NO_NAMES)
    except OverflowError:  # a weight or a capacity that does not even go in
        return None
    if found is None:
        return None
    uncovered, covered, floors = found
    return HoursBill(tuple(map(_sum, uncovered)), tuple(map(_sum, covered)), array("q", floors))


def _sum(terms: list[tuple[str, str]]) -> Fraction:
    return sum((Fraction(int(top), int(bottom)) for top, bottom in terms), Fraction(0))


def usage_features(points: ArrowFrame, *, threads: int = 0) -> pl.DataFrame:
    """Describe the shape of usage series: one row each, sorted by `series`; absent figures are null.

    Args:
        points: `series` (int), `start_s` (epoch seconds), `interval_s`, `value`, sorted by series and start, no nulls.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a value is not finite, or rows are out of order.
    """
    frame = _points(points)
    found = _call(lambda: _core.usage_features(frame, threads=_threads(threads)), [], _NO_NAMES)
    return pl.DataFrame(found).fill_nan(None)


def usage_sizes(
    points: ArrowFrame,
    quantiles: list[float],
    *,
    decay: tuple[float, float, float, bool] | None = None,
    threads: int = 0,
) -> pl.DataFrame:
    """Take from usage series what sizing asks for: `series, n, mean, max, max_hourly_p99, decayed, q0, q1, …`.

    Args:
        points: as in `usage_features`.
        quantiles: shares (0-1); column `q<k>` answers the k-th, linear between order statistics.
        decay: (share, first bucket, half-life in s, of daily peaks?) of a decaying histogram, as VPA keeps it.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a value is not finite, rows are out of order, or a quantile is out of range.
    """
    frame = _points(points)
    found = _call(
        lambda: _core.usage_sizes(frame, quantiles=quantiles, decay=decay, threads=_threads(threads)),
        [],
        _NO_NAMES,
    )
    return pl.DataFrame(found).fill_nan(None)


def _points(points: ArrowFrame) -> pl.DataFrame:
    return _frame(points, "points").select(
        pl.col("series").cast(pl.UInt32),
        pl.col("start_s").cast(pl.Int64),
        pl.col("interval_s").cast(pl.Int64),
        pl.col("value").cast(pl.Float64),
    )


def _frame(data: ArrowFrame, name: str) -> pl.DataFrame:
    if isinstance(data, pl.DataFrame):
        return data
    if hasattr(data, "__arrow_c_stream__"):
        return pl.DataFrame(data)
    raise InputError(f"{name}: expected an Arrow frame, got {type(data).__name__}")


def _distinct(frame: pl.DataFrame, table: str, name: str) -> None:
    if name not in frame.columns:
        raise InputError(f"{table}: column {name} is missing")
    column = frame[name]
    if column.null_count() or column.is_duplicated().any():
        raise InputError(f"{table}: {name} must be given and differ in every row")


def _resources(tasks: pl.DataFrame, bins: pl.DataFrame) -> list[str]:
    """Names of the resources, sorted so that the order of columns means nothing."""
    names = [
        name
        for name in sorted(set(tasks.columns) & set(bins.columns) - _TASK_WORDS - _BIN_WORDS)
        if tasks.schema[name].is_numeric() and bins.schema[name].is_numeric()
    ]
    if not names:
        raise InputError("tasks and bins share no numeric column", hint="give both the same resource columns")
    return names


def _tables(
    tasks: pl.DataFrame, bins: pl.DataFrame, resources: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables as the core wants them: resources `r0`, `r1`, …, groups as bits, no nulls."""
    masks, groups = _group_bits(tasks, bins)
    return _sizes(tasks, resources, masks), _kinds(bins, resources, groups)


def _sizes(tasks: pl.DataFrame, resources: list[str], masks: pl.Series) -> pl.DataFrame:
    return tasks.select(
        *[_numbers(tasks, "tasks", name).alias(f"r{k}") for k, name in enumerate(resources)],
        masks.alias("mask"),
        _optional_count(tasks, "tasks", "max_per_bin"),
    )


def _kinds(bins: pl.DataFrame, resources: list[str], groups: pl.Series) -> pl.DataFrame:
    return bins.select(
        *[_numbers(bins, "bins", name).alias(f"r{k}") for k, name in enumerate(resources)],
        _numbers(bins, "bins", "usd_per_hour"),
        groups.alias("group"),
        _optional_count(bins, "bins", "limit"),
    )


def _group_bits(tasks: pl.DataFrame, bins: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """A bit mask per size and a bit per bin; groups open to the same sizes share a bit."""
    group = (
        bins["group"].cast(pl.String)
        if "group" in bins.columns
        else pl.Series("group", [None], dtype=pl.String).new_from_index(0, bins.height)
    )
    allowed = tasks["groups"].to_list() if "groups" in tasks.columns else [None] * tasks.height
    users: dict[str | None, list[int]] = {
        name: [] for name in sorted(group.unique().to_list(), key=lambda g: (g is None, g or ""))
    }
    for row, names in enumerate(allowed):
        for name in users if names is None else {str(n) for n in names} & users.keys():
            users[name].append(row)
    bits: dict[tuple[int, ...], int] = {}
    bit = {name: bits.setdefault(tuple(rows), len(bits)) for name, rows in users.items()}
    if len(bits) > _MAX_GROUPS:
        raise InputError(f"bins: more than {_MAX_GROUPS} groups that differ in which sizes may use them")
    masks = [0] * tasks.height
    for rows, b in bits.items():
        for row in rows:
            masks[row] |= 1 << b
    # `replace_strict` keeps the dtype of an empty series
    numbers = group.replace_strict(list(bit), list(bit.values()), return_dtype=pl.UInt32).cast(pl.UInt32)
    return pl.Series(masks, dtype=pl.UInt64), numbers


def _numbers(frame: pl.DataFrame, table: str, name: str) -> pl.Series:
    if name not in frame.columns:
        raise InputError(f"{table}: column {name} is missing")
    column = frame[name]
    if not column.dtype.is_numeric() and column.len() > 0:
        raise InputError(f"{table}: column {name} must be numeric, is {column.dtype}")
    if column.null_count():
        raise InputError(f"{table}: column {name} is null in row {column.is_null().arg_max()}")
    return column.cast(pl.Float64)


def _count(frame: pl.DataFrame, table: str, name: str) -> pl.Series:
    values = _numbers(frame, table, name)
    wrong = values < 0
    if not frame.schema[name].is_integer():
        wrong = wrong | ~values.is_finite() | (values != values.floor())
    if wrong.any():
        raise InputError(f"{table}: column {name} must be a whole number >= 0 in row {wrong.arg_max()}")
    return frame[name].cast(pl.UInt64)


def _optional_count(frame: pl.DataFrame, table: str, name: str) -> pl.Series:
    if name not in frame.columns:
        return pl.Series(name, [_NO_LIMIT], dtype=pl.UInt64).new_from_index(0, frame.height)
    given = frame[name]
    if given.null_count() == given.len():
        return pl.Series(name, [_NO_LIMIT], dtype=pl.UInt64).new_from_index(0, given.len())
    _count(pl.DataFrame({name: given.fill_null(0) if given.null_count() else given}), table, name)
    return given.cast(pl.UInt64).fill_null(_NO_LIMIT)


def _alone(frame: pl.DataFrame, table: str) -> pl.Series:
    name = "alone_usd_per_hour"
    if name not in frame.columns:
        return pl.Series(name, [float("inf")], dtype=pl.Float64).new_from_index(0, frame.height)
    prices = frame[name].cast(pl.Float64)
    if prices.is_infinite().any():
        raise InputError(
            f"{table}: {name} must be finite", hint="null says that the size cannot run outside a bin"
        )
    return prices.fill_null(float("inf"))


def _threads(threads: int) -> int:
    if threads < 0:
        raise InputError(f"threads must be >= 0, got {threads}")
    return int(threads)


def _call(run: Callable[[], T], resources: list[str], size_ids: pl.Series) -> T:
    """Runs the core and says its errors in the caller's words."""
    try:
        return run()
    except _core.NoPlace as error:
        reason, row = error.args
        raise InputError(f"task size {size_ids[row]} has no place: {reason}") from error
    except _core.InvalidInput as error:
        message, field, _ = error.args
        for k, name in enumerate(resources):
            if field.endswith(f" resource {k}"):
                message = message.replace(f"resource {k}", name)
        raise InputError(message) from error
    except _core.CoreError as error:
        raise SolverError(str(error)) from error
