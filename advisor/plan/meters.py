"""What is metered and what is owned: the nouns of an exact bill.

Quantities are whole numbers of a meter's own quantum: instance-seconds, CPU-unit-seconds, MiB-seconds.
`Meter.scale` says how many of them make one unit-hour of the price, so that no quantity and no price needs a
fraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from advisor.errors import InputError
from advisor.terms import CommitmentKind, PaymentOption
from advisor.units import CPU_UNITS_PER_VCPU, MIB_PER_GIB, SECONDS_PER_HOUR

Amount = int | Fraction
"""An exact number; a fraction only where a commitment ran out inside a meter."""

Share = Fraction | Decimal | str | float
"""A part of 1; a float is read as the decimal number that it prints as, so that 0.27 means 27 %."""

CPU_SCALE = SECONDS_PER_HOUR * CPU_UNITS_PER_VCPU
"""CPU-unit-seconds in a vCPU-hour."""
MEMORY_SCALE = SECONDS_PER_HOUR * MIB_PER_GIB
"""MiB-seconds in a GB-hour (AWS's GB of memory is 2³⁰ bytes)."""

RESERVATIONS = frozenset({CommitmentKind.RI_STANDARD, CommitmentKind.RI_CONVERTIBLE})

_SMALL_SIZES = {
    "nano": Fraction(1, 4),
    "micro": Fraction(1, 2),
    "small": Fraction(1),
    "medium": Fraction(2),
    "large": Fraction(4),
    "xlarge": Fraction(8),
}


@dataclass(frozen=True)
class Meter:
    """One line that AWS meters, in one account and region.

    Attributes:
        od_pico_usd: on-demand price of a unit-hour in pico-dollars.
        scale: quanta in a unit-hour.
        normalization_units: of one instance; null where RIs have no size flexibility for it.
        ri_eligible: false for Spot, Fargate, fees and everything else no reservation covers.
    """

    meter_id: str
    od_pico_usd: int
    account_id: str = ""
    region: str = ""
    instance_type: str | None = None
    instance_family: str | None = None
    availability_zone: str | None = None
    operating_system: str = "LINUX"
    normalization_units: Fraction | None = None
    ri_eligible: bool = False
    scale: int = SECONDS_PER_HOUR

    def __post_init__(self) -> None:
        if self.od_pico_usd < 0 or self.scale < 1:
            raise InputError(
                f"meter {self.meter_id}: price {self.od_pico_usd} or scale {self.scale} out of range"
            )


@dataclass(frozen=True)
class Owned:
    """A Savings Plan or reservation that is in force in the hours `first_hour` ≤ h < `end_hour` of a bill.

    Attributes:
        hourly_pico_usd: what it costs each hour, used or not, upfront part amortised: a plan's commitment, or
            the fee of all `count` instances of a reservation.
        rates: Savings Plan rate in pico-dollars a unit-hour, by meter; a meter that is not in it is not
            eligible.
        scope: instance family of an EC2 Instance plan, instance type of a reservation, else empty.
        normalization_units: of one reserved instance; null where it has no size flexibility.
        availability_zone: of a zonal reservation, which covers its own size only.
        end_hour: null for the end of the bill.
    """

    owned_id: str
    kind: CommitmentKind
    hourly_pico_usd: int
    rates: Mapping[str, int] = field(default_factory=dict)
    scope: str = ""
    account_id: str = ""
    region: str = ""
    count: int = 0
    normalization_units: Fraction | None = None
    availability_zone: str | None = None
    operating_system: str = "LINUX"
    term_years: int = 1
    payment_option: PaymentOption = PaymentOption.NO_UPFRONT
    first_hour: int = 0
    end_hour: int | None = None

    def __post_init__(self) -> None:
        if self.hourly_pico_usd < 0 or self.count < 0:
            raise InputError(f"commitment {self.owned_id}: negative commitment or count")
        if any(rate <= 0 for rate in self.rates.values()):
            raise InputError(f"commitment {self.owned_id}: a Savings Plan rate is not above zero")


@dataclass(frozen=True)
class Offer:
    """Something that can be bought: an `Owned` whose size is still open.

    Attributes:
        unit_pico_usd: amortised hourly fee of one reserved instance; unused for plans.
        method: how its price became known (`observed`, `derived`, `estimated`).
    """

    kind: CommitmentKind
    term_years: int
    payment_option: PaymentOption
    rates: Mapping[str, int] = field(default_factory=dict)
    scope: str = ""
    account_id: str = ""
    region: str = ""
    unit_pico_usd: int = 0
    normalization_units: Fraction | None = None
    operating_system: str = "LINUX"
    method: str = "observed"

    def buy(self, size: int) -> Owned:
        """Return `size` of it: pico-dollars an hour of a plan, instances of a reservation."""
        reserved = self.kind in RESERVATIONS
        return Owned(
            owned_id=self.offer_id,
            kind=self.kind,
            hourly_pico_usd=size * self.unit_pico_usd if reserved else size,
            rates=self.rates,
            scope=self.scope,
            account_id=self.account_id,
            region=self.region,
            count=size if reserved else 0,
            normalization_units=self.normalization_units,
            operating_system=self.operating_system,
            term_years=self.term_years,
            payment_option=self.payment_option,
        )

    @property
    def offer_id(self) -> str:
        """Its name in outputs, `buy:EC2_INSTANCE_SP/m5/us-east-1/1y/NO_UPFRONT`."""
        parts = (
            self.kind,
            self.scope,
            self.region,
            self.account_id,
            f"{self.term_years}y",
            self.payment_option,
        )
        system = () if self.operating_system == "LINUX" else (self.operating_system,)
        return "buy:" + "/".join(str(p) for p in (*parts, *system) if p)


def normalization_units(instance_type: str) -> Fraction | None:
    """Return the normalized units of an instance type, null when its name does not say (`i3.metal`).

    nano .25, micro .5, small 1, medium 2, large 4, xlarge 8 and n·xlarge 8·n; a metal size that names its
    virtual equivalent (`metal-24xl`) counts as it (EC2 User Guide, apply_ri).
    """
    size = instance_type.rpartition(".")[2].removeprefix("metal-")
    if size in _SMALL_SIZES:
        return _SMALL_SIZES[size]
    number = size.removesuffix("xlarge") if size.endswith("xlarge") else size.removesuffix("xl")
    return Fraction(8 * int(number)) if number != size and number.isdecimal() else None


def instance_meter(
    instance_type: str,
    od_pico_usd: int,
    *,
    account_id: str = "",
    region: str = "",
    operating_system: str = "LINUX",
    availability_zone: str | None = None,
    size_flexible: bool = True,
    meter_id: str | None = None,
) -> Meter:
    """Return the meter of one on-demand instance type, counted in instance-seconds.

    Args:
        size_flexible: false for families whose reservations cover their own size only (G4ad, G4dn, G5, G5g,
            Inf1); systems other than Linux never are (EC2 User Guide, apply_ri).
    """
    flexible = size_flexible and operating_system == "LINUX"
    default_id = "/".join(
        p for p in (account_id, region, availability_zone, operating_system, instance_type) if p
    )
    return Meter(
        meter_id=meter_id or default_id,
        od_pico_usd=od_pico_usd,
        account_id=account_id,
        region=region,
        instance_type=instance_type,
        instance_family=instance_type.partition(".")[0],
        availability_zone=availability_zone,
        operating_system=operating_system,
        normalization_units=normalization_units(instance_type) if flexible else None,
        ri_eligible=True,
    )


def exact_share(share: Share) -> Fraction:
    """Return a share as an exact number."""
    return share if isinstance(share, Fraction) else Fraction(str(share))


def discounted(od_pico_usd: int, discount_share: Share) -> int:
    """Return the rate after a discount (0–1), rounded half up to whole pico-dollars."""
    return (2 * od_pico_usd * (1 - exact_share(discount_share)) + 1).__floor__() // 2


def discounted_rates(meters: Iterable[Meter], shares: Mapping[str, Share]) -> dict[str, int]:
    """Return a plan's rate table from discount shares by meter; meters without a share are left out."""
    found = ((m, shares[m.meter_id]) for m in meters if m.meter_id in shares and m.od_pico_usd > 0)
    return {m.meter_id: discounted(m.od_pico_usd, share) for m, share in found}


def finer(meters: Iterable[Meter], factor: int) -> tuple[Meter, ...]:
    """Return the meters with quanta `factor` times smaller, for usage that is scaled by a ratio."""
    return tuple(replace(m, scale=m.scale * factor) for m in meters)
