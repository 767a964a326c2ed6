"""The company of the demo: forty workloads with every trait that changes what can be advised."""

from __future__ import annotations

import json
from typing import Any

from advisor.usage.synthetic.calibration import DATABASE, OFFICE, SALES, TWO_HUMPS, WEB
from advisor.usage.synthetic.shop_batch import batch
from advisor.usage.synthetic.spec import Load, Spec

ACCOUNT = "001234567890"


def row(team: str, cluster: str, kind: str = "SERVICE", *, env: str = "prod", **more: Any) -> dict[str, Any]:
    """Return a row of the inventory with the company's defaults; `more` overrides."""
    return {
        "account_id": ACCOUNT,
        "region": "us-east-1",
        "cluster": cluster,
        "kind": kind,
        "launch_type": "FARGATE",
        "capacity_option": "ON_DEMAND",
        "cpu_architecture": "X86_64",
        "arm_ready": True,
        "operating_system": "LINUX",
        "gpus": 0,
        "network_mode": "awsvpc",
        "assign_public_ip": False,
        "privileged": False,
        "az_count": 2 if kind == "SERVICE" else None,
        "interruptible": kind not in ("SERVICE", "DAEMON"),
        "image_mib": 420.0,
        "startup_s": 35.0,
        "tags": json.dumps({"team": team, "env": env}),
        **more,
    }


def shop() -> list[Spec]:
    """Return the forty workloads, in the order in which they are introduced."""
    return [*_storefront(), *_scaling(), *_odd(), *_on_instances(), *batch(row)]


def _storefront() -> list[Spec]:
    """Fixed numbers of tasks, mostly far too large: what most fleets look like."""
    web = "web"
    return [
        Spec("checkout", Load(6, 0.20, 0.38, shape=WEB, daily=0.7),
             row("payments", web, az_count=3), vcpu=1.0, memory_mib=2048),
        Spec("payments", Load(4, 0.13, 0.31, shape=WEB, daily=0.6),
             row("payments", web, az_count=3, arm_ready=False), vcpu=1.0, memory_mib=2048),
        Spec("cart", Load(4, 0.24, 0.44, shape=TWO_HUMPS, daily=0.5),
             row("storefront", web, arm_ready=None), vcpu=0.5),
        Spec("session-cache", Load(3, 0.09, 0.86, shape=TWO_HUMPS, daily=0.3, memory_cv=0.02),
             row("platform", web), vcpu=1.0, memory_mib=4096),
        Spec("recommendations", Load(4, 0.28, 0.52, shape=WEB, daily=0.5, growth=0.006),
             row("discovery", web, interruptible=True), vcpu=2.0, memory_mib=8192),
        Spec("fraud-scoring", Load(2, 0.11, 0.27, shape=SALES, daily=0.4),
             row("payments", web, image_mib=1900.0), vcpu=4.0, memory_mib=16_384),
        Spec("pricing", Load(3, 0.33, 0.41, daily=0.1, weekend=1.0),
             row("catalog", web, interruptible=True, cpu_architecture="ARM64"), vcpu=0.5),
        Spec("inventory", Load(3, 0.18, 0.36, shape=DATABASE, daily=0.6, step_day=19.4, step_factor=1.5),
             row("catalog", web), vcpu=0.5),
        Spec("chat-websocket", Load(2, 0.21, 0.55, shape=OFFICE, daily=1.2, weekend=0.5,
                 memory_leak_days=6.0),
             row("support", web, arm_ready=False), vcpu=0.5, memory_mib=2048),
    ]  # fmt: skip


def _scaling() -> list[Spec]:
    """Replicas follow load: day shapes, week-ends, spikes nobody planned."""

    def limits(fewest: int, most: int) -> dict[str, Any]:
        return {"min_tasks": fewest, "max_tasks": most}

    web = "web"
    return [
        Spec("catalog-api", Load(10, 0.5, 0.46, shape=TWO_HUMPS, daily=1.0, scales=True),
             row("catalog", web, interruptible=True, **limits(4, 24)), vcpu=0.5),
        Spec("search", Load(7, 0.55, 0.58, shape=SALES, daily=1.0, weekend=1.15, scales=True,
                 target_share=0.55),
             row("discovery", web, interruptible=True, **limits(2, 30)), vcpu=2.0, memory_mib=4096),
        Spec("storefront", Load(8, 0.5, 0.42, shape=WEB, daily=1.0, scales=True),
             row("storefront", web, assign_public_ip=True, **limits(3, 20)), vcpu=0.5),
        Spec("storefront-eu", Load(4, 0.5, 0.42, shape=TWO_HUMPS, daily=0.9, scales=True),
             row("storefront", "web-eu", region="eu-west-1", **limits(2, 12)), vcpu=0.5),
        Spec("image-resize", Load(3, 0.42, 0.35, shape=OFFICE, daily=0.5, event_every_h=8, event_share=0.55,
                 event_height=6.0, event_s=(900, 5400), scales=True, target_share=0.6),
             row("media", web, interruptible=True, **limits(1, 30)), vcpu=1.0, memory_mib=2048),
        Spec("thumbnails", Load(3, 0.45, 0.33, daily=0.3, event_every_h=5, event_share=0.6, event_height=8.0,
                 event_s=(600, 2700), scales=True, target_share=0.65),
             row("media", web, interruptible=True, capacity_option="SPOT", **limits(1, 40)), vcpu=0.5),
    ]  # fmt: skip


