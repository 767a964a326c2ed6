"""The one who may write: a session of its own, with a guard of its own before the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from advisor.aws.clients import SETTINGS, session
from advisor.aws.faults import fault
from advisor.aws.operations import CREDENTIALS, Operation
from advisor.aws.writes import WRITES, write_named
from advisor.errors import AwsError

GUARD = "advisor-write-guard"
ALLOWED = frozenset((w.service, w.api) for w in WRITES.values()) | {(o.service, o.api) for o in CREDENTIALS}
USUAL_REGION = "us-east-1"


class Writer:
    """Sends what a report needs, once: who calls it waits and tries again, for the outbox counts the tries.

    Args:
        source: the SDK's session; the machine's own credentials when null.

    Raises:
        ConfigError: there is no such profile.
    """

    def __init__(self, source: boto3.Session | None = None) -> None:
        self._session = session() if source is None else source
        self._session.events.register("before-call", guard, unique_id=GUARD)
        self._clients: dict[tuple[str, str], Any] = {}

    def write(self, name: str, region: str | None, /, **params: Any) -> dict[str, Any]:
        """Return the answer of one operation of `WRITES`.

        Args:
            region: the session's own when null.

        Raises:
            AwsError: AWS said no, or nothing.
        """
        asked = write_named(name)
        place = region or self._session.region_name or USUAL_REGION
        try:
            client = self._client(asked.service, place)
            answer: dict[str, Any] = getattr(client, xform_name(asked.api))(**params)
        except (BotoCoreError, ClientError, ResponseParserError) as raised:
            raise fault(raised, Operation(name, None), place) from None
        return answer

    def _client(self, service: str, region: str) -> Any:
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._session.client(service, region_name=region, config=SETTINGS)
        return self._clients[key]


def guard(model: Any, **_: Mapping[str, Any]) -> None:
    """Stop a request of an operation that delivers no report; the SDK calls this before it sends anything.

    Raises:
        AwsError: the operation may not be called.
    """
    service, api = str(model.service_model.service_name), str(model.name)
    if (service, api) not in ALLOWED:
        raise AwsError(f"{service}:{api} is not among the operations that deliver a report")
