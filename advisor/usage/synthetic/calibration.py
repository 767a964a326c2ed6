"""Figures measured on real series, which the generator draws from; data/README.md has their sources."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TypeVar

_T = TypeVar("_T")

Quantiles = tuple[float, ...]
"""Values at equally spaced shares 0 … 1 of a distribution."""

# Relative load by hour of the UTC day, mean 1, measured on weekdays.
DAY_SHAPES: tuple[tuple[float, ...], ...] = (
    # one broad hump with long nights (web API)
    (0.81, 0.82, 0.87, 0.82, 0.74, 0.70, 0.78, 0.81, 0.90, 0.94, 0.96, 0.98,
     1.10, 1.30, 1.49, 1.57, 1.54, 1.48, 1.42, 1.40, 1.43, 1.30, 1.13, 0.94),
    # two humps, deep trough (consumer traffic)
    (1.50, 1.47, 1.39, 1.34, 1.38, 1.06, 0.94, 0.91, 0.94, 1.03, 1.17, 1.27,
     1.34, 1.34, 1.21, 0.85, 0.67, 0.40, 0.30, 0.27, 0.27, 0.38, 0.85, 1.43),
    # sales: almost nothing at night, five afternoon hours at twice the mean
    (0.34, 0.20, 0.13, 0.08, 0.07, 0.11, 0.24, 0.38, 0.50, 0.63, 0.73, 0.81,
     0.89, 0.97, 1.34, 1.92, 2.15, 2.16, 2.18, 2.05, 1.68, 1.33, 0.91, 0.59),
    # a database behind a world-wide service
    (1.25, 1.22, 1.10, 0.97, 0.85, 0.69, 0.56, 0.63, 0.51, 0.53, 0.54, 0.58,
     0.65, 0.78, 0.95, 1.03, 1.08, 1.10, 1.11, 1.21, 1.34, 1.40, 1.35, 1.28),
    # office hours
    (0.79, 0.74, 0.69, 0.67, 0.72, 0.69, 0.69, 0.85, 1.10, 1.23, 1.27, 1.40,
     1.43, 1.49, 1.56, 1.51, 1.41, 1.25, 1.16, 1.08, 0.91, 0.85, 0.85, 0.84),
    # one peak of three hours a day
    (0.47, 0.69, 0.68, 0.61, 0.64, 0.52, 0.64, 0.66, 0.73, 0.83, 0.72, 1.08,
     0.91, 0.95, 1.32, 0.92, 2.49, 3.59, 2.64, 0.83, 0.64, 0.64, 0.50, 0.64),
)  # fmt: skip
WEB, TWO_HUMPS, SALES, DATABASE, OFFICE, PEAK = range(6)

# Mean use of a task's CPU, as a share of what it is given.
STEADY_CPU_SHARE: Quantiles = (0.02, 0.12, 0.24, 0.36, 0.51)
BURST_CPU_SHARE: Quantiles = (0.007, 0.032, 0.06, 0.09, 0.42)
MEMORY_SHARE: Quantiles = (0.062, 0.187, 0.255, 0.277, 0.80)
MEMORY_CV: Quantiles = (0.011, 0.035, 0.039, 0.063, 0.187)

# Coefficient of variation of the load, and the part of it that comes back after 24 hours.
STEADY_CV: Quantiles = (0.012, 0.136, 0.27, 0.40, 0.55)
STEADY_DAILY: Quantiles = (0.02, 0.12, 0.32, 0.60, 0.88)
HUMP_CV: Quantiles = (0.42, 0.55, 0.60, 0.80, 0.90)
HUMP_DAILY: Quantiles = (0.40, 0.62, 0.80, 0.90, 0.96)
SPIKE_CV: Quantiles = (0.40, 0.65, 1.30, 2.40, 3.30)
SPIKE_DUTY: Quantiles = (0.02, 0.04, 0.06, 0.12, 0.20)
WEEKEND: Quantiles = (0.60, 0.80, 0.93, 1.0, 1.15)

# Highest minute over the mean of five minutes, less one.
MINUTE_PEAK: Quantiles = (
    0.0, 0.007, 0.009, 0.012, 0.016, 0.020, 0.024, 0.029, 0.033, 0.038, 0.043,
    0.049, 0.055, 0.063, 0.072, 0.083, 0.099, 0.126, 0.174, 0.304, 0.911,
)  # fmt: skip

# Length of one batch run in seconds, the share of time that runs take, and CPU while they do.
RUN_S: Quantiles = (900.0, 1390.0, 2480.0, 3900.0, 40_800.0)
RUN_DUTY: Quantiles = (0.02, 0.03, 0.065, 0.16, 0.36)
RUN_CPU_SHARE: Quantiles = (0.20, 0.40, 0.70, 0.95, 1.0)

# Share of hours that the collector lost, beside outages that hit everybody.
LOST_HOURS: Quantiles = (0.009, 0.023, 0.024, 0.025, 0.032)

# vCPU, MiB and how many of 150 task definitions have this size.
TASK_SIZES: tuple[tuple[float, int, int], ...] = (
    (0.5, 1024, 54), (0.25, 512, 35), (1.0, 2048, 20), (2.0, 4096, 13), (1.0, 4096, 6), (0.5, 4096, 4),
    (4.0, 16_384, 4), (1.0, 3072, 4), (4.0, 8192, 3), (0.25, 1024, 2), (2.0, 8192, 2), (0.5, 2048, 1),
)  # fmt: skip

# Hours between scheduled runs and how many of 108 schedules have this cadence.
CADENCE_HOURS: tuple[tuple[int, int], ...] = ((24, 66), (12, 6), (6, 6), (4, 13), (3, 5), (2, 12))


def draw(table: Quantiles, share: float) -> float:
    """Return the value at `share` (0–1) of a distribution, straight lines between its quantiles."""
    place = share * (len(table) - 1)
    left = min(int(place), len(table) - 2)
    return table[left] + (table[left + 1] - table[left]) * (place - left)


def pick(choices: Sequence[tuple[_T, int]], share: float) -> _T:
    """Return the choice at `share` (0–1) of all weights, in order."""
    place = share * sum(weight for _, weight in choices)
    for choice, weight in choices:
        if place < weight:
            return choice
        place -= weight
    return choices[-1][0]


def spread(shape: int) -> float:
    """Return the standard deviation of a day shape, whose mean is one."""
    values = DAY_SHAPES[shape]
    mean = sum(values) / len(values)
    return sqrt(sum((v / mean - 1) * (v / mean - 1) for v in values) / len(values))
