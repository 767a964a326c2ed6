"""Account ids out of a plan and all that is said beside it: `account-1`, `account-2`, wherever they stood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

import polars as pl

from advisor.model import Plan

T = TypeVar("T")

LIKE_ONE = re.compile(r"(?<!\d)(?:\d{12}|\d{4}-\d{4}-\d{4})(?!\d)")
"""Twelve digits, also as the console writes them. A name that happens to hold twelve digits is masked too: rather that."""
LEAST = 4
"""Letters from which an id that is no twelve digits is looked for inside texts; a shorter one would be found in any."""
KEPT = frozenset({"catalog_digest", "config_digest", "inputs_digest", "certificate"})
"""Digests may hold twelve digits in a row, and the proof is read by programs only."""


class Mask:
    """Gives each account a name of its own, the same wherever its id stands.

    Args:
        texts: everything that is shown; accounts are numbered in the order of their ids.
        accounts: ids that are known as such.
    """

    def __init__(self, texts: Iterable[str], accounts: Iterable[str] = ()) -> None:
        known = {a for a in accounts if a}
        found = {m.replace("-", "") for text in texts for m in LIKE_ONE.findall(text)}
        ids = sorted(found | known)
        self._names = {account: f"account-{number}" for number, account in enumerate(ids, 1)}
        odd = sorted(
            (a for a in known if not LIKE_ONE.fullmatch(a) and len(a) >= LEAST), key=len, reverse=True
        )
        self._odd = re.compile("|".join(rf"(?<!\w){re.escape(a)}(?!\w)" for a in odd)) if odd else None

    def text(self, text: str) -> str:
        """Return a text without account ids."""
        if text in self._names:
            return self._names[text]
        shown = LIKE_ONE.sub(lambda m: self._names.get(m[0].replace("-", ""), "account"), text)
        return self._odd.sub(lambda m: self._names[m[0]], shown) if self._odd else shown

    def of(self, noun: T) -> T:
        """Return a noun with every text in it masked, as deep as it goes."""
        return self._any(noun)  # type: ignore[no-any-return]

    def _any(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, pl.DataFrame):
            return self._frame(value)
        if is_dataclass(value) and not isinstance(value, type):
            names = [f.name for f in fields(value) if f.name not in KEPT and f.init and f.name != "origin"]
            return replace(value, **{name: self._any(getattr(value, name)) for name in names})
        if isinstance(value, Mapping):
            return {self._any(key): self._any(inner) for key, inner in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(self._any(inner) for inner in value)
        return value

    def _frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        masked = []
        for column in frame.get_columns():
            if column.dtype != pl.String:
                continue
            texts = column.drop_nulls().unique().to_list()
            other = {t: self.text(t) for t in texts}
            if any(was != now for was, now in other.items()):
                masked.append(column.replace_strict(other, default=None, return_dtype=pl.String))
        return frame.with_columns(masked)


def texts_of(value: Any) -> Iterable[str]:
    """Yield every text in a noun."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, pl.DataFrame):
        for column in value.get_columns():
            if column.dtype == pl.String:
                yield from column.drop_nulls().unique().to_list()
    elif is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            if f.name not in KEPT and f.name != "origin":
                yield from texts_of(getattr(value, f.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts_of(key)
            yield from texts_of(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from texts_of(inner)


def mask_of(plan: Plan, *others: object) -> Mask:
    """Return what masks a plan and all that is shown with it."""
    accounts = {*plan.workloads["account_id"].drop_nulls().to_list(), *(p.account_id for p in plan.pools)}
    return Mask((text for noun in (plan, *others) for text in texts_of(noun)), accounts)
