"""Faults played from a seed: which requests they meet does not depend on the order in which threads send them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatch
from hashlib import sha256
from threading import Lock
from typing import Self

from simulated_aws.questions import Question

KINDS = (
    *("throttle", "deny", "internal", "html", "reset", "drip", "loop"),
    *("partial", "message", "expire", "garbage"),
)
"""Refused for asking too much or at all; AWS's own fault; a proxy's page; no answer; bytes that trickle; the same next
page for ever; metric data in parts, or with a message; credentials that run out early; a reply that is cut off."""


@dataclass(frozen=True)
class Fault:
    """One kind of trouble, and whom it meets.

    Attributes:
        share: of the requests that it could meet.
        account, region, api: globs; an API is a service or `ecs:ListTasks`.
        after: so many of these requests go through first.
        most: so many meet it at most.
        tries: so many tries of one request meet it at most; those that follow go through.
        seconds: between two pieces of a reply that trickles.
    """

    kind: str
    share: float = 1.0
    account: str = "*"
    region: str = "*"
    api: str = "*"
    after: int = 0
    most: int = 10**9
    tries: int = 10**9
    seconds: float = 0.05

    @classmethod
    def parse(cls, words: str) -> Self:
        """Return the fault of a line such as `throttle share=0.5 api=ecs:*`.

        Raises:
            ValueError: there is no such kind or key.
        """
        kind, *pairs = words.split()
        if kind not in KINDS:
            raise ValueError(f"{kind}: one of {', '.join(KINDS)}")
        types = {f.name: type(f.default) for f in fields(cls)}
        said = dict(pair.split("=", 1) for pair in pairs)
        if unknown := set(said) - set(types):
            raise ValueError(f"{', '.join(sorted(unknown))}: one of {', '.join(types)}")
        return cls(kind, **{key: types[key](text) for key, text in said.items()})  # type: ignore[arg-type]

    def could_meet(self, question: Question, account_id: str) -> bool:
        """Return whether it is about such requests, and can be played on them."""
        if self.kind == "expire" and not question.token:
            return False
        if self.kind in ("partial", "message") and question.name != "cloudwatch:GetMetricData":
            return False
        return (
            fnmatch(account_id, self.account)
            and fnmatch(question.region, self.region)
            and any(fnmatch(name, self.api) for name in (question.name, question.service))
        )


class Faults:
    """Decides what becomes of requests; safe between threads.

    Attributes:
        played: kind → how often.
    """

    def __init__(self, faults: Sequence[Fault] = (), seed: int = 0) -> None:
        self.faults, self.seed = list(faults), seed
        self.played: Counter[str] = Counter()
        self._lock = Lock()
        self._seen: Counter[Fault] = Counter()
        self._hit: Counter[Fault] = Counter()
        self._tries: defaultdict[str, int] = defaultdict(int)

    def reset(self, *faults: Fault, seed: int = 0) -> None:
        """Play these from now on, and count anew."""
        with self._lock:
            self.faults, self.seed = list(faults), seed
            for counts in (self.played, self._seen, self._hit, self._tries):
                counts.clear()

    def of(self, question: Question, account_id: str) -> Fault | None:
        """Return the fault that a request meets; the first that wants it."""
        said = json.dumps(question.params, sort_keys=True, default=str)
        name = f"{account_id} {question.region} {question.name} {said}"
        with self._lock:
            tried = self._tries[name]
            self._tries[name] += 1
            for number, fault in enumerate(self.faults):
                if not fault.could_meet(question, account_id):
                    continue
                self._seen[fault] += 1
                if self._seen[fault] <= fault.after or self._hit[fault] >= fault.most or tried >= fault.tries:
                    continue
                if self._draw(f"{number} {tried} {name}") < fault.share:
                    self._hit[fault] += 1
                    self.played[fault.kind] += 1
                    return fault
        return None

    def _draw(self, name: str) -> float:
        return int.from_bytes(sha256(f"{self.seed} {name}".encode()).digest()[:8]) / 2**64
