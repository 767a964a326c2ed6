"""Opens the snapshot: every file is checked against its hash before it is read."""

from __future__ import annotations

import hashlib
import io
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from advisor.catalog.book import Catalog
from advisor.catalog.home import newest_snapshot
from advisor.catalog.manifest import MANIFEST, SCHEMA_VERSION
from advisor.errors import CatalogError

SNAPSHOT = Path(__file__).parent / "snapshot"
TABLES = (
    "instance_types",
    "ec2_prices",
    "commitments",
    "fargate",
    "fargate_sizes",
    "managed_instances",
    "other_prices",
)


def load_catalog(path: Path | None = None) -> Catalog:
    """Return the catalog of a snapshot folder; by default the user's newest one, else the bundled one.

    Raises:
        CatalogError: the manifest or a file is missing, or a file is not the one that the manifest vouches for.
    """
    return _load((path or newest_snapshot() or SNAPSHOT).resolve())


@cache
def _load(path: Path) -> Catalog:
    manifest_path = path / MANIFEST
    try:
        raw = manifest_path.read_bytes()
        manifest = tomllib.loads(raw.decode())
    except OSError as error:
        raise CatalogError(f"no price snapshot in {path}: {error.strerror}", hint=_mend(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{manifest_path} cannot be read: {error}", hint=_mend(path)) from error
    if manifest.get("schema_version") != SCHEMA_VERSION:
        found = manifest.get("schema_version")
        raise CatalogError(
            f"{manifest_path}: schema_version {found}, this advisor reads {SCHEMA_VERSION}", hint=_mend(path)
        )
    try:
        as_of = date.fromisoformat(manifest["as_of"])
        files = {
            name: (path / manifest["files"][name]["file"], manifest["files"][name]["sha256"])
            for name in TABLES
        }
    except KeyError as error:
        raise CatalogError(f"{manifest_path} does not name {error}", hint=_mend(path)) from error
    except (TypeError, ValueError) as error:
        raise CatalogError(f"{manifest_path} cannot be read: {error}", hint=_mend(path)) from error
    tables = {name: _table(file, sha256) for name, (file, sha256) in files.items()}
    return Catalog(as_of=as_of, digest=hashlib.sha256(raw).hexdigest()[:16], tables=tables)


def _table(file: Path, sha256: str) -> pl.DataFrame:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CatalogError(f"{file}: {error.strerror}", hint=_mend(file.parent)) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CatalogError(
            f"{file} is not the file that the manifest vouches for (sha256 differs)",
            hint=f"its prices cannot be trusted: {_mend(file.parent)}",
        )
    return pl.read_parquet(io.BytesIO(content))


def _mend(path: Path) -> str:
    """What to do about a broken snapshot: the bundled one comes with the program, the user's own ones can go."""
    return (
        "reinstall advisor"
        if path == SNAPSHOT.resolve()
        else f"delete {path}: the prices before it are used then"
    )
