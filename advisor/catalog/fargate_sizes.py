"""The lattice of legal Fargate task sizes, and the cheapest one that holds a need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from advisor.units import CPU_UNITS_PER_VCPU, MIB_PER_GIB


@dataclass(frozen=True)
class FargateSizes:
    """Legal pairs, `(cpu_units, memory_mib, windows)` each (AWS Fargate task definition parameters, task size)."""

    pairs: tuple[tuple[int, int, bool], ...]

    def cheapest(
        self, vcpu: float, memory_mib: float, *, windows: bool, pico_per_vcpu: int, pico_per_gib: int
    ) -> tuple[float, float] | None:
        """Return the cheapest legal (vCPU, MiB) that holds the need, null when none does.

        A need within a billionth of a size counts as that size, so that 0.1 + 0.2 vCPU never pays for the next step.
        """
        return _cheapest(self.pairs, vcpu, memory_mib, windows, pico_per_vcpu, pico_per_gib)

    def legal(self, vcpu: float, memory_mib: float, *, windows: bool) -> bool:
        """Return whether a pair is one that Fargate takes."""
        return any(
            units == vcpu * CPU_UNITS_PER_VCPU and memory == memory_mib and (on_windows or not windows)
            for units, memory, on_windows in self.pairs
        )


@lru_cache(maxsize=1 << 16)
def _cheapest(
    pairs: tuple[tuple[int, int, bool], ...],
    vcpu: float,
    memory_mib: float,
    windows: bool,
    pico_per_vcpu: int,
    pico_per_gib: int,
) -> tuple[float, float] | None:
    # asked again for every placement that is looked at
    slack = 1 + 1e-9
    lawful = [
        (units * pico_per_vcpu * MIB_PER_GIB + memory * pico_per_gib * CPU_UNITS_PER_VCPU, units, memory)
        for units, memory, on_windows in pairs
        if units * slack >= vcpu * CPU_UNITS_PER_VCPU
        and memory * slack >= memory_mib
        and (on_windows or not windows)
    ]
    if not lawful:
        return None
    _, units, memory = min(lawful)
    return units / CPU_UNITS_PER_VCPU, float(memory)
