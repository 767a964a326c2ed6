"""Names of workloads that are short where that is enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

LEVELS = ("cluster", "region", "account_id")
"""What stands before a name, one after the other, where others have it too."""
SERVICES = ("SERVICE", "DAEMON")


def short_ids(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a `workload_id` for each row: `checkout`, else `web/checkout`, else with region and account before it.

    A family of tasks beside a service of its name is `tasks/checkout`.
    """
    services = {_place(row) for row in rows if row["kind"] in SERVICES}
    ids = [
        f"tasks/{row['name']}"
        if row["kind"] not in SERVICES and _place(row) in services
        else str(row["name"])
        for row in rows
    ]
    for level in LEVELS:
        counts = Counter(ids)
        ids = [
            f"{row[level]}/{known}" if counts[known] > 1 else known
            for row, known in zip(rows, ids, strict=True)
        ]
    return ids


def _place(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[key]) for key in ("name", *LEVELS))
