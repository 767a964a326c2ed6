"""Objects of S3 with task state changes: what is there, and what the events of a window tell."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from advisor.aws.buckets import BUCKET
from advisor.aws.budget import FREE, Estimate
from advisor.aws.calls import Caller
from advisor.aws.operations import GET_USD
from advisor.aws.together import together
from advisor.errors import AwsError, ConfigError
from advisor.usage.live.history.changes import Whose, detail, events, stopped_run, whose
from advisor.usage.live.history.sources import Run, Window

SCHEME = "s3://"
ACCOUNT, REGION = "{account}", "{region}"
"""Stand for those that are read, where each has a bucket or a prefix of its own."""
AT_ONCE = 4
"""Objects that are read together: each may be large."""
GZIP = b"\x1f\x8b"
MOST_BYTES = 2**28
"""An object of more, or that unpacks to more, is set aside: Firehose's largest are of 128 MiB."""
MOST_LAYERS = 2
"""A subscription is packed, and Firehose may pack it again."""
QUIET_SHARE = 0.25
"""Of a window: an account that is silent for longer at its start was not written down then, as far as anybody can tell."""
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
    size_bytes: int


@dataclass(frozen=True)
class Told:
    """What objects tell.

    Attributes:
        runs: by account and region, each once; every account and region that any event speaks of is there.
        since: by account and region, when the first object of the window that speaks of it was written.
        unreadable: what is no event: lines, and objects as a whole.
    """

    runs: Mapping[Whose, tuple[Run, ...]]
    since: Mapping[Whose, datetime]
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
        self._estimated: set[Window] = set()

    def since(self, caller: Caller) -> datetime | None:
        """Return when its oldest object was written; null where there is none.

        Raises:
            AwsError: it cannot be listed.
        """
        return min((o.written_at for o in self._listed(caller)), default=None)

    def estimate(self, caller: Caller, window: Window) -> Estimate:
        """Return what it takes to read a window: once, so nothing when it was asked before.

        Raises:
            AwsError: it cannot be listed.
        """
        count = len(self._wanted(caller, window))
        with self._lock:
            if window in self._estimated:
                return FREE
            self._estimated.add(window)
        return Estimate(count, count * GET_USD)

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
                found = together(lambda o: _read(caller, self.place.bucket, o, window), wanted, AT_ONCE)
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
        found = [
            Stored(o["Key"], o["LastModified"], o["Size"])
            for o in page.get("Contents") or ()
            if o.get("Size")
        ]
        yield from found
        keys = [o["Key"] for o in page.get("Contents") or ()]
        if not page.get("IsTruncated") or not keys:
            return
        # names come in order: what begins after the last one cannot come again
        if keys[-1] <= last.get("StartAfter", ""):
            raise AwsError(f"s3:ListObjectsV2: the names below {place} go in a circle")
        last = {"StartAfter": keys[-1]}
    raise AwsError(f"s3:ListObjectsV2: no end after {MOST_LISTS:,} pages")


def _read(caller: Caller, bucket: str, stored: Stored, window: Window) -> Told:
    if stored.size_bytes > MOST_BYTES:
        return Told({}, {}, 1)
    content = caller.call("s3:GetObject", Bucket=bucket, Key=stored.key)["Body"]
    text, unreadable = _text(content)
    runs: dict[Whose, list[Run]] = {}
    for event in events(text):
        place = event and whose(detail(event))
        if not event or not place:
            # ECS tells of more than tasks
            unreadable += not (event and "detail-type" in event)
            continue
        known = runs.setdefault(place, [])
        run = stopped_run(event)
        if run and run.stopped_at is None:
            unreadable += 1
        elif run and run.stopped_at and window.start <= run.stopped_at < window.end:
            known.append(run)
    found = {place: tuple(own) for place, own in runs.items()}
    return Told(found, dict.fromkeys(found, stored.written_at), unreadable)


def _text(content: bytes) -> tuple[str, int]:
    """Return the text of an object, unpacked, and 1 where a part of it cannot be."""
    damaged = 0
    for _ in range(MOST_LAYERS):
        if content.startswith(GZIP):
            content, is_whole = _unpacked(content)
            damaged |= not is_whole
    text = content.decode("utf-8", "replace")
    return (text, damaged) if "{" in text else ("", 1)


def _unpacked(content: bytes) -> tuple[bytes, bool]:
    """Return what packed members hold, with or without line ends between them, and whether that is all."""
    found = bytearray()
    while content := content.lstrip(b"\r\n"):
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            found += member.decompress(content, MOST_BYTES + 1 - len(found))
        except zlib.error:
            return bytes(found), False
        if len(found) > MOST_BYTES:
            return b"", False
        if not member.eof:
            return bytes(found), False
        content = member.unused_data
    return bytes(found), True


def _merged(parts: list[Told]) -> Told:
    """Return all parts as one; an event that came twice counts once."""
    runs: dict[Whose, dict[tuple[str, str], Run]] = {}
    since: dict[Whose, datetime] = {}
    for part in parts:
        for place, found in part.runs.items():
            runs.setdefault(place, {}).update({(r.cluster, r.task): r for r in found})
            since[place] = min(since.get(place, part.since[place]), part.since[place])
    known = {place: tuple(found.values()) for place, found in runs.items()}
    return Told(known, since, sum(p.unreadable for p in parts))
