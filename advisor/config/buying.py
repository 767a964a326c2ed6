"""What may be bought, and at which prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from advisor.config.kinds import STRICT, Flag, NonNegative, Share


@dataclass(frozen=True)
class CommitmentPolicy:
    """What may be bought ahead."""

    __pydantic_config__ = STRICT
    allowed: Flag = True
    kinds: tuple[Literal["COMPUTE_SP", "EC2_INSTANCE_SP", "RI_STANDARD", "RI_CONVERTIBLE"], ...] = (
        "COMPUTE_SP",
        "EC2_INSTANCE_SP",
    )
    """Savings Plans by default: where a standard RI exists it costs what the EC2 Instance plan costs, and binds more."""
    terms_years: tuple[Literal[1, 3], ...] = (1,)
    """Three years outlive most architectures; AWS's own default of three years all upfront is aggressive."""
    payment_options: tuple[Literal["NO_UPFRONT", "PARTIAL_UPFRONT", "ALL_UPFRONT"], ...] = ("NO_UPFRONT",)
    """Prepayment is a treasury decision: ask for it."""
    min_hourly_commitment_usd: NonNegative = 0.01
    """Below a cent an hour the purchase costs more attention than it saves."""


@dataclass(frozen=True)
class PricePolicy:
    """How prices are read."""

    __pydantic_config__ = STRICT
    edp_share: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """Private discount (EDP, PPA) off everything after plans and reservations."""
    stale_days: Annotated[int, Field(ge=1)] = 180
    """Older prices warn: Spot moves monthly, on-demand about once a year."""
    estimated_band_share: Share = 0.1
    """A rate we had to estimate may be this much off; savings that rest on it show a range."""
    bill_gate_share: Share = 0.05
    """Today's cost may be this much off the bill: hours of the two windows differ by about as much, more is a wrong model."""
    fargate_minimum_s: Annotated[int, Field(ge=1)] = 60
    fargate_windows_minimum_s: Annotated[int, Field(ge=1)] = 300
    """Sources differ, 5 or 15 minutes (ecs-semantics §A.1)."""


@dataclass(frozen=True)
class RefreshLimits:
    """What new prices must keep to before they take the place of old ones.

    Not a setting: what is really so is let pass by its name (`advisor prices refresh --accept`), once, and seen.
    """

    price_times: tuple[float, float] = (0.5, 2.0)
    """The deepest cut we know of took 45 % (P5, June 2025, as announced); no list price is known to have doubled …"""
    spot_times: tuple[float, float] = (0.1, 10.0)
    """… Spot follows supply, and the first refresh replaces averages of another year: only another unit is this far off."""
    least_rows_share: float = 0.5
    """AWS retires a few types a year: a list of less than half was cut short."""
    memory_within_share: float = 0.02
    """A type keeps its shape; documents that were read before EC2 itself round memory."""
