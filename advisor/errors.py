"""The errors of the program.

AdvisorError(message, *, hint=None)
├── InputError          what you gave us cannot be read: file, column, row
│   └── HistoryError    too little or too gappy history to advise on
├── ConfigError         advisor.toml: key, value, allowed range
├── CatalogError        no price for this, or the snapshot is broken
├── AwsError            AWS said no
│   ├── DeniedError     these credentials may not; the hint names the IAM action
│   ├── ThrottledError  too many requests, until we gave up
│   └── UnreachableError  no answer, until we gave up
├── StoreError          the local store is damaged, locked or cannot be written
├── SolverError         the core could not finish; what is known is still returned
└── DeliveryError       the report could not be sent (the plan is saved)
StalePriceWarning, ShortHistoryWarning
"""

from __future__ import annotations


class AdvisorError(Exception):
    """Anything that we can say in one line to the person at the keyboard.

    Args:
        message: what happened and where.
        hint: what to do about it.
        problems: one line for each fault found, when there are several.
    """

    def __init__(self, message: str, *, hint: str | None = None, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = problems


class InputError(AdvisorError):
    """What you gave us cannot be read; `problems` holds one line for each fault found."""


class HistoryError(InputError):
    """Too little or too gappy history to advise on."""


class ConfigError(AdvisorError):
    """A key or value of the configuration is wrong."""


class CatalogError(AdvisorError):
    """No price for this, or the snapshot is broken."""


class AwsError(AdvisorError):
    """AWS said no.

    Args:
        code: AWS's own code of the fault, empty where it gave none.
    """

    def __init__(self, message: str, *, hint: str | None = None, code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class DeniedError(AwsError):
    """These credentials may not do it, or are none."""


class ThrottledError(AwsError):
    """AWS had too many requests, until we gave up."""


class UnreachableError(AwsError):
    """AWS did not answer, or only with faults of its own, until we gave up."""


class StoreError(AdvisorError):
    """The local store is damaged, locked by another process or cannot be written."""


class SolverError(AdvisorError):
    """The core could not finish."""


class DeliveryError(AdvisorError):
    """The report could not be sent."""


class StalePriceWarning(UserWarning):
    """Prices are older than the policy allows."""


class ShortHistoryWarning(UserWarning):
    """Usage covers less time than the policy asks for."""
