"""The company's batch work: nightly, hourly, weekly, and machine learning when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from advisor.usage.synthetic.spec import Jobs, Spec

_HOUR = 3600


def batch(row: Callable[..., dict[str, Any]]) -> list[Spec]:
    """Return the batch workloads; `row` makes a row of the inventory."""
    jobs, cron = "jobs", "SCHEDULED"
    return [
        Spec("etl-orders-nightly", Jobs(at_minute=120, run_s=(2400, 3900), cpu_share=(0.7, 0.95)),
             row("data", jobs, cron, ephemeral_storage_gib=100.0), vcpu=4.0, memory_mib=16_384),
        Spec("invoice-pdf", Jobs(every_h=1, at_minute=5, run_s=(20, 90), cpu_share=(0.4, 0.7), pull_s=(8,
                 16)),
             row("billing", jobs, cron), vcpu=0.5),
        Spec("price-scraper", Jobs(every_h=4, at_minute=19, run_s=(600, 1800), tasks=(4, 6), cpu_share=(0.1,
                 0.3)),
             row("catalog", jobs, cron, assign_public_ip=True), vcpu=0.5),
        Spec("search-reindex", Jobs(at_minute=270, run_s=(6000, 9600), tasks=(3, 3), cpu_share=(0.75, 0.98)),
             row("discovery", jobs, cron), vcpu=2.0, memory_mib=4096),
        Spec("db-backup", Jobs(at_minute=30, run_s=(1500, 2100), cpu_share=(0.3, 0.5)),
             row("platform", jobs, cron, interruptible=False), vcpu=1.0, memory_mib=2048),
        Spec("report-weekly", Jobs(at_minute=330, weekday=0, run_s=(9000, 12_600), cpu_share=(0.5, 0.8)),
             row("finance", jobs, cron, arm_ready=None), vcpu=2.0, memory_mib=8192),
        Spec("features-train", Jobs(every_h=6, at_minute=510, chance=0.22, jitter_s=9000, run_s=(_HOUR, 3 *
                 _HOUR), tasks=(16, 32), cpu_share=(0.85, 1.0), memory_share=(0.5, 0.85)),
             row("discovery", jobs, "STANDALONE", image_mib=3100.0), vcpu=2.0, memory_mib=4096),
        Spec("video-transcode", Jobs(every_h=3, at_minute=60, chance=0.35, jitter_s=7000, run_s=(1200, 3 *
                 _HOUR), tasks=(1, 5), cpu_share=(0.9, 1.0)),
             row("media", jobs, "STANDALONE", ephemeral_storage_gib=60.0), vcpu=4.0, memory_mib=8192),
    ]  # fmt: skip
