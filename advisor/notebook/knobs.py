"""What people argue about as knobs: each reads a policy and writes one, and knows nothing of widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from advisor.config import Config
from advisor.units import format_share, format_usd
from advisor.workload.presets import Rule, rule_of

AS_IS = "as it is"


def set_in(config: Config, settings: Mapping[str, Any]) -> Config:
    """Return a policy with some settings otherwise; dotted key → value."""
    for key, value in settings.items():
        section, name = key.split(".")
        config = replace(config, **{section: replace(getattr(config, section), **{name: value})})
    return config


def get_from(config: Config, key: str) -> Any:
    """Return the value of a dotted key."""
    section, name = key.split(".")
    return getattr(getattr(config, section), name)


@dataclass(frozen=True)
class Slider:
    """A number: the slider shows `number`, the setting holds `number / per`.

    Attributes:
        low, high, step: of the number as it is shown.
        fine: step in which a flip is looked for.
        said: number → words.
        preset: what holds where the setting is null.
    """

    name: str
    label: str
    key: str
    low: float
    high: float
    step: float
    fine: float
    said: Callable[[float], str]
    per: float = 1.0
    preset: Callable[[Rule], float] | None = None

    def read(self, config: Config) -> float:
        """Return the number in force."""
        value = get_from(config, self.key)
        if value is None and self.preset is not None:
            value = self.preset(rule_of(config.profile))
        return round(float(value) * self.per, 6)

    def write(self, config: Config, number: float) -> Config:
        """Return the policy with this number; what it says already is left as it is said."""
        if round(number, 6) == self.read(config):
            return config
        return set_in(config, {self.key: round(number / self.per, 8)})

    def number(self, step: int) -> float:
        """Return the number at a fine step; zero is the lowest."""
        return round(self.low + step * self.fine, 6)

    def steps(self, config: Config) -> tuple[int, int, int]:
        """Return the fine steps of the lowest number, of what is in force, and of the highest."""
        last = round((self.high - self.low) / self.fine)
        return 0, min(max(round((self.read(config) - self.low) / self.fine), 0), last), last


@dataclass(frozen=True)
class Choice:
    """One of a few sets of settings by name; a policy that is none of them has a name of its own."""

    name: str
    label: str
    options: tuple[tuple[str, Mapping[str, Any]], ...]

    def names(self, start: Config) -> tuple[str, ...]:
        """Return the names to choose from, beginning with what `start` has where that is none of them."""
        known = tuple(name for name, _ in self.options)
        return known if self.read(start) != AS_IS else (AS_IS, *known)

    def read(self, config: Config) -> str:
        """Return the name of what is in force."""
        for name, settings in self.options:
            if all(get_from(config, key) == value for key, value in settings.items()):
                return name
        return AS_IS

    def write(self, config: Config, name: str) -> Config:
        """Return the policy with another choice."""
        return config if name == self.read(config) else set_in(config, dict(self.options).get(name, {}))


@dataclass(frozen=True)
class Words:
    """A list of words, such as families or regions."""

    name: str
    label: str
    key: str

    def read(self, config: Config) -> tuple[str, ...]:
        """Return the words in force."""
        found: tuple[str, ...] = get_from(config, self.key)
        return found

    def write(self, config: Config, words: tuple[str, ...]) -> Config:
        """Return the policy with these words."""
        return config if words == self.read(config) else set_in(config, {self.key: words})


Knob = Slider | Choice | Words


def _percent(number: float) -> str:
    return format_share(number / 100)


def _growth(number: float) -> str:
    return "as measured" if not number else ("+" if number > 0 else "") + _percent(number)


def _per_hour(number: float) -> str:
    return f"{format_usd(number)} an hour"


def _percentile(number: float) -> str:
    return f"p{number:g}" if number < 100 else "the peak"


OPERATIONS = Slider(
    "operations", "People's time, $ an hour", "operations.usd_per_hour", 0, 200, 5, 1, _per_hour
)
GROWTH = Slider("growth", "Demand, %", "plan.demand_growth_share", -50, 100, 5, 1, _growth, 100)
SPOT = Choice(
    "spot",
    "Spot",
    (
        ("no Spot", {"spot.allowed": False}),
        ("tasks that say so", {"spot.allowed": True, "spot.assume_interruptible": False}),
        ("tasks that do not say, too", {"spot.allowed": True, "spot.assume_interruptible": True}),
    ),
)
ARM = Choice(
    "arm",
    "ARM",
    (
        ("x86 only", {"plan.architectures": ("X86_64",)}),
        (
            "images that say so",
            {"plan.architectures": ("X86_64", "ARM64"), "plan.assume_arm_ready": False},
        ),
        (
            "images that do not say, too",
            {"plan.architectures": ("X86_64", "ARM64"), "plan.assume_arm_ready": True},
        ),
    ),
)
COVER = Choice(
    "cover",
    "Commit for",
    (
        ("nothing is bought", {"commitments.allowed": False}),
        ("1 year", {"commitments.allowed": True, "commitments.terms_years": (1,)}),
        ("3 years", {"commitments.allowed": True, "commitments.terms_years": (3,)}),
        ("1 or 3 years", {"commitments.allowed": True, "commitments.terms_years": (1, 3)}),
    ),
)
PAYMENT = Choice(
    "payment",
    "Pay",
    (
        ("no upfront", {"commitments.payment_options": ("NO_UPFRONT",)}),
        ("partial upfront", {"commitments.payment_options": ("PARTIAL_UPFRONT",)}),
        ("all upfront", {"commitments.payment_options": ("ALL_UPFRONT",)}),
        (
            "whatever is cheapest",
            {"commitments.payment_options": ("NO_UPFRONT", "PARTIAL_UPFRONT", "ALL_UPFRONT")},
        ),
    ),
)
KINDS = Choice(
    "kinds",
    "Buy",
    (
        ("Compute Savings Plans", {"commitments.kinds": ("COMPUTE_SP",)}),
        ("any Savings Plan", {"commitments.kinds": ("COMPUTE_SP", "EC2_INSTANCE_SP")}),
        (
            "Reserved Instances, too",
            {"commitments.kinds": ("COMPUTE_SP", "EC2_INSTANCE_SP", "RI_STANDARD", "RI_CONVERTIBLE")},
        ),
    ),
)
PERCENTILE = Slider(
    "percentile",
    "CPU is sized by percentile",
    "profile.cpu_percentile",
    *(50, 100, 1, 0.5),
    _percentile,
    preset=lambda rule: rule.cpu.percentile,
)
CPU_ROOM = Slider(
    "cpu_headroom",
    "CPU headroom, %",
    "profile.cpu_headroom_share",
    *(0, 100, 5, 1),
    _percent,
    100,
    lambda rule: rule.cpu.headroom_share,
)
MEMORY_ROOM = Slider(
    "memory_headroom",
    "Memory headroom, %",
    "profile.memory_headroom_share",
    *(0, 100, 5, 1),
    _percent,
    100,
    lambda rule: rule.memory.headroom_share,
)
HOST_ROOM = Slider(
    "host_headroom", "Kept free on instances, %", "fleet.headroom_share", 0, 50, 5, 1, _percent, 100
)
FAMILIES = Words("families", "Instance families", "fleet.families")
REGIONS = Words("regions", "Regions", "plan.regions")

GROUPS: tuple[tuple[str, tuple[Knob, ...]], ...] = (
    ("What counts", (OPERATIONS, GROWTH)),
    ("What may be used", (SPOT, ARM, FAMILIES, HOST_ROOM)),
    ("What is bought ahead", (COVER, PAYMENT, KINDS)),
    ("How big tasks are", (PERCENTILE, CPU_ROOM, MEMORY_ROOM)),
)
"""The knobs under their headings; regions and pins depend on the usage and stand below."""

KNOBS: tuple[Knob, ...] = (*(knob for _, knobs in GROUPS for knob in knobs), REGIONS)


def turned(start: Config, values: Mapping[str, Any]) -> Config:
    """Return the policy with knobs at some values; knobs that are not named stay."""
    config = start
    for knob in KNOBS:
        if knob.name in values:
            config = knob.write(config, values[knob.name])
    return config
