"""The nouns: few things are dataclasses, many things are columns."""

from advisor.model.advice import INCLUDED, FolkRule, Recommendation
from advisor.model.bill import BillRow, Reconciliation, Residual
from advisor.model.commitment import COMMITMENTS, DEMAND_CHANGE_TENTHS, PAYMENTS, Commitment, commitment_name
from advisor.model.other_plans import Comparison, Moved, RulePrice, RulePrices
from advisor.model.placement import Placement, Pool, Rejection
from advisor.model.plan import Origin, Plan
from advisor.model.usage import Profiles, Usage

__all__ = [
    "COMMITMENTS",
    "DEMAND_CHANGE_TENTHS",
    "INCLUDED",
    "PAYMENTS",
    "BillRow",
    "Commitment",
    "Comparison",
    "FolkRule",
    "Moved",
    "Origin",
    "Placement",
    "Plan",
    "Pool",
    "Profiles",
    "Recommendation",
    "Reconciliation",
    "Rejection",
    "Residual",
    "RulePrice",
    "RulePrices",
    "Usage",
    "commitment_name",
]
