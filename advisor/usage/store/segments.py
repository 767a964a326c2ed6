"""One file of the store: named after its content, and believed only while it is that content."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import polars as pl

from advisor.errors import StoreError

KEY = "key"
"""Column of a segment: which workload a row is of, `service/web/checkout`."""
ASKED = "advisor.asked"
PLAIN = re.compile(r"[A-Za-z0-9-]+")
NAME = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)\.(?P<sha256>[0-9a-f]{64})\.parquet")
USAGE = "usage-"
KIND = re.compile(USAGE + r"\d+s")


@dataclass(frozen=True, order=True)
class Partition:
    """One day of one account × region × kind.

    Attributes:
        kind: `usage-60s`: usage by the minute.
    """

    account_id: str
    region: str
    kind: str
    day: date

    @property
    def period_s(self) -> int:
        """The length of its intervals."""
        return int(self.kind.removeprefix(USAGE).removesuffix("s"))


@dataclass(frozen=True, order=True)
class Segment:
    """One file: some workloads of a partition; never changed once it is there.

    Attributes:
        sha256: of all its bytes. The name that carries it is given to a file that is on disk whole.
    """

    partition: Partition
    sha256: str

    @classmethod
    def at(cls, path: Path, root: Path) -> Self | None:
        """Return the segment that a path below `root` names; null where it names none."""
        parts = path.relative_to(root).parts
        found = NAME.fullmatch(path.name)
        if (
            len(parts) != 4
            or not found
            or not KIND.fullmatch(parts[2])
            or not all(map(PLAIN.fullmatch, parts[:2]))
        ):
            return None
        try:
            day = date.fromisoformat(found["day"])
        except ValueError:
            return None
        return cls(Partition(*parts[:3], day), found["sha256"])

    def path(self, root: Path) -> Path:
        """Return where it is below `root`."""
        p = self.partition
        return cell_folder(root, p.account_id, p.region) / p.kind / f"{p.day}.{self.sha256}.parquet"

    def content(self, root: Path) -> bytes:
        """Return its bytes, checked.

        Raises:
            DamagedError: they are not what was written.
            StoreError: they cannot be read.
        """
        path = self.path(root)
        try:
            # read once, then checked and decoded from memory: a file may change between two readings
            content = path.read_bytes()
        except OSError as fault:
            raise StoreError(
                f"{path} cannot be read: {fault.strerror}", hint="advisor cache verify checks all files"
            ) from fault
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DamagedError(f"{path} is damaged", hint="advisor cache prune --damaged removes it")
        return content


class DamagedError(StoreError):
    """A file is not what was written."""


def cell_folder(root: Path, account_id: str, region: str) -> Path:
    """Return the folder of an account and region.

    Raises:
        StoreError: one of the names could lead elsewhere.
    """
    for name in (account_id, region):
        if not PLAIN.fullmatch(name):
            raise StoreError(f"{name!r} names no account or region", hint="check --region")
    return root / account_id / region


def usage_kind(period_s: int) -> str:
    """Return the kind of usage at a period."""
    return f"{USAGE}{period_s}s"


def encode(rows: pl.DataFrame, asked: Mapping[str, frozenset[str]]) -> bytes:
    """Return a segment's bytes.

    Args:
        rows: `KEY`, `start` in seconds since 1970, and columns of values.
        asked: workload → columns that were asked for, whether or not anything was there.
    """
    out = io.BytesIO()
    said = json.dumps({key: sorted(asked[key]) for key in sorted(asked)}, ensure_ascii=False)
    rows.write_parquet(out, compression="zstd", statistics=False, metadata={ASKED: said})
    return out.getvalue()


def asked_in(content: bytes) -> dict[str, frozenset[str]]:
    """Return workload → columns of checked bytes."""
    said = json.loads(pl.read_parquet_metadata(io.BytesIO(content))[ASKED])
    return {key: frozenset(columns) for key, columns in said.items()}


def decode(content: bytes) -> pl.DataFrame:
    """Return the rows of checked bytes."""
    return pl.read_parquet(io.BytesIO(content))
