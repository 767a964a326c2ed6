"""Task state changes as EventBridge writes them: into a log group, or through Firehose into objects of S3."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from advisor.usage.live.clusters import SERVICE_GROUP
from advisor.usage.live.history.sources import Run, of_task

KIND = "ECS Task State Change"
STOPPED = "STOPPED"
DECODER = json.JSONDecoder()


class Whose(NamedTuple):
    """The account and region that something is told of."""

    account_id: str
    region: str


def detail(event: object) -> dict[str, Any]:
    """Return what an event tells of; nothing where it is none, for anybody may write there."""
    found = event.get("detail") if isinstance(event, dict) else None
    return found if isinstance(found, dict) else {}


def whose(told: Mapping[str, Any]) -> Whose | None:
    """Return the account and region of a detail's cluster: one place may gather the events of many."""
    parts = str(told.get("clusterArn", "")).split(":")
    return Whose(parts[4], parts[3]) if len(parts) > 5 else None


def stopped_run(event: Mapping[str, Any]) -> Run | None:
    """Return the run that an event tells the end of; null where it tells something else, or of a service's task."""
    told = detail(event)
    if event.get("detail-type") != KIND or told.get("lastStatus") != STOPPED:
        return None
    if str(told.get("group", "")).startswith(SERVICE_GROUP):
        return None
    return of_task(told)


def events(text: str) -> Iterator[dict[str, Any] | None]:
    """Yield the events of a text; null for every line, or rest of one, that begins as JSON does and is none.

    Firehose puts them one after another with nothing between, or a line each; a subscription of a log group wraps its
    lines in envelopes; an export of one puts a time before each.
    """
    at = text.find("{")
    while at >= 0:
        try:
            value, end = DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield None
            end = text.find("\n", at)
            if end < 0:
                return
        else:
            yield from _unwrapped(value)
        at = text.find("{", end)


def _unwrapped(value: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    lines = value.get("logEvents")
    if not isinstance(lines, list):
        yield value
        return
    # its greeting says that there is nothing yet
    for line in lines if value.get("messageType") != "CONTROL_MESSAGE" else ():
        message = str(line.get("message")) if isinstance(line, dict) else ""
        yield from events(message) if "{" in message else (None,)
