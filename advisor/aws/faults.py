"""What the SDK raises, in our own errors: what may be tried again, what is forbidden, what is final."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from advisor.aws.operations import Operation
from advisor.aws.secrets import repeated
from advisor.errors import AwsError, DeniedError, ThrottledError, UnreachableError

THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "LimitExceededException",
        "BandwidthLimitExceeded",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
        "SlowDown",
    }
)
"""AWS's codes for "too much", the SDK's own list and that of Cost Explorer and Logs."""
UNREACHABLE = frozenset(
    {
        "RequestTimeout",
        "RequestTimeoutException",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceFault",
        "InternalServiceError",
        "InternalServerException",
        "ServerException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Unavailable",
    }
)
"""Faults of AWS's own side."""
FORBIDDEN = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
NO_CREDENTIALS = EXPIRED | frozenset(
    {
        "RequestTimeTooSkewed",
        "RequestInTheFuture",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "OptInRequired",
    }
)
ENTER = "AssumeRole"
TRUST = "let the role trust these credentials (its trust policy), and allow them sts:AssumeRole on it"
SIGN_IN = "sign in again (aws sso login), or name a profile with --profile; a region may also not be enabled"
SET_CLOCK = "set this machine's clock (NTP): what is signed at another time is refused"
MOST_SKEW_MIN = 5.0
"""Further apart from ours, AWS's clock makes signatures invalid."""
CREDENTIAL_FAULTS = (
    sdk.NoCredentialsError,
    sdk.PartialCredentialsError,
    sdk.CredentialRetrievalError,
    sdk.TokenRetrievalError,
    sdk.SSOError,
    sdk.UnauthorizedSSOTokenError,
    sdk.ProfileNotFound,
)
SILENCE = (sdk.ConnectionError, sdk.HTTPClientError, sdk.IncompleteReadError, ResponseParserError)


def fault(raised: Exception, asked: Operation, where: str) -> AwsError:
    """Return our error for one of the SDK's.

    Args:
        raised: a `ClientError` or `BotoCoreError`.
        where: account and region, in words.
    """
    if isinstance(raised, sdk.ClientError):
        return _refusal(raised, asked, where)
    words = f"{asked.name} in {where}: {repeated(str(raised))}"
    if isinstance(raised, CREDENTIAL_FAULTS):
        return DeniedError(words, hint=SIGN_IN)
    # a page of HTML instead of an answer comes from a proxy or a server in trouble
    if isinstance(raised, SILENCE):
        return UnreachableError(words, hint="is this machine online, and the region's name right?")
    return AwsError(words)


def _refusal(raised: sdk.ClientError, asked: Operation, where: str) -> AwsError:
    said = raised.response.get("Error", {})
    code = str(said.get("Code", ""))
    status = int(raised.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    # the SDK enters a role by itself when something else is asked
    entering = raised.operation_name == ENTER
    name = f"sts:{ENTER}" if entering else asked.name
    words = f"{name} in {where}: {code}" + (f", {repeated(said['Message'])}" if said.get("Message") else "")
    if code in THROTTLED or status == 429:
        return ThrottledError(words, code=code)
    if code in FORBIDDEN:
        part = f", part of {asked.allowed_by}" if asked.allowed_by else ""
        return DeniedError(words, hint=TRUST if entering else f"allow {asked.action}{part}", code=code)
    if code in NO_CREDENTIALS and (apart := _clock_is_off(raised)):
        return DeniedError(f"{name} in {where}: {code}: {apart}", hint=SET_CLOCK, code=code)
    if code in NO_CREDENTIALS:
        # without AWS's own words: they may repeat what was signed, the session's token with it
        return DeniedError(f"{name} in {where}: {code}", hint=SIGN_IN, code=code)
    if code in UNREACHABLE or status >= 500:
        return UnreachableError(words, code=code)
    return AwsError(words, code=code)


def _clock_is_off(raised: sdk.ClientError) -> str:
    """Return how far our clock is from that of AWS, which dates its answers, in words; empty where that is no matter."""
    said = raised.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        ahead_min = (datetime.now(UTC) - parsedate_to_datetime(said)).total_seconds() / 60
    except (TypeError, ValueError):
        return ""
    if abs(ahead_min) < MOST_SKEW_MIN:
        return ""
    return f"this machine's clock is {abs(ahead_min):,.0f} minutes {'ahead of' if ahead_min > 0 else 'behind'} AWS's"
