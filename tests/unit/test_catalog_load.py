"""A snapshot that is not the one its manifest vouches for is refused, naming the file."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from advisor.catalog import load_catalog
from advisor.catalog.load import SNAPSHOT, TABLES
from advisor.errors import CatalogError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snapshot"))


def test_a_copy_is_the_same_catalog(copy: Path) -> None:
    ours, bundled = load_catalog(copy), load_catalog()
    assert ours.digest == bundled.digest
    assert all(ours.tables[name].equals(bundled.tables[name]) for name in TABLES)
    assert load_catalog() is bundled


@pytest.mark.parametrize("name", TABLES)
def test_one_changed_byte_is_noticed(copy: Path, name: str) -> None:
    file = copy / f"{name}.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(CatalogError, match=f"{name}.parquet is not the file"):
        load_catalog(copy)


def test_a_changed_hash_is_noticed(copy: Path) -> None:
    manifest = copy / "MANIFEST.toml"
    text = manifest.read_text()
    at = text.index("sha256", text.index("[files.fargate]")) + len('sha256 = "')
    manifest.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])
    with pytest.raises(CatalogError, match=r"fargate\.parquet"):
        load_catalog(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "ec2_prices.parquet").unlink()
    with pytest.raises(CatalogError, match=r"ec2_prices\.parquet: No such file"):
        load_catalog(copy)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema_version = 1", "schema_version = 2", "schema_version 2, this advisor reads 1"),
        ("schema_version = 1", "schema_version = ", "cannot be read"),
        ('as_of = "2026-02-07"', "", "does not name 'as_of'"),
        ('as_of = "2026-02-07"', 'as_of = "yesterday"', "cannot be read"),
        ("[files.fargate]", "[files.farm]", "does not name 'fargate'"),
        ('file = "fargate.parquet"', "", "does not name 'file'"),
    ],
)
def test_a_broken_manifest_is_explained(copy: Path, old: str, new: str, message: str) -> None:
    manifest = copy / "MANIFEST.toml"
    text = manifest.read_text()
    assert text.count(old) == 1
    manifest.write_text(text.replace(old, new))
    with pytest.raises(CatalogError, match=message):
        load_catalog(copy)


def test_no_snapshot_at_all(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no price snapshot in"):
        load_catalog(tmp_path / "nowhere")


def test_every_short_source_name_is_explained() -> None:
    """A row says `karpenter`; the manifest says which reading of it."""
    manifest = tomllib.loads((SNAPSHOT / "MANIFEST.toml").read_text())
    named = {
        source for entry in manifest["files"].values() for source in entry["sources"] if " " not in source
    }
    assert named == set(manifest["sources"])
