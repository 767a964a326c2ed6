"""`advisor.toml` as frozen dataclasses: every threshold that is our judgement, with its reason.

Reading files, environment and flags is the shell's job (`cli/settings.py`); this module only says what there is to set.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, Strict, TypeAdapter, ValidationError

from advisor.errors import ConfigError

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Flag = Annotated[bool, Strict()]
BESIDE = frozenset({"history", "store", "mail", "smtp", "slack", "delivery"})
"""Sections that no plan rests on: about what is kept, and about sending reports."""


@dataclass(frozen=True)
class SizeOverride:
    """Sizing of one workload; null keeps the policy's value. `match` is a glob on `workload_id`."""

    __pydantic_config__ = STRICT
    match: str
    cpu_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    memory_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    cpu_headroom_share: NonNegative | None = None
    memory_headroom_share: NonNegative | None = None
    window_days: Annotated[float, Field(gt=0, le=400)] | None = None
    """Newest part of the history that its size is read from, within `profile.window_days`."""


@dataclass(frozen=True)
class ProfilePolicy:
    """How usage is read into a class and a size."""

    __pydantic_config__ = STRICT
    preset: Literal["default", "compute-optimizer", "cloudfix", "krr", "vpa"] = "default"
    """Sizing rule; the named ones reproduce what those tools publish."""
    window_days: Annotated[float, Field(gt=0, le=400)] = 90.0
    """Longest history looked at: a quarter holds every weekly shape and one month end of each kind."""
    min_days: NonNegative = 7.0
    """Below a week no weekly peak was seen: sizes are withheld."""
    min_coverage_share: Share = 0.5
    """With more than half of the time unmeasured the peak is as likely missed as seen."""
    cpu_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    memory_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    cpu_headroom_share: NonNegative | None = None
    memory_headroom_share: NonNegative | None = None
    """Null: what the preset says."""
    allow_memory_below_peak: Flag = False
    """An out-of-memory kill costs more than any saving: never below the observed peak unless told."""
    overrides: tuple[SizeOverride, ...] = ()
    batch_duty_cycle: Positive = 0.4
    """A batch job rests more than it runs (the labels' rubric)."""
    batch_floor_share: Positive = 0.1
    """Between runs a batch job uses at most a tenth of what it uses in them."""
    batch_hourly_cv: Positive = 1.0
    """Hours of a batch job differ by more than their mean (rubric: CV > 1)."""
    batch_run_s: Positive = 600.0
    """A run lasts ten minutes or more; shorter peaks are bursts (rubric)."""
    batch_height_spread: Positive = 0.5
    """Heights repeat from run to run: the middle half of them lies within half of the median."""
    few_runs: Annotated[int, Field(ge=1)] = 3
    """Two runs have a distance, no rhythm: fewer than three are counted, not called a habit …"""
    few_runs_confidence: Share = 0.5
    """… and the class that rests on them is at most as sure as a coin."""
    burst_peak_to_mean: Positive = 3.0
    """p99 over mean from which capacity for the peak stands mostly idle (rubric: > 3 is typical)."""
    burst_day_swing: Positive = 3.0
    """Busiest over quietest hour of a usual day from which following the load pays (rubric: about 3)."""
    burst_level_swing: Positive = 4.0
    """95th over 5th percentile of hours: a level shift of up to four times is one resize, not a burst."""
    idle_cpu_share: Positive = 0.01
    """A workload whose p99 of CPU stays below 1 % of its reservation does nothing that we can see …"""
    idle_peak_share: Positive = 0.1
    """… if it never took a tenth of it either: a weekly job hides above p99."""
    period_strength: Share = 0.5
    """Autocorrelation from which a repetition is called a period."""
    trend_told_share: Positive = 0.5
    """A level that moves by half of its mean within the history is told to grow or fall."""
    mean_hides_above_s: NonNegative = 300.0
    """CPU is sized by interval means up to five minutes, by maxima above: a longer mean hides what a percentile is about."""
    peak_told_ratio: Positive = 3.0
    """A peak of three times the advised size is told beside it: a percentile may pass over it, a reader must not."""
    optimized_within_share: Share = 0.1
    """A size that could shrink by less than a tenth is called optimized."""
    cpu_step_vcpu: Positive = 0.03125
    """Sizes are rounded up to 32 CPU units: finer differences are noise."""
    memory_step_mib: Positive = 32.0
    min_vcpu: Positive = 0.0625
    min_memory_mib: Positive = 64.0
    """Smaller tasks are dominated by the agent's own jitter."""


