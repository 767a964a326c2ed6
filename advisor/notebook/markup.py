"""HTML that we write, around text that others wrote: names and tags are data, never markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from advisor.report.text import safe

STYLE = """<style>
.advisor { color: var(--jp-ui-font-color1, CanvasText); font: 13px/1.45 var(--jp-ui-font-family, system-ui, sans-serif);
  overflow-wrap: anywhere; }
.advisor h3 { margin: 0 0 4px; font-size: 16px; font-weight: 600; color: inherit; }
.advisor h4 { margin: 10px 0 2px; font-size: 13px; font-weight: 600; color: inherit; }
.advisor p, .advisor li { margin: 1px 0; white-space: pre-wrap; }
.advisor .quiet, .advisor dd { color: var(--jp-ui-font-color2, GrayText); margin: 0 0 4px; }
.advisor ul, .advisor ol { margin: 0; padding-left: 20px; }
.advisor-strip { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; padding: 0 !important; margin: 6px 0 !important; }
.advisor-strip li { border: 1px solid var(--jp-border-color2, #8886); border-radius: 6px; padding: 5px 10px; min-width: 66px; }
.advisor-strip li:focus { outline: 2px solid var(--jp-brand-color1, Highlight); }
.advisor-strip b { display: block; font-size: 19px; line-height: 1.3; font-weight: 600; white-space: nowrap; }
.advisor-strip span { display: block; font-size: 12px; color: var(--jp-ui-font-color2, GrayText); white-space: nowrap; }
.advisor summary { cursor: pointer; }
.advisor dt { font-weight: 600; }
.advisor-card { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 0 28px; }
.advisor-chart svg { max-width: 100%; height: auto; }
.advisor-paper { background: #fff; }
.advisor-fault { border: 1px solid var(--jp-error-color1, #d55e00); border-left-width: 5px; border-radius: 4px;
  padding: 8px 12px; margin: 6px 0; }
</style>"""
"""Colours are the host's where it names them (JupyterLab, Notebook), the browser's where it does not."""


def text(words: object) -> str:
    """Return text that cannot be markup and cannot hide anything."""
    return escape(safe(words))


def block(*parts: str) -> str:
    """Return parts of our own HTML as one block with our style."""
    return f'<div class="advisor">{"".join(parts)}</div>'


def paragraphs(lines: Iterable[str]) -> str:
    """Return plain lines as paragraphs."""
    return "".join(f"<p>{text(line)}</p>" for line in lines)
