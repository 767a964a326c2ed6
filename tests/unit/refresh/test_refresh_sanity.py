"""Every refusal, one by one; and that nothing but what was named is let pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fakes_prices import World, small_catalog

from advisor.catalog.refresh.reading import Fault
from advisor.catalog.refresh.sanity import refuse
from advisor.config import RefreshLimits
from advisor.errors import CatalogError

PRODUCTS, SPOT = "pricing:GetProducts", "ec2:DescribeSpotPriceHistory"
RATES, TYPES = "savingsplans:DescribeSavingsPlansOfferingRates", "ec2:DescribeInstanceTypes"
RESERVED = "ec2:DescribeReservedInstancesOfferings"


@pytest.fixture
def world() -> World:
    return World(small_catalog())


def priced(ending: str | tuple[str, ...], region: str, usd: Callable[[str], str], unit: str | None = None):
    """Change one meter's price, and its unit, in a region."""

    def change(products: list[str]) -> list[str]:
        out = []
        for text in products:
            told = json.loads(text)
            about = told["product"]["attributes"]
            if about["usagetype"].endswith(ending) and about["regionCode"] == region:
                term = next(iter(told["terms"]["OnDemand"].values()))
                dimension = next(iter(term["priceDimensions"].values()))
                dimension["pricePerUnit"]["USD"] = usd(dimension["pricePerUnit"]["USD"])
                dimension["unit"] = unit or dimension["unit"]
            out.append(json.dumps(told))
        return out

    return change


def with_field(field: str, value: Any, only: Callable[[dict[str, Any]], bool] = lambda _: True):
    return lambda things: [{**t, field: value} if only(t) else t for t in things]


def times(factor: str) -> Callable[[str], str]:
    from decimal import Decimal

    return lambda usd: str(Decimal(usd) * Decimal(factor))


def m5_large(thing: dict[str, Any]) -> bool:
    return thing["InstanceType"] == "m5.large"