@dataclass(frozen=True)
class CommitmentPolicy:
    """What may be bought ahead."""

    __pydantic_config__ = STRICT
    allowed: Flag = True
    kinds: tuple[Literal["COMPUTE_SP", "EC2_INSTANCE_SP", "RI_STANDARD", "RI_CONVERTIBLE"], ...] = (
        "COMPUTE_SP",
        "EC2_INSTANCE_SP",
    )
    """Savings Plans by default: where a standard RI exists it costs what the EC2 Instance plan costs, and binds more."""
    terms_years: tuple[Literal[1, 3], ...] = (1,)
    """Three years outlive most architectures; AWS's own default of three years all upfront is aggressive."""
    payment_options: tuple[Literal["NO_UPFRONT", "PARTIAL_UPFRONT", "ALL_UPFRONT"], ...] = ("NO_UPFRONT",)
    """Prepayment is a treasury decision: ask for it."""
    min_hourly_commitment_usd: NonNegative = 0.01
    """Below a cent an hour the purchase costs more attention than it saves."""


@dataclass(frozen=True)
class OperationsPolicy:
    """People's time as an optional line, shown apart from cash. Hours: a + b·pools + c·instances a month."""

    __pydantic_config__ = STRICT
    usd_per_hour: NonNegative = 0.0
    """Zero: not counted."""
    hours_per_cluster_month: NonNegative = 4.0
    hours_per_pool_month: NonNegative = 2.0
    hours_per_instance_month: NonNegative = 0.25
    """Labour follows clusters and machine images more than instances (ecs-semantics §I, assumed)."""
    managed_instances_factor: Share = 0.25
    """AWS's calculator: 0.5 h on Managed Instances against 2.0 h on self-managed EC2."""


@dataclass(frozen=True)
class FleetPolicy:
    """What EC2 capacity may look like."""

    __pydantic_config__ = STRICT
    families: tuple[str, ...] = ("c*", "m*", "r*", "t*", "g*", "p*")
    """Globs on the instance family. Storage, HPC and accelerator-only families are for those who ask."""
    exclude_families: tuple[str, ...] = ("*-flex",)
    """Flex types give 40 % of CPU baseline: not for packed hosts."""
    allow_burstable: Flag = False
    """T types are cheap until their credits end; packed full, they end."""
    allow_bare_metal: Flag = False
    min_generation: Annotated[int, Field(ge=1)] = 5
    max_vcpu: Annotated[int, Field(ge=1)] = 64
    """Half a fleet on one machine is no fleet."""
    max_instance_types_per_pool: Annotated[int, Field(ge=1, le=10)] = 2
    max_pools_per_architecture: Annotated[int, Field(ge=1, le=8)] = 2
    """Each pool is a capacity provider that somebody looks after; On-Demand and Spot are two."""
    min_instances_per_pool: Annotated[int, Field(ge=0)] = 0
    """Kept and paid even when nothing runs, so that the next task need not wait for a start."""
    max_instances_per_pool: Annotated[int, Field(ge=1)] | None = None
    """Where it binds, larger instances are taken; null: no limit."""
    awsvpc_trunking: Flag = True
    """Account setting `awsvpcTrunking`; without it an m5.large holds two awsvpc tasks."""
    agent_reserve_mib: NonNegative = 256.0
    """`ECS_RESERVED_MEMORY` as AWS's example has it."""
    daemon_vcpu: NonNegative = 0.0
    daemon_memory_mib: NonNegative = 0.0
    """Reserved on every instance for daemons that are not in the workloads table."""
    root_volume_gib: NonNegative = 30.0
    managed_data_volume_gib: NonNegative = 80.0
    public_ipv4_per_instance: Flag = False
    spread_over_azs: Flag = True
    default_az_count: Annotated[int, Field(ge=1, le=6)] = 2
    """Zones of a service that does not say: one zone can fail."""
    min_az_count: Annotated[int, Field(ge=1, le=6)] = 1
    """Zones that a service of several tasks is spread over at the least, whatever it says; 1: as it says."""
    headroom_share: Share = 0.0
    """Capacity kept free for deployments and scaling lag."""


