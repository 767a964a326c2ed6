"""Objects of S3 as Firehose leaves them, and a bucket that lists them in pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

Event = Mapping[str, Any]


def state_change(task: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the event of a task that stopped, as EventBridge sends it."""
    told = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in task.items()}
    return {
        "version": "0",
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "detail": {**told, "lastStatus": "STOPPED", **changes},
    }


def run_together(events: Iterable[Event]) -> bytes:
    """Return events with nothing between them, as Firehose writes them when it is told nothing else."""
    return "".join(json.dumps(e) for e in events).encode()


def lined(events: Iterable[Event]) -> bytes:
    """Return events a line each, packed."""
    return gzip.compress("".join(json.dumps(e) + "\n" for e in events).encode())


def subscribed(events: Iterable[Event]) -> bytes:
    """Return events as a subscription of a log group sends them."""
    lines = [{"id": str(n), "timestamp": 0, "message": json.dumps(e)} for n, e in enumerate(events)]
    head = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL MESSAGE"}]}
    return gzip.compress(
        (json.dumps(head) + json.dumps({"messageType": "DATA_MESSAGE", "logEvents": lines})).encode()
    )


def exported(events: Iterable[Event]) -> bytes:
    """Return events as an export of a log group has them: a time before each."""
    return gzip.compress("".join(f"2026-10-01T00:00:00.000Z {json.dumps(e)}\n" for e in events).encode())


class Bucket:
    """Answers the operations of S3.

    Args:
        objects: key → when it was written, and its content.
        page: so many are listed at once.
    """

    def __init__(self, objects: Mapping[str, tuple[datetime, bytes]], *, page: int = 1000) -> None:
        self.objects, self.page = objects, page
        self.read: list[str] = []

    def answers(self) -> dict[str, Callable[..., Any]]:
        return {"s3:ListObjectsV2": self.listed, "s3:GetObject": self.got}

    def listed(self, Bucket: str, Prefix: str, StartAfter: str = "") -> dict[str, Any]:
        assert Bucket == "acme-events"
        names = [k for k in sorted(self.objects) if k.startswith(Prefix) and k > StartAfter]
        found = [
            {"Key": k, "LastModified": self.objects[k][0], "Size": len(self.objects[k][1])}
            for k in names[: self.page]
        ]
        return {"Contents": found, "IsTruncated": len(names) > self.page}

    def got(self, Bucket: str, Key: str) -> dict[str, Any]:
        self.read.append(Key)
        return {"Body": self.objects[Key][1]}
