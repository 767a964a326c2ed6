"""Sizes of several offers together: from a good start, the best small change, until none is left that helps.

A family's commitment is worth less where a Compute plan would have covered the same usage, and frees that plan
for other usage: the bill falls where one gives way to the other, though more or less of either alone would cost
more. A change that helps is made as often as it helps. Numbers are floats here: sizes are chosen with them, bills
are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.plan.commit_costs import Costs
from advisor.plan.commit_moves import Move, Scale, exchanges, further_moves, single_moves, whole_moves

ROUNDS = 60
"""Most changes; a handful is usual."""
MIN_ROUND_SHARE = 1e-4
"""A change that lowers the cost by less than a hundredth of a percent is the last."""
MIN_GAIN_SHARE = 1e-9
"""The smallest step that lowers the cost by less than a billionth is none: floats know no better."""
FEW_HOURS = 168
"""Of more hours than a week's some turn within every step: nothing fits exactly, and a step is worth next to nothing."""
FINE_SHARE = 1e-3
"""Part of a step that sizes are tuned to in the end, before they are rounded to steps."""
EVEN_SHARE = 1e-11
"""Costs that differ by less are equal but for rounding."""
POINTS = 16
"""Amounts that are tried at a time between the two best known."""


def best_together(costs: Costs, scales: Sequence[Scale], start: Sequence[float]) -> list[float]:
    """Return dollars an hour of each offer that are best together, in whole steps.

    Args:
        scales: of the offers; the last is the one that reaches what all others reach.
        start: sizes to begin with, of whole steps.
    """
    levels = _descended(costs, scales, start)
    if costs.hours <= FEW_HOURS:
        # where the best sizes fit together exactly, whole steps pass them by
        fine = [s if s.whole else replace(s, step=s.step * FINE_SHARE) for s in scales]
        levels = _to_the_end(costs, fine, _descended(costs, fine, levels))
    levels = [round(x / s.step) * s.step for x, s in zip(levels, scales, strict=True)]
    cost = costs.at([levels])[0]
    for _ in range(ROUNDS):
        better = _best_move(costs, levels, cost, single_moves(scales, levels, costs.most))
        if better is None:
            break
        levels, cost = better
    return levels


def _descended(costs: Costs, scales: Sequence[Scale], start: Sequence[float]) -> list[float]:
    """Make the change that helps most, again and again."""
    levels, limit = list(start), costs.most
    cost = costs.at([levels])[0]
    past = [levels]
    for _ in range(ROUNDS):
        moves = [*single_moves(scales, levels, limit), *exchanges(scales, levels, limit)]
        better = _best_move(costs, levels, cost, moves) or _best_whole(costs, scales, levels, cost)
        if better is None:
            break
        (levels, cost), last = better, cost
        past.append(levels)
        for move in further_moves(scales, past, limit):
            further = _furthest(costs, levels, move)
            if further[1] < cost:
                levels, cost = further
            past = [levels]
        if cost > last * (1.0 - MIN_ROUND_SHARE):
            break
    return levels


def _to_the_end(costs: Costs, scales: Sequence[Scale], levels: list[float]) -> list[float]:
    """Follow a change that makes no difference until it does: sizes fit whole steps there, on the way they may not."""
    moves = exchanges(scales, levels, costs.most)
    cost, *after = costs.at([levels, *(m.of(levels, 1) for m in moves)])
    even = [m for m, c in zip(moves, after, strict=True) if abs(c - cost) <= EVEN_SHARE * cost]
    for move in even[:1]:
        low, high = 1, move.most + 1
        while high - low > 1:
            tried = sorted({low + (high - low) * k // POINTS for k in range(1, POINTS)} - {low})
            found = costs.at([move.of(levels, t) for t in tried])
            low = max(
                [low, *(t for t, c in zip(tried, found, strict=True) if c <= cost * (1.0 + EVEN_SHARE))]
            )
            high = min([high, *(t for t in tried if t > low)])
        levels = move.of(levels, low)
    return levels


def _best_move(
    costs: Costs, levels: Sequence[float], cost: float, moves: Sequence[Move]
) -> tuple[list[float], float] | None:
    """Make the change that helps most when made once as often as it helps; null when none does."""
    after = costs.at([m.of(levels, 1) for m in moves]) if moves else []
    best = min(range(len(moves)), key=lambda i: (after[i], i), default=None)
    if best is None or after[best] >= cost * (1.0 - MIN_GAIN_SHARE):
        return None
    return _furthest(costs, levels, moves[best])


def _furthest(costs: Costs, levels: Sequence[float], move: Move) -> tuple[list[float], float]:
    """Double a change until it no longer helps, then close in on the best number of times."""
    tried = sorted({move.most, *(2**k for k in range(move.most.bit_length()))})
    while True:
        found = costs.at([move.of(levels, t) for t in tried])
        best = min(range(len(tried)), key=lambda i: (found[i], tried[i]))
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
        between = {low + (high - low) * k // POINTS for k in range(POINTS + 1)} | {tried[best]}
        if between <= set(tried):
            return move.of(levels, tried[best]), found[best]
        tried = sorted(between)


def _best_whole(
    costs: Costs, scales: Sequence[Scale], levels: Sequence[float], cost: float
) -> tuple[list[float], float] | None:
    """Try an instance more or less with the best Compute plan beside it: whole instances fit no other exchange."""
    moves = whole_moves(scales, levels, costs.most)
    if not moves or scales[-1].whole:
        return None
    sides = [m.of(levels, 1)[:-1] for m in moves]
    found = [(0.0, costs.most)] * len(sides)
    last: list[tuple[float, list[float]]] = []
    while max(high - low for low, high in found) > scales[-1].step / 2:
        points = [[low + (high - low) * k / POINTS for k in range(POINTS + 1)] for low, high in found]
        after = costs.at([[*side, x] for side, row in zip(sides, points, strict=True) for x in row])
        last, closer = [], []
        for i, (side, row) in enumerate(zip(sides, points, strict=True)):
            mine = after[i * len(row) : (i + 1) * len(row)]
            k = min(range(len(row)), key=lambda k: (mine[k], k))
            last.append((mine[k], [*side, row[k]]))
            closer.append((row[max(k - 1, 0)], row[min(k + 1, POINTS)]))
        found = closer
    best_cost, best = min(last)
    return (best, best_cost) if best_cost < cost * (1.0 - MIN_GAIN_SHARE) else None
