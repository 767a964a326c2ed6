"""A way that nothing for sale can hold is refused with what is missing, and never just left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_estates import estate

from advisor import pipeline
from advisor.catalog import Catalog, load_catalog
from advisor.config import Config, FleetPolicy
from advisor.model import Plan, Rejection
from advisor.plan.misfits import misfit, unpriced
from advisor.plan.settle import Settled
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import Bottleneck, LaunchType, NetworkMode

OPTIONS = 12
"""Three launch types, two capacity options, two architectures."""


@pytest.fixture(scope="module")
def fitted() -> tuple[Task, Way]:
    seen: list[Settled] = []

    def keep(plan: Plan, settled: Settled, catalog: Catalog) -> Plan:
        seen.append(settled)
        return plan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "audited", keep)
        pipeline.advise(estate(1), load_catalog())
    cell = seen[0].solution.cells[0]
    task = replace(cell.tasks[0], network_mode=NetworkMode.AWSVPC, gpus=0)
    way = next(w for w in cell.ways[task.workload] if w.launch_type is LaunchType.EC2)
    return task, replace(way, task_vcpu=2.0, task_memory_mib=4096.0)


@pytest.mark.parametrize(
    ("free", "bottleneck", "words"),
    [
        ((1024.0, 8192.0, 3.0, 0.0), Bottleneck.CPU, "2 vCPU, 1 at most"),
        ((4096.0, 2048.0, 3.0, 0.0), Bottleneck.MEMORY, "4 GiB of memory, 2 GiB at most"),
        ((4096.0, 8192.0, 0.0, 0.0), Bottleneck.NETWORK, "network interface"),
    ],
)
def test_the_resource_that_is_missing_is_named(
    fitted: tuple[Task, Way], free: tuple[float, ...], bottleneck: Bottleneck, words: str
) -> None:
    task, way = fitted
    no = misfit(task, way, {way.group: [free]})
    assert no is not None
    assert (no.bottleneck, no.option) == (bottleneck.value, way.option)
    assert words in no.reason
    assert misfit(task, way, {way.group: [free, (4096.0, 8192.0, 3.0, 0.0)]}) is None


def test_gpus_both_at_once_and_no_instances_at_all(fitted: tuple[Task, Way]) -> None:
    task, way = fitted
    roomy = (8192.0, 16384.0, 3.0, 1.0)

    def said(found: Rejection | None) -> tuple[str, str]:
        assert found is not None
        return found.bottleneck, found.reason

    assert said(misfit(replace(task, gpus=4), way, {way.group: [roomy]}))[0] == "gpu"
    apart = [(8192.0, 2048.0, 3.0, 0.0), (1024.0, 16384.0, 3.0, 0.0)]
    assert "at once" in said(misfit(task, way, {way.group: apart}))[1]
    assert said(misfit(task, way, {}))[0] == "policy"
    assert said(unpriced(task, way)) == ("price", "one of its meters has no known price in us-east-1")


@pytest.mark.parametrize("families", [("*",), ("m7g",), ("c7i", "r6g")])
def test_every_option_is_priced_or_refused(families: tuple[str, ...]) -> None:
    plan = pipeline.advise(estate(2), load_catalog(), Config(fleet=FleetPolicy(families=families)))
    plain = plan.outcomes.filter(plan.outcomes["commitment"].is_null())
    assert set(plain.group_by("workload_id").len()["len"]) == {OPTIONS}
    assert set(plan.audit.values()) == {"ok"}
