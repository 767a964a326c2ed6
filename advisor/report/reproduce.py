"""Settings as one would write them down to get the same plan again: `--set` texts, a command line, Python."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from advisor.config import Config, differing
from advisor.report.toml_text import line

SOURCE = "SOURCE"
"""Stands for the folder or files that the plan was made from, where these are not known."""
BEFORE = "before.toml"
WORD = re.compile(r"[A-Za-z0-9_*.-]+")


def setting_text(value: Any) -> str:
    """Return a value as it is typed after `--set KEY=`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        short = f"{value:.15g}"
        return short if float(short) == value else repr(value)
    if isinstance(value, tuple) and all(isinstance(v, int) or _is_word(v) for v in value):
        return ",".join(map(str, value))
    if isinstance(value, tuple | dict):
        return json.dumps(_plain(value), ensure_ascii=False)
    return str(value)


def command_line(config: Config, other: Config, source: str = SOURCE) -> str:
    """Return the command that plans under both settings and says what would change.

    Where the first are not the defaults, the command line writes them to a file and reads them from there.
    """
    before = _before(config)
    words = (
        f"advisor what-if {_source(source)}" if other != config else f"advisor recommend {_source(source)}"
    )
    words += f" --config {BEFORE}" if before else ""
    flags = [
        f"--set {shlex.quote(f'{key}={setting_text(value)}')}"
        for key, value in differing(config, other).items()
    ]
    return before + " \\\n  ".join([words, *flags]) + "\n"


def python_code(config: Config, source: str = SOURCE) -> str:
    """Return Python that makes the plan under some settings."""
    parts = {
        section.name: _code(getattr(config, section.name))
        for section in fields(Config)
        if getattr(config, section.name) != getattr(Config(), section.name)
    }
    text = "".join(f"    {name}={code},\n" for name, code in parts.items())
    names = sorted({"Config", *re.findall(r"\b(\w+Policy|Pin|SizeOverride)\(", text)})
    made = f"Config(\n{text})" if parts else "Config()"
    return (
        "from advisor import advise, load_catalog, read_usage\n"
        f"from advisor.config import {', '.join(names)}\n\n"
        f"config = {made}\n"
        f"plan = advise(read_usage({source!r}), load_catalog(), config)\n"
        "print(plan.monthly_cost_usd, plan.lower_bound_monthly_usd)\n"
    )


def _before(config: Config) -> str:
    """Return the lines of a shell that write settings to a file; nothing where they are the defaults."""
    if config == Config():
        return ""
    return f"cat > {BEFORE} <<'END'\n" + "\n".join(_toml(config)) + "\nEND\n"


def _toml(config: Config) -> Iterator[str]:
    section = ""
    for key, value in differing(Config(), config).items():
        table, name = key.split(".")
        if table != section:
            section = table
            yield f"[{section}]"
        yield line(name, _plain(value))


def _code(value: Any) -> str:
    """Return a dataclass as Python, with the fields that are not at their default only."""
    if isinstance(value, tuple):
        return "(" + "".join(f"{_code(v)}, " for v in value).rstrip() + ")"
    if not is_dataclass(value):
        return repr(value)
    given = [(f, getattr(value, f.name)) for f in fields(value)]
    said = [f"{f.name}={_code(v)}" for f, v in given if v != _default(value, f.name)]
    return f"{type(value).__name__}({', '.join(said)})"


def _default(value: Any, name: str) -> Any:
    try:
        return getattr(type(value)(), name)
    except TypeError:  # what has to be told has no default
        return None


def _plain(value: Any) -> Any:
    """Return a value without dataclasses, and tables without what is not set."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items() if v is not None}
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and WORD.fullmatch(value) is not None


def _source(source: str) -> str:
    return source if source == SOURCE else shlex.quote(source)
