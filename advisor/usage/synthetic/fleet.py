"""Fleets of any size: the demo company first, then workloads drawn from the calibrated distributions."""

from __future__ import annotations

from random import Random
from typing import Any

from advisor.usage.synthetic import calibration as cal
from advisor.usage.synthetic.draws import jobs, load
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
    """Return workload `number` of a fleet, of a kind (`steady idle hump spike batch`) given or drawn."""
    rng = Random(seed * 1_000_003 + number + 500_009)
    u = rng.random
    kind = kind or cal.pick(_MIX, u())
    vcpu, memory_mib = cal.pick([((v, m), n) for v, m, n in cal.TASK_SIZES], u())
    team, lost = _TEAMS[int(u() * len(_TEAMS))], cal.draw(cal.LOST_HOURS, u())
    word, role = _WORDS[int(u() * len(_WORDS))], _ROLES[int(u() * len(_ROLES))]
    on_ec2, spot, arm_ready = u() < 0.3, u() < 0.12, u() < 0.7
    work: Load | Jobs = jobs(rng) if kind == "batch" else load(kind, rng)
    more: dict[str, Any] = {
        "arm_ready": arm_ready,
        "interruptible": u() < 0.75,
        "region": "us-east-1" if u() < 0.85 else "eu-west-1",
    }
    if on_ec2:
        # Clusters of their own: the instances of `core` are sized for the demo company's tasks.
        more |= {"launch_type": "EC2", "cluster": f"ec2-{int(u() * 8)}-{more['region']}"}
    elif spot and more["interruptible"]:
        more["capacity_option"] = "SPOT"
    if isinstance(work, Load) and work.scales:
        more |= {"min_tasks": 1, "max_tasks": 6 * work.tasks}
    started_by = "SERVICE" if isinstance(work, Load) else "SCHEDULED" if work.chance == 1.0 else "STANDALONE"
    inventory = row(team, "web" if isinstance(work, Load) else "jobs", started_by) | more
    name = f"{word}-{role}-{number:04d}"
    return Spec(name, work, inventory, lost_hours_share=lost, vcpu=vcpu, memory_mib=memory_mib)
