"""What each ECS workload should run on, how big, bought how, and what it saves, with a proven lower bound.

    from advisor import advise, load_catalog, read_usage

    plan = advise(read_usage("data/shop"), load_catalog())

Names are loaded when first used, so that `import advisor` and `advisor --help` stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.catalog import Catalog, load_catalog
    from advisor.config import Config
    from advisor.errors import AdvisorError
    from advisor.model import Comparison, Plan, Recommendation, Rejection, Usage
    from advisor.notebook.explore import explore
    from advisor.notebook.tune import tune
    from advisor.pipeline import advise, compare_settings, price_rules, what_if
    from advisor.plan.compare import compare
    from advisor.report import write_report
    from advisor.usage import read_account, read_usage

__all__ = [
    "AdvisorError",
    "Catalog",
    "Comparison",
    "Config",
    "Plan",
    "Recommendation",
    "Rejection",
    "Usage",
    "advise",
    "compare",
    "compare_settings",
    "explore",
    "load_catalog",
    "price_rules",
    "read_account",
    "read_usage",
    "tune",
    "what_if",
    "write_report",
]

_HOMES = {
    "AdvisorError": "advisor.errors",
    "Catalog": "advisor.catalog",
    "Comparison": "advisor.model",
    "Config": "advisor.config",
    "Plan": "advisor.model",
    "Recommendation": "advisor.model",
    "Rejection": "advisor.model",
    "Usage": "advisor.model",
    "advise": "advisor.pipeline",
    "compare": "advisor.plan.compare",
    "compare_settings": "advisor.pipeline",
    "explore": "advisor.notebook.explore",
    "load_catalog": "advisor.catalog",
    "price_rules": "advisor.pipeline",
    "read_account": "advisor.usage",
    "read_usage": "advisor.usage",
    "tune": "advisor.notebook.tune",
    "what_if": "advisor.pipeline",
    "write_report": "advisor.report",
}


def __getattr__(name: str) -> Any:
    """Return a public name, importing the room it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'advisor' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
