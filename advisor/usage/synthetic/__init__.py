"""Made-up usage of a believable company, calibrated on real series: for demo, tests and benches."""

from advisor.usage.synthetic.write import DemoSummary, write_demo

__all__ = ["DemoSummary", "write_demo"]
