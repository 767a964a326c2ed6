"""What the calls themselves cost, and the most that they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import Any

from advisor.aws.operations import Operation, PricedBy
from advisor.errors import AwsError

LESS = "allow more, or ask for fewer days"


@dataclass(frozen=True)
class Estimate:
    """What paid calls will come to if none has to be repeated."""

    requests: int
    price_usd: Decimal

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.requests + other.requests, self.price_usd + other.price_usd)

    def __str__(self) -> str:
        return f"{self.requests:,} paid requests, about ${self.price_usd:.2f}"


FREE = Estimate(0, Decimal(0))


class Budget:
    """Counts requests and dollars of one run, over all accounts; safe between threads.

    Args:
        most_usd: paid calls beyond it are refused before they leave; null for no limit.

    Attributes:
        watch: is told of every paid request how many there were with it.
    """

    def __init__(self, most_usd: Decimal | None = None) -> None:
        self._most_usd = most_usd
        self._lock = Lock()
        self.requests = self.paid_requests = 0
        self.spent_usd = Decimal(0)
        self.watch: Callable[[int], None] = lambda _: None

    def check(self, planned: Estimate) -> None:
        """Refuse a plan that would cost too much, before anything is paid.

        Raises:
            AwsError: it would cost more than is left.
        """
        if self._most_usd is not None and self.spent_usd + planned.price_usd > self._most_usd:
            raise AwsError(f"{planned}, and ${self._most_usd} is the most", hint=LESS)

    def spend(self, asked: Operation, params: Mapping[str, Any]) -> None:
        """Count a request that is about to leave; AWS takes money for repeated ones too.

        Raises:
            AwsError: it would cost more than is left.
        """
        price_usd = asked.price_usd * units(asked, params)
        with self._lock:
            total_usd = self.spent_usd + price_usd
            if price_usd and self._most_usd is not None and total_usd > self._most_usd:
                raise AwsError(
                    f"{asked.name} would bring the cost of calls to ${total_usd}, and ${self._most_usd} is the most",
                    hint=LESS,
                )
            self.requests += 1
            self.spent_usd = total_usd
            if price_usd:
                self.paid_requests += 1
                self.watch(self.paid_requests)

    def add(self, price_usd: Decimal) -> None:
        """Count what a request cost whose price is known when it has ended.

        Raises:
            AwsError: more was spent than may be.
        """
        with self._lock:
            self.spent_usd += price_usd
            if self._most_usd is not None and self.spent_usd > self._most_usd:
                raise AwsError(
                    f"calls have cost ${self.spent_usd:.4f}, and ${self._most_usd} is the most", hint=LESS
                )


def units(asked: Operation, params: Mapping[str, Any]) -> int:
    """Return how many units of its price a request has."""
    return len(params["MetricDataQueries"]) if asked.priced_by is PricedBy.METRIC else 1
