"""The parcel of a schedule: usage in, plan out, written in the formats that were asked for."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.cli.live import Live, read_account
from advisor.cli.progress import Tell
from advisor.cli.thresholds import all_figures
from advisor.errors import ConfigError

if TYPE_CHECKING:
    from advisor.aws.failures import Cell
    from advisor.config import Config
    from advisor.delivery.parcel import Attachment, Parcel
    from advisor.delivery.report_run import Order
    from advisor.delivery.schedule import Schedule
    from advisor.model import Plan, Usage

RENDERED_AS = {"txt": "table"}
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
MAIL_WIDTH = 100


def check_formats(schedule: Schedule) -> None:
    """See whether all formats of a schedule can be written.

    Raises:
        ConfigError: one cannot.
    """
    from advisor.report.render import RENDERERS

    missing = [f for f in schedule.formats if RENDERED_AS.get(f, f) not in RENDERERS]
    if missing:
        known = [f for f in MEDIA_TYPES if RENDERED_AS.get(f, f) in RENDERERS]
        raise ConfigError(
            f"schedule.{schedule.name}.formats: {missing[0]} is not written by this version",
            hint=f"use {', '.join(known)}",
        )


def plan_parcel(order: Order, config: Config, tell: Tell) -> Parcel:
    """Return the parcel: the plan as text, and as files in the schedule's formats."""
    schedule = order.schedule
    plan, cells = _plan(schedule, config, tell)
    return parcel_of(order, plan, cells, datetime.now(UTC))


def parcel_of(order: Order, plan: Plan, cells: tuple[Cell, ...], now: datetime) -> Parcel:
    """Return a plan as a parcel."""
    from advisor.delivery.parcel import Parcel
    from advisor.report.table import table
    from advisor.report.view import title

    holes = [cell for cell in cells if cell.is_hole]
    figures = all_figures(plan, cells, order.earlier)
    line = _line(figures)
    remarks = [f"Not read whole: {cell}" for cell in holes]
    text = "\n".join(
        [f"{order.schedule.name}, {order.period}: {line}", "", *remarks, table(plan, width=MAIL_WIDTH)]
    )
    return Parcel(
        schedule=order.schedule.name,
        period=order.period,
        made_at=now,
        # short enough for one line of a header, and of a phone
        subject=f"{order.schedule.name} {order.period}: {_short(figures)}",
        text=text,
        html=f"<!doctype html><html><body><pre>{html.escape(text)}</pre></body></html>",
        attachments=tuple(_file(order, plan, form) for form in order.schedule.formats),
        slack_blocks=tuple(_blocks(order, title(plan), line, remarks)),
        figures=figures,
    )


def _short(figures: Mapping[str, float]) -> str:
    from advisor.units import format_share, format_usd

    share = format_share(figures["savings_share"])
    return f"{format_usd(figures['savings'])} of {format_usd(figures['today'])} a month to save ({share})"


def _line(figures: Mapping[str, float]) -> str:
    from advisor.units import format_share, format_usd

    words = [
        f"{format_usd(figures['today'])} a month today",
        f"{format_usd(figures['savings'])} could be saved ({format_share(figures['savings_share'])})",
    ]
    if "change" in figures:
        mark = "+" if figures["change"] > 0 else ""
        words.append(f"{mark}{format_usd(figures['change'])} since last time")
    return ", ".join(words)


def _file(order: Order, plan: Plan, form: str) -> Attachment:
    from advisor.delivery.parcel import Attachment
    from advisor.report.render import render

    content = render(plan, RENDERED_AS.get(form, form))
    return Attachment(f"{order.schedule.name}-{order.period}.{form}", MEDIA_TYPES[form], content)


def _blocks(order: Order, title: str, line: str, remarks: list[str]) -> list[dict[str, Any]]:
    from advisor.delivery.channels.webhook import escaped
    from advisor.delivery.names import one_line

    def section(text: str) -> dict[str, Any]:
        return {"type": "section", "text": {"type": "mrkdwn", "text": escaped(text)}}

    heading = {"type": "plain_text", "text": f"{order.schedule.name} {order.period}"}
    return [
        {"type": "header", "text": heading},
        section(line),
        section(one_line(title)),
        *(section(one_line(r)) for r in remarks),
    ]


def _plan(schedule: Schedule, config: Config, tell: Tell) -> tuple[Plan, tuple[Cell, ...]]:
    from advisor.catalog import load_catalog
    from advisor.pipeline import advise
    from advisor.usage.scope import in_scope

    tell("reading usage")
    usage, cells = _usage(schedule, config, tell)
    usage = in_scope(usage, schedule.only_accounts, schedule.only_tags)
    return advise(usage, load_catalog(), config, progress=tell), cells


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
