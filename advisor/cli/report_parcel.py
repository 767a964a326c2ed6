"""The parcel of a schedule: usage in, plan out, as the report that was asked for, in its formats."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.cli.failures import warn
from advisor.cli.live import Live, read_account
from advisor.cli.progress import Tell
from advisor.cli.thresholds import all_figures

if TYPE_CHECKING:
    from advisor.aws.failures import Cell
    from advisor.config import Config
    from advisor.delivery.parcel import Attachment, Parcel
    from advisor.delivery.report_run import Order
    from advisor.delivery.schedule import Schedule
    from advisor.history import RunDiff, Saving
    from advisor.model import Plan, Usage

DATA_FORMS = {"csv": "csv", "parquet": "parquet"}
"""Formats that are the plan's tables, not a page."""
MEDIA_TYPES = {
    "txt": "text/plain",
    "md": "text/markdown",
    "json": "application/json",
    "csv": "text/csv",
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class Told:
    """What a report says besides its plan.

    Attributes:
        diff: what changed since the source's run before; null where there is none.
        savings: the ledger of the source.
        remarks: what could not be read.
    """

    diff: RunDiff | None = None
    savings: tuple[Saving, ...] = ()
    remarks: tuple[str, ...] = ()


def plan_parcel(order: Order, config: Config, tell: Tell) -> Parcel:
    """Return the parcel: the schedule's report of today's plan, which holds to the advice of the source's last run."""
    from advisor.cli.history import kept_plan, opened
    from advisor.plan.changes import changes
    from advisor.plan.ledger import ledger

    history = opened(config)
    runs: list[Plan] = []

    def before(name: str) -> Plan | None:
        runs.extend(kept_plan(history, run) for run in history.runs(name))
        return runs[-1] if runs else None

    try:
        plan, cells = _plan(order.schedule, config, tell, before)
        now = datetime.now(UTC)
        told = Told(
            changes(runs[-1], plan) if runs else None,
            ledger([*runs, plan], history.decisions(plan.name), now.date()),
            tuple(f"Not read whole: {cell}" for cell in cells if cell.is_hole),
        )
    finally:
        history.close()
    return parcel_of(order, plan, cells, now, told)


def keep_run(parcel: Parcel, config: Config) -> None:
    """Keep the run that a parcel is made of, so that the next one can say what changed; one that is kept already stays."""
    from advisor.cli.history import keep
    from advisor.errors import InputError
    from advisor.report.plan_json import from_json

    if not parcel.document:
        return
    document = gzip.decompress(parcel.document)
    try:
        plan = from_json(document.decode())
    except InputError as error:
        # the report is ready all the same
        warn(f"the run of {parcel.schedule} {parcel.period} is not kept: {error.message}")
        return
    keep(plan, document, config)


def parcel_of(order: Order, plan: Plan, cells: tuple[Cell, ...], now: datetime, told: Told) -> Parcel:
    """Return a plan's report as a parcel."""
    from advisor.delivery.parcel import Image, Parcel
    from advisor.report.pages import render_report, report_mail
    from advisor.report.plan_json import to_json

    schedule = order.schedule
    page: dict[str, Any] = {
        "diff": told.diff,
        "savings": told.savings,
        "remarks": told.remarks,
        "masked": schedule.mask_accounts,
    }
    figures = all_figures(plan, cells, order.earlier)
    mail = report_mail(plan, schedule.report, **page)
    slack = json.loads(render_report(plan, schedule.report, "slack", **page))
    return Parcel(
        schedule=schedule.name,
        period=order.period,
        made_at=now,
        # short enough for one line of a header, and of a phone
        subject=f"{schedule.name} {order.period}: {_short(figures)}",
        text=mail.text,
        html=mail.html,
        images=tuple(Image(i.content_id, "image/png", i.content) for i in mail.images),
        attachments=tuple(_file(order, plan, form, page) for form in schedule.formats),
        slack_blocks=tuple(slack["blocks"]),
        slack_text=slack["text"],
        figures=figures,
        document=gzip.compress(to_json(plan).encode(), mtime=0),
    )


def _short(figures: Mapping[str, float]) -> str:
    from advisor.units import format_share, format_usd

    share = format_share(figures["savings_share"])
    return f"{format_usd(figures['savings'])} of {format_usd(figures['today'])} a month to save ({share})"


def _file(order: Order, plan: Plan, form: str, page: dict[str, Any]) -> Attachment:
    from advisor.delivery.parcel import Attachment
    from advisor.report.pages import mask_of, render_report
    from advisor.report.render import render

    if form in DATA_FORMS:
        shown = mask_of(plan).of(plan) if page["masked"] else plan
        content = render(shown, DATA_FORMS[form])
    else:
        content = render_report(plan, order.schedule.report, form, **page)
    return Attachment(f"{order.schedule.name}-{order.period}.{form}", MEDIA_TYPES[form], content)


def _plan(
    schedule: Schedule, config: Config, tell: Tell, before: Callable[[str], Plan | None]
) -> tuple[Plan, tuple[Cell, ...]]:
    from advisor.catalog import load_catalog
    from advisor.pipeline import advise
    from advisor.usage.scope import in_scope

    tell("reading usage")
    usage, cells = _usage(schedule, config, tell)
    usage = in_scope(usage, schedule.only_accounts, schedule.only_tags)
    plan = advise(usage, load_catalog(), config, previous=before(usage.name), progress=tell)
    return plan, cells


def _usage(schedule: Schedule, config: Config, tell: Tell) -> tuple[Usage, tuple[Cell, ...]]:
    from advisor.usage import read_usage
    from advisor.usage.regions import in_regions

    if schedule.source:
        paths = [schedule.folder / Path(part).expanduser() for part in schedule.source]
        return in_regions(read_usage(paths[0] if len(paths) == 1 else paths), schedule.regions), ()
    live = Live(
        profile=schedule.profile,
        role_arn=schedule.role_arn,
        external_id=schedule.external_id,
        accounts=schedule.accounts,
        days=schedule.days,
        bill=True,
    )
    live.check_accounts()
    return read_account(live, schedule.regions, {}, config.history.final_after_hours, tell)
