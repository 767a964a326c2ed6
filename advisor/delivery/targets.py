"""Where reports go: `file:`, `s3:`, `mailto:` and `slack:` read from `advisor.toml`, one target for each recipient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote

from advisor.aws.buckets import BUCKET
from advisor.delivery.names import one_line, steers
from advisor.errors import ConfigError

ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{2,63}"
)
KEY_PART = re.compile(r"[A-Za-z0-9!_.*'()=+-]+")
REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]")
SLACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
KINDS = "mailto:name@example.com, slack:NAME, s3://BUCKET/PREFIX or file:FOLDER"


@dataclass(frozen=True)
class FileTarget:
    """A folder that the report's files are put into; or one file, told by its suffix, that each period replaces.

    Attributes:
        within: the folder that a relative path must not lead out of; null for an absolute one.
    """

    path: Path
    within: Path | None
    recipient: str


@dataclass(frozen=True)
class S3Target:
    """A bucket and what the names of its objects begin with; the region where it is not the credentials' own."""

    bucket: str
    prefix: str
    region: str | None
    recipient: str


@dataclass(frozen=True)
class MailTarget:
    """One mail address; a subject of its own where one is given."""

    address: str
    subject: str
    recipient: str


@dataclass(frozen=True)
class SlackTarget:
    """A webhook, by the name that `[slack] webhooks` gives it."""

    name: str
    recipient: str


Target = FileTarget | S3Target | MailTarget | SlackTarget


def targets_of(url: str, folder: Path) -> tuple[Target, ...]:
    """Return the recipients that a URL names: each address of a `mailto:` is one of its own.

    Args:
        folder: what relative paths start from: that of the settings file, for schedulers start anywhere.

    Raises:
        ConfigError: it is no such URL; the words say what is wrong and what to write.
    """
    scheme, mark, rest = url.partition(":")
    readers = {"file": _file, "s3": _s3, "mailto": _mail, "slack": _slack}
    if not mark or scheme.lower() not in readers:
        # without the rest: people paste webhook URLs, which are secrets
        raise ConfigError(f"{_shown(scheme)!r} begins no recipient: write {KINDS}")
    if steers(unquote(url)):
        raise ConfigError(f"{_shown(url)} has a control character in it")
    return tuple(readers[scheme.lower()](rest, folder))


def _file(rest: str, folder: Path) -> Iterator[Target]:
    text = unquote(rest.removeprefix("//"))
    if not text:
        raise ConfigError("file: names no path: write file:reports")
    if ".." in Path(text).parts:
        raise ConfigError(f"file:{_shown(text)} climbs with ..: write the path out")
    named = Path(text).expanduser()
    path = folder / named
    yield FileTarget(path, None if named.is_absolute() else folder, f"file:{path.as_posix()}")


def _s3(rest: str, folder: Path) -> Iterator[Target]:
    del folder
    place, _, query = rest.lstrip("/").partition("?")
    bucket, _, path = place.partition("/")
    prefix = path.strip("/")
    if not BUCKET.fullmatch(bucket):
        raise ConfigError(f"{_shown(bucket)!r} is no bucket's name: write s3://BUCKET/PREFIX")
    bad = [p for p in prefix.split("/") if prefix and (not KEY_PART.fullmatch(p) or set(p) == {"."})]
    if bad:
        raise ConfigError(f"s3://{bucket}/{_shown(prefix)}: {_shown(bad[0])!r} is no part of a plain key")
    asked = _asked(query, ("region",), f"s3://{bucket}")
    region = asked.get("region")
    if region is not None and not REGION.fullmatch(region):
        raise ConfigError(f"s3://{bucket}: {_shown(region)} is no region")
    yield S3Target(bucket, prefix, region, f"s3://{bucket}/{prefix}".rstrip("/"))


def _mail(rest: str, folder: Path) -> Iterator[Target]:
    del folder
    addresses, _, query = rest.partition("?")
    asked = _asked(query, ("subject",), "mailto:")
    found = [unquote(a).strip() for a in addresses.split(",") if a.strip()]
    if not found:
        raise ConfigError("mailto: names nobody: write mailto:name@example.com")
    for address in found:
        if not ADDRESS.fullmatch(address) or ".." in address:
            raise ConfigError(f"{_shown(address)!r} is no mail address: write mailto:name@example.com")
        local, _, domain = address.rpartition("@")
        yield MailTarget(address, one_line(asked.get("subject", "")), f"mailto:{local}@{domain.lower()}")


def _slack(rest: str, folder: Path) -> Iterator[Target]:
    del folder
    if "://" in f":{rest}" or "/" in rest:
        raise ConfigError(
            "slack: takes a name, not a URL, for webhook URLs are secrets: "
            'write slack:NAME and [slack] webhooks = { NAME = "ENVIRONMENT_VARIABLE" }'
        )
    if not SLACK_NAME.fullmatch(rest):
        raise ConfigError(f"slack:{_shown(rest)} is no name: write slack:finops")
    yield SlackTarget(rest, f"slack:{rest}")


def _asked(query: str, known: tuple[str, ...], what: str) -> dict[str, str]:
    given = parse_qs(query, keep_blank_values=True)
    for name in given:
        if name.lower() not in known:
            raise ConfigError(f"{what} takes {', '.join(known)} after ?, not {_shown(name)}")
    return {name.lower(): values[-1] for name, values in given.items()}


def _shown(text: str) -> str:
    flat = one_line(text)
    return flat if len(flat) <= 60 else flat[:59] + "…"
