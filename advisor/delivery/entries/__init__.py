"""A schedule written down for the schedulers of others: text to be looked at and put where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.delivery.entries import cloudformation, crontab, github, systemd, terraform
from advisor.delivery.entries.entry import Entry

ENTRIES: Mapping[str, Callable[[Entry], str]] = {
    "cron": crontab.entry,
    "systemd": systemd.entry,
    "eventbridge": terraform.entry,
    "cloudformation": cloudformation.entry,
    "github": github.entry,
}
"""Name → writer; EventBridge Scheduler comes as Terraform and as CloudFormation."""
