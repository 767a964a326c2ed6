"""Sets the checkout up: environment, locked packages, compiled core. Standard library only.

`python3 .ci/setup.py` does what is missing and nothing twice; `python3 .ci/setup.py lock` renews requirements.lock.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".advisor"
OLDEST_PYTHON = (3, 11)
OLDEST_CARGO = (1, 88)


def main() -> None:
    """Make the environment, install what is locked, build the core; each only when something changed."""
    if sys.version_info < OLDEST_PYTHON:
        stop(f"python {sys.version.split()[0]} is too old: advisor needs {dotted(OLDEST_PYTHON)} or newer")
    if sys.argv[1:] == ["lock"]:
        lock()
        return
    cargo_ready()
    packages = digest([ROOT / "requirements.lock"])
    if not PYTHON.exists() or stamp("packages") != packages:
        say("installing packages")
        install()
        set_stamp("packages", packages)
    sources = sorted((ROOT / "rust_core" / "src").rglob("*.rs"))
    core = digest(
        [
            ROOT / "rust_core" / "Cargo.toml",
            ROOT / "rust_core" / "Cargo.lock",
            ROOT / "pyproject.toml",
            *sources,
        ]
    )
    if stamp("core") != core or not list((ROOT / "advisor").glob("_core*.so")):
        say("building the core (release)")
        build()
        set_stamp("core", core)


def cargo_ready() -> None:
    cargo = shutil.which("cargo")
    if cargo is None:
        stop("cargo is missing: install Rust (https://rustup.rs), then run make again")
    out = subprocess.run([cargo, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(p) for p in out.split()[1].split(".")[:2]) if len(out.split()) > 1 else (0, 0)
    if version < OLDEST_CARGO:
        stop(
            f"cargo {dotted(version)} is too old: advisor's core needs {dotted(OLDEST_CARGO)} or newer (rustup update)"
        )


def uv() -> list[str] | None:
    """Return the command of uv: the one on the path, or our own copy; null when it cannot be had."""
    found = shutil.which("uv")
    if found:
        return [found]
    own = TOOLS / "bin" / "uv"
    if not own.exists():
        run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--root-user-action=ignore",
                "--target",
                str(TOOLS),
                "uv",
            ],
            check=False,
        )
    return [str(own)] if own.exists() else None


def install() -> None:
    lockfile = str(ROOT / "requirements.lock")
    tool = uv()
    if tool and run(
        [*tool, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV)], check=False
    ):
        arguments = [
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--python",
            str(PYTHON),
            "--require-hashes",
            "-r",
            lockfile,
        ]
        if run([*tool, *arguments], check=False):
            return
        say("uv could not reach its index, trying pip")
    run([sys.executable, "-m", "venv", "--upgrade-deps" if not PYTHON.exists() else "--upgrade", str(VENV)])
    run([str(PYTHON), "-m", "ensurepip", "--upgrade"], check=False)
    run(
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            lockfile,
        ]
    )


def build() -> None:
    environment = {
        **os.environ,
        "VIRTUAL_ENV": str(VENV),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "MATURIN_NO_INSTALL_RUST": "1",
    }
    tool = uv()
    if tool:
        environment["PATH"] = f"{Path(tool[0]).parent}{os.pathsep}{environment['PATH']}"
    command = [str(VENV / "bin" / "maturin"), "develop", "--release", "--quiet", "--skip-install"]
    run(command, env=environment)
    link_package()


def link_package() -> None:
    """Make `import advisor` and the command `advisor` work from the environment, without installing a copy."""
    site = next((VENV / "lib").glob("python*/site-packages"))
    (site / "advisor-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = VENV / "bin" / "advisor"
    script.write_text(
        f"#!{PYTHON}\nimport sys\nfrom advisor.__main__ import main\nsys.exit(main())\n", encoding="utf-8"
    )
    script.chmod(0o755)
    run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "advisor")])


def lock() -> None:
    tool = uv() or stop("uv is needed to renew the lock")
    run(
        [
            *tool,
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "--python-version",
            "3.11",
            "pyproject.toml",
            "--extra",
            "notebook",
            "--extra",
            "postgres",
            "--extra",
            "report",
            "--group",
            "dev",
            "-o",
            "requirements.lock",
        ],
        cwd=ROOT,
    )


def digest(paths: list[Path]) -> str:
    sha = hashlib.sha256()
    for path in paths:
        sha.update(str(path.relative_to(ROOT)).encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()


def stamp(name: str) -> str:
    path = STAMPS / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def set_stamp(name: str, value: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value, encoding="utf-8")


def run(
    command: list[str], *, check: bool = True, env: dict[str, str] | None = None, cwd: Path | None = None
) -> bool:
    done = subprocess.run(command, env=env, cwd=cwd or ROOT, check=False)
    if check and done.returncode:
        stop(f"{Path(command[0]).name} failed (exit {done.returncode}); its own words are above")
    return done.returncode == 0


def say(text: str) -> None:
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def stop(text: str) -> None:
    print(f"error: {text}", file=sys.stderr)
    raise SystemExit(1)


def dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


if __name__ == "__main__":
    main()
