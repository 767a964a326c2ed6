"""The words of the dashboard: the strip of figures and a workload's card, as HTML."""

from __future__ import annotations

import re

from advisor.model import Plan
from advisor.notebook.markup import block, paragraphs, text
from advisor.report.explanation import told
from advisor.report.kpis import kpis
from advisor.report.view import title

STEP = re.compile(r"^\d+\. ")


def strip_html(plan: Plan) -> str:
    """Return the plan's name, its figures side by side, and what each means."""
    found = kpis(plan)
    figures = "".join(
        f'<li tabindex="0" title="{text(k.means)}"><span>{text(k.name)}</span><b>{text(k.value)}</b>'
        f"<span>{text(k.more)}</span></li>"
        for k in found
    )
    means = "".join(f"<dt>{text(k.name)}</dt><dd>{text(k.means)}</dd>" for k in found)
    return block(
        f"<h3>{text(title(plan))}</h3>",
        f'<ul class="advisor-strip">{figures}</ul>',
        f"<details><summary>What these figures mean</summary><dl>{means}</dl></details>",
    )


def card_html(plan: Plan, workload_id: str) -> str:
    """Return what a workload is, what is advised, why this size, and the steps to do it."""
    *facts, to_do = (
        f"<h4>{text(heading)}</h4>{_lines(lines)}" if lines else ""
        for heading, lines in told(plan, workload_id)
    )
    sides = f'<div class="advisor-card"><div>{"".join(facts)}</div><div>{to_do}</div></div>'
    return block(f"<h3>{text(workload_id)}</h3>", sides)


def _lines(lines: list[str]) -> str:
    """Return lines as paragraphs, numbered ones as a list."""
    found: list[str] = []
    steps: list[str] = []
    for line in [*lines, ""]:
        if STEP.match(line):
            steps.append(STEP.sub("", line))
            continue
        if steps:
            found.append("<ol>" + "".join(f"<li>{text(s)}</li>" for s in steps) + "</ol>")
            steps = []
        if line:
            found.append(paragraphs([line]))
    return "".join(found)


def said_html(words: str) -> str:
    """Return a sentence of ours."""
    return block(f'<p class="quiet">{text(words)}</p>')
