"""The SDK's clients: credentials of an account, retries off, and a guard before the wire."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    DeferredRefreshableCredentials,
    RefreshableCredentials,
)
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody
from botocore.session import Session
from botocore.utils import parse_timestamp

from advisor.aws.budget import Budget
from advisor.aws.calls import PacedCaller
from advisor.aws.clock import Clock
from advisor.aws.faults import EXPIRED, SIGN_IN, fault
from advisor.aws.operations import OPERATIONS, Operation, operation
from advisor.errors import ConfigError, DeniedError

SETTINGS = Config(
    retries={
        "total_max_attempts": 1,
        "mode": "standard",
    },  # ours, to a deadline: the SDK's lose calls in a storm
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=20,
    user_agent_appid="advisor",
)
IDENTITY = OPERATIONS["sts:GetCallerIdentity"]
UNKNOWN_ACCOUNT = "an unknown account"
logging.getLogger("botocore").setLevel(logging.ERROR)
"""Its debug lines hold what is signed, and its warnings repeat AWS's words; what matters comes as an error."""
GUARD = "advisor-guard"
MAKING = Lock()
"""Making clients of one session is not safe between threads, and many roles are entered from one."""


class Account:
    """One account, and whom we are there.

    Args:
        session: the SDK's, with credentials; what it asks is guarded from now on.
        region: where the account is asked for its number.
        budget: what calls may cost; shared by all accounts of a run.

    Raises:
        AwsError: there are no credentials, or they are not good.
    """

    def __init__(
        self,
        session: boto3.Session,
        region: str,
        *,
        budget: Budget | None = None,
        clock: Clock | None = None,
    ) -> None:
        session.events.register("before-call", guard, unique_id=GUARD)
        self._session, self._budget, self._clock = session, budget, clock
        self._lock = Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self.account_id = UNKNOWN_ACCOUNT
        self.account_id = str(self.caller(region).call(IDENTITY.name)["Account"])

    def caller(self, region: str) -> PacedCaller:
        """Return the caller of a region of this account."""

        def send(asked: Operation, params: Mapping[str, Any]) -> dict[str, Any]:
            where = f"{self.account_id} {region}"
            try:
                answer: dict[str, Any] = self._renewing(
                    lambda: _whole(
                        getattr(self._client(asked.service, region), xform_name(asked.api))(**params)
                    )
                )
            except (BotoCoreError, ClientError, ResponseParserError) as raised:
                # without the SDK's own: what AWS says of a bad signature may repeat the session's token
                raise fault(raised, asked, where) from None
            return answer

        return PacedCaller(self.account_id, region, send, budget=self._budget, clock=self._clock)

    def _renewing(self, ask: Callable[[], Any]) -> Any:
        """Ask, and once more with new credentials where AWS says that these have run out."""
        credentials = self._session.get_credentials()
        signed = credentials.get_frozen_credentials().access_key if credentials else ""
        try:
            return ask()
        except ClientError as raised:
            # sessions are ended before their time, and a clock that is off does not see them end
            if raised.response.get("Error", {}).get("Code") not in EXPIRED or not isinstance(
                credentials, RefreshableCredentials
            ):
                raise
        with self._lock:
            # one of many threads renews for all
            if credentials.get_frozen_credentials().access_key == signed:
                credentials._expiry_time = datetime.now(UTC)
            credentials.get_frozen_credentials()
        return ask()

    def _client(self, service: str, region: str) -> Any:
        # making clients is not safe between threads, using them is
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                self._clients[key] = self._session.client(service, region_name=region, config=SETTINGS)
            return self._clients[key]


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    """Read a body that comes as a stream here, where what breaks off is tried again."""
    body = answer.get("Body")
    return {**answer, "Body": body.read()} if isinstance(body, StreamingBody) else answer


def guard(model: Any, **_: Any) -> None:
    """Stop a request of an operation that is not on the list; the SDK calls this before it sends anything.

    Raises:
        AwsError: the operation may not be called.
    """
    operation(f"{model.service_model.service_name}:{model.name}")


def session(profile: str | None = None) -> boto3.Session:
    """Return a session of the SDK with the credentials that the AWS command line would take.

    Raises:
        ConfigError: there is no such profile.
    """
    core = Session(profile=profile)
    try:
        core.get_scoped_config()
    except BotoCoreError as error:
        raise ConfigError(
            str(error), hint="aws configure list-profiles names those that are there"
        ) from error
    # here, where the SDK may ask for the code of a device: calls are made in threads. What fails is told by the first call.
    with suppress(BotoCoreError, ClientError):
        credentials = core.get_credentials()
        if credentials is not None:
            credentials.get_frozen_credentials()
    return _quick(core)


def in_role(
    source: boto3.Session, role_arn: str, region: str, external_id: str | None = None
) -> boto3.Session:
    """Return a session in a role, entered from another; its credentials are renewed as they run out.

    Raises:
        DeniedError: the source has no credentials.
    """
    source.events.register("before-call", guard, unique_id=GUARD)
    credentials = source.get_credentials()
    if credentials is None:
        raise DeniedError(
            f"{role_arn} cannot be entered: there are no credentials to start from", hint=SIGN_IN
        )

    def door(*service: str, **keys: Any) -> Any:
        with MAKING:
            return source.client(*service, region_name=region, config=SETTINGS, **keys)

    known: dict[str, Any] = {}
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=door,
        source_credentials=credentials,
        role_arn=role_arn,
        extra_args={"RoleSessionName": "advisor", **({"ExternalId": external_id} if external_id else {})},
        cache=known,
    )

    def entered() -> dict[str, Any]:
        # the SDK would hand out the old ones again for as long as they say that they are good
        known.clear()
        credentials: dict[str, Any] = fetcher.fetch_credentials()
        return credentials

    inside = Session()
    # what the SDK knows of services is large: one copy for all roles
    inside.register_component("data_loader", source._session.get_component("data_loader"))
    # the SDK has no public way to hand over credentials that renew themselves
    inside._credentials = DeferredRefreshableCredentials(entered, "assume-role")
    return _quick(inside)


def _quick(core: Session) -> boto3.Session:
    """Wrap a session so that its times are read seven times as fast as the SDK's parser does."""
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    return boto3.Session(botocore_session=core)


def _moment(value: Any) -> datetime:
    # metrics come by the million, as numbers
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment: datetime = parse_timestamp(value)
    return moment
