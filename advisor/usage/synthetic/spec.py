"""What one made-up workload is: its row of the inventory, and how its load or its runs behave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from advisor.usage.synthetic.calibration import WEB

NEVER_S = 10**9


@dataclass(frozen=True)
class Load:
    """The load of something that runs all the time.

    Attributes:
        tasks: tasks it usually runs.
        cpu_share: mean use of one task's CPU (0–1) when it runs `tasks`.
        memory_share: mean use of one task's memory.
        shape: row of `calibration.DAY_SHAPES`; `daily` scales its swing (0 = flat, 1 = as measured).
        weekend: load of Saturday and Sunday over that of a weekday.
        slow, hourly, fine: noise over days, hours and single intervals: standard deviation over mean.
        skew: 0–1, how much of the fine noise is a heavy upward tail instead of a bell.
        growth: growth a day, relative.
        step_day, step_factor: a lasting change of level.
        event_every_h: at most one event in each such stretch, with probability `event_share`.
        event_height: load during an event, in means of the base; half of them are higher.
        event_s: shortest and longest event in seconds.
        event_at, event_spread: where in its stretch an event may begin: not before this share of it, and over
            which share; with stretches of a day a small spread makes it come back about the same time.
        scales: replicas follow load between min_tasks and max_tasks at `target_share` of CPU.
        cpu_limit: most CPU a task can take, over its size; 1 on Fargate, more on EC2 where CPU is a share.
        memory_cv: variation of memory; memory_leak_days: memory climbs this long, then the task is restarted.
        age_days: it exists only since so many days before the end of the window.
    """

    tasks: int = 2
    cpu_share: float = 0.2
    memory_share: float = 0.4
    shape: int = WEB
    daily: float = 0.6
    weekend: float = 0.85
    slow: float = 0.06
    hourly: float = 0.05
    fine: float = 0.04
    skew: float = 0.0
    growth: float = 0.0
    step_day: float | None = None
    step_factor: float = 1.0
    event_every_h: int = 24
    event_share: float = 0.0
    event_height: float = 0.0
    event_s: tuple[int, int] = (600, 3600)
    event_at: float = 0.0
    event_spread: float = 1.0
    scales: bool = False
    target_share: float = 0.5
    cpu_limit: float = 1.0
    memory_cv: float = 0.04
    memory_leak_days: float | None = None
    age_days: float | None = None
    memory_measured: bool = True


@dataclass(frozen=True)
class Jobs:
    """Runs with a beginning and an end.

    Attributes:
        every_h: hours between starts; at_minute is the offset from midnight UTC of the first one.
        weekday: 0–6 (Monday first) when it runs on one day of the week only.
        chance: probability that a planned start happens; small for irregular work.
        jitter_s: how late after its planned time a run starts, at most.
        run_s: shortest and longest run.
        tasks: fewest and most tasks started together.
        cpu_share, memory_share: lowest and highest mean of a run.
        pull_s: image pull, seconds.
    """

    every_h: float = 24.0
    at_minute: int = 120
    weekday: int | None = None
    chance: float = 1.0
    jitter_s: int = 20
    run_s: tuple[int, int] = (1500, 2400)
    tasks: tuple[int, int] = (1, 1)
    cpu_share: tuple[float, float] = (0.6, 0.9)
    memory_share: tuple[float, float] = (0.4, 0.6)
    pull_s: tuple[int, int] = (15, 40)


@dataclass(frozen=True)
class Spec:
    """One workload: `row` holds columns of `schema.WORKLOADS`, `work` how it behaves."""

    workload_id: str
    work: Load | Jobs
    row: dict[str, Any] = field(default_factory=dict)
    lost_hours_share: float = 0.005
    vcpu: float = 0.5
    memory_mib: int = 1024
