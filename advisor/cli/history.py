"""The history as commands use it: opened by the settings, runs read back as plans."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.config import Config
    from advisor.history import Run
    from advisor.model import Plan
    from advisor.store.history import History


def opened(config: Config) -> History:
    """Return the history of `store.url`, or of this machine.

    Raises:
        StoreError: it cannot be opened.
    """
    from advisor.files import data_folder
    from advisor.store.history import open_history

    return open_history(config.store.url, data_folder())


def keep(plan: Plan, document: bytes, config: Config) -> str:
    """Keep a run, and return its id.

    Raises:
        StoreError: it cannot be written.
    """
    from advisor.cli.version import installed_version
    from advisor.history import Run

    facts = Run(
        "",
        datetime.now(UTC),
        plan.name,
        plan.window_start,
        plan.window_end,
        plan.monthly_cost_usd,
        plan.baseline_monthly_cost_usd,
        plan.lower_bound_monthly_usd,
        installed_version(),
    )
    history = opened(config)
    try:
        return history.keep(document, facts)
    finally:
        history.close()


def plan_of(word: str, config: Config, name: str | None = None) -> Plan:
    """Return the plan of a run document: a file, or the id of a run that was kept, `last`, `last~1`.

    Raises:
        InputError: it is none.
    """
    path = Path(word)
    if path.suffix == ".json" or path.is_file():
        return read_plan(path)
    history = opened(config)
    try:
        return kept_plan(history, history.find(word, name))
    finally:
        history.close()


def read_plan(path: Path) -> Plan:
    """Return the plan of a file.

    Raises:
        InputError: it cannot be read, or is no run document.
    """
    from advisor.errors import InputError
    from advisor.report.plan_json import from_json

    try:
        return from_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as fault:
        raise InputError(
            f"{path}: is no run document", hint="advisor recommend SOURCE -o plan.json"
        ) from fault
    except OSError as fault:
        raise InputError(f"{path}: cannot be read: {fault.strerror}", hint="check the path") from fault


def kept_plan(history: History, run: Run) -> Plan:
    """Return the plan of a run that was kept.

    Raises:
        StoreError: its document is damaged.
    """
    from advisor.report.plan_json import from_json

    return from_json(history.document(run).decode())
