"""Estates to choose from, each made from a seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from simulated_aws.estate import Account, Cluster, Estate, Family, Hosts, Owned, Service
from simulated_aws.truth import VARIANTS, WEEK_MIN, Truth

REGIONS = ("eu-west-1", "us-east-1")
FIRST = 111_122_223_333
SIZES = ((256, 512), (512, 1024), (1024, 2048), (1024, 4096), (2048, 4096), (4096, 8192))
WORDS = (
    *("checkout", "basket", "search", "prices", "stock", "login", "mail", "images", "billing", "offers"),
    *("orders", "parcels", "reviews", "fraud", "ledger", "feeds", "chat", "maps"),
)


def small(seed: int = 0) -> Estate:
    """Return one account and region with two clusters, services of every kind and two batch families."""
    return company(seed, accounts=1, regions=REGIONS[:1], services=5)


def company(
    seed: int = 0, accounts: int = 3, regions: tuple[str, ...] = REGIONS, services: int = 4
) -> Estate:
    """Return an organization: every account has a cluster with and one without Container Insights in every region.

    Args:
        accounts: that are active; one more is suspended.
        services: of each cluster.
    """
    ids = [f"{FIRST + n:012}" for n in range(accounts + 1)]
    found = [
        _cluster(Random(f"{seed} {a} {r} {kind}"), a, r, kind, services)
        for a in ids[:-1]
        for r in regions
        for kind in ("web", "jobs")
    ]
    started = datetime(2026, 3, 1, tzinfo=UTC)
    ended = datetime(2027, 3, 1, tzinfo=UTC)
    owned = (
        Owned(ids[0], "COMPUTE_SP", started, ended, usd_per_hour="0.05000000"),
        Owned(ids[0], "RI_STANDARD", started, ended, scope="m6i.large", region=regions[0], count=1),
    )
    people = [Account(i, f"account-{n}", n < accounts) for n, i in enumerate(ids)]
    return Estate(
        tuple(people), regions, tuple(found), owned, seed=seed, truth=Truth(seed), event_log=seed % 2 == 0
    )


def thousand(seed: int = 0, services: int = 1_000) -> Estate:
    """Return one cluster with so many services, without Container Insights."""
    random = Random(seed)
    made = tuple(_service(random, f"service-{n:04}", "FARGATE") for n in range(services))
    cluster = Cluster(f"{FIRST:012}", REGIONS[0], "web", services=made)
    return Estate((Account(f"{FIRST:012}", "one"),), REGIONS[:1], (cluster,), truth=Truth(seed))


ESTATES: dict[str, Callable[[int], Estate]] = {"small": small, "company": company, "thousand": thousand}
"""Name → what makes it from a seed."""


def _cluster(random: Random, account_id: str, region: str, kind: str, services: int) -> Cluster:
    names = random.sample(WORDS, services)
    if kind == "jobs":
        families = (
            Family("nightly", "FARGATE", 1024, 4096, "rule", 120, 45, variant=1),
            Family("report", "FARGATE", 2048, 8192, "scheduler", 375, 20, tasks=2, variant=2),
        )
        made = [_service(random, f"{n}-worker", random.choice(("FARGATE", "FARGATE_SPOT"))) for n in names]
        return Cluster(account_id, region, kind, "enabled", tuple(made), families)
    hosts = (Hosts("m6i.large", 3, "on-demand"), Hosts("m6i.xlarge", 2, "cheap", spot=True))
    made = [_service(random, n, "EC2" if i % 3 == 2 else "FARGATE") for i, n in enumerate(names)]
    return Cluster(account_id, region, kind, "", tuple(made), hosts=hosts)


def _service(random: Random, name: str, launch: str) -> Service:
    cpu_units, memory_mib = random.choice(SIZES[:4] if launch == "EC2" else SIZES)
    fewest = random.randint(1, 3)
    scales = random.random() < 0.5
    return Service(
        name=name,
        launch=launch,
        cpu_units=cpu_units,
        memory_mib=memory_mib,
        fewest=fewest,
        most=fewest + random.randint(2, 6) if scales else fewest,
        architecture="ARM64" if launch == "FARGATE" and random.random() < 0.3 else "X86_64",
        cpu_target=random.choice((50.0, 60.0, 70.0)) if scales and random.random() < 0.7 else None,
        public_ip=launch == "FARGATE" and random.random() < 0.3,
        image_mib=random.choice((None, 120, 300, 800)),
        tags=(("team", random.choice(("shop", "core"))),) if random.random() < 0.8 else (),
        variant=random.randrange(VARIANTS),
        offset_min=random.randrange(WEEK_MIN),
    )
