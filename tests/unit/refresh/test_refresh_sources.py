"""Each source's parser, on answers in AWS's own shapes."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from fakes_aws import FakeCaller
from fakes_prices import NOW, OFFERING, SECONDS_PER_YEAR, TODAY, product

from advisor.catalog.refresh.bands import bands
from advisor.catalog.refresh.fargate import fargate
from advisor.catalog.refresh.managed_fee import fee_shares, managed_fee
from advisor.catalog.refresh.on_demand import on_demand, windows_licence
from advisor.catalog.refresh.others import others
from advisor.catalog.refresh.price_list import Offer, offers
from advisor.catalog.refresh.reading import Faults
from advisor.catalog.refresh.reserved import reserved
from advisor.catalog.refresh.savings_plans import savings_plans
from advisor.catalog.refresh.shapes import shapes
from advisor.catalog.refresh.spot import read_spot, spot
from advisor.errors import AwsError

SHAPES = {"m5.large": {"vcpu": 2, "burstable": False}, "t3.large": {"vcpu": 2, "burstable": True}}


def box(name: str, usd: str, operation: str = "RunInstances", unit: str = "Hrs") -> Offer:
    return Offer(f"BoxUsage:{name}", operation, unit, usd, {})


def listed(*products: str) -> list[Offer]:
    caller = FakeCaller({"pricing:GetProducts": {"PriceList": list(products)}})
    return offers(caller, "AmazonEC2", "eu-west-1", tenancy="Shared")


def test_what_is_asked_of_the_price_list() -> None:
    caller = FakeCaller({"pricing:GetProducts": {"PriceList": [product("AmazonEC2", "x", "y", "1", "Hrs")]}})
    offers(caller, "AmazonEC2", "eu-west-1", tenancy="Shared")
    (_, asked) = caller.asked[0]
    assert asked["ServiceCode"] == "AmazonEC2"
    assert {f["Field"]: f["Value"] for f in asked["Filters"]} == {
        "regionCode": "eu-west-1",
        "tenancy": "Shared",
    }
    assert {f["Type"] for f in asked["Filters"]} == {"TERM_MATCH"}


@pytest.mark.parametrize(
    ("usage_type", "bare"),
    [
        ("EU-BoxUsage:m5.large", "BoxUsage:m5.large"),
        ("USE1-Fargate-GB-Hours", "Fargate-GB-Hours"),
        ("APN1-EBS:VolumeUsage.gp3", "EBS:VolumeUsage.gp3"),
        ("UGW1-BoxUsage:m5.large", "BoxUsage:m5.large"),
        ("BoxUsage:m5.large", "BoxUsage:m5.large"),
        ("Fargate-GB-Hours", "Fargate-GB-Hours"),
    ],
)
def test_codes_of_regions_come_off(usage_type: str, bare: str) -> None:
    assert listed(product("AmazonEC2", "x", usage_type, "1", "Hrs"))[0].usage_type == bare


def test_only_the_first_tier_and_only_dollars_count() -> None:
    told = json.loads(product("AmazonEC2", "eu-west-1", "EU-BoxUsage:m5.large", "0.1070000000", "Hrs"))
    dimensions = next(iter(told["terms"]["OnDemand"].values()))["priceDimensions"]
    first = next(iter(dimensions.values()))
    dimensions["second"] = {**first, "beginRange": "100", "pricePerUnit": {"USD": "0.05"}}
    dimensions["third"] = {**first, "pricePerUnit": {"CNY": "0.7"}}
    assert [o.usd for o in listed(json.dumps(told))] == ["0.1070000000"]


def test_a_price_written_as_a_number_is_no_float() -> None:
    text = product("AmazonEC2", "x", "y", "1", "Hrs").replace(
        '"USD": "1"', '"USD": 0.00000003080000000000001'
    )
    assert listed(text)[0].usd == "0.00000003080000000000001"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"product": {"attributes": {}}}', '{"product": 3}'])
def test_a_product_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(AwsError, match="a product cannot be read"):
        listed(text)


def test_an_empty_list_is_an_error() -> None:
    with pytest.raises(AwsError, match="no prices of AmazonEC2 in eu-west-1"):
        listed()


def test_on_demand_takes_linux_boxes_of_known_shape() -> None:
    said = [
        box("m5.large", "0.1070000000"),
        box("mac1.metal", "1.0"),
        box("t3.large", "0.2", "RunInstances:0010"),
        Offer("DedicatedUsage:m5.large", "RunInstances", "Hrs", "0.2", {}),
        Offer("UnusedBox:t3.large", "RunInstances", "Hrs", "0.2", {}),
    ]
    reading = on_demand(said, "eu-west-1", SHAPES, TODAY)
    assert [(r["instance_type"], r["on_demand_pico"]) for r in reading.rows] == [("m5.large", 107 * 10**9)]
    assert reading.rows[0]["on_demand_as_of"] == TODAY
    assert reading.faults == ()


def test_the_licence_is_what_most_types_pay() -> None:
    known = {f"m5.{n}": {"vcpu": 2, "burstable": False} for n in range(4)}
    known |= {f"t3.{n}": SHAPES["t3.large"] for n in range(9)}
    linux = [box(n, "0.1") for n in known]
    windows = [box(n, "0.192", "RunInstances:0002") for n in list(known)[:3]]
    windows += [
        box("m5.3", "0.3", "RunInstances:0002"),
        *(box(f"t3.{n}", "0.11", "RunInstances:0002") for n in range(9)),
    ]
    (row,) = windows_licence(linux, windows, "eu-west-1", known, TODAY).rows
    assert (row["pico"], row["unit"], row["method"]) == (46 * 10**9, "vCPU-hour", "derived")
    assert windows_licence(linux, [], "eu-west-1", known, TODAY).rows == ()


FARGATE = {
    "Fargate-vCPU-Hours:perCPU": "0.04048",
    "Fargate-GB-Hours": "0.004445",
    "Fargate-EphemeralStorage-GB-Hours": "0.000111",
    "SpotUsage-Fargate-GB-Hours": "0.001",
    "Fargate-Windows-vCPU-Hours:perCPU": "0.046552",
    "Fargate-Windows-GB-Hours": "0.00511175",
    "Fargate-Windows-OS-Hours:perCPU": "0.046",
}


def meters(prices: dict[str, str]) -> list[Offer]:
    return [Offer(meter, "", "hours", usd, {}) for meter, usd in prices.items()]


def test_fargate_rates_come_whole() -> None:
    rows = {r["operating_system"]: r for r in fargate(meters(FARGATE), "us-east-1", TODAY).rows}
    linux, windows = rows["LINUX"], rows["WINDOWS"]
    assert (linux["vcpu_pico"], linux["gib_pico"], linux["ephemeral_pico"]) == (
        40_480_000_000,
        4_445_000_000,
        111_000_000,
    )
    assert linux["licence_pico"] is None
    assert windows["licence_pico"] == 46_000_000_000
    assert {r["capacity_option"] for r in rows.values()} == {"ON_DEMAND"}


@pytest.mark.parametrize("meter", [m for m in FARGATE if "Spot" not in m])
def test_a_rate_with_a_part_missing_is_left_out(meter: str) -> None:
    """One date stands for a row: a part that was not read must not get it."""
    rest = {m: usd for m, usd in FARGATE.items() if m != meter}
    systems = [r["operating_system"] for r in fargate(meters(rest), "us-east-1", TODAY).rows]
    if "Ephemeral" in meter:
        assert systems == []
    else:
        assert systems == (["LINUX"] if "Windows" in meter else ["WINDOWS"])


def test_disks_and_addresses() -> None:
    said = [
        Offer("EBS:VolumeUsage.gp3", "", "GB-Mo", "0.0800000000", {}),
        Offer("EBS:VolumeUsage.gp2", "", "GB-Mo", "0.1000000000", {}),
        Offer("EBS:VolumeP-Throughput.gp3", "", "GiBps-mo", "40.9600000000", {}),
        Offer("PublicIPv4:InUseAddress", "", "Hrs", "0.0050000000", {}),
        Offer("PublicIPv4:IdleAddress", "", "Hrs", "0.0050000000", {}),
    ]
    rows = others(said, "us-east-1", TODAY).rows
    assert [(r["item"], r["pico"], r["unit"]) for r in rows] == [
        ("ebs_gp3_storage", 80 * 10**9, "GB-month"),
        ("ebs_gp3_throughput", 40 * 10**9, "MiBps-month over 125"),
        ("public_ipv4", 5 * 10**9, "hour"),
    ]


def rate(meter: str, usd: str, **more: Any) -> dict[str, Any]:
    offering = {
        "offeringId": OFFERING,
        "paymentOption": "Partial Upfront",
        "planType": "Compute",
        "durationSeconds": 3 * SECONDS_PER_YEAR,
        "currency": "USD",
    }
    said = {"savingsPlanOffering": {**offering, **more}, "rate": usd, "unit": "Hrs", "usageType": meter}
    return said


def test_plans_are_shares_of_todays_prices() -> None:
    instances = {"m5.large": 100 * 10**9, "m5.xlarge": 200 * 10**9, "m5.2xlarge": 400 * 10**9}
    rates = [
        rate("EU-BoxUsage:m5.large", "0.06"),
        rate("EU-BoxUsage:m5.xlarge", "0.1202"),
        rate("EU-BoxUsage:m5.2xlarge", "0.2408"),
        rate("EU-BoxUsage:m4.large", "0.01"),
        rate("EU-BoxUsage:m5.large", "0.09", currency="EUR"),
        rate("EU-Fargate-ARM-GB-Hours", "0.002", paymentOption="All Upfront"),
        rate("EU-Fargate-Windows-GB-Hours", "0.002"),
    ]
    reading = savings_plans(rates, "eu-west-1", instances, {"Fargate-ARM-GB-Hours": 4 * 10**9}, TODAY)
    assert [
        (r["kind"], r["scope"], r["term_years"], r["payment_option"], r["discount_share"])
        for r in reading.rows
    ] == [
        ("COMPUTE_SP", "FARGATE_ARM64_GIB", 3, "ALL_UPFRONT", "0.5"),
        ("COMPUTE_SP", "m5", 3, "PARTIAL_UPFRONT", "0.399"),
    ]


def test_a_published_rate_comes_back_to_the_pico() -> None:
    full = 40_480_000_000
    (row,) = savings_plans(
        [rate("Fargate-vCPU-Hours:perCPU", "0.0295504")],
        "us-east-1",
        {},
        {"Fargate-vCPU-Hours:perCPU": full},
        TODAY,
    ).rows
    assert round(full * (1 - Decimal(row["discount_share"]))) == 29_550_400_000


def offer(name: str = "m5.large", **more: Any) -> dict[str, Any]:
    return {
        "InstanceType": name, "CurrencyCode": "USD", "OfferingClass": "standard", "OfferingType": "Partial Upfront",
        "Duration": SECONDS_PER_YEAR, "FixedPrice": 262.8, "UsagePrice": 0.0,
        "RecurringCharges": [{"Amount": 0.03, "Frequency": "Hourly"}], **more,
    }  # fmt: skip


def test_a_reservation_is_its_hours_and_its_share_of_what_is_paid_ahead() -> None:
    """$262.80 over 8,760 hours is 3 cents; as floats 0.03 + 0.03 would be no decimal number."""
    instances = {"m5.large": 100 * 10**9}
    (row,) = reserved([offer(), offer("m4.large")], "eu-west-1", instances, TODAY).rows
    assert (row["kind"], row["scope"], row["term_years"]) == ("RI_STANDARD", "m5", 1)
    assert row["discount_share"] == "0.4"
    (three,) = reserved([offer(Duration=3 * SECONDS_PER_YEAR)], "eu-west-1", instances, TODAY).rows
    assert (three["term_years"], three["discount_share"]) == (3, "0.6")
    ahead = offer(OfferingType="All Upfront", FixedPrice=525.6)
    del ahead["RecurringCharges"]
    assert reserved([ahead], "eu-west-1", instances, TODAY).rows[0]["discount_share"] == "0.4"


def test_reservations_of_old_and_in_other_money_are_left_out() -> None:
    said = [offer(OfferingType="Heavy Utilization"), offer(CurrencyCode="CNY")]
    reading = reserved(said, "eu-west-1", {"m5.large": 100 * 10**9}, TODAY)
    assert (reading.rows, reading.faults) == ((), ())


def seen(
    zone: str, usd: str, age_h: float = 0, name: str = "m5.large", system: str = "Linux/UNIX"
) -> dict[str, Any]:
    return {
        "AvailabilityZone": f"eu-west-1{zone}", "InstanceType": name, "ProductDescription": system, "SpotPrice": usd,
        "Timestamp": NOW - timedelta(hours=age_h),
    }  # fmt: skip


def test_spot_is_the_mean_of_the_newest_of_every_zone() -> None:
    history = [
        seen("a", "0.030000", 1),
        seen("a", "0.090000", 2),
        seen("b", "0.040001", 3),
        seen("c", "0.050000"),
        seen("a", "0.001", name="mac1.metal"),
        seen("a", "0.001", system="Windows"),
    ]
    (row,) = spot(history, "eu-west-1", {"m5.large": None}, TODAY).rows
    assert row["spot_pico"] == 40_000_333_333
    assert row["spot_method"] == "derived"


def test_spot_above_on_demand_is_left_out() -> None:
    assert spot([seen("a", "0.2")], "eu-west-1", {"m5.large": 199 * 10**9}, TODAY).rows == ()
    assert spot([seen("a", "0.2")], "eu-west-1", {"m5.large": 200 * 10**9}, TODAY).rows


def test_a_region_without_spot_prices_is_an_error() -> None:
    with pytest.raises(AwsError, match="no prices in eu-west-1"):
        read_spot(FakeCaller({}), NOW)


def instance(name: str, **more: Any) -> dict[str, Any]:
    return {
        "InstanceType": name, "CurrentGeneration": True, "BareMetal": False, "Hypervisor": "nitro",
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]}, "VCpuInfo": {"DefaultVCpus": 4},
        "MemoryInfo": {"SizeInMiB": 16384}, "NetworkInfo": {"MaximumNetworkInterfaces": 4},
        "BurstablePerformanceSupported": False, **more,
    }  # fmt: skip


def test_a_new_type_has_no_trunk_until_somebody_tells() -> None:
    (row,) = shapes([instance("m10i-flex.xlarge")], {}, TODAY).rows
    assert (row["family"], row["size"], row["generation"], row["flex"]) == ("m10i-flex", "xlarge", 10, True)
    assert (row["awsvpc_tasks"], row["awsvpc_tasks_trunked"], row["baseline_share"]) == (3, None, 0.4)
    assert row["registered_memory_mib"] < row["memory_mib"] == 16384


def test_a_known_type_keeps_what_no_api_tells() -> None:
    old = {
        "awsvpc_tasks": 2, "awsvpc_tasks_trunked": 20, "trunk_source": "aws_doc", "max_enis": 4, "generation": 5, "flex": False,
        "baseline_share": None,
    }  # fmt: skip
    (row,) = shapes([instance("m5.xlarge")], {"m5.xlarge": old}, TODAY).rows
    assert (row["awsvpc_tasks"], row["awsvpc_tasks_trunked"], row["trunk_source"]) == (2, 20, "aws_doc")
    (more,) = shapes([instance("m5.xlarge")], {"m5.xlarge": {**old, "max_enis": 3}}, TODAY).rows
    assert (more["awsvpc_tasks"], more["awsvpc_tasks_trunked"], more["trunk_source"]) == (3, 21, "formula")
    (none,) = shapes(
        [instance("c4.xlarge")], {"c4.xlarge": {**old, "awsvpc_tasks_trunked": None}}, TODAY
    ).rows
    assert none["awsvpc_tasks_trunked"] is None


@pytest.mark.parametrize(
    ("gpu", "whole"),
    [
        ({"Manufacturer": "NVIDIA", "Name": "L4", "Count": 4}, 4),
        ({"Manufacturer": "NVIDIA", "Name": "L4", "Count": 4, "GpuPartitionSize": 1.0}, 4),
        ({"Manufacturer": "NVIDIA", "Name": "L4", "Count": 1, "GpuPartitionSize": 0.125}, 0),
        ({"Manufacturer": "AMD", "Name": "V520", "Count": 1}, 0),
    ],
)
def test_gpus_that_a_task_can_be_given(gpu: dict[str, Any], whole: int) -> None:
    (row,) = shapes([instance("g9.xlarge", GpuInfo={"Gpus": [gpu]})], {}, TODAY).rows
    assert (row["gpus"], row["gpu_model"], row["gpu_vendor"]) == (whole, gpu["Name"], gpu["Manufacturer"])


def test_macs_and_unknown_xen_types_are_left_out() -> None:
    mac = instance("mac3.metal", ProcessorInfo={"SupportedArchitectures": ["arm64_mac"]})
    assert shapes([mac, instance("m3.large", Hypervisor="xen")], {}, TODAY).rows == ()
    both = instance("t2.micro", ProcessorInfo={"SupportedArchitectures": ["i386", "x86_64"]})
    assert shapes([both], {}, TODAY).rows[0]["cpu_architecture"] == "X86_64"


def test_fees_are_rounded_shares_by_scope() -> None:
    prices = {"g6e.48xlarge": 30_131_180_000_000, "m5.large": 107 * 10**9, "gr6.4xlarge": 1_000_000_000_000}
    said = [
        Offer("ECS-Managed-Instances:g6e.48xlarge-management-hours", "", "Hrs", "2.350230", {}),
        Offer("Managed-Instances:m5.large-management-hours", "", "Hrs", "0.01284", {}),
        Offer("Managed-Instances:x9.large-management-hours", "", "Hrs", "0.01284", {}),
        Offer("Managed-Instances:gr6.4xlarge-management-hours", "", "Hrs", "0.12", {}),
    ]
    faults = Faults()
    shares = fee_shares(said, "us-east-1", prices, faults)
    rows = managed_fee(shares.items(), ["default", "g", "p"], faults, TODAY).rows
    assert [(r["scope"], r["fee_share"], r["region"]) for r in rows] == [
        ("default", "0.12", "*"),
        ("g", "0.078", "*"),
    ]


RANGES = [{"index": i} for i in range(5)]


def test_bands_of_linux_in_the_regions_asked_for() -> None:
    said = {
        "ranges": RANGES,
        "spot_advisor": {
            "eu-west-1": {
                "Linux": {"m5.large": {"s": 60, "r": 2}, "mac1.metal": {"s": 1, "r": 0}},
                "Windows": {},
            },
            "us-east-1": {"Linux": {"m5.large": {"s": 60, "r": 1}}},
        },
    }
    rows = bands(said, ["eu-west-1", "af-south-1"], SHAPES, TODAY).rows
    assert [(r["region"], r["instance_type"], r["interruption_band"]) for r in rows] == [
        ("eu-west-1", "m5.large", 2)
    ]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"ranges": RANGES},
        {"ranges": RANGES[:4], "spot_advisor": {}},
        {"ranges": RANGES, "spot_advisor": {"eu-west-1": {"Linux": {"m5.large": {"s": 60, "r": 5}}}}},
        {"ranges": RANGES, "spot_advisor": {"eu-west-1": {"Linux": {"m5.large": {"s": 60}}}}},
    ],
)
def test_another_document_is_an_error(document: Any) -> None:
    with pytest.raises(AwsError, match="spot-advisor-data"):
        bands(document, ["eu-west-1"], SHAPES, TODAY)
