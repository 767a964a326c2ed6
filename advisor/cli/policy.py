"""`advisor policy`: the least that a role must be allowed so that advisor can read an account, or send its reports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.aws.operations import Tier
from advisor.aws.partitions import partition
from advisor.aws.policy import Reach
from advisor.aws.policy import policy as policy_of
from advisor.cli.options import ConfigFile, Debug, EventsLogGroup, EventsS3
from advisor.usage.live.entrance import FIRST_REGION

if TYPE_CHECKING:
    from advisor.config import Config
    from advisor.delivery.schedule import Schedule


class Wanted(StrEnum):
    """A tier of what is read, or what sending reports takes."""

    BASIC = "basic"
    COST = "cost"
    DEEP = "deep"
    REPORT = "report"


def policy(
    tier: Annotated[
        Wanted,
        typer.Option(
            "--tier",
            help="basic: what runs and what it uses; cost: what is paid, owned and offered too; "
            "deep: and single runs, from logs and trails. report: the only writes, S3 objects and mail by SES, "
            "of the schedules in advisor.toml.",
        ),
    ] = Wanted.BASIC,
    region: Annotated[
        str,
        typer.Option(
            "--region",
            metavar="REGION",
            help="One of those that are read: China's and GovCloud's ARNs differ.",
        ),
    ] = FIRST_REGION,
    events_log_group: EventsLogGroup = None,
    events_s3: EventsS3 = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Print the least-privilege IAM policy for reading an account, made of the operations that advisor may call.

    \b
    Examples:
      advisor policy > advisor-policy.json
      advisor policy --tier cost
      advisor policy --tier deep --events-s3 s3://acme-events/ecs/ --region us-gov-west-1
      advisor policy --tier report > advisor-send-policy.json
    """
    del debug  # read from the command line when something fails
    for flag, value in {"--events-log-group": events_log_group, "--events-s3": events_s3}.items():
        if value and tier is not Wanted.DEEP:
            raise typer.BadParameter("events are of the deep tier", param_hint=flag)
    if tier is not Wanted.REPORT:
        print(json.dumps(policy_of(Tier(tier.value), _reach(region, events_log_group, events_s3)), indent=2))
        return
    from advisor.cli.schedules import load_schedules

    settings, schedules = load_schedules(config_file)
    print(json.dumps(sending(schedules.values(), settings.config), indent=2))


def _reach(region: str, events_log_group: str | None, events_s3: str | None) -> Reach:
    from advisor.usage.live.history.objects import folder

    reach = Reach(partition(region))
    if events_log_group:
        reach = replace(reach, group=events_log_group)
    if events_s3:
        # a star is IAM's sign for any account and region
        place = folder(events_s3).of("*", "*")
        reach = replace(reach, bucket=place.bucket, prefix=place.prefix)
    return reach


def sending(schedules: Iterable[Schedule], config: Config) -> dict[str, Any]:
    """Return what sending the reports of these schedules must be allowed; of any, where there are none."""
    from email.utils import parseaddr

    from advisor.aws.writes import report_policy
    from advisor.delivery.targets import S3Target

    found = {t for s in schedules for t in s.targets if isinstance(t, S3Target)}
    places = sorted(
        {f"arn:{partition(t.region or '')}:s3:::{t.bucket}/{t.prefix}".rstrip("/") for t in found}
    )
    return report_policy(places, parseaddr(config.mail.sender or "")[1] or None)
