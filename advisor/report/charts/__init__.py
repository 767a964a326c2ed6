"""Charts of a finished plan: Altair objects that widgets, reports and e-mails share.

Each function takes a plan and `theme="light"` or `"dark"`.
"""

from advisor.report.charts.frontier import frontier_chart
from advisor.report.charts.load_duration import load_duration_chart
from advisor.report.charts.options import options_chart
from advisor.report.charts.packing import packing_chart
from advisor.report.charts.usage import usage_chart
from advisor.report.charts.waterfall import waterfall_chart
from advisor.report.charts.workload import workload_chart

__all__ = [
    "frontier_chart",
    "load_duration_chart",
    "options_chart",
    "packing_chart",
    "usage_chart",
    "waterfall_chart",
    "workload_chart",
]