@dataclass(frozen=True)
class SpotPolicy:
    """What Spot may do."""

    __pydantic_config__ = STRICT
    allowed: Flag = True
    assume_interruptible: Flag = False
    """Treat workloads that do not say so as interruptible."""
    max_share: Share = 1.0
    """Of a service's tasks beyond `base_tasks`, to a hundredth. Below 1 a service is planned in two parts: what its capacity
    provider strategy leaves on On-Demand is there when Spot is not (ECS does not fall back)."""
    base_tasks: Annotated[int, Field(ge=0)] = 0
    """Tasks of every service that stay on On-Demand before any goes to Spot."""
    restart_hours: NonNegative = 0.1
    """Work lost and start-up paid again at each interruption of a service task."""
    interchangeable_types: Annotated[int, Field(ge=1, le=40)] = 10
    """Kinds of instance that a Spot pool should be free to start: AWS reclaims kind by kind and advises ten or more."""
    interchangeable_within_share: NonNegative = 0.5
    """A kind may stand in for another if it costs at most half more: still far below the on-demand price."""
    only_interchangeable: Flag = False
    """Pack Spot pools of no kind that too few can stand in for. Off, such kinds are told; on, hardly a GPU is left."""
    fargate_interruptions_per_month: NonNegative = 0.35
    """No rate is published; prior of λ = 2e-4–1e-3 per hour (ecs-semantics §G), assumed."""


@dataclass(frozen=True)
class PricePolicy:
    """How prices are read."""

    __pydantic_config__ = STRICT
    edp_share: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """Private discount (EDP, PPA) off everything after plans and reservations."""
    stale_days: Annotated[int, Field(ge=1)] = 180
    """Older prices warn: Spot moves monthly, on-demand about once a year."""
    estimated_band_share: Share = 0.1
    """A rate we had to estimate may be this much off; savings that rest on it show a range."""
    bill_gate_share: Share = 0.05
    """Today's cost may be this much off the bill: hours of the two windows differ by about as much, more is a wrong model."""
    fargate_minimum_s: Annotated[int, Field(ge=1)] = 60
    fargate_windows_minimum_s: Annotated[int, Field(ge=1)] = 300
    """Sources differ, 5 or 15 minutes (ecs-semantics §A.1)."""


@dataclass(frozen=True)
class RefreshLimits:
    """What new prices must keep to before they take the place of old ones.

    Not a setting: what is really so is let pass by its name (`advisor prices refresh --accept`), once, and seen.
    """

    price_times: tuple[float, float] = (0.5, 2.0)
    """The deepest cut we know of took 45 % (P5, June 2025, as announced); no list price is known to have doubled …"""
    spot_times: tuple[float, float] = (0.1, 10.0)
    """… Spot follows supply, and the first refresh replaces averages of another year: only another unit is this far off."""
    least_rows_share: float = 0.5
    """AWS retires a few types a year: a list of less than half was cut short."""
    memory_within_share: float = 0.02
    """A type keeps its shape; documents that were read before EC2 itself round memory."""


