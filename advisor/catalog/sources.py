"""Where the snapshot's figures were read: the short names that price rows carry, in full."""

from __future__ import annotations

SOURCES = {
    "aws_doc": "Amazon ECS Developer Guide 2023-06, elastic network interface trunking",
    "aws_price_list_2026-07": "AWS Price List of AmazonECS, 2026-07, as quoted in public",
    "aws_price_list_2026-09": "AWS Price List of AmazonECS, 2026-09, as quoted in public",
    "aws_price_list_doc_2026": "AWS Price List of AmazonECS, 2026, as quoted in public documents",
    "aws_pricing_page_doc": "AWS Fargate pricing page, as quoted in public documents",
    "aws_samples": "aws-samples/sample-ecs-managed-instances-pricing-calculator 41ba68a (pricing:GetProducts), 2026-02-07",
    "coroot_infracost": "coroot/cloud-pricing, last live Spot day 2024-05-14",
    "formula": "branch ENIs + ENIs - 2, right for 412 of 430 documented types",
    "instance_types_api": "ec2:DescribeInstanceTypes, read by advisor prices refresh",
    "karpenter": "aws/karpenter-provider-aws 1d927085, generated pricing and limits, 2026-07-20 and later",
    "moto": "DescribeInstanceTypes output shipped with moto 5.2.1, 2026-05",
    "netflix_scm": "Netflix-Skunkworks/service-capacity-modeling dc69307, 3-year reserved prices, 2026-06-09",
    "price_list_api": "pricing:GetProducts, read by advisor prices refresh",
    "reserved_offerings": "ec2:DescribeReservedInstancesOfferings against on-demand, read by advisor prices refresh",
    "rosa_calculator": "jimgarrett123/rosa-calculator bf29b7c, reserved prices, 2025-01-14",
    "savings_plan_rates": "savingsplans:DescribeSavingsPlansOfferingRates against on-demand, read by advisor prices refresh",
    "spot_floor_div_0.3": "on-demand inferred from the Fargate Spot floor of 30 %",
    "spot_price_history": "ec2:DescribeSpotPriceHistory, mean of the zones, read by advisor prices refresh",
    "vantage": "vantage-sh/ec2instances.info, 2024-04-04",
    "vantage_2017": "vantage-sh/ec2instances.info, convertible reservations, 2017-11-12",
    "vantage_csv": "Vantage CSV export of us-east-1, 2025-06-13",
    "vantage_mock": "vantage-sh/ec2instances.info test fixture of x2iedn, all terms",
}
