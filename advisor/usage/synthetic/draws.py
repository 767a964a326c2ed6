"""How one drawn workload behaves: parameters from the calibrated distributions, class by class."""

from __future__ import annotations

from math import sqrt
from random import Random

from advisor.usage.synthetic import calibration as cal
from advisor.usage.synthetic.spec import Jobs, Load

_TAIL_MEAN = 1.35  # mean of the heavy tail that multiplies the height of an event


def load(kind: str, rng: Random) -> Load:
    """Return the load of a `steady`, `idle`, `hump` or `spike` workload.

    The variance of a day shape is what comes back after 24 hours; the rest is noise.
    """
    u = rng.random
    tasks, memory_share = 1 + int(u() * u() * 12), cal.draw(cal.MEMORY_SHARE, u())
    memory_cv, weekend = cal.draw(cal.MEMORY_CV, u()), cal.draw(cal.WEEKEND, u())
    hump = kind == "hump"
    if kind == "spike":
        return _spikes(tasks, memory_share, memory_cv, rng)
    cv = cal.draw(cal.HUMP_CV if hump else cal.STEADY_CV, u())
    back = cal.draw(cal.HUMP_DAILY if hump else cal.STEADY_DAILY, u())
    cpu = cal.draw(cal.BURST_CPU_SHARE if hump else cal.STEADY_CPU_SHARE, u())
    shape = int(u() * (len(cal.DAY_SHAPES) if hump else cal.PEAK))
    if kind == "idle":
        cpu, cv = 0.004 + 0.012 * u(), cv / 2
    rest, extra = cv * sqrt(1 - back), u()
    moved = not hump and extra < 0.35  # a deployment, a new customer: a lasting change of level
    blips = hump or extra > 0.85  # a report, a cache that is filled again: one bump a day at any time
    skew = 0.85 if not hump and u() < 0.5 else 0.0
    fine = 0.8 if skew else 0.5
    return Load(
        tasks=tasks, cpu_share=cpu, memory_share=memory_share, shape=shape, memory_cv=memory_cv,
        daily=cv * sqrt(back) / cal.spread(shape), weekend=1 - (1 - weekend) * min(1.0, 2 * cv),
        slow=rest * (0.85 - fine * 0.6), hourly=rest * (0.8 - fine * 0.6), fine=rest * fine, skew=skew,
        step_day=4 + 27 * u() if moved else None, step_factor=1 + cv * (3.2 * u() - 1.0) if moved else 1.0,
        event_share=0.7 if blips else 0.0, event_height=cv * (0.4 + 1.2 * u()) if blips else 0.0,
        event_s=(600, 5400), scales=hump and u() < 0.6, target_share=0.5,
    )  # fmt: skip


def _spikes(tasks: int, memory_share: float, memory_cv: float, rng: Random) -> Load:
    """A base with events, from how much of the time they last and how much the whole varies."""
    u = rng.random
    cv, duty = cal.draw(cal.SPIKE_CV, u()), cal.draw(cal.SPIKE_DUTY, u())
    daily = u() < 0.55  # about the same time every day, though nobody planned it
    slot_h = 24 if daily else (6, 12, 24)[int(u() * 3)]
    share = 0.75 + 0.2 * u() if daily else 0.4 + 0.5 * u()
    mean_s = duty / share * slot_h * 3600
    # Of a base 1 with events of height h during a share q: cv = h·√(q(1−q)) / (1 + q·h).
    height = cv / max(0.05, sqrt(duty * (1 - duty)) - duty * cv)
    return Load(
        tasks=tasks, cpu_share=cal.draw(cal.BURST_CPU_SHARE, u()), memory_share=memory_share,
        memory_cv=memory_cv,
        daily=0.3, event_every_h=slot_h, event_share=share, event_height=min(60.0, height) / _TAIL_MEAN,
        event_s=(max(300, int(mean_s * 0.5)), max(600, int(mean_s * 1.5))), fine=0.08, hourly=0.1,
        event_at=0.2 + 0.6 * u() if daily else 0.0, event_spread=0.08 if daily else 1.0,
    )  # fmt: skip


def jobs(rng: Random) -> Jobs:
    """Return batch work: on a schedule, or when somebody asks for it; runs take a calibrated share of the time."""
    u = rng.random
    duty, cpu = cal.draw(cal.RUN_DUTY, u()), cal.draw(cal.RUN_CPU_SHARE, u())
    irregular, chance = u() < 0.65, 0.3 + 0.4 * u()
    if irregular:
        run_s = cal.draw(cal.RUN_S, u())
        every_h = max(0.5, chance * run_s / duty / 3600)
    else:
        every_h = float(cal.pick(cal.CADENCE_HOURS, u()))
        run_s = max(900.0, duty * every_h * 3600)
    many = 1 + int(u() * u() * u() * 40)
    return Jobs(
        every_h=every_h, at_minute=int(u() * every_h * 60), chance=chance if irregular else 1.0,
        jitter_s=int(every_h * 1800) if irregular else 20, run_s=(int(run_s * 0.8), int(run_s * 1.25)),
        tasks=(max(1, round(many * 0.4)), many), cpu_share=(cpu * 0.6, min(1.0, cpu * 1.1)),
        memory_share=(0.2, 0.7),
    )  # fmt: skip
