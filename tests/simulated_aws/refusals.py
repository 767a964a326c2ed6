"""What AWS says when it says no, in the words of each protocol."""

from __future__ import annotations


class Refusal(Exception):
    """An error that AWS answers with.

    Args:
        code: as AWS spells it.
        status: of HTTP.
    """

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


THROTTLED = {
    "ec2": "RequestLimitExceeded",
    "sts": "Throttling",
    "ce": "LimitExceededException",
    "organizations": "TooManyRequestsException",
}
"""Service → its code for too many requests; `ThrottlingException` elsewhere."""


def throttled(service: str) -> Refusal:
    """Return what a service says to who asks too often."""
    status = {"ec2": 503, "scheduler": 429, "savingsplans": 429}.get(service, 400)
    return Refusal(THROTTLED.get(service, "ThrottlingException"), "Rate exceeded", status)


def denied(service: str, action: str, who: str) -> Refusal:
    """Return what a service says to who may not."""
    code = {"ec2": "UnauthorizedOperation", "sts": "AccessDenied"}.get(service, "AccessDeniedException")
    rest = service in ("ec2", "sts", "scheduler", "savingsplans")
    return Refusal(code, f"User: {who} is not authorized to perform: {action}", 403 if rest else 400)


def expired(service: str) -> Refusal:
    """Return what a service says to credentials that have run out."""
    code = {"ec2": "RequestExpired", "sts": "ExpiredToken"}.get(service, "ExpiredTokenException")
    return Refusal(code, "The security token included in the request is expired", 403)


def skewed(service: str, sent: str, here: str) -> Refusal:
    """Return what a service says to a request whose time is far from its own."""
    code = {"ec2": "RequestExpired", "sts": "SignatureDoesNotMatch"}.get(service, "InvalidSignatureException")
    when = "is now earlier than" if sent < here else "is still later than"
    which = "Signature expired" if sent < here else "Signature not yet current"
    return Refusal(code, f"{which}: {sent} {when} {here}", 403)


def invalid(message: str, service: str = "") -> Refusal:
    """Return what AWS says to parameters that the model does not know."""
    return Refusal("ValidationError" if service in ("cloudwatch", "sts") else "ValidationException", message)
