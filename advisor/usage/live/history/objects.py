"""Objects of S3 with task state changes: what is there, and what the events of a window tell."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from advisor.aws.budget import FREE, Estimate
from advisor.aws.calls import Caller
from advisor.aws.operations import GET_USD
from advisor.aws.together import together
from advisor.errors import AwsError, ConfigError
from advisor.usage.live.history.changes import Whose, detail, events, stopped_run, whose
from advisor.usage.live.history.sources import Run, Window

SCHEME = "s3://"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ACCOUNT, REGION = "{account}", "{region}"
"""Stand for those that are read, where each has a bucket or a prefix of its own."""
AT_ONCE = 16
"""Objects that are read together."""
GZIP = b"\x1f\x8b"
MOST_BYTES = 2**29
"""An object that unpacks to more is none of Firehose's, whose largest are of 128 MiB."""
MOST_LISTS = 100_000
"""A hundred million objects."""


@dataclass(frozen=True)
class Folder:
    """A bucket, and what the names of its objects begin with."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}"

    def of(self, account_id: str, region: str) -> Folder:
        """Return the one of an account and region."""
        return Folder(
            *(
                text.replace(ACCOUNT, account_id).replace(REGION, region)
                for text in (self.bucket, self.prefix)
            )
        )


def folder(url: str) -> Folder:
    """Return the place that a URL names.

    Args:
        url: `s3://BUCKET/PREFIX`; `{account}` and `{region}` in it stand for those that are read.

    Raises:
        ConfigError: it is no such URL.
    """
    bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
    plain = Folder(bucket, "").of("0" * 12, "eu-west-1").bucket
    if not url.startswith(SCHEME) or not BUCKET.fullmatch(plain):
        raise ConfigError(f"{url!r} is no place of S3", hint="write s3://BUCKET/PREFIX")
    return Folder(bucket, prefix)


@dataclass(frozen=True)
class Stored:
    """One object."""

    key: str
    written_at: datetime


@dataclass(frozen=True)
class Told:
    """What objects tell.

    Attributes:
        runs: by account and region, each once; every account and region that any event speaks of is there.
        unreadable: what is no event: lines, and objects as a whole.
    """

    runs: Mapping[Whose, tuple[Run, ...]]
    unreadable: int


class Archive:
    """The objects below one place: listed once and read once, however many accounts and regions ask; safe between threads.

    An event is written after it happened: what was written before a window tells nothing of it.
    """

    def __init__(self, place: Folder) -> None:
        self.place = place
        self._lock = Lock()
        self._stored: tuple[Stored, ...] | None = None
        self._told: dict[Window, Told] = {}

    def since(self, caller: Caller) -> datetime | None:
        """Return when its oldest object was written; null where there is none.

        Raises:
            AwsError: it cannot be listed.
        """
        return min((o.written_at for o in self._listed(caller)), default=None)

    def estimate(self, caller: Caller, window: Window) -> Estimate:
        """Return what it takes to read a window; nothing when it has been read.

        Raises:
            AwsError: it cannot be listed.
        """
        count = len(self._wanted(caller, window))
        return FREE if window in self._told else Estimate(count, count * GET_USD)

    @property
    def unreadable(self) -> int:
        """Lines, and objects as a whole, that were no events in what was read."""
        return sum(told.unreadable for told in self._told.values())

    def told(self, caller: Caller, window: Window) -> Told:
        """Return what its objects tell of a window.

        Raises:
            AwsError: an object cannot be read.
        """
        wanted = self._wanted(caller, window)
        with self._lock:
            if window not in self._told:
                found = together(lambda o: _read(caller, self.place.bucket, o.key, window), wanted, AT_ONCE)
                self._told[window] = _merged(found)
            return self._told[window]

    def _wanted(self, caller: Caller, window: Window) -> list[Stored]:
        return [o for o in self._listed(caller) if o.written_at >= window.start]

    def _listed(self, caller: Caller) -> tuple[Stored, ...]:
        with self._lock:
            if self._stored is None:
                self._stored = tuple(_objects(caller, self.place))
            return self._stored


class Archives:
    """The archives of all accounts and regions: one each, or one for all.

    Args:
        place: of one; `ACCOUNT` and `REGION` in it make it one for each.
    """

    def __init__(self, place: Folder) -> None:
        self.place = place
        self._lock = Lock()
        self._known: dict[Folder, Archive] = {}

    def of(self, caller: Caller) -> Archive:
        """Return the one that tells of an account and region."""
        place = self.place.of(caller.account_id, caller.region)
        with self._lock:
            return self._known.setdefault(place, Archive(place))


def _objects(caller: Caller, place: Folder) -> Iterator[Stored]:
    last: dict[str, str] = {}
    for _ in range(MOST_LISTS):
        page = caller.call("s3:ListObjectsV2", Bucket=place.bucket, Prefix=place.prefix, **last)
        found = [Stored(o["Key"], o["LastModified"]) for o in page.get("Contents") or () if o.get("Size")]
        yield from found
        keys = [o["Key"] for o in page.get("Contents") or ()]
        if not page.get("IsTruncated") or not keys:
            return
        # names come in order: what begins after the last one cannot come again
        if keys[-1] <= last.get("StartAfter", ""):
            raise AwsError(f"s3:ListObjectsV2: the names below {place} go in a circle")
        last = {"StartAfter": keys[-1]}
    raise AwsError(f"s3:ListObjectsV2: no end after {MOST_LISTS:,} pages")


def _read(caller: Caller, bucket: str, key: str, window: Window) -> Told:
    content = caller.call("s3:GetObject", Bucket=bucket, Key=key)["Body"]
    text = _text(content)
    runs: dict[Whose, list[Run]] = {}
    unreadable = int(text is None)
    for event in events(text or ""):
        place = event and whose(detail(event))
        if not event or not place:
            unreadable += 1
            continue
        known = runs.setdefault(place, [])
        run = stopped_run(event)
        if run and run.stopped_at and window.start <= run.stopped_at < window.end:
            known.append(run)
    return Told({place: tuple(found) for place, found in runs.items()}, unreadable)


def _text(content: bytes) -> str | None:
    """Return the text of an object, unpacked; null where it is none."""
    if content.startswith(GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            return None
    if len(content) > MOST_BYTES:
        return None
    text = content.decode("utf-8", "replace")
    return text if "{" in text else None


def _merged(parts: list[Told]) -> Told:
    """Return all parts as one; an event that came twice counts once."""
    runs: dict[Whose, dict[tuple[str, str], Run]] = {}
    for part in parts:
        for place, found in part.runs.items():
            runs.setdefault(place, {}).update({(r.cluster, r.task): r for r in found})
    return Told(
        {place: tuple(found.values()) for place, found in runs.items()}, sum(p.unreadable for p in parts)
    )
