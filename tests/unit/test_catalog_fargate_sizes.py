"""The lattice of legal Fargate sizes, whole, and the cheapest size that holds a need against a slow search."""

from __future__ import annotations

import pytest

from advisor.catalog import Catalog, FargateRate, load_catalog
from advisor.terms import CapacityOption, CpuArchitecture, OperatingSystem

GIB = 1024
LATTICE = {
    256: [512, 1 * GIB, 2 * GIB],
    512: [g * GIB for g in range(1, 5)],
    1024: [g * GIB for g in range(2, 9)],
    2048: [g * GIB for g in range(4, 17)],
    4096: [g * GIB for g in range(8, 31)],
    8192: [g * GIB for g in range(16, 61, 4)],
    16384: [g * GIB for g in range(32, 121, 8)],
    32768: [60 * GIB, 120 * GIB, 244 * GIB],
}
"""AWS Fargate task definition parameters, task size."""
WINDOWS_UNITS = {1024, 2048, 4096}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def _rate(catalog: Catalog, system: str = "LINUX") -> FargateRate:
    rate = catalog.fargate_rate(
        "us-east-1", OperatingSystem(system), CpuArchitecture.X86_64, CapacityOption.ON_DEMAND
    )
    assert rate is not None
    return rate


def test_the_lattice_is_exactly_the_published_one(catalog: Catalog) -> None:
    expected = {(u, m, u in WINDOWS_UNITS) for u, memories in LATTICE.items() for m in memories}
    assert set(catalog.fargate_sizes().pairs) == expected
    assert len(catalog.fargate_sizes().pairs) == len(expected) == 77


def test_every_size_is_its_own_cheapest(catalog: Catalog) -> None:
    """A need that is a legal size gets that size: nothing bigger is cheaper at Fargate's rates."""
    sizes = catalog.fargate_sizes()
    for units, memory, windows in sizes.pairs:
        for system in ("LINUX", "WINDOWS") if windows else ("LINUX",):
            found = catalog.fargate_size(units / 1024, memory, _rate(catalog, system))
            assert found == (units / 1024, float(memory))
            assert sizes.legal(*found, windows=windows)


@pytest.mark.parametrize("system", ["LINUX", "WINDOWS"])
def test_cheapest_equals_a_slow_search(catalog: Catalog, system: str) -> None:
    """Just above, at and just below every step of either axis."""
    rate = _rate(catalog, system)
    per_vcpu = rate.pico_usd_per_vcpu_hour + rate.pico_usd_per_vcpu_hour_licence
    legal = [(u, m) for u, ms in LATTICE.items() for m in ms if system == "LINUX" or u in WINDOWS_UNITS]
    memories = sorted({m + d for _, m in legal for d in (-1, 0, 1)})
    for vcpu in (0.01, 0.25, 0.26, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 4.01, 8.0, 16.0, 17.0, 32.0, 32.5):
        for memory in memories:
            holds = [(u, m) for u, m in legal if u >= vcpu * 1024 and m >= memory]
            costs = {(u, m): u / 1024 * per_vcpu + m / 1024 * rate.pico_usd_per_gib_hour for u, m in holds}
            found = catalog.fargate_size(vcpu, memory, rate)
            if not holds:
                assert found is None
                continue
            assert found is not None
            assert costs[int(found[0] * 1024), int(found[1])] == pytest.approx(min(costs.values()), rel=1e-12)


def test_memory_forces_cpu_up(catalog: Catalog) -> None:
    """0.25 vCPU with 10 GiB does not exist; the cheapest that holds it is 2 vCPU (containers-roadmap 110)."""
    assert catalog.fargate_size(0.25, 10 * GIB, _rate(catalog)) == (2.0, 10 * GIB)
    assert catalog.fargate_size(0.25, 121 * GIB, _rate(catalog)) == (32.0, 244 * GIB)
    assert catalog.fargate_size(0.25, 245 * GIB, _rate(catalog)) is None


def test_float_dust_does_not_buy_the_next_size(catalog: Catalog) -> None:
    assert catalog.fargate_size(0.1 + 0.2 - 0.05, 512, _rate(catalog)) == (0.25, 512.0)
    assert catalog.fargate_size(0.5 + 1e-12, 1024 + 1e-8, _rate(catalog)) == (0.5, 1024.0)


def test_small_windows_does_not_exist(catalog: Catalog) -> None:
    assert catalog.fargate_size(0.25, 512, _rate(catalog, "WINDOWS")) == (1.0, 2 * GIB)
    assert catalog.fargate_size(8, 16 * GIB, _rate(catalog, "WINDOWS")) is None
