"""A `[schedule.NAME]` of `advisor.toml`: what is reported on, to whom, when, and what makes a pipeline stop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from advisor.delivery.occurrences import Occurrences
from advisor.delivery.targets import Target, targets_of
from advisor.errors import ConfigError
from advisor.report.fail_on import Threshold, threshold

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
"""Fit for file names, unit names and AWS names as it is: EventBridge takes 64 characters, and we add to it."""
HINT = "advisor schedule list says what is scheduled; advisor schedule --help shows a table to begin with"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One schedule.

    Attributes:
        name: of its table.
        folder: of the settings file; relative paths start there.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", ignored_types=(cached_property,))
    name: str
    folder: Path
    cron: str
    recipients: Annotated[tuple[str, ...], Field(min_length=1)]
    timezone: str = "UTC"
    report: Literal["executive", "finops", "team"] = "finops"
    formats: Annotated[
        tuple[Literal["txt", "md", "json", "csv", "parquet", "html", "pdf", "xlsx"], ...], Field(min_length=1)
    ] = (
        "pdf",
        "xlsx",
    )
    mask_accounts: bool = False
    """Tell account ids as account-1, account-2 in all that is sent."""
    fail_on: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    """Folders and files of usage; empty: an account, by the settings that follow."""
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    days: Annotated[int, Field(ge=1, le=455)] = 14
    only_accounts: tuple[str, ...] = ()
    only_tags: Mapping[str, str] = field(default_factory=dict)
    """Keep workloads of these accounts, and with these tags."""

    @cached_property
    def occurrences(self) -> Occurrences:
        """When it runs."""
        return Occurrences(self.cron, self.timezone)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Where its reports go, each recipient once."""
        found = {t.recipient: t for url in self.recipients for t in targets_of(url, self.folder)}
        return tuple(found.values())

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """What makes a pipeline stop."""
        return tuple(threshold(text) for text in self.fail_on)


LISTS = ("recipients", "formats", "fail_on", "source", "accounts", "regions", "only_accounts")
OURS = ("name", "folder")
KEYS = tuple(f.name for f in fields(Schedule) if f.name not in OURS)


def read_schedules(tables: Mapping[str, tuple[Any, str]]) -> dict[str, Schedule]:
    """Return the schedules by name.

    Args:
        tables: name → table as TOML reads it, and the file it stands in.

    Raises:
        ConfigError: something is wrong in one of them; all of it is listed, each with file and key.
    """
    found, problems = {}, []
    for name, (table, file) in tables.items():
        where = f"{file}: schedule.{name}"
        if not NAME.fullmatch(name):
            problems.append(f"{where}: a name has small letters, digits and hyphens, 48 at the most")
        elif not isinstance(table, Mapping):
            problems.append(f"{where} is a table: write [schedule.{name}] and its settings below")
        else:
            schedule, wrong = _read(name, table, Path(file).parent)
            problems += [f"{where}.{words}" for words in wrong]
            if schedule is not None and not wrong:
                found[name] = schedule
    if len(problems) == 1:
        raise ConfigError(problems[0], hint=HINT)
    if problems:
        raise ConfigError(
            f"{len(problems)} settings of schedules are wrong", hint=HINT, problems=tuple(problems)
        )
    return found


def schedule_schema() -> dict[str, Any]:
    """Return the JSON schema of one `[schedule.NAME]`."""
    schema = TypeAdapter(Schedule).json_schema()
    properties = {key: schema["properties"][key] for key in KEYS}
    for key in LISTS:
        # one may stand without brackets
        one = properties[key].get("items", {"type": "string"})
        properties[key] = {"anyOf": [properties[key], one]}
    required = [key for key in schema["required"] if key in KEYS]
    return {**schema, "properties": properties, "required": required}


def _read(name: str, table: Mapping[str, Any], folder: Path) -> tuple[Schedule | None, list[str]]:
    wrong = [f"{key}: no such setting{_nearest(key)}" for key in table if key not in KEYS]
    known = {k: [v] if k in LISTS and isinstance(v, str) else v for k, v in table.items() if k in KEYS}
    try:
        schedule = TypeAdapter(Schedule).validate_python({**known, "name": name, "folder": folder.absolute()})
    except ValidationError as fault:
        by_key = {e["loc"][:1]: _problem(e) for e in reversed(fault.errors(include_url=False))}
        return None, wrong + list(reversed(by_key.values()))
    for key in ("occurrences", "targets", "thresholds"):
        try:
            getattr(schedule, key)
        except ConfigError as fault:
            wrong.append(f"{_KEY_OF[key]}: {fault.message}")
    if (
        bool(schedule.source) == bool(schedule.profile or schedule.regions or schedule.role_arn)
        and not schedule.source
    ):
        wrong.append(
            "source: say what is reported on: source = a folder, or profile and regions of an account"
        )
    return schedule, wrong


_KEY_OF = {"occurrences": "cron", "targets": "recipients", "thresholds": "fail_on"}


def _problem(error: Any) -> str:
    key = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] in ("missing", "missing_argument"):
        return f"{key}: is missing"
    if error["type"] == "too_short":
        return f"{key}: is empty"
    return f"{key}: {str(error['msg'])[:1].lower()}{str(error['msg'])[1:]}"


def _nearest(key: str) -> str:
    guess = get_close_matches(key, KEYS, n=1, cutoff=0.6)
    return f'; did you mean "{guess[0]}"?' if guess else f"; there are {', '.join(KEYS)}"
