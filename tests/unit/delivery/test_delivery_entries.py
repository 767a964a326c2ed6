"""Entries for schedulers: golden texts, and each read by what will read it as far as it is here."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from fakes_delivery import schedule
from moto import mock_aws

from advisor.aws.writes import report_policy
from advisor.delivery.entries import ENTRIES
from advisor.delivery.entries.aws_when import expressions
from advisor.delivery.entries.cloudformation import template
from advisor.delivery.entries.entry import Entry, calendars
from advisor.delivery.entries.systemd import on_calendar
from advisor.delivery.occurrences import Occurrences
from advisor.errors import ConfigError

HOME = Path("/srv/advisor")
CRONS = (
    "0 7 * * mon",
    "30 2 * * *",
    "*/15 8-17 * * 1-5",
    "0 6 1,15 * *",
    "0 6 1 1,7 *",
    "0 6 1 * mon",
    "0 0 * * 0",
)


def entry(
    cron: str = "0 7 * * mon", zone: str = "Europe/Berlin", variables: tuple[str, ...] = ("FINOPS_HOOK",)
) -> Entry:
    found = schedule(HOME, cron=cron, timezone=zone)
    policy = report_policy(["arn:aws:s3:::reports/ecs"], "finops@example.com")
    return Entry(found, "/opt/advisor/bin/advisor", HOME / "100% of it" / "advisor.toml", policy, variables)


@pytest.mark.parametrize("kind", ENTRIES)
def test_entries(golden, kind: str) -> None:
    golden(f"schedule/{kind}.txt", ENTRIES[kind](entry()))


needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")


@needs_systemd
@pytest.mark.parametrize("cron", CRONS)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
def test_systemd_runs_when_cron_does(cron: str, zone: str) -> None:
    """The next run by systemd's own reckoning is the next by ours."""
    made, now = entry(cron, zone), datetime.now(UTC)
    found = []
    for when in calendars(made.schedule):
        words = on_calendar(when, zone)
        out = subprocess.run(
            ["systemd-analyze", "calendar", words],
            capture_output=True,
            text=True,
            check=True,
            env={"TZ": "UTC", "LC_ALL": "C"},
        ).stdout
        line = next(x for x in out.splitlines() if "Next elapse" in x or "in UTC" in x)
        if "(in UTC)" in out:
            line = next(x for x in out.splitlines() if "(in UTC)" in x)
        stamp = line.split(": ", 1)[1].strip()
        found.append(datetime.strptime(stamp, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC))
    wanted = made.schedule.occurrences.next(now, 2)
    assert min(found) in [w.astimezone(UTC) for w in wanted]


@needs_systemd
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    made = Entry(schedule(HOME), "/bin/true", HOME / '100% $HOME "x"' / "advisor.toml", {}, ())
    text = ENTRIES["systemd"](made)
    service, timer = text.split("# /etc/systemd/system/advisor-weekly.timer\n")
    (tmp_path / "advisor-weekly.service").write_text(service)
    (tmp_path / "advisor-weekly.timer").write_text(timer)
    files = [str(tmp_path / f"advisor-weekly.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert "advisor-weekly" not in done.stderr, done.stderr


def test_eventbridge_takes_it_as_the_template_says() -> None:
    with mock_aws():
        scheduler = boto3.client("scheduler", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        found = template(entry())["Resources"]["Schedule"]["Properties"]
        arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
        target = found["Target"]
        parameters = {
            **target["EcsParameters"],
            "TaskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/x:1",
        }
        network = parameters.pop("NetworkConfiguration")["AwsvpcConfiguration"]
        parameters["NetworkConfiguration"] = {
            "awsvpcConfiguration": {
                "Subnets": ["subnet-1"],
                "SecurityGroups": ["sg-1"],
                "AssignPublicIp": "DISABLED",
            }
        }
        assert set(network) == {"Subnets", "SecurityGroups", "AssignPublicIp"}
        role = "arn:aws:iam::123456789012:role/x"
        scheduler.create_schedule(
            **{**found, "Target": {**target, "Arn": arn, "RoleArn": role, "EcsParameters": parameters}}
        )
        kept = scheduler.get_schedule(Name="advisor-weekly")
    assert kept["ScheduleExpression"] == "cron(0 7 ? * MON *)"
    assert kept["ScheduleExpressionTimezone"] == "Europe/Berlin"


def test_the_template_refers_to_what_is_there() -> None:
    made = template(entry("0 6 1 * mon"))
    names = set(made["Parameters"]) | set(made["Resources"]) | {"AWS::Region"}

    def refs(part):
        if isinstance(part, dict):
            for key, value in part.items():
                if key == "Ref":
                    yield value
                elif key == "Fn::GetAtt":
                    yield value[0]
                else:
                    yield from refs(value)
        elif isinstance(part, list):
            for value in part:
                yield from refs(value)

    assert set(refs(made)) <= names
    assert {"Schedule1", "Schedule2"} <= names
    assert json.loads(ENTRIES["cloudformation"](entry()))["Resources"]


@pytest.mark.parametrize(
    ("cron", "wanted"),
    [
        ("0 7 * * mon", ["cron(0 7 ? * MON *)"]),
        ("0 7 * * *", ["cron(0 7 * * ? *)"]),
        ("*/15 8-10 * * 1-5", ["cron(0,15,30,45 8,9,10 ? * MON,TUE,WED,THU,FRI *)"]),
        ("0 6 1,15 */6 *", ["cron(0 6 1,15 1,7 ? *)"]),
        ("0 6 1 * mon", ["cron(0 6 1 * ? *)", "cron(0 6 ? * MON *)"]),
        ("* * * * 7", ["cron(* * ? * SUN *)"]),
    ],
)
def test_words_of_eventbridge(cron: str, wanted: list[str]) -> None:
    assert expressions(entry(cron)) == wanted


def test_what_eventbridge_cannot_say() -> None:
    with pytest.raises(ConfigError, match="not both at once"):
        expressions(entry("0 7 */2 * mon"))


def github_crons(made: Entry) -> list[str]:
    return [line.split('"')[1] for line in ENTRIES["github"](made).splitlines() if "- cron:" in line]


@pytest.mark.parametrize(
    "cron", ["0 7 * * mon", "30 2 * * *", "0 1 * * mon", "0 23 * * fri", "*/20 9 * * 1-5", "15 12 1 * *"]
)
@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney"]
)
def test_github_runs_when_cron_does(cron: str, zone: str) -> None:
    """Of the lines in UTC, those whose offset is in force run when the schedule does: all runs of a year but at changes."""
    made = entry(cron, zone)
    try:
        lines = github_crons(made)
    except ConfigError:
        assert "1 * *" in cron
        return
    start = datetime(2026, 1, 1, tzinfo=UTC)
    wanted = {m.astimezone(UTC) for m in made.schedule.occurrences.next(start, 150)}
    end = max(wanted)
    runs = {m for line in lines for m in Occurrences(line, "UTC").next(start, 600) if m <= end}
    # skipped and doubled hours at the two changes of a year may differ
    assert len(wanted - runs) <= 3
    assert len(lines) <= 2


def test_what_github_cannot_say() -> None:
    for cron in ("0 1 1 * *", "0 0,12 * * mon"):
        with pytest.raises(ConfigError, match="UTC only"):
            github_crons(entry(cron))


def test_the_command_of_cron_is_one_line_and_quoted() -> None:
    lines = ENTRIES["cron"](entry()).splitlines()
    assert lines[-1] == (
        "0 7 * * mon /opt/advisor/bin/advisor report run --schedule weekly --quiet --config '/srv/advisor/100\\% of it/advisor.toml'"
    )
