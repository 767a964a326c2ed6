"""The tables: their columns, dtypes and units, and one validator for all of them.

Inside the program vCPU is a float where 1.0 = 1,024 CPU units, memory is MiB, money USD, shares are 0–1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

UTC_DATETIME = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Column:
    """One column: its name, dtype, meaning, and what a row must satisfy.

    Attributes:
        name: column name, unit last.
        dtype: polars dtype inside the program.
        text: what it means, one line for people.
        required: the table is refused without it.
        choices: allowed values of an enum column, spelled as AWS spells them.
        minimum: smallest allowed value, inclusive.
        maximum: largest believable value, inclusive: beyond it is a wrong unit or a broken file.
        aliases: other names that are read as this one (`cpu_util_percent` …).
    """

    name: str
    dtype: pl.DataType | type[pl.DataType]
    text: str
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[str, ...] = field(default=())


def _strings(*names: str) -> tuple[str, ...]:
    return names


MOST_TASK_VCPU = 192
"""196,608 CPU units (ECS API, `RegisterTaskDefinition`): what is above is CPU units already."""
MOST_MIB = 1e8
MOST_TASKS = 1e6
MOST_INTERVAL_S = 31 * 86_400


WORKLOADS = (
    Column("workload_id", pl.String, "unique name of the ECS service or task family", required=True),
    Column("account_id", pl.String, "AWS account, leading zeros kept"),
    Column("region", pl.String, "AWS region, such as us-east-1"),
    Column("cluster", pl.String, "ECS cluster"),
    Column("name", pl.String, "name shown to people; default workload_id"),
    Column(
        "kind",
        pl.String,
        "what starts the tasks",
        choices=_strings("SERVICE", "SCHEDULED", "STANDALONE", "DAEMON"),
    ),
    Column(
        "launch_type",
        pl.String,
        "where it runs today",
        choices=_strings("FARGATE", "EC2", "MANAGED_INSTANCES"),
    ),
    Column("capacity_option", pl.String, "how it is bought today", choices=_strings("ON_DEMAND", "SPOT")),
    Column("cpu_architecture", pl.String, "architecture today", choices=_strings("X86_64", "ARM64")),
    Column("arm_ready", pl.Boolean, "true when the image also runs on ARM64"),
    Column("operating_system", pl.String, "operating system family", choices=_strings("LINUX", "WINDOWS")),
    Column("task_vcpu", pl.Float64, "vCPU of one task as configured", minimum=0.0, maximum=MOST_TASK_VCPU),
    Column("task_memory_mib", pl.Float64, "MiB of one task as configured", minimum=0.0, maximum=MOST_MIB),
    Column(
        "ephemeral_storage_gib",
        pl.Float64,
        "ephemeral storage of one task; 20 are free",
        minimum=0.0,
        maximum=1e5,
    ),
    Column("gpus", pl.Int64, "GPUs of one task", minimum=0, maximum=64),
    Column("network_mode", pl.String, "network mode", choices=_strings("awsvpc", "bridge", "host", "none")),
    Column("host_ports", pl.String, "static host ports, separated by blanks"),
    Column("assign_public_ip", pl.Boolean, "true when a Fargate task gets a public IPv4 address"),
    Column("privileged", pl.Boolean, "true when a container runs privileged"),
    Column("volumes", pl.String, "volume kinds: host docker efs fsx ebs s3files"),
    Column(
        "min_tasks", pl.Int64, "fewest tasks that auto scaling or you allow", minimum=0, maximum=MOST_TASKS
    ),
    Column("max_tasks", pl.Int64, "most tasks that auto scaling allows", minimum=0, maximum=MOST_TASKS),
    Column("az_count", pl.Int64, "availability zones that it must be spread over", minimum=1, maximum=16),
    Column("interruptible", pl.Boolean, "true when a task may be stopped with two minutes' notice"),
    Column("image_mib", pl.Float64, "size of the images pulled at start", minimum=0.0),
    Column("startup_s", pl.Float64, "seconds from start to serving", minimum=0.0),
    Column("placement_constraints", pl.String, "ECS placement constraints, as text"),
    Column("tags", pl.String, "JSON object of tags"),
)
"""One row per ECS service, scheduled or standalone task family."""

USAGE = (
    Column("workload_id", pl.String, "the workload", required=True),
    Column("start", UTC_DATETIME, "start of the interval, UTC", required=True, aliases=("timestamp", "time")),
    Column(
        "interval_s",
        pl.Int64,
        "length of the interval in seconds; guessed from the spacing when absent",
        minimum=1,
        maximum=MOST_INTERVAL_S,
    ),
    Column(
        "tasks",
        pl.Float64,
        "running tasks, mean of the interval",
        minimum=0.0,
        maximum=MOST_TASKS,
        aliases=("running_tasks",),
    ),
    Column(
        "vcpu_used_mean", pl.Float64, "vCPU used per task, mean of the interval", minimum=0.0, maximum=1e4
    ),
    Column(
        "vcpu_used_max", pl.Float64, "vCPU used per task, maximum of the interval", minimum=0.0, maximum=1e4
    ),
    Column(
        "memory_used_mib_mean",
        pl.Float64,
        "MiB used per task, mean of the interval",
        minimum=0.0,
        maximum=MOST_MIB,
    ),
    Column(
        "memory_used_mib_max",
        pl.Float64,
        "MiB used per task, maximum of the interval",
        minimum=0.0,
        maximum=MOST_MIB,
    ),
)
"""One row per workload and interval; null where not measured, never invented."""

USAGE_PERCENT = (
    Column(
        "cpu_percent_mean",
        pl.Float64,
        "percent of the task's vCPU, mean; over 100 is legal",
        minimum=0.0,
        maximum=1e6,
        aliases=("cpu_util_percent", "cpu_utilization", "cpu_percent"),
    ),
    Column("cpu_percent_max", pl.Float64, "percent of the task's vCPU, maximum", minimum=0.0, maximum=1e6),
    Column(
        "memory_percent_mean",
        pl.Float64,
        "percent of the task's memory, mean",
        minimum=0.0,
        maximum=1e6,
        aliases=("memory_util_percent", "memory_utilization", "memory_percent"),
    ),
    Column(
        "memory_percent_max", pl.Float64, "percent of the task's memory, maximum", minimum=0.0, maximum=1e6
    ),
    Column(
        "cpu_units_mean",
        pl.Float64,
        "CPU units used per task, mean; 1,024 = 1 vCPU",
        minimum=0.0,
        maximum=1e7,
        aliases=("cpu_used_units",),
    ),
    Column("cpu_units_max", pl.Float64, "CPU units used per task, maximum", minimum=0.0, maximum=1e7),
)
"""Columns of a usage file in other units; turned into those of `USAGE` while reading."""

RUNS = (
    Column("workload_id", pl.String, "the workload", required=True),
    Column("created_at", UTC_DATETIME, "when ECS created the task"),
    Column("pull_started_at", UTC_DATETIME, "start of the image pull: Fargate bills from here"),
    Column("started_at", UTC_DATETIME, "when the containers started"),
    Column("stopped_at", UTC_DATETIME, "when the task stopped", required=True),
    Column("stop_code", pl.String, "ECS stopCode"),
)
"""One row per batch run, when known."""

INSTANCES = (
    Column("account_id", pl.String, "AWS account"),
    Column("region", pl.String, "AWS region"),
    Column("cluster", pl.String, "ECS cluster", required=True),
    Column("instance_type", pl.String, "EC2 instance type", required=True),
    Column("capacity_option", pl.String, "how it is bought", choices=_strings("ON_DEMAND", "SPOT")),
    Column("availability_zone", pl.String, "availability zone"),
    Column(
        "operating_system",
        pl.String,
        "needed where a cluster has Linux and Windows",
        choices=_strings("LINUX", "WINDOWS"),
    ),
    Column("start", UTC_DATETIME, "start of the interval, UTC", required=True),
    Column(
        "interval_s",
        pl.Int64,
        "length of the interval in seconds; default its spacing",
        minimum=1,
        maximum=MOST_INTERVAL_S,
    ),
    Column(
        "count",
        pl.Float64,
        "instances running, mean of the interval",
        required=True,
        minimum=0.0,
        maximum=MOST_TASKS,
    ),
)
"""Container instances by type and interval: what today's EC2 capacity is."""

