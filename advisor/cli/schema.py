"""`advisor schema`: the published form of documents, settings and input tables."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from advisor.cli.options import Debug


class Subject(StrEnum):
    """What a schema can be printed of."""

    PLAN = "plan"
    CONFIG = "config"
    TABLES = "tables"


def schema(
    subject: Annotated[
        Subject, typer.Argument(help="The run document, advisor.toml, or the input tables.")
    ] = Subject.PLAN,
    debug: Debug = False,
) -> None:
    """Print the JSON schema of the run document, of advisor.toml or of the input tables.

    \b
    Examples:
      advisor schema plan > plan.schema.json
      advisor schema tables
    """
    del debug  # read from the command line when something fails
    print(json.dumps(_schema(subject), indent=2, ensure_ascii=False))


def _schema(subject: Subject) -> Any:
    if subject is Subject.PLAN:
        from advisor.report.plan_json import plan_schema

        return plan_schema()
    if subject is Subject.CONFIG:
        from advisor.cli.setting_keys import config_schema
        from advisor.delivery.schedule import schedule_schema

        settings = config_schema()
        schedules = {"type": "object", "additionalProperties": schedule_schema()}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "schema_version": 1,
            **settings,
            "properties": {**settings["properties"], "schedule": schedules},
        }
    from advisor.cli.table_schema import table_schema

    return table_schema()
