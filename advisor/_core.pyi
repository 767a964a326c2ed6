"""Stub of the compiled core; `advisor/core/door.py` is the door to it."""

from collections.abc import Callable
from typing import Any, final

debug_build: bool
__version__: str

class CoreError(ValueError): ...
class InvalidInput(CoreError): ...
class NoPlace(CoreError): ...
class InternalError(CoreError): ...

@final
class Estate:
    def __new__(cls, tasks: Any, bins: Any, demand: Any, weights: list[float], dims: int) -> Estate: ...
    def portfolio(
        self, group: int, members: list[int], keep: list[int], limits: tuple[int, int], *, threads: int
    ) -> tuple[list[int], list[float]] | None: ...

def pack(
    tasks: Any,
    bins: Any,
    dims: int,
    *,
    gap: float,
    time_limit_s: float | None,
    trials: int,
    threads: int,
    progress: Callable[[float, float], object] | None,
) -> dict[str, Any]: ...
def bill_hours(
    usage: bytes, meters: int, draws: list[tuple[int, int, int]], owned: list[tuple[int, int, int]]
) -> tuple[list[list[tuple[str, str]]], list[list[tuple[str, str]]], bytes] | None: ...
def verify(
    tasks: Any,
    bins: Any,
    dims: int,
    prices: list[int],
    *,
    scale: int,
    scaled: int,
    states: int,
    threads: int,
) -> tuple[str, int]: ...
def usage_features(points: Any, *, threads: int) -> Any: ...
def usage_sizes(
    points: Any, *, quantiles: list[float], decay: tuple[float, float, float, bool] | None, threads: int
) -> Any: ...
def pack_hours(
    tasks: Any,
    bins: Any,
    demand: Any,
    dims: int,
    *,
    min_bins: int,
    bound_only: bool,
    rough: bool,
    threads: int,
) -> dict[str, Any]: ...
def room_prices(
    tasks: Any,
    bins: Any,
    demand: Any,
    dims: int,
    *,
    peak: list[int],
    prices: list[tuple[list[float], list[float]]],
    threads: int,
) -> list[Any]: ...
def lawful(
    tasks: Any,
    bins: Any,
    dims: int,
    most: list[int],
    prices: list[list[int]],
    *,
    scale: int,
    states: int,
    threads: int,
) -> list[tuple[str, int]]: ...
def solve(
    tasks: Any,
    bins: Any,
    demand: Any,
    dims: int,
    *,
    eligible: list[float],
    offers: list[tuple[list[float], float, float]],
    blocks: int,
    rounds: int,
    tolerance: float,
    threads: int,
) -> dict[str, Any]: ...
