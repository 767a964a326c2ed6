"""A finished plan → something a person or a program reads. Nothing here prices, packs or chooses."""

from advisor.report.render import RENDERERS, render
from advisor.report.write import write_report

__all__ = ["RENDERERS", "render", "write_report"]
