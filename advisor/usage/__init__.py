"""Usage in: everything that reads, makes or keeps usage."""

from advisor.usage.read import read_usage

__all__ = ["read_usage"]
