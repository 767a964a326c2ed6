"""Who asks: access keys of accounts, and roles that are entered for a while."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock
from typing import Any

from simulated_aws.questions import Question
from simulated_aws.refusals import Refusal, denied, expired

ROLE = re.compile(r"arn:aws(?:-cn|-us-gov)?:iam::(\d{12}):role/([\w+=,.@/-]+)")
GONE = "InvalidClientTokenId"


class Identities:
    """Knows keys and sessions; safe between threads.

    Args:
        accounts: whose roles can be entered; keys that nobody handed out are the first one's.
        closed: accounts whose roles let nobody in.
        lasts: how long a session is good.
    """

    def __init__(
        self, accounts: Sequence[str], closed: Sequence[str] = (), lasts: timedelta = timedelta(hours=1)
    ) -> None:
        self.accounts, self.closed, self.lasts = tuple(accounts), frozenset(closed), lasts
        self._lock, self._numbers = Lock(), count(1)
        self._sessions: dict[str, tuple[str, str, str, datetime]] = {}

    def account_of(self, question: Question, now: datetime) -> str:
        """Return the account of a request.

        Raises:
            Refusal: its credentials have run out, or are none of ours.
        """
        with self._lock:
            session = self._sessions.get(question.key)
        if session is None:
            if question.key.startswith("ASIASIM"):
                raise Refusal(GONE, "The security token included in the request is invalid", 403)
            return self.accounts[0]
        account_id, token, _, until = session
        if token != question.token:
            raise Refusal(GONE, "The security token included in the request is invalid", 403)
        if now >= until:
            raise expired(question.service)
        return account_id

    def end(self, key: str) -> None:
        """Let a session run out now."""
        with self._lock:
            if key in self._sessions:
                account_id, token, role, _ = self._sessions[key]
                self._sessions[key] = (account_id, token, role, datetime.min.replace(tzinfo=UTC))

    def assume(self, question: Question, now: datetime) -> dict[str, Any]:
        """Answer AssumeRole."""
        arn = str(question.params["RoleArn"])
        found = ROLE.fullmatch(arn)
        if found is None or found[1] not in self.accounts or found[1] in self.closed:
            raise denied("sts", "sts:AssumeRole on resource: " + arn, "somebody")
        with self._lock:
            number = next(self._numbers)
            key, token = f"ASIASIM{number:013}", f"simulated-session-{number:04}" * 6
            until = now + self.lasts
            self._sessions[key] = (found[1], token, found[2], until)
        name = f"{found[2]}/{question.params['RoleSessionName']}"
        return {
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": f"simulated{number:031}",
                "SessionToken": token,
                "Expiration": until,
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"AROASIM{number:014}:x",
                "Arn": f"arn:aws:sts::{found[1]}:assumed-role/{name}",
            },
        }
