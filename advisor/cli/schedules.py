"""The schedules of the settings in force, and the outbox of this user."""

from __future__ import annotations

import time
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from advisor.cli.settings import Settings
    from advisor.config import StorePolicy
    from advisor.delivery.outbox import Outbox
    from advisor.delivery.schedule import Schedule

OUTBOX = "outbox"
"""The folder of the outbox, beside the file that `store.url` names."""


def load_schedules(config_file: Path | None) -> tuple[Settings, dict[str, Schedule]]:
    """Return all settings, and the schedules by name, all of them checked.

    Raises:
        ConfigError: something is wrong in one of them.
    """
    from advisor.cli.settings import load_settings
    from advisor.delivery.schedule import read_schedules

    settings = load_settings((), config_file)
    return settings, read_schedules(settings.schedules)


def the_schedule(name: str, schedules: dict[str, Schedule], flag: str) -> Schedule:
    """Return the schedule of a name.

    Raises:
        BadParameter: there is none.
    """
    if name in schedules:
        return schedules[name]
    guess = get_close_matches(name, schedules, n=1, cutoff=0.6)
    told = (
        f'did you mean "{guess[0]}"?'
        if guess
        else f"there are {', '.join(schedules) or 'none in advisor.toml'}"
    )
    raise typer.BadParameter(f"no schedule {name!r}; {told}", param_hint=flag)


def open_outbox(policy: StorePolicy) -> Outbox:
    """Return the outbox: of `store.url`, else of this user.

    Raises:
        AdvisorError: it cannot be opened, or the URL is none.
    """
    from advisor.database import address
    from advisor.delivery.outbox import Outbox
    from advisor.files import data_folder

    server = address.server(policy.url)
    if server is None:
        from advisor.delivery.sqlite import LocalOutbox

        beside = address.file(policy.url, data_folder(), OUTBOX).parent
        return Outbox(LocalOutbox(beside / OUTBOX), time.time)
    from advisor.delivery.postgres import ServerOutbox

    return Outbox(ServerOutbox(server), time.time)