@dataclass(frozen=True)
class Pin:
    """A workload that must be placed as told; `match` is a glob on `workload_id`."""

    __pydantic_config__ = STRICT
    match: str
    launch_type: Literal["FARGATE", "EC2", "MANAGED_INSTANCES"] | None = None
    capacity_option: Literal["ON_DEMAND", "SPOT"] | None = None
    cpu_architecture: Literal["X86_64", "ARM64"] | None = None


@dataclass(frozen=True)
class PlanPolicy:
    """What a plan may do."""

    __pydantic_config__ = STRICT
    launch_types: tuple[Literal["FARGATE", "EC2", "MANAGED_INSTANCES"], ...] = (
        "FARGATE",
        "EC2",
        "MANAGED_INSTANCES",
    )
    architectures: tuple[Literal["X86_64", "ARM64"], ...] = ("X86_64", "ARM64")
    assume_arm_ready: Flag = False
    """Treat images that do not say so as built for ARM64."""
    exclude: tuple[str, ...] = ()
    """Globs on `workload_id`: left as they are and listed."""
    pins: tuple[Pin, ...] = ()
    """The first that matches a workload holds; `checkout=FARGATE, web*=EC2 SPOT` for short."""
    regions: tuple[str, ...] = ()
    """Regions to plan; workloads elsewhere are left out and listed. Empty: all."""
    demand_growth_share: Annotated[float, Field(ge=-0.95, le=10.0)] = 0.0
    """Demand to plan for: 0.5 is half more than was measured, -0.2 a fifth less; whole tasks in every hour."""
    owner_tag: str = "team"
    """Tag whose value names the owner of a recommendation."""
    owners: dict[str, str] = field(default_factory=dict)
    """Owner tag value → who gets the recommendation."""
    churn_usd: NonNegative = 5.0
    """Where an earlier run is given, its advice holds until another saves this much more a month: a change costs an hour of
    somebody's week, and advice that turns back and forth is not followed."""
    min_savings_usd: NonNegative = 1.0
    """A change that saves less than this a month is not worth a ticket."""


@dataclass(frozen=True)
class FolkPolicy:
    """What the rules of thumb mean by their words, so that they can be held against dollars."""

    __pydantic_config__ = STRICT
    large_vcpu: Positive = 8.0
    """Mean reserved vCPU from which a workload is large: two 2xlarge hosts of its own at half load."""
    small_vcpu: Positive = 1.0
    """Mean reserved vCPU up to which a workload is small: half of the smallest common instance."""
    overhead_usd_per_hour: NonNegative = 75.0
    """What an hour of an engineer costs someone who minds the overhead, loaded."""


@dataclass(frozen=True)
class HistoryPolicy:
    """What is kept on this machine of what was read from accounts."""

    __pydantic_config__ = STRICT
    final_after_hours: NonNegative = 6.0
    """A day is kept for good from six hours after its end: agents report by the minute and repeat for some hours what did
    not get through, and what is kept is never asked for again."""


@dataclass(frozen=True)
class StorePolicy:
    """Where runs and decisions are kept."""

    __pydantic_config__ = STRICT
    url: str = ""
    """Empty: a file of this machine's own. `postgresql://USER@HOST/NAME` for teams with several hosts; the password belongs
    into PGPASSWORD or ~/.pgpass, not here."""


@dataclass(frozen=True)
class MailPolicy:
    """How reports are mailed."""

    __pydantic_config__ = STRICT
    via: Literal["smtp", "ses"] = "smtp"
    """A mail server of yours (`[smtp]`), or Amazon SES with the credentials of the machine."""
    sender: str | None = None
    """Whom mails are from: `finops@example.com`, or `FinOps <finops@example.com>`."""
    ses_region: str | None = None
    """Region of SES; null: the credentials' own."""


@dataclass(frozen=True)
class SmtpPolicy:
    """The mail server."""

    __pydantic_config__ = STRICT
    url: str | None = None
    """`smtps://user@host:465`, or `smtp://user@host:587` with STARTTLS; no password in it."""
    password_env: str = "ADVISOR_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
    """Environment variable that holds the password: files are copied and shown, environments less so."""
    allow_plaintext: Flag = False
    """Mail without TLS to another machine: who listens on the way reads the report."""