COMMITMENTS = (
    Column(
        "kind",
        pl.String,
        "what is owned",
        required=True,
        choices=_strings("COMPUTE_SP", "EC2_INSTANCE_SP", "RI_STANDARD", "RI_CONVERTIBLE"),
    ),
    Column(
        "scope", pl.String, "instance family (EC2_INSTANCE_SP) or instance type (RI); empty for COMPUTE_SP"
    ),
    Column("account_id", pl.String, "owner account"),
    Column("region", pl.String, "AWS region (not for COMPUTE_SP)"),
    Column("term_years", pl.Int64, "1 or 3", minimum=1, maximum=3),
    Column(
        "payment_option",
        pl.String,
        "payment option",
        choices=_strings("NO_UPFRONT", "PARTIAL_UPFRONT", "ALL_UPFRONT"),
    ),
    Column("usd_per_hour", pl.Float64, "hourly commitment in Savings Plan dollars", minimum=0.0, maximum=1e6),
    Column("count", pl.Float64, "instances reserved (RI)", minimum=0.0, maximum=MOST_TASKS),
    Column("start", UTC_DATETIME, "start of the term"),
    Column("end", UTC_DATETIME, "end of the term"),
)
"""Savings Plans and Reserved Instances already owned: sunk until they end."""

MOST_USD = 1e9

