"""`History`: run documents and decisions, kept and found again."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from advisor.database import address
from advisor.database.database import Database, Row
from advisor.database.sqlite import Sqlite
from advisor.errors import InputError, StoreError
from advisor.history import Decision, Run, Verdict
from advisor.store.tables import HISTORY

ID_DIGITS = 12
LAST = "last"
FILE = "history.sqlite"
COLUMNS = (
    "run_id, kept_at, name, window_start, window_end, monthly_cost_usd, baseline_monthly_cost_usd, "
    "lower_bound_monthly_usd, advisor_version"
)


class History:
    """The runs and decisions of this machine, or of a team."""

    def __init__(self, database: Database) -> None:
        self._at = database

    def keep(self, document: bytes, facts: Run) -> str:
        """Keep a run document, and return its id; one that is there already stays as it is.

        Args:
            facts: what lists say of it; its `run_id` is not read.

        Raises:
            StoreError: it cannot be written.
        """
        run_id = id_of(document)
        self._write(
            f"INSERT INTO runs ({COLUMNS}, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608  our own names
            "ON CONFLICT (run_id) DO NOTHING",
            (
                *(run_id, _text(facts.kept_at), facts.name, facts.window_start, facts.window_end),
                *(facts.monthly_cost_usd, facts.baseline_monthly_cost_usd, facts.lower_bound_monthly_usd),
                facts.advisor_version,
                gzip.compress(document, mtime=0),
            ),
        )
        return run_id

    def runs(self, name: str | None = None) -> list[Run]:
        """Return the runs, the newest last.

        Args:
            name: of this source only.
        """
        where, values = ("WHERE name = ? ", (name,)) if name is not None else ("", ())
        rows = self._at.rows(f"SELECT {COLUMNS} FROM runs {where}ORDER BY kept_at, run_id", *values)  # noqa: S608
        return [_run(row) for row in rows]

    def find(self, word: str, name: str | None = None) -> Run:
        """Return the run of an id, the beginning of one, `last` or `last~2`.

        Raises:
            InputError: there is none, or more than one.
        """
        known = self.runs(name)
        if not known:
            raise InputError("no run was kept yet", hint="advisor recommend SOURCE --keep keeps one")
        if word == LAST or word.startswith(f"{LAST}~"):
            back = word.removeprefix(LAST).removeprefix("~") or "0"
            if back.isdecimal() and int(back) < len(known):
                return known[-1 - int(back)]
            raise InputError(f"{word}: {len(known)} runs are kept", hint="advisor runs list names them")
        found = [run for run in known if run.run_id.startswith(word)]
        if len(found) != 1:
            what = "no run has this id" if not found else f"{len(found)} runs begin like this"
            raise InputError(f"{word}: {what}", hint="advisor runs list names them")
        return found[0]

    def document(self, run: Run) -> bytes:
        """Return a run's document as it was kept.

        Raises:
            StoreError: its bytes are not those that were kept.
        """
        rows = self._at.rows("SELECT document FROM runs WHERE run_id = ?", run.run_id)
        try:
            document = gzip.decompress(bytes(rows[0]["document"]))
        except (IndexError, OSError, EOFError, zlib.error) as fault:
            raise StoreError(
                f"run {run.run_id} cannot be read", hint="advisor runs remove drops it"
            ) from fault
        if id_of(document) != run.run_id:
            raise StoreError(
                f"run {run.run_id} was damaged since it was kept", hint="advisor runs remove drops it"
            )
        return document

    def remove(self, run: Run) -> None:
        """Forget a run; decisions stay."""
        self._write("DELETE FROM runs WHERE run_id = ?", (run.run_id,))

    def decide(self, decision: Decision) -> None:
        """Keep a decision; the last one of a resource holds, those before it stay to be read.

        Raises:
            InputError: it lacks a reason, or a last day that only a snooze has.
            StoreError: it cannot be written.
        """
        if decision.verdict in (Verdict.SNOOZE, Verdict.DISMISS) and not decision.reason.strip():
            raise InputError(
                f"{decision.verdict.value} needs a reason", hint="say why, for those who ask later"
            )
        if (decision.verdict is Verdict.SNOOZE) is not (decision.until is not None):
            raise InputError(
                "a snooze, and nothing else, has a last day", hint="name the last day of a snooze"
            )
        self._write(
            "INSERT INTO decisions (made_at, name, resource_id, verdict, until, reason, person) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(_text(decision.made_at), decision.name, decision.resource_id, decision.verdict.value),
                *(decision.until and decision.until.isoformat(), decision.reason, decision.person),
            ),
        )

    def decisions(self, name: str) -> list[Decision]:
        """Return all decisions of a source, the newest last."""
        rows = self._at.rows(
            "SELECT made_at, name, resource_id, verdict, reason, person, until FROM decisions WHERE name = ? "
            "ORDER BY number",
            name,
        )
        return [_decision(row) for row in rows]

    def _write(self, statement: str, values: Sequence[Any]) -> None:
        with self._at.writing() as inside:
            inside.execute(statement, values)

    def close(self) -> None:
        """Let go of the database."""
        self._at.close()


def open_history(url: str, folder: Path) -> History:
    """Return the history of `store.url`; empty for a file in `folder`.

    Raises:
        ConfigError: the address is of no kind that we know.
        StoreError: it cannot be opened.
    """
    server = address.server(url)
    if server is None:
        return History(Sqlite(address.file(url, folder, FILE), HISTORY))
    from advisor.database.postgres import Postgres  # noqa: PLC0415  only teams with a server need it

    return History(Postgres(server, HISTORY))


def id_of(document: bytes) -> str:
    """Return the id of a run document."""
    return hashlib.sha256(document).hexdigest()[:ID_DIGITS]


def _text(moment: datetime) -> str:
    # one form, so that texts sort as moments do
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _run(row: Row) -> Run:
    facts = {name: row[name] for name in COLUMNS.split(", ")}
    return Run(**{**facts, "kept_at": _moment(facts["kept_at"])})


def _decision(row: Row) -> Decision:
    return Decision(
        made_at=_moment(row["made_at"]),
        name=row["name"],
        resource_id=row["resource_id"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        person=row["person"],
        until=date.fromisoformat(row["until"]) if row["until"] else None,
    )
