"""Services: from what a load is to one row per interval, all workloads of a chunk at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from advisor import units
from advisor.usage.synthetic.noise import bits, piece, wander
from advisor.usage.synthetic.shapes import day_shape, event, fine_noise, minute_peak
from advisor.usage.synthetic.spec import NEVER_S, Load, Spec

STEP_S = 300  # behaviour is made at this grain, coarser intervals are aggregates of it
_OUTAGE_DAY, _OUTAGE_S = 16.5, 12 * units.SECONDS_PER_HOUR  # the collector was down once, for everybody


def service_usage(
    specs: Sequence[tuple[Spec, int]], start: datetime, days: int, interval_s: int, seed: int
) -> pl.DataFrame:
    """Return usage rows (`schema.USAGE` without gaps filled) of services, sorted by their order and time.

    Args:
        specs: workloads whose work is a `Load`, each with its number in the fleet.
        start: start of the window, UTC.
        interval_s: length of a row; at most an hour.
    """
    step_s = min(STEP_S, interval_s)
    steps = days * units.SECONDS_PER_DAY // step_s
    grid = _parameters(specs, days, seed).join(
        pl.DataFrame({"second": pl.int_range(steps, eager=True) * step_s}),
        how="cross",
        maintain_order="left_right",
    )
    return _rows(_behaviour(grid), start, step_s, interval_s)


def _parameters(specs: Sequence[tuple[Spec, int]], days: int, seed: int) -> pl.DataFrame:
    rows = []
    for spec, number in specs:
        load = spec.work
        assert isinstance(load, Load)
        usual_vcpu = load.tasks * load.cpu_share * spec.vcpu
        step_s = NEVER_S if load.step_day is None else int(load.step_day * units.SECONDS_PER_DAY)
        events = load.event_share * 1.35 * load.event_height
        events *= sum(load.event_s) / 2 / (load.event_every_h * units.SECONDS_PER_HOUR)
        rows.append(
            {
                "workload_id": spec.workload_id,
                "seed": (seed * 1_000_003 + number) * 7_919 + 17,
                "size_vcpu": spec.vcpu,
                "size_mib": float(spec.memory_mib),
                # The mean over a week with its week-end and its events is what cpu_share names.
                "demand_vcpu": usual_vcpu * 7 / (5 + 2 * load.weekend) / (1 + events),
                "tasks_usual": load.tasks,
                "min_tasks": spec.row.get("min_tasks") or 1,
                "max_tasks": spec.row.get("max_tasks") or load.tasks,
                "daily": load.daily,
                "event_s": load.event_every_h * units.SECONDS_PER_HOUR,
                "event_short_s": load.event_s[0],
                "event_more_s": load.event_s[1] - load.event_s[0],
                "step_s": step_s,
                "leak_s": int((load.memory_leak_days or 0) * units.SECONDS_PER_DAY) or NEVER_S,
                "first_s": 0 if load.age_days is None else int((days - load.age_days) * units.SECONDS_PER_DAY),
                "lost": spec.lost_hours_share,
                **{
                    name: getattr(load, name)
                    for name in (
                        "shape", "weekend", "slow", "hourly", "fine", "skew", "growth", "step_factor",
                        "event_share", "event_height", "event_at", "event_spread", "scales", "target_share",
                        "cpu_limit", "memory_share", "memory_cv", "memory_measured",
                    )
                },
            }
        )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("seed").cast(pl.UInt64))


def _behaviour(grid: pl.DataFrame) -> pl.DataFrame:
    """Add what happened in each step: tasks, vCPU and MiB per task, whether the collector lost it."""
    c = pl.col
    seed, second = c("seed"), c("second")
    hour = units.SECONDS_PER_HOUR
    return (
        grid.lazy()
        .with_columns(
            day=day_shape(c("shape"), second),
            weekday=second // units.SECONDS_PER_DAY % 7,
            slot=second // c("event_s"),
            dice=bits(seed, second, 1),
            slow_noise=wander(seed, second, 2 * units.SECONDS_PER_DAY, 2),
            hour_noise=wander(seed, second, 2 * hour, 3),
            memory_noise=wander(seed, second, 8 * hour, 4),
            lost_dice=piece(bits(seed, second // hour, 5), 0),
        )
        .with_columns(event=event())
        .with_columns(
            smooth=(
                c("demand_vcpu")
                * (1.0 + c("daily") * (c("day") - 1.0)).clip(0.01)
                * pl.when(c("weekday") >= 5).then(c("weekend")).otherwise(1.0)
                * (1.0 + c("growth") * (second.cast(pl.Float64) / units.SECONDS_PER_DAY - 15.0))
                * (1.0 + c("slow") * c("slow_noise") + c("hourly") * c("hour_noise")).clip(0.05)
                * pl.when(second >= c("step_s")).then(c("step_factor")).otherwise(1.0)
            )
            + c("demand_vcpu") * c("event")
        )
        .with_columns(
            tasks=pl.when(c("scales"))
            .then(
                (c("smooth") / (c("target_share") * c("size_vcpu")))
                .ceil()
                .cast(pl.Int64)
                .clip(c("min_tasks"), c("max_tasks"))
            )
            .otherwise(c("tasks_usual"))
        )
        .with_columns(
            vcpu=(c("smooth") / c("tasks") * (1.0 + c("fine") * fine_noise(c("dice"))).clip(0.05)).clip(
                0.0002, c("size_vcpu") * c("cpu_limit")
            ),
            mib=c("size_mib")
            * (
                c("memory_share") * (1.0 + c("memory_cv") * (c("memory_noise") + 0.5 * (c("day") - 1.0)))
                + 0.35 * (second % c("leak_s")).cast(pl.Float64) / c("leak_s")
            ).clip(0.01, 0.985),
        )
        .with_columns(
            vcpu_top=(c("vcpu") * (1.0 + minute_peak(bits(seed, second, 6)))).clip(
                0.0, c("size_vcpu") * c("cpu_limit")
            ),
            mib_top=(c("mib") * (1.0 + c("memory_cv") * piece(c("dice"), 3))).clip(0.0, c("size_mib")),
            lost=(c("lost_dice") < c("lost"))
            | second.is_between(_OUTAGE_DAY * 86_400, _OUTAGE_DAY * 86_400 + _OUTAGE_S, closed="left")
            | (second < c("first_s")),
        )
        .collect()
    )


def _rows(steps: pl.DataFrame, start: datetime, step_s: int, interval_s: int) -> pl.DataFrame:
    """Round, aggregate to the interval (integers: sums in any order are equal), drop what was lost."""
    c = pl.col
    whole = (
        steps.lazy()
        .filter(~c("lost"))
        .select(
            "workload_id",
            "memory_measured",
            (c("second") // interval_s * interval_s).alias("second"),
            "tasks",
            *(((c(n) * 10_000).round().cast(pl.Int64)).alias(n) for n in ("vcpu", "vcpu_top")),
            *(((c(n) * 10).round().cast(pl.Int64)).alias(n) for n in ("mib", "mib_top")),
        )
    )
    if interval_s > step_s:
        weight = c("tasks").sum()
        whole = whole.group_by("workload_id", "second", maintain_order=True).agg(
            c("memory_measured").first(),
            (weight / pl.len()).alias("tasks"),
            ((c("vcpu") * c("tasks")).sum() / weight).alias("vcpu"),
            c("vcpu_top").max(),
            ((c("mib") * c("tasks")).sum() / weight).alias("mib"),
            c("mib_top").max(),
        )
    measured = c("memory_measured")
    return whole.select(
        "workload_id",
        (pl.lit(start).cast(pl.Datetime("us", "UTC")) + pl.duration(seconds=c("second"))).alias("start"),
        pl.lit(interval_s, dtype=pl.Int64).alias("interval_s"),
        c("tasks").cast(pl.Float64).round(3),
        (c("vcpu") / 10_000).round(4).alias("vcpu_used_mean"),
        (c("vcpu_top") / 10_000).alias("vcpu_used_max"),
        pl.when(measured).then((c("mib") / 10).round(1)).alias("memory_used_mib_mean"),
        pl.when(measured).then(c("mib_top") / 10).alias("memory_used_mib_max"),
    ).collect()
