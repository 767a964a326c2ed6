"""Reports for people who decide: executive, FinOps, team; each from one page, in every format.

from advisor.report.pages import render_report

render_report(plan, "executive", "pdf")
"""

from advisor.report.pages.mail import Inline, Mail
from advisor.report.pages.make import KINDS, make_page
from advisor.report.pages.mask import mask_of
from advisor.report.pages.render import FORMATS, render_report, report_mail

__all__ = ["FORMATS", "KINDS", "Inline", "Mail", "make_page", "mask_of", "render_report", "report_mail"]
