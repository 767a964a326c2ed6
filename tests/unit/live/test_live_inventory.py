"""What runs in an account becomes rows of the workloads and instances tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aws_estate import CLUSTER, answers, estate, host, scaling_policy
from fakes_aws import FakeCaller

from advisor.aws.failures import Ledger, Status
from advisor.aws.operations import OPERATIONS, Tier
from advisor.errors import AwsError, DeniedError
from advisor.usage.live.inventory import Inventory, read_inventory

HOUR = datetime(2026, 10, 1, 9, tzinfo=UTC)


def read(caller: FakeCaller | None = None) -> tuple[dict[str, dict], Inventory, Ledger]:
    ledger = Ledger()
    inventory = read_inventory(caller or estate(), ledger, HOUR)
    return {w.row["name"]: dict(w.row) for w in inventory.workloads}, inventory, ledger


def test_every_workload_is_found_and_the_others_are_told() -> None:
    rows, inventory, ledger = read()
    assert {n: r["kind"] for n, r in rows.items()} == {
        "checkout": "SERVICE",
        "worker": "SERVICE",
        "legacy": "SERVICE",
        "agent": "DAEMON",
        "nightly": "SCHEDULED",
        "thumbs": "SCHEDULED",
    }
    assert {(w.service, w.insights) for w in inventory.workloads} == {(True, True), (False, True)}
    assert inventory.notes == (
        "111122223333 eu-west-1: auto scaling keeps a CPU target (web/checkout 60%): where a plan changes the vCPU of "
        "their tasks, set the target anew, else it changes how many run",
        "111122223333 eu-west-1: 1 schedules aim at clusters that are not there",
        "service web/worker has 67% of its tasks on FARGATE_SPOT and is taken for running there",
        "service web/till is left out: it runs on servers of your own",
        "111122223333 eu-west-1: awsvpcTrunking is off; set fleet.awsvpc_trunking=false, or switch it on: instances then hold more tasks",
    )
    assert {c.status for c in ledger.cells()} == {Status.COMPLETE}


def test_a_fargate_service() -> None:
    row = read()[0]["checkout"]
    assert row == {
        "task_vcpu": 1.0,
        "task_memory_mib": 2048.0,
        "cpu_architecture": "ARM64",
        "operating_system": "LINUX",
        "ephemeral_storage_gib": 40,
        "gpus": 0,
        "network_mode": "awsvpc",
        "host_ports": None,
        "privileged": False,
        "volumes": "efs",
        "placement_constraints": None,
        "account_id": "111122223333",
        "region": "eu-west-1",
        "cluster": "web",
        "launch_type": "FARGATE",
        "capacity_option": "ON_DEMAND",
        "arm_ready": True,
        "image_mib": 320.0,
        "tags": '{"env": "prod", "team": "shop"}',
        "name": "checkout",
        "kind": "SERVICE",
        "assign_public_ip": True,
        "min_tasks": 2,
        "max_tasks": 12,
    }


def test_a_service_on_instances_adds_up_its_containers() -> None:
    row = read()[0]["legacy"]
    assert (row["task_vcpu"], row["task_memory_mib"]) == (
        0.5,
        700.0,
    )  # 400 MiB reserved, not the limit of 900
    assert (row["launch_type"], row["capacity_option"]) == ("EC2", "SPOT")
    assert (row["cpu_architecture"], row["operating_system"]) == ("X86_64", "LINUX")
    assert (row["host_ports"], row["volumes"], row["gpus"], row["privileged"]) == (
        "8080",
        "docker host",
        2,
        True,
    )
    assert row["placement_constraints"] == "memberOf(attribute:disk == ssd); distinctInstance"
    assert row["image_mib"] is row["assign_public_ip"] is row["min_tasks"] is None


def test_what_is_not_reserved_or_differs_is_not_invented() -> None:
    row = read()[0]["agent"]
    assert row["task_vcpu"] is None
    assert row["task_memory_mib"] == 64.0
    assert row["host_ports"] == "8125", "in host mode every port is the host's"
    assert row["capacity_option"] is row["cpu_architecture"] is row["arm_ready"] is None


def test_families_run_as_their_schedule_says() -> None:
    rows = read()[0]
    assert (rows["nightly"]["launch_type"], rows["nightly"]["task_vcpu"]) == ("EC2", 1.0)
    assert (rows["thumbs"]["launch_type"], rows["thumbs"]["capacity_option"]) == ("FARGATE", "ON_DEMAND")


def test_a_family_that_a_service_runs_too_has_no_metrics_of_its_own() -> None:
    tasks = {"tasks": [{"taskArn": "t/9", "group": "migration", "taskDefinitionArn": "d/worker:1"}]}
    _, inventory, _ = read(estate(ecs__DescribeTasks=lambda **_: tasks))
    found = {(w.row["name"], w.service): w.insights for w in inventory.workloads}
    assert found["worker", False] is False
    assert found["worker", True] is found["nightly", False] is True


def test_a_family_that_an_event_starts_is_standalone() -> None:
    thumbs = read(estate(scheduler__ListSchedules={"Schedules": []}))[0]["thumbs"]
    assert (thumbs["kind"], thumbs["launch_type"]) == ("STANDALONE", "EC2")


def test_a_family_that_was_only_seen_runs_as_its_newest_task() -> None:
    started_by_nobody = estate(scheduler__ListSchedules={"Schedules": []}, events__ListRules={"Rules": []})
    thumbs = read(started_by_nobody)[0]["thumbs"]
    assert (thumbs["kind"], thumbs["launch_type"], thumbs["capacity_option"]) == (
        "STANDALONE",
        "FARGATE",
        "SPOT",
    )


def test_instances_are_counted_by_type_and_purchase_but_for_managed_ones() -> None:
    rows = read()[1].instances.sort("instance_type").to_dicts()
    assert [(r["instance_type"], r["capacity_option"], r["count"]) for r in rows] == [
        ("m6i.large", "SPOT", 2.0),
        ("m7g.large", "ON_DEMAND", 1.0),
    ]
    assert rows[0] | {"count": 0} == {
        "account_id": "111122223333",
        "region": "eu-west-1",
        "cluster": "web",
        "instance_type": "m6i.large",
        "capacity_option": "SPOT",
        "availability_zone": "eu-west-1a",
        "operating_system": "LINUX",
        "start": HOUR,
        "interval_s": 3600,
        "count": 0,
    }


def test_each_revision_and_image_is_read_once_and_services_ten_at_a_time() -> None:
    many = [
        {"serviceName": f"s{i}", "taskDefinition": "checkout:7", "launchType": "FARGATE"} for i in range(25)
    ]
    caller = estate(
        ecs__ListServices=lambda **_: {"serviceArns": [f"s/{s['serviceName']}" for s in many]},
        ecs__DescribeServices=lambda services, **_: {
            "services": [s for s in many if f"s/{s['serviceName']}" in services]
        },
    )
    rows, _, _ = read(caller)
    assert {f"s{i}" for i in range(25)} <= set(rows)
    sizes = [len(p["services"]) for name, p in caller.asked if name == "ecs:DescribeServices"]
    assert sizes == [10, 10, 5]
    asked = [p["taskDefinition"] for name, p in caller.asked if name == "ecs:DescribeTaskDefinition"]
    assert sorted(asked) == sorted(set(asked))
    assert caller.times("ecr:DescribeImages") == 2


@pytest.mark.parametrize("refused", sorted(n for n in answers() if n != "ecs:ListClusters"))
def test_one_refusal_marks_its_cell_and_costs_no_other(refused: str) -> None:
    caller = FakeCaller({**answers(), refused: DeniedError("no", hint=f"allow {refused}")})
    rows, _, ledger = read(caller)
    states = {c.api: c for c in ledger.cells()}
    cell = states.pop(refused.split(":")[0])
    assert (cell.status, cell.hint) == (Status.DENIED, f"allow {refused}")
    assert {c.status for c in states.values()} == {Status.COMPLETE}
    lost = {
        "ecs:DescribeTaskDefinition": {"checkout", "worker", "legacy", "agent", "nightly", "thumbs"},
        "ecs:ListServices": {"checkout", "worker", "legacy", "agent"},
        "ecs:DescribeServices": {"checkout", "worker", "legacy", "agent"},
        "events:ListRules": {"nightly"},
        "events:ListTargetsByRule": {"nightly"},
    }
    assert set(read()[0]) - set(rows) == lost.get(refused, set())


def test_an_account_without_clusters_is_asked_no_more() -> None:
    caller = estate(ecs__ListClusters={"clusterArns": []})
    rows, inventory, _ = read(caller)
    assert rows == {}
    assert inventory.instances.is_empty()
    assert {name for name, _ in caller.asked} == {"ecs:ListClusters"}


def test_what_went_away_meanwhile_is_no_fault_but_another_failure_is() -> None:
    def without(reason: str):
        return estate(
            ecs__DescribeServices=lambda **_: {"services": [], "failures": [{"arn": "s/x", "reason": reason}]}
        )

    assert {c.api: c.status for c in read(without("MISSING"))[2].cells()}["ecs"] == Status.COMPLETE
    cells = {c.api: c for c in read(without("ODD"))[2].cells()}
    assert (cells["ecs"].status, cells["ecs"].reason) == (Status.PARTIAL, "ecs:DescribeServices: s/x: ODD")


def test_an_image_that_is_not_there_has_no_size_but_a_refusal_is_told() -> None:
    gone = estate(ecr__DescribeImages=AwsError("gone", code="ImageNotFoundException"))
    rows, _, ledger = read(gone)
    assert rows["checkout"]["image_mib"] is None
    assert {c.api: c.status for c in ledger.cells()}["ecr"] == Status.COMPLETE
    index = {"imageSizeInBytes": 900, "imageManifestMediaType": "application/vnd.oci.image.index.v1+json"}
    listed = estate(ecr__DescribeImages=lambda **_: {"imageDetails": [index]})
    assert read(listed)[0]["checkout"]["image_mib"] is None, "the size of a list is not that of an image"


def test_mixed_systems_are_not_guessed() -> None:
    hosts = [host("i-1", "x86_64", "asg-spot"), host("i-2", "x86_64", "asg-spot", "windows")]
    row = read(
        estate(ecs__DescribeContainerInstances=lambda **_: {"containerInstances": hosts}),
    )[0]["legacy"]
    assert (row["operating_system"], row["cpu_architecture"]) == (None, "X86_64")


def test_managed_instances_are_known_by_their_provider() -> None:
    services = [
        {
            "serviceName": "api",
            "taskDefinition": "worker:1",
            "capacityProviderStrategy": [{"capacityProvider": "managed", "weight": 1}],
        }
    ]
    row = read(estate(ecs__DescribeServices=lambda **_: {"services": services}))[0]["api"]
    assert (row["launch_type"], row["capacity_option"]) == ("MANAGED_INSTANCES", "SPOT")


def test_the_basic_tier_is_what_is_called_and_no_more() -> None:
    caller = estate()
    read(caller)
    basic = {o.name for o in OPERATIONS.values() if o.tier is Tier.BASIC}
    assert {name for name, _ in caller.asked} == basic - {"cloudwatch:GetMetricData", "ec2:DescribeRegions"}


def test_a_cluster_that_cannot_be_described_still_has_its_name() -> None:
    _, inventory, _ = read(estate(ecs__DescribeClusters=DeniedError("no")))
    assert {w.row["cluster"] for w in inventory.workloads} == {CLUSTER.rsplit("/", 1)[-1]}
    assert not any(w.insights for w in inventory.workloads)


def test_what_auto_scaling_aims_at_is_noted_and_its_limits_are_read() -> None:
    notes = read_inventory(estate(), Ledger(), HOUR).notes
    told = [n for n in notes if "CPU target" in n]
    assert len(told) == 1
    assert told[0].startswith("111122223333 eu-west-1: auto scaling keeps a CPU target (web/checkout 60%): ")


def test_many_targets_are_counted_and_none_is_asked_for_where_nothing_scales() -> None:
    many = [scaling_policy("ecs", f"s{n}", "ECSServiceAverageCPUUtilization", 50.0) for n in range(8)]
    name = "application-autoscaling__DescribeScalingPolicies"
    notes = read_inventory(estate(**{name: {"ScalingPolicies": many}}), Ledger(), HOUR).notes
    assert any("web/s4 50% and 3 more)" in n for n in notes)
    still = estate(**{"application-autoscaling__DescribeScalableTargets": {"ScalableTargets": []}})
    read_inventory(still, Ledger(), HOUR)
    assert still.times("application-autoscaling:DescribeScalingPolicies") == 0


def test_policies_that_may_not_be_read_cost_nothing_else() -> None:
    ledger = Ledger()
    name = "application-autoscaling__DescribeScalingPolicies"
    found = read_inventory(estate(**{name: DeniedError("no")}), ledger, HOUR)
    checkout = next(w for w in found.workloads if w.row["name"] == "checkout")
    assert (checkout.row["min_tasks"], checkout.row["max_tasks"]) == (2, 12)
    assert [c.api for c in ledger.cells() if c.is_hole] == ["application-autoscaling"]