CASES = {
    "a price of nothing": (
        PRODUCTS,
        priced(":m5.large", "eu-west-1", lambda _: "0.0000000000"),
        "price/ec2_on_demand/eu-west-1/m5.large",
        False,
    ),
    "a price below nothing": (
        PRODUCTS,
        priced("Fargate-GB-Hours", "eu-west-1", lambda _: "-0.004"),
        "price/fargate/eu-west-1/Fargate-GB-Hours",
        False,
    ),
    "no number": (
        PRODUCTS,
        priced("VolumeUsage.gp3", "us-east-1", lambda _: "free"),
        "price/ebs_gp3_storage/us-east-1",
        False,
    ),
    "instances by the second": (
        PRODUCTS,
        priced(":m5.large", "eu-west-1", str, "Second"),
        "unit/ec2_on_demand/eu-west-1/m5.large",
        False,
    ),
    "Fargate by the month": (
        PRODUCTS,
        priced("Fargate-vCPU-Hours:perCPU", "eu-west-1", str, "vCPU-Months"),
        "unit/fargate/eu-west-1/Fargate-vCPU-Hours:perCPU",
        False,
    ),
    "disks by the hour": (
        PRODUCTS,
        priced("VolumeUsage.gp3", "us-east-1", str, "GB-Hours"),
        "unit/ebs_gp3_storage/us-east-1",
        False,
    ),
    "on-demand more than twice": (
        PRODUCTS,
        priced(":m5.large", "eu-west-1", times("2.01")),
        "jump/ec2_on_demand/eu-west-1/m5.large",
        True,
    ),
    "on-demand less than half": (
        PRODUCTS,
        priced(":m7g.large", "us-east-1", times("0.49")),
        "jump/ec2_on_demand/us-east-1/m7g.large",
        True,
    ),
    "Fargate more than twice": (
        PRODUCTS,
        priced("Fargate-ARM-vCPU-Hours:perCPU", "us-east-1", times("2.01")),
        "jump/fargate_on_demand/us-east-1/linux/arm64/vcpu",
        True,
    ),
    "disks more than twice": (
        PRODUCTS,
        priced("VolumeP-IOPS.gp3", "us-east-1", times("2.01")),
        "jump/other/us-east-1/ebs_gp3_iops",
        True,
    ),
    "fees that differ": (
        PRODUCTS,
        priced("Managed-Instances:m5.large-management-hours", "eu-west-1", times("1.5")),
        "spread/managed_instances/default",
        True,
    ),
    "a short list of instances": (
        PRODUCTS,
        lambda ps: [p for p in ps if "BoxUsage:" not in p or ":m5." in p],
        "rows/ec2_prices/on_demand_pico/eu-west-1",
        True,
    ),
    "a short list of Spot": (SPOT, lambda ps: ps[:6], "rows/ec2_prices/spot_pico/us-east-1", True),
    "a short list of rates": (
        RATES,
        lambda rs: rs[:20],
        "rows/commitments/ec2_instance_sp/eu-west-1",
        True,
    ),
    "Spot at a tenth of a tenth": (
        SPOT,
        with_field("SpotPrice", "0.0001", m5_large),
        "jump/ec2_spot/eu-west-1/m5.large",
        True,
    ),
    "Spot for nothing": (
        SPOT,
        with_field("SpotPrice", "0.0000", m5_large),
        "price/ec2_spot/eu-west-1/m5.large/eu-west-1a",
        False,
    ),
    "rates in another unit": (
        RATES,
        with_field("unit", "Request"),
        "unit/ec2_instance_sp/eu-west-1/m5.large/1y/no_upfront",
        False,
    ),
    "rates above on-demand": (
        RATES,
        with_field("rate", "3.0"),
        "discount/compute_sp/us-east-1/FARGATE_ARM64_GIB/1y/no_upfront",
        False,
    ),
    "reservations by the month": (
        RESERVED,
        with_field("RecurringCharges", [{"Amount": 1.0, "Frequency": "Monthly"}], m5_large),
        "unit/ri_standard/eu-west-1/m5.large/1y/no_upfront",
        False,
    ),
    "reservations for nothing": (
        RESERVED,
        lambda os: [{**o, "FixedPrice": 0.0, "RecurringCharges": []} for o in os],
        "price/ri_standard/eu-west-1/m5.large/3y/all_upfront",
        False,
    ),
    "a type of other vCPU": (
        TYPES,
        with_field("VCpuInfo", {"DefaultVCpus": 4}, m5_large),
        "shape/m5.large",
        True,
    ),
    "a type of other memory": (
        TYPES,
        with_field("MemoryInfo", {"SizeInMiB": 4096}, m5_large),
        "shape/m5.large",
        True,
    ),
    "a type without memory": (
        TYPES,
        with_field("MemoryInfo", {"SizeInMiB": 0}, m5_large),
        "shape/m5.large",
        False,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_is_named(world: World, case: str) -> None:
    operation, change, name, acceptable = CASES[case]
    world.change[operation] = change
    found = [f for f in world.refreshed()[0].faults if f.name.startswith(name)]
    assert found, [f.name for f in world.refreshed()[0].faults]
    assert acceptable in {f.acceptable for f in found}
    with pytest.raises(CatalogError, match="the old ones stay") as refused:
        refuse(found, [])
    assert any(p.startswith(name) for p in refused.value.problems)
    if acceptable and all(f.acceptable for f in found):
        refuse(found, [name + "*"])
    else:
        with pytest.raises(CatalogError):
            refuse(found, ["*"])


@pytest.mark.parametrize("factor", ["2.0", "0.5"])
def test_the_limits_themselves_are_lawful(world: World, factor: str) -> None:
    world.change[PRODUCTS] = priced("BoxUsage:m5.large", "eu-west-1", times(factor))
    assert not [f for f in world.refreshed()[0].faults if f.name.startswith("jump/ec2_on_demand")]


def test_limits_are_handed_in(world: World) -> None:
    world.change[PRODUCTS] = priced("BoxUsage:m5.large", "eu-west-1", times("1.2"))
    tight = RefreshLimits(price_times=(0.9, 1.1))
    names = {f.name for f in world.refreshed(limits=tight)[0].faults}
    assert "jump/ec2_on_demand/eu-west-1/m5.large" in names


def test_a_price_without_a_shape_is_refused(world: World) -> None:
    """Such a price is never read; a table that has one all the same is refused."""
    from advisor.catalog.refresh.sanity import faults

    tables = dict(world.catalog.tables)
    import polars as pl

    tables["instance_types"] = tables["instance_types"].filter(pl.col("instance_type") != "t3.micro")
    found = faults(world.catalog.tables, tables, (), RefreshLimits())
    assert [f.name for f in found] == ["shape/t3.micro"]


def test_what_is_accepted_must_be_there() -> None:
    jump = Fault("jump/ec2_spot/eu-west-1/m5.large", "is far off", acceptable=True)
    refuse([jump], ["jump/ec2_spot/*"])
    refuse([], [])
    with pytest.raises(CatalogError) as refused:
        refuse([jump], ["jump/ec2_spot/*", "jump/ec2_on_demand/*"])
    assert refused.value.problems == ("jump/ec2_on_demand/*: nothing of this name can be accepted",)
