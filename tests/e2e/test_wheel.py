"""A wheel is built, installed into a clean environment, and does the main job without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*argv: str | Path, **environment: str) -> str:
    done = subprocess.run(
        [str(a) for a in argv],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    assert done.returncode == 0, f"{argv}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    maturin = Path(sys.executable).parent / "maturin"
    run(maturin, "build", "--release", "--quiet", "--manifest-path", ROOT / "rust_core" / "Cargo.toml",
        "--out", folder, MATURIN_NO_INSTALL_RUST="1")  # fmt: skip
    (found,) = folder.glob("*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_carries_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "advisor/py.typed" in names
    assert "advisor/catalog/snapshot/MANIFEST.toml" in names
    assert any(n.startswith("advisor/_core.abi3") for n in names)
    assert {n.split("/")[0] for n in names} <= {"advisor", "advisor-0.1.0.dist-info"}
    assert not [n for n in names if n.endswith((".rs", ".pyc"))]


@pytest.mark.slow
def test_the_wheel_runs_the_demo_in_a_clean_environment(wheel: Path, tmp_path: Path, golden) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    locked = ROOT / "requirements.lock"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", wheel)
    needed = tmp_path / "needed.txt"
    needed.write_text("\n".join(runtime_requirements(python)))
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", needed, "-c",
        constraints(locked, tmp_path))  # fmt: skip
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "data" / "shop", shop)
    home = {"HOME": str(tmp_path), "ADVISOR_STATE_DIR": str(tmp_path / "state"), "COLUMNS": "100"}
    where = run(python, "-P", "-c", "import advisor; print(advisor.__file__)", **home).strip()
    assert Path(where).is_relative_to(tmp_path)
    golden("demo/recommend.txt", run(tmp_path / "env" / "bin" / "advisor", "recommend", shop, **home))


def runtime_requirements(python: Path) -> list[str]:
    """Return what the installed wheel says that it needs."""
    code = "from importlib.metadata import requires; print('\\n'.join(r for r in requires('advisor') if 'extra' not in r))"
    return run(python, "-P", "-c", code).split("\n")


def constraints(locked: Path, folder: Path) -> Path:
    """Return the locked versions as pip constraints, without hashes."""
    lines = [
        line.rstrip("\\ ") for line in locked.read_text().splitlines() if line and not line.startswith(" ")
    ]
    path = folder / "constraints.txt"
    path.write_text("\n".join(lines))
    return path