BILL = (
    Column("account_id", pl.String, "AWS account that used it"),
    Column("region", pl.String, "AWS region"),
    Column("service", pl.String, "service as Cost Explorer names it, such as EC2 - Other"),
    Column("usage_type", pl.String, "AWS usage type, such as USE1-Fargate-GB-Hours", required=True),
    Column("record_type", pl.String, "record type, such as Usage or Credit; default usage"),
    Column("cluster", pl.String, "ECS cluster, where a cost allocation tag says it"),
    Column("start", UTC_DATETIME, "start of the interval, UTC", required=True),
    Column(
        "interval_s",
        pl.Int64,
        "length of the interval in seconds; default a day",
        minimum=1,
        maximum=MOST_INTERVAL_S,
    ),
    Column("quantity", pl.Float64, "usage quantity, in the usage type's own unit"),
    Column("unit", pl.String, "unit of the quantity"),
    Column(
        "usd",
        pl.Float64,
        "amortised cost; below zero for credits and discounts",
        required=True,
        minimum=-MOST_USD,
        maximum=MOST_USD,
        aliases=("amortized_cost", "amortised_cost_usd"),
    ),
)
"""What AWS billed, by usage type and interval: held against the model's cost of today."""

TABLES: dict[str, tuple[Column, ...]] = {
    "workloads": WORKLOADS,
    "usage": USAGE,
    "runs": RUNS,
    "instances": INSTANCES,
    "commitments": COMMITMENTS,
    "bill": BILL,
}

DEMAND = {
    "workload": pl.UInt32,  # row of the workloads table
    "hour_start": UTC_DATETIME,
    "tasks_peak": pl.Int64,  # tasks that must be able to run at once in that hour
    "task_seconds": pl.Int64,  # running task-seconds in that hour
    "billed_seconds": pl.Int64,  # task-seconds that Fargate bills: minimum and pull time included
}
"""Hourly demand, sorted by workload and hour; hours without data are absent."""


def dtypes(columns: tuple[Column, ...]) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Return name → dtype of a table."""
    return {c.name: c.dtype for c in columns}


def conform(frame: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    """Return `frame` with exactly the table's columns, absent ones null, in the table's order and dtypes.

    Raises:
        polars.exceptions.InvalidOperationError: when a value does not fit its dtype (readers check before).
    """
    present = set(frame.columns)
    if not present:
        return pl.DataFrame(schema=dtypes(columns))
    return frame.select(
        (pl.col(c.name).cast(c.dtype) if c.name in present else pl.lit(None, dtype=c.dtype)).alias(c.name)
        for c in columns
    )


PROFILES: dict[str, pl.DataType | type[pl.DataType]] = {
    "workload": pl.UInt32,  # row of the workloads table
    "workload_id": pl.String,
    "workload_class": pl.String,  # WorkloadClass, null without load or runs in the window
    "class_confidence": pl.Float64,  # 0–1
    "class_evidence": pl.String,  # one sentence for people
    "days": pl.Float64,  # span of the history
    "coverage_share": pl.Float64,  # measured time over span
    "covered_hours": pl.Int64,  # hours with data: what a monthly mean divides by
    "tasks_mean": pl.Float64,
    "tasks_max": pl.Float64,
    "vcpu_p50": pl.Float64,  # per task
    "vcpu_p95": pl.Float64,
    "vcpu_p99": pl.Float64,
    "vcpu_max": pl.Float64,
    "memory_mib_p95": pl.Float64,
    "memory_mib_max": pl.Float64,
    "peak_to_mean": pl.Float64,  # of the load
    "duty_cycle": pl.Float64,
    "idle_share": pl.Float64,
    "period_s": pl.Int64,  # dominant period, null when none
    "period_strength": pl.Float64,
    "trend_per_day_share": pl.Float64,  # growth a day over the mean
    "right_vcpu": pl.Float64,  # before any lattice; null when withheld
    "right_memory_mib": pl.Float64,
    "finding": pl.String,  # Finding
    "size_reason": pl.String,
    "scales": pl.Boolean,  # replicas follow load
    "withheld": pl.String,  # why nothing can be advised; null when something can
}
"""One row per workload, in the order of the workloads table."""

HOSTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "pool_id": pl.String,
    "moment": pl.String,  # Moment
    "hour": pl.Int32,
    "host": pl.Int32,  # number of the instance in that pool and hour, from 0; null where no instance had room
    "instance_type": pl.String,
    "host_vcpu": pl.Float64,
    "host_memory_mib": pl.Float64,  # what ECS registers
    "workload_id": pl.String,  # null on an instance that holds nothing
    "tasks": pl.Int64,
    "task_vcpu": pl.Float64,
    "task_memory_mib": pl.Float64,
    "packed": pl.Boolean,  # the plan's own packing; false where tasks were put on today's instances one by one
}
"""Which instance holds which tasks in a few hours of each pool; one row per instance and workload."""

COVERED_HOURS: dict[str, pl.DataType | type[pl.DataType]] = {
    "hour": pl.Int32,
    "commitment": pl.String,  # the bill's name of it; null for what is left to on-demand
    "usage_usd": pl.Float64,  # what was used, at on-demand prices
    "unused_usd": pl.Float64,  # paid for nothing in that hour
}
"""What of the usage that commitments can reach is paid by which, hour by hour; hours without any are absent."""