def _odd() -> list[Spec]:
    """One trait each that a careless tool gets wrong."""
    return [
        Spec("notifications", Load(2, 0.10, 0.40, daily=0.3, event_every_h=24, event_share=0.8,
                 event_height=9.0, event_s=(600, 1500)),
             row("crm", "web", interruptible=True), vcpu=0.25, memory_mib=512),
        Spec("graphql-gateway", Load(4, 1.6, 0.71, shape=TWO_HUMPS, daily=0.3, weekend=0.95, memory_cv=0.03),
             row("storefront", "web"), vcpu=0.5),
        Spec("reviews", Load(2, 0.004, 0.22, daily=0.3),
             row("catalog", "web", interruptible=True), vcpu=0.25, memory_mib=512),
        Spec("admin-portal", Load(1, 0.02, 0.3, shape=OFFICE, daily=1.3, weekend=0.2),
             row("support", "web", env="internal", assign_public_ip=True, az_count=1), vcpu=0.5),
        Spec("coupon-service", Load(2, 0.25, 0.4, shape=WEB, age_days=3.0), row("crm", "web"), vcpu=0.5),
        Spec("feature-flags", Load(2, 0.16, 0.4, daily=0.2, memory_measured=False),
             row("platform", "web"), vcpu=0.25, memory_mib=512),
        Spec("legacy-iis", Load(2, 0.17, 0.62, shape=OFFICE, daily=1.1, weekend=0.4),
             row("backoffice", "legacy", operating_system="WINDOWS", arm_ready=False, image_mib=5200.0,
                 startup_s=240.0), vcpu=2.0, memory_mib=4096),
        Spec("wordpress-blog", Load(2, 0.08, 0.35, shape=WEB, daily=0.5),
             row("marketing", "web-eu", region="eu-west-1", volumes="efs", arm_ready=None), vcpu=0.5),
    ]  # fmt: skip


def _on_instances() -> list[Spec]:
    """Cluster `core`: its instances are known; cluster `data`: they are not, so that today is an estimate."""

    def ec2(team: str, cluster: str, kind: str = "SERVICE", **more: Any) -> dict[str, Any]:
        return row(team, cluster, kind, **{"launch_type": "EC2", "network_mode": "bridge", **more})

    return [
        Spec("order-api", Load(5, 0.34, 0.47, shape=WEB, daily=0.8),
             ec2("orders", "core", network_mode="awsvpc"), vcpu=1.0, memory_mib=2048),
        Spec("shipping", Load(4, 1.05, 0.51, shape=OFFICE, daily=0.5, cpu_limit=3.0),
             ec2("orders", "core"), vcpu=0.5),
        Spec("edge-proxy", Load(3, 0.26, 0.3, shape=TWO_HUMPS, daily=0.8),
             ec2("platform", "core", network_mode="host", host_ports="80 443",
                 placement_constraints="distinctInstance"), vcpu=0.5, memory_mib=512),
        Spec("image-scanner", Load(1, 0.3, 0.45, event_every_h=12, event_share=0.7, event_height=1.6,
                 daily=0.1, event_s=(1800, 7200)),
             ec2("security", "core", interruptible=True, privileged=True, volumes="docker host",
                 arm_ready=False), vcpu=1.0, memory_mib=2048),
        Spec("mail-relay", Load(2, 0.2, 0.4, daily=0.3),
             ec2("crm", "core", task_vcpu=None, task_memory_mib=None), vcpu=0.25, memory_mib=512),
        Spec("log-shipper", Load(5, 0.35, 0.5, shape=WEB, daily=0.5),
             ec2("platform", "core", "DAEMON", volumes="host"), vcpu=0.125, memory_mib=128),
        Spec("analytics-db", Load(2, 0.22, 0.68, shape=OFFICE, daily=0.6, memory_cv=0.02),
             ec2("data", "data", network_mode="awsvpc", volumes="docker"), vcpu=4.0, memory_mib=16_384),
        Spec("kafka-consumer", Load(6, 0.48, 0.43, shape=WEB, daily=0.4),
             ec2("data", "data", interruptible=True, network_mode="awsvpc"), vcpu=1.0, memory_mib=2048),
        Spec("recs-inference", Load(2, 0.41, 0.55, shape=SALES, daily=0.5),
             ec2("discovery", "data", network_mode="awsvpc", gpus=1, arm_ready=False, image_mib=8200.0),
                 vcpu=4.0, memory_mib=15_360),
    ]  # fmt: skip
