"""Fleets of any size: the demo company first, then workloads drawn from the calibrated distributions."""

from __future__ import annotations

from math import sqrt
from random import Random
from typing import Any

from advisor.usage.synthetic import calibration as cal
from advisor.usage.synthetic.shop import row, shop
from advisor.usage.synthetic.spec import Jobs, Load, Spec

_WORDS = (
    "orders",
    "billing",
    "catalog",
    "users",
    "media",
    "ads",
    "geo",
    "mail",
    "stock",
    "risk",
    "events",
    "search",
)
_ROLES = ("api", "worker", "gateway", "sync", "indexer", "proxy", "feed", "rules", "export", "stream")
_TEAMS = ("payments", "catalog", "data", "platform", "media", "crm", "orders", "discovery")
_MIX = (("steady", 45), ("idle", 10), ("hump", 10), ("spike", 10), ("batch", 25))


def fleet(workloads: int, seed: int) -> list[Spec]:
    """Return `workloads` specifications; the first forty are the demo company's whatever the seed."""
    known = shop()
    return [*known[:workloads], *(drawn(number, seed) for number in range(len(known), workloads))]


def drawn(number: int, seed: int, kind: str | None = None) -> Spec:
    """Return workload `number` of a fleet, of the given kind (`steady idle hump spike batch`) or of a drawn one."""
    rng = Random(seed * 1_000_003 + number + 500_009)
    u = rng.random
    kind = kind or cal.pick(_MIX, u())
    vcpu, memory_mib = cal.pick([((v, m), n) for v, m, n in cal.TASK_SIZES], u())
    team, lost = _TEAMS[int(u() * len(_TEAMS))], cal.draw(cal.LOST_HOURS, u())
    word, role = _WORDS[int(u() * len(_WORDS))], _ROLES[int(u() * len(_ROLES))]
    on_ec2, spot, arm_ready = u() < 0.3, u() < 0.12, u() < 0.7
    work: Load | Jobs = _jobs(rng) if kind == "batch" else _load(kind, rng)
    more: dict[str, Any] = {
        "arm_ready": arm_ready,
        "interruptible": u() < 0.75,
        "region": "us-east-1" if u() < 0.85 else "eu-west-1",
    }
    if on_ec2:
        more |= {"launch_type": "EC2", "cluster": "core" if u() < 0.5 else "data"}
    elif spot and more["interruptible"]:
        more["capacity_option"] = "SPOT"
    if isinstance(work, Load) and work.scales:
        more |= {"min_tasks": 1, "max_tasks": 6 * work.tasks}
    started_by = "SERVICE" if isinstance(work, Load) else "SCHEDULED" if work.chance == 1.0 else "STANDALONE"
    inventory = row(team, "web" if isinstance(work, Load) else "jobs", started_by) | more
    name = f"{word}-{role}-{number:04d}"
    return Spec(name, work, inventory, lost_hours_share=lost, vcpu=vcpu, memory_mib=memory_mib)


def _load(kind: str, rng: Random) -> Load:
    u = rng.random
    shape, weekend = int(u() * len(cal.DAY_SHAPES)), cal.draw(cal.WEEKEND, u())
    tasks, memory_share = 1 + int(u() * u() * 12), cal.draw(cal.MEMORY_SHARE, u())
    memory_cv, cpu_draw, cv_draw, daily_draw = cal.draw(cal.MEMORY_CV, u()), u(), u(), u()
    if kind == "spike":
        return _spikes(tasks, memory_share, memory_cv, cpu_draw, cal.draw(cal.SPIKE_CV, cv_draw), rng)
    hump = kind == "hump"
    cv = cal.draw(cal.HUMP_CV if hump else cal.STEADY_CV, cv_draw)
    back = cal.draw(cal.HUMP_DAILY if hump else cal.STEADY_DAILY, daily_draw)
    cpu = cal.draw(cal.BURST_CPU_SHARE if hump else cal.STEADY_CPU_SHARE, cpu_draw)
    if kind == "idle":
        cpu, cv = 0.004 + 0.012 * cpu_draw, cv / 2
    rest = cv * sqrt(1 - back)
    return Load(
        tasks=tasks, cpu_share=cpu, memory_share=memory_share, shape=shape,
        daily=cv * sqrt(back) / cal.spread(shape), weekend=1 - (1 - weekend) * min(1.0, 2 * cv),
        slow=rest * 0.75, hourly=rest * 0.5, fine=rest * 0.45, memory_cv=memory_cv,
        scales=hump and u() < 0.6, target_share=0.5,
    )  # fmt: skip


def _spikes(tasks: int, memory: float, memory_cv: float, cpu_draw: float, cv: float, rng: Random) -> Load:
    """A base with events, from how much of the time they last and how much the whole varies."""
    duty = cal.draw(cal.SPIKE_DUTY, rng.random())
    slot_h = (6, 12, 24)[int(rng.random() * 3)]
    share = 0.4 + 0.5 * rng.random()
    mean_s = duty / share * slot_h * 3600
    # Of a base 1 with events of height h during a share q: cv = h·√(q(1−q)) / (1 + q·h).
    height = cv / max(0.05, sqrt(duty * (1 - duty)) - duty * cv)
    return Load(
        tasks=tasks, cpu_share=cal.draw(cal.BURST_CPU_SHARE, cpu_draw), memory_share=memory, memory_cv=memory_cv,
        daily=0.3, event_every_h=slot_h, event_share=share, event_height=min(60.0, height) / 1.35,
        event_s=(max(300, int(mean_s * 0.5)), max(600, int(mean_s * 1.5))), fine=0.08, hourly=0.1,
    )  # fmt: skip


def _jobs(rng: Random) -> Jobs:
    u = rng.random
    cadence_h = cal.pick(cal.CADENCE_HOURS, u())
    run_s = min(cal.draw(cal.RUN_S, u()), 0.5 * cadence_h * 3600)
    cpu = cal.draw(cal.RUN_CPU_SHARE, u())
    many = 1 + int(u() * u() * u() * 40)
    irregular = u() < 0.45
    return Jobs(
        every_h=max(4, cadence_h / 2) if irregular else cadence_h, at_minute=int(u() * cadence_h * 60),
        chance=0.1 + 0.25 * u() if irregular else 1.0, jitter_s=3600 if irregular else 20,
        run_s=(max(60, int(run_s * 0.8)), max(90, int(run_s * 1.25))), tasks=(max(1, many // 2), many),
        cpu_share=(cpu * 0.85, min(1.0, cpu * 1.1)), memory_share=(0.2, 0.7),
    )  # fmt: skip
