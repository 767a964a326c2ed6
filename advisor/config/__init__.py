"""`advisor.toml` as frozen dataclasses: every threshold that is our judgement, with its reason.

Reading files, environment and flags is the shell's job (`cli/settings.py`); this room only says what there is to set.
"""

from advisor.config.buying import CommitmentPolicy, PricePolicy, RefreshLimits
from advisor.config.everything import BESIDE, Config, differing
from advisor.config.keeping import HistoryPolicy, StorePolicy
from advisor.config.planning import FolkPolicy, Pin, PlanPolicy
from advisor.config.running import FleetPolicy, OperationsPolicy, SpotPolicy
from advisor.config.sending import DeliveryPolicy, MailPolicy, SlackPolicy, SmtpPolicy
from advisor.config.sizing import ProfilePolicy, SizeOverride

__all__ = [
    "BESIDE",
    "CommitmentPolicy",
    "Config",
    "DeliveryPolicy",
    "FleetPolicy",
    "FolkPolicy",
    "HistoryPolicy",
    "MailPolicy",
    "OperationsPolicy",
    "Pin",
    "PlanPolicy",
    "PricePolicy",
    "ProfilePolicy",
    "RefreshLimits",
    "SizeOverride",
    "SlackPolicy",
    "SmtpPolicy",
    "SpotPolicy",
    "StorePolicy",
    "differing",
]
