"""All settings together: their digest, what is not at its default, what differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from advisor.config.buying import CommitmentPolicy, PricePolicy
from advisor.config.keeping import HistoryPolicy, StorePolicy
from advisor.config.kinds import STRICT
from advisor.config.planning import FolkPolicy, PlanPolicy
from advisor.config.running import FleetPolicy, OperationsPolicy, SpotPolicy
from advisor.config.sending import DeliveryPolicy, MailPolicy, SlackPolicy, SmtpPolicy
from advisor.config.sizing import ProfilePolicy
from advisor.errors import ConfigError

BESIDE = frozenset({"history", "store", "mail", "smtp", "slack", "delivery"})
"""Sections that no plan rests on: about what is kept, and about sending reports."""


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
    """Return dotted key → value in `other` of every setting that differs, in their order."""
    found = {}
    for section in fields(Config):
        one, two = getattr(config, section.name), getattr(other, section.name)
        for setting in fields(one):
            if getattr(one, setting.name) != (value := getattr(two, setting.name)):
                found[f"{section.name}.{setting.name}"] = value
    return found
