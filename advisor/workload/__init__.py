"""What kind of workload is it, what size, and how many per hour."""

from advisor.workload.demand import observed_demand
from advisor.workload.profile import profile

__all__ = ["observed_demand", "profile"]
