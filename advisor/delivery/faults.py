"""Why a delivery did not come about: what another try may mend, and what it cannot."""

from __future__ import annotations

from advisor.errors import DeliveryError


class TryLater(DeliveryError):
    """Another try may help: the server is away, busy, or not set up yet.

    Args:
        wait_s: how long the server asks to be left alone.
        is_in_doubt: the message was handed over and no answer came: it may have been taken.
        needs_people: a password, permission or setting is wrong: waiting a little does not mend it.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        wait_s: float = 0.0,
        is_in_doubt: bool = False,
        needs_people: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.wait_s = wait_s
        self.is_in_doubt = is_in_doubt
        self.needs_people = needs_people


class RefusedError(DeliveryError):
    """The other side said no for good: another try gets the same answer."""


class LostLeaseError(DeliveryError):
    """Another process has taken the delivery over: this one must not send it."""
