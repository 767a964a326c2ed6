"""AWS's constants in the words that people use, and the sizes and places of a workload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.model import INCLUDED, Commitment, Placement, Pool, Recommendation
from advisor.terms import NOT_KNOWN, CapacityOption, OperatingSystem, place_name
from advisor.units import DASH, format_size, format_usd

CLASSES = {"BATCH": "batch", "BURST": "burst", "STEADY_STATE": "steady", "IDLE": "idle"}
EFFORTS = {"VeryLow": "very low", "Low": "low", "Medium": "medium", "High": "high"}
ACTIONS = {
    "Rightsize": "right-size",
    "MigrateLaunchType": "move",
    "UseSpot": "use Spot",
    "MigrateToGraviton": "move to ARM",
    "PurchaseSavingsPlans": "buy",
    "PurchaseReservedInstances": "buy",
    "ScaleIn": "scale in",
}
PURCHASES = ("PurchaseSavingsPlans", "PurchaseReservedInstances")


def class_name(workload_class: str | None) -> str:
    """Return `steady`, `burst`, `batch`, `idle`, or a dash when it is withheld."""
    return CLASSES.get(workload_class or "", DASH)


def today_name(workload: Mapping[str, Any]) -> str:
    """Return where a row of the workloads table runs today."""
    return place_name(workload["launch_type"], workload["capacity_option"], workload["cpu_architecture"])


def advised_name(place: Placement) -> str:
    """Return where a placement goes."""
    return place_name(place.launch_type, place.capacity_option, place.cpu_architecture)


def resized(place: Placement, workload: Mapping[str, Any]) -> bool:
    """Tell whether the task's size changes."""
    return (workload["task_vcpu"], workload["task_memory_mib"]) != (place.task_vcpu, place.task_memory_mib)


def grows(place: Placement, workload: Mapping[str, Any]) -> bool:
    """Tell whether the task gets more CPU or memory than it has today."""
    before = workload["task_vcpu"], workload["task_memory_mib"]
    return any(
        b is not None and a > b for a, b in zip((place.task_vcpu, place.task_memory_mib), before, strict=True)
    )


def action_name(todo: Recommendation, place: Placement | None, workload: Mapping[str, Any] | None) -> str:
    """Return `right-size`, `grow`, `move to Spot and ARM` and the like."""
    if place is not None and workload is not None:
        to_spot = (place.capacity_option, workload["capacity_option"]) == (CapacityOption.SPOT, "ON_DEMAND")
        if todo.action_type == "MigrateToGraviton" and to_spot:
            return "move to Spot and ARM"
        if todo.action_type == "Rightsize" and _costs(todo) and grows(place, workload):
            return "grow"
    return ACTIONS.get(todo.action_type, todo.action_type)


def saving_name(todo: Recommendation, place: Placement | None, workload: Mapping[str, Any] | None) -> str:
    """Return `saves $12.00 a month`, or what it costs more and why it is advised all the same."""
    amount = format_usd(abs(todo.estimated_monthly_savings_usd), 2)
    if todo.action_type in PURCHASES:
        return f"saves {amount} a month, {INCLUDED}"
    if not _costs(todo):
        return f"saves {amount} a month"
    small = place is not None and workload is not None and grows(place, workload)
    return f"costs {amount} more a month" + (", it is under-provisioned" if small else "")


def _costs(todo: Recommendation) -> bool:
    return todo.estimated_monthly_savings_usd < 0


def size_name(vcpu: float | None, memory_mib: float | None) -> str:
    """Return `0.5 vCPU / 1 GiB`, or `not known`."""
    return NOT_KNOWN if vcpu is None or memory_mib is None else format_size(vcpu, memory_mib)


def reaches(bought: Commitment, place: Placement, pool: Pool | None, workload: Mapping[str, Any]) -> bool:
    """Tell whether a commitment can pay for a placement: its kind of capacity, and for a family, its pool and region."""
    if (
        place.capacity_option == CapacityOption.SPOT
        or workload["operating_system"] == OperatingSystem.WINDOWS
    ):
        return False
    if not bought.scope:
        return True
    families = {t.partition(".")[0] for t in pool.instance_types} if pool else set()
    return bought.scope.partition(".")[0] in families and bought.region == workload["region"]


def pool_size(pool: Pool) -> str:
    """Return `2 instances`, or `3 to 7 instances, 4.23 on average`."""
    if pool.min_instances == pool.max_instances:
        return counted(pool.max_instances, "instance")
    return f"{pool.min_instances} to {pool.max_instances} instances, {pool.mean_instances:.3g} on average"


def counted(number: int, thing: str) -> str:
    """Return `1 workload`, `2 workloads`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