@dataclass(frozen=True)
class SlackPolicy:
    """Incoming webhooks of Slack."""

    __pydantic_config__ = STRICT
    webhooks: dict[str, str] = field(default_factory=dict)
    """Name in `slack:NAME` → environment variable that holds the webhook's URL: who knows the URL may post."""
    hosts: tuple[str, ...] = ("hooks.slack.com", "hooks.slack-gov.com")
    """Hosts that a webhook may be on."""
    allow_private: Flag = False
    """Webhooks on loopback, private and link-local addresses, where credentials of machines lie about too."""


@dataclass(frozen=True)
class DeliveryPolicy:
    """How often and how long a delivery is tried."""

    __pydantic_config__ = STRICT
    try_for_s: NonNegative = 900.0
    """One command waits and tries again for a quarter of an hour; the next one goes on …"""
    deadline_hours: Positive = 24.0
    """… until a day after the report was made: then it is given up and told, for a page of yesterday misleads."""
    first_wait_s: NonNegative = 5.0
    longest_wait_s: NonNegative = 300.0
    """Waits double from the first to the longest and are drawn evenly from nothing up to that."""
    lease_s: Annotated[float, Field(ge=60.0)] = 600.0
    """A sender that hangs for longer than any server's patience has lost its delivery to the next."""


@dataclass(frozen=True)
class Config:
    """Everything that can be set; `advisor config show` prints it."""

    __pydantic_config__ = STRICT
    profile: ProfilePolicy = ProfilePolicy()
    plan: PlanPolicy = PlanPolicy()
    fleet: FleetPolicy = FleetPolicy()
    spot: SpotPolicy = SpotPolicy()
    commitments: CommitmentPolicy = CommitmentPolicy()
    operations: OperationsPolicy = OperationsPolicy()
    prices: PricePolicy = PricePolicy()
    folk: FolkPolicy = FolkPolicy()
    history: HistoryPolicy = HistoryPolicy()
    store: StorePolicy = StorePolicy()
    mail: MailPolicy = MailPolicy()
    smtp: SmtpPolicy = SmtpPolicy()
    slack: SlackPolicy = SlackPolicy()
    delivery: DeliveryPolicy = DeliveryPolicy()

    def digest(self) -> str:
        """Return a short hash of every setting that a plan rests on, for reproducing a run."""
        parts = {name: part for name, part in asdict(self).items() if name not in BESIDE}
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def changed(self) -> dict[str, Any]:
        """Return dotted key → value of every setting that is not at its default and that a plan rests on, as JSON has it."""
        mine = asdict(self)
        keys = (key.split(".") for key in differing(type(self)(), self))
        flat = {f"{section}.{name}": mine[section][name] for section, name in keys if section not in BESIDE}
        found: dict[str, Any] = json.loads(json.dumps(flat))
        return found

    @classmethod
    def of(cls, changed: Mapping[str, Any]) -> Config:
        """Return the settings of `changed`, all others at their defaults.

        Raises:
            ConfigError: a setting is not known here, or has another form.
        """
        nested: dict[str, dict[str, Any]] = {}
        for key, value in changed.items():
            section, _, name = key.partition(".")
            nested.setdefault(section, {})[name] = value
        try:
            return TypeAdapter(cls).validate_python(nested)
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ConfigError(
                f"{where}: {first['msg']}", hint="it was made by another version of advisor"
            ) from fault


def differing(config: Config, other: Config) -> dict[str, Any]:
    """Return dotted key → value in `other` of every setting that differs, in the order of `config.py`."""
    found = {}
    for section in fields(Config):
        one, two = getattr(config, section.name), getattr(other, section.name)
        for setting in fields(one):
            if getattr(one, setting.name) != (value := getattr(two, setting.name)):
                found[f"{section.name}.{setting.name}"] = value
    return found
