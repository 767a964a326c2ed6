"""A world of AWS that sells what a catalog says, in the shapes in which AWS says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from fakes_aws import FakeCaller

from advisor.aws.failures import Ledger
from advisor.catalog import Catalog, load_catalog
from advisor.catalog.load import SNAPSHOT
from advisor.catalog.refresh import Refreshed, refresh
from advisor.units import HOURS_PER_YEAR

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TODAY = "2026-11-27"
REGIONS = ("eu-west-1", "us-east-1")
CODES = {"eu-west-1": ("EU-", "EU-"), "us-east-1": ("", "USE1-")}
"""What stands before usage types, of EC2 and of everything else."""
FAMILIES = ("m5", "m7g", "t3", "g4dn", "g6f", "c4", "r5")
PAYMENTS = {"NO_UPFRONT": "No Upfront", "PARTIAL_UPFRONT": "Partial Upfront", "ALL_UPFRONT": "All Upfront"}
SECONDS_PER_YEAR = 31_536_000
OFFERING = "11111111-2222-3333-4444-555555555555"


def small_catalog() -> Catalog:
    """Return the bundled catalog, of a few families and two regions."""
    bundled = load_catalog(SNAPSHOT)
    t = dict(bundled.tables)
    named = t["instance_types"].filter(pl.col("family").is_in(FAMILIES))
    here = pl.col("region").is_in([*REGIONS, "*"])
    t["instance_types"] = named
    t["ec2_prices"] = t["ec2_prices"].filter(
        here & pl.col("instance_type").is_in(named["instance_type"].to_list())
    )
    wanted = pl.col("scope").is_in(FAMILIES) | pl.col("scope").str.starts_with("FARGATE")
    t["commitments"] = t["commitments"].filter(here & wanted)
    for name in ("fargate", "other_prices"):
        t[name] = t[name].filter(here)
    return Catalog(bundled.as_of, bundled.digest, t)  # a copy would share what the bundled one remembers


def usd(pico: int | Decimal, digits: int = 12) -> str:
    return f"{Decimal(pico).scaleb(-12):.{digits}f}"


def product(
    service: str,
    region: str,
    usage_type: str,
    price_usd: str,
    unit: str,
    operation: str = "",
    **attributes: str,
) -> str:
    """One item of `PriceList`, as the Price List API writes it."""
    sku = f"SKU{abs(hash((region, usage_type, operation))) % 10**12:012}"
    rate = f"{sku}.JRTCKXETXF.6YS6EN2CT7"
    told = {
        "product": {
            "productFamily": "Compute",
            "attributes": {
                "regionCode": region, "servicecode": service, "location": region, "locationType": "AWS Region",
                "usagetype": usage_type, "operation": operation, "servicename": service, **attributes,
            },
            "sku": sku,
        },
        "serviceCode": service,
        "terms": {
            "OnDemand": {
                f"{sku}.JRTCKXETXF": {
                    "priceDimensions": {
                        rate: {
                            "unit": unit, "endRange": "Inf", "description": "…", "appliesTo": [], "rateCode": rate,
                            "beginRange": "0", "pricePerUnit": {"USD": price_usd},
                        }
                    },
                    "sku": sku, "effectiveDate": "2026-11-01T00:00:00Z", "offerTermCode": "JRTCKXETXF",
                    "termAttributes": {},
                }
            }
        },
        "version": "20261101000000", "publicationDate": "2026-11-01T00:00:00Z",
    }  # fmt: skip
    return json.dumps(told)


class World:
    """Answers like AWS from a catalog, to who knows `old`; `change` may alter any answer's things before they are paged."""

    def __init__(self, catalog: Catalog, page: int = 40) -> None:
        self.catalog = self.old = catalog
        self.page = page
        self.change: dict[str, Callable[[list[Any]], list[Any]]] = {}
        self.refuses: dict[tuple[str, str], Exception] = {}
        self.document = self._document()

    def caller(self, region: str) -> FakeCaller:
        names = {
            "pricing:GetProducts": (self._products, "PriceList", "NextToken"),
            "savingsplans:DescribeSavingsPlansOfferingRates": (self._rates, "searchResults", "nextToken"),
            "ec2:DescribeInstanceTypes": (self._types, "InstanceTypes", "NextToken"),
            "ec2:DescribeSpotPriceHistory": (self._spot, "SpotPriceHistory", "NextToken"),
            "ec2:DescribeReservedInstancesOfferings": (
                self._reserved,
                "ReservedInstancesOfferings",
                "NextToken",
            ),
        }

        def answer(name: str) -> Callable[..., dict[str, Any]]:
            make, field, token = names[name]

            def said(**params: Any) -> dict[str, Any]:
                where = self._region(params) or region
                if (name, where) in self.refuses:
                    raise self.refuses[name, where]
                things = self.change.get(name, lambda x: x)(make(where, params))
                start = int(params.get(token, "0"))
                end = start + self.page
                more = {token: str(end)} if end < len(things) else {}
                return {field: things[start:end], **more}

            return said

        return FakeCaller({name: answer(name) for name in names}, region=region)

    def refreshed(self, **more: Any) -> tuple[Refreshed, Ledger]:
        ledger = Ledger()
        callers = [self.caller(region) for region in REGIONS]
        home = self.caller("us-east-1")
        given = {"fetch": lambda _: self.document, **more}
        return refresh(self.old, callers, home, ledger, NOW, **given), ledger

    @staticmethod
    def _region(params: dict[str, Any]) -> str | None:
        fields = {f["Field"]: f["Value"] for f in params.get("Filters", ()) if "Field" in f}
        fields |= {f["name"]: f["values"][0] for f in params.get("filters", ())}
        return fields.get("regionCode") or fields.get("region")

    def _priced(self, region: str) -> list[dict[str, Any]]:
        return self.catalog.ec2(region).filter(pl.col("on_demand_pico_usd_per_hour").is_not_null()).to_dicts()

    def _products(self, region: str, params: dict[str, Any]) -> list[str]:
        asked = {f["Field"]: f["Value"] for f in params["Filters"]}
        ec2, code = CODES[region]
        if params["ServiceCode"] == "AmazonVPC":
            price = usd(self.catalog.other(region, "public_ipv4").pico_usd, 10)
            return [
                product("AmazonVPC", region, f"{code}VpcEndpoint-Hours", "0.0100000000", "Hrs"),
                product("AmazonVPC", region, f"{code}PublicIPv4:InUseAddress", price, "Hrs"),
            ]
        if params["ServiceCode"] == "AmazonECS":
            return self._ecs(region, code)
        if "volumeApiName" in asked:
            gp3 = {
                n: self.catalog.other(region, f"ebs_gp3_{n}").pico_usd
                for n in ("storage", "iops", "throughput")
            }
            return [
                product("AmazonEC2", region, f"{ec2}EBS:VolumeUsage.gp3", usd(gp3["storage"]), "GB-Mo"),
                product("AmazonEC2", region, f"{ec2}EBS:VolumeP-IOPS.gp3", usd(gp3["iops"]), "IOPS-Mo"),
                product(
                    "AmazonEC2",
                    region,
                    f"{ec2}EBS:VolumeP-Throughput.gp3",
                    usd(gp3["throughput"] * 1024),
                    "GiBps-mo",
                ),
            ]
        assert (
            asked["tenancy"] == "Shared"
            and asked["preInstalledSw"] == "NA"
            and asked["capacitystatus"] == "Used"
        )
        return self._instances(region, ec2, asked["operatingSystem"])

    def _instances(self, region: str, code: str, system: str) -> list[str]:
        found = [
            product("AmazonEC2", region, f"{code}BoxUsage:mac1.metal", "1.0830000000", "Hrs", "RunInstances")
        ]
        for row in self._priced(region):
            column = {"Linux": "on_demand_pico_usd_per_hour", "Windows": "windows_pico_usd_per_hour"}[system]
            if row[column] is not None:
                meter = f"{code}BoxUsage:{row['instance_type']}"
                operation = {"Linux": "RunInstances", "Windows": "RunInstances:0002"}[system]
                found.append(
                    product(
                        "AmazonEC2", region, meter, usd(row[column]), "Hrs", operation, operatingSystem=system
                    )
                )
        return found

    def _ecs(self, region: str, code: str) -> list[str]:
        found = [
            product("AmazonECS", region, f"{code}ECS-EC2-vCPU-Hours", "0.0000000000", "hours"),
            product("AmazonECS", region, f"{code}SpotUsage-Fargate-GB-Hours", "0.0014000000", "hours"),
        ]
        rates = self.catalog.tables["fargate"].filter(
            (pl.col("region") == region) & (pl.col("capacity_option") == "ON_DEMAND")
        )
        for r in rates.iter_rows(named=True):
            part = {"X86_64": "", "ARM64": "-ARM"}[r["cpu_architecture"]]
            part = "-Windows" if r["operating_system"] == "WINDOWS" else part
            meters = {"vCPU-Hours:perCPU": "vcpu", "GB-Hours": "gib", "OS-Hours:perCPU": "licence"}
            for meter, column in meters.items():
                if r[f"{column}_pico"] is not None:
                    found.append(
                        product(
                            "AmazonECS",
                            region,
                            f"{code}Fargate{part}-{meter}",
                            usd(r[f"{column}_pico"]),
                            "hours",
                        )
                    )
            if not part:
                storage = f"{code}Fargate-EphemeralStorage-GB-Hours"
                found.append(product("AmazonECS", region, storage, usd(r["ephemeral_pico"]), "hours"))
        for row in self._priced(region):
            share, _ = self.catalog.managed_instances_fee(row["family"], region)
            fee = (row["on_demand_pico_usd_per_hour"] * Decimal(str(share))).quantize(Decimal(1))
            meter = f"{code}ECS-Managed-Instances:{row['instance_type']}-management-hours"
            found.append(product("AmazonECS", region, meter, usd(fee), "Hrs", "ECSManagedInstancesUsage"))
        return found

    def _discounts(self, region: str, kinds: tuple[str, ...]) -> list[tuple[dict[str, Any], str, int]]:
        """Commitment × (instance type or Fargate meter) with its full price."""
        full: dict[str, list[tuple[str, int]]] = {}
        for row in self._priced(region):
            full.setdefault(row["family"], []).append(
                (row["instance_type"], row["on_demand_pico_usd_per_hour"])
            )
        rates = self.catalog.tables["fargate"].filter(
            (pl.col("region") == region)
            & (pl.col("capacity_option") == "ON_DEMAND")
            & (pl.col("operating_system") == "LINUX")
        )
        for r in rates.iter_rows(named=True):
            arm = "-ARM" if r["cpu_architecture"] == "ARM64" else ""
            scope = f"FARGATE_{r['cpu_architecture']}"
            full[f"{scope}_VCPU"] = [(f"Fargate{arm}-vCPU-Hours:perCPU", r["vcpu_pico"])]
            full[f"{scope}_GIB"] = [(f"Fargate{arm}-GB-Hours", r["gib_pico"])]
        rows = self.catalog.tables["commitments"].filter(
            (pl.col("region") == region) & pl.col("kind").is_in(kinds)
        )
        return [
            (r, name, pico) for r in rows.iter_rows(named=True) for name, pico in full.get(r["scope"], ())
        ]

    def _rates(self, region: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        for plan, name, pico in self._discounts(region, ("COMPUTE_SP", "EC2_INSTANCE_SP")):
            fargate = name.startswith("Fargate")
            if fargate != (params["products"] == ["Fargate"]):
                continue
            ec2, code = CODES[region]
            found.append(
                {
                    "savingsPlanOffering": {
                        "offeringId": OFFERING,
                        "paymentOption": PAYMENTS[plan["payment_option"]],
                        "planType": "Compute" if plan["kind"] == "COMPUTE_SP" else "EC2Instance",
                        "durationSeconds": plan["term_years"] * SECONDS_PER_YEAR,
                        "currency": "USD",
                    },
                    "rate": usd(pico * (1 - Decimal(plan["discount_share"]))),
                    "unit": "Hrs",
                    "productType": "Fargate" if fargate else "EC2",
                    "serviceCode": "AmazonECS" if fargate else "AmazonEC2",
                    "usageType": f"{code}{name}" if fargate else f"{ec2}BoxUsage:{name}",
                    "operation": "" if fargate else "RunInstances",
                    "properties": [{"name": "region", "value": region}],
                }
            )
        return found

    def _reserved(self, region: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        assert params["IncludeMarketplace"] is False and params["InstanceTenancy"] == "default"
        assert {f["Name"] for f in params["Filters"]} == {"scope", "product-description"}
        found = []
        for plan, name, pico in self._discounts(region, ("RI_STANDARD", "RI_CONVERTIBLE")):
            hourly = pico * (1 - Decimal(plan["discount_share"])) / 10**12
            years = plan["term_years"]
            ahead = {"NO_UPFRONT": 0, "PARTIAL_UPFRONT": Decimal("0.5"), "ALL_UPFRONT": 1}[
                plan["payment_option"]
            ]
            running = hourly * (1 - ahead)
            found.append(
                {
                    "ReservedInstancesOfferingId": OFFERING,
                    "InstanceType": name,
                    "ProductDescription": "Linux/UNIX",
                    "InstanceTenancy": "default",
                    "CurrencyCode": "USD",
                    "OfferingClass": plan["kind"].removeprefix("RI_").lower(),
                    "OfferingType": PAYMENTS[plan["payment_option"]],
                    "Duration": years * SECONDS_PER_YEAR,
                    "FixedPrice": float(hourly * ahead * HOURS_PER_YEAR * years),
                    "UsagePrice": 0.0,
                    "RecurringCharges": [{"Amount": float(running), "Frequency": "Hourly"}],
                    "Scope": "Region",
                    "Marketplace": False,
                    "PricingDetails": [],
                }
            )
        return found

    def _spot(self, region: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        """Two zones around the mean, and a price of an hour before that counts no more."""
        assert params["EndTime"] == NOW and params["StartTime"] < NOW
        found = []
        for row in self.catalog.ec2(region).iter_rows(named=True):
            pico = row["spot_pico_usd_per_hour"]
            if pico is not None:
                apart = pico // 10
                for zone, price, age_h in (
                    ("a", pico + apart, 0),
                    ("b", pico - apart, 1),
                    ("a", 9 * pico, 2),
                ):
                    found.append(
                        {
                            "AvailabilityZone": region + zone,
                            "InstanceType": row["instance_type"],
                            "ProductDescription": "Linux/UNIX",
                            "SpotPrice": usd(price),
                            "Timestamp": NOW - timedelta(hours=age_h),
                        }
                    )
        return found

    def _types(self, region: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        return [described(row) for row in self.catalog.tables["instance_types"].iter_rows(named=True)]

    def _document(self) -> dict[str, Any]:
        rows = self.catalog.tables["ec2_prices"].filter(pl.col("interruption_band").is_not_null())
        advised: dict[str, Any] = {}
        for r in rows.iter_rows(named=True):
            types = advised.setdefault(r["region"], {"Linux": {}, "Windows": {}})["Linux"]
            types[r["instance_type"]] = {"s": 70, "r": r["interruption_band"]}
        labels = ("<5%", "5-10%", "10-15%", "15-20%", ">20%")
        ranges = [{"index": i, "label": label, "dots": i, "max": 5 + 5 * i} for i, label in enumerate(labels)]
        return {"ranges": ranges, "global_rate": "<10%", "instance_types": {}, "spot_advisor": advised}


def described(row: dict[str, Any]) -> dict[str, Any]:
    """One instance type as EC2 describes it."""
    architectures = {"X86_64": ["x86_64"], "ARM64": ["arm64"]}[row["cpu_architecture"]]
    told: dict[str, Any] = {
        "InstanceType": row["instance_type"],
        "CurrentGeneration": row["current_generation"],
        "BareMetal": row["bare_metal"],
        "ProcessorInfo": {"SupportedArchitectures": architectures},
        "VCpuInfo": {"DefaultVCpus": row["vcpu"]},
        "MemoryInfo": {"SizeInMiB": row["memory_mib"]},
        "NetworkInfo": {"MaximumNetworkInterfaces": row["max_enis"]},
        "BurstablePerformanceSupported": row["burstable"],
    }
    if row["hypervisor"]:
        told["Hypervisor"] = row["hypervisor"]
    if row["gpu_model"]:
        gpu: dict[str, Any] = {
            "Name": row["gpu_model"],
            "Manufacturer": row["gpu_vendor"],
            "Count": row["gpus"] or 1,
        }
        if not row["gpus"]:
            gpu |= {"LogicalGpuCount": 1, "GpuPartitionSize": 0.125}
        told["GpuInfo"] = {"Gpus": [gpu]}
    return told
