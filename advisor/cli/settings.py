"""Where settings come from: flag > environment > ./advisor.toml > the user's file > default, each with its origin."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from advisor.cli.setting_keys import allowed_values, closest, parse_text, setting_types
from advisor.config import Config
from advisor.errors import ConfigError

FILE_NAME = "advisor.toml"
PREFIX = "ADVISOR_"
DEFAULT = "default"
SCHEDULE = "schedule."


@dataclass(frozen=True)
class Flag:
    """A setting given on the command line: `plan.launch_types`, its text, and the flag as typed."""

    key: str
    text: str
    flag: str


@dataclass(frozen=True)
class Settings:
    """The settings in force and where each one came from (dotted key → words).

    Attributes:
        schedules: name → table of `[schedule.NAME]` and the file it stands in, for `delivery.schedule` to check.
    """

    config: Config
    origins: Mapping[str, str]
    schedules: Mapping[str, tuple[Any, str]] = field(default_factory=dict)


def load_settings(
    flags: Iterable[Flag] = (),
    config_file: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Gather all settings and check them.

    Args:
        flags: the command line's, later ones win.
        config_file: takes the place of ./advisor.toml.
        environ: the environment; `ADVISOR_PLAN__LAUNCH_TYPES` sets `plan.launch_types`.
        folder: where ./advisor.toml is looked for.

    Raises:
        ConfigError: unknown keys, wrong values or an unreadable file; all are listed.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    schedules: dict[str, tuple[Any, str]] = {}
    for path in _files(config_file, environ, folder or Path.cwd()):
        found = _read_file(path)
        named = {key: found.pop(key) for key in list(found) if key.startswith(SCHEDULE)}
        schedules |= {key.removeprefix(SCHEDULE): table for key, table in named.items()}
        _take(found, str(path), values, origins, problems)
    _take(_from_environ(environ, problems), "", values, origins, problems)
    for flag in flags:
        if flag.key not in setting_types():
            problems.append(f"{flag.flag}: no such setting{closest(flag.key, list(setting_types()))}")
            continue
        values[flag.key], origins[flag.key] = parse_text(flag.key, flag.text), f"flag {flag.flag}"
    config = _checked(values, origins, problems)
    return Settings(config, {key: origins.get(key, DEFAULT) for key in setting_types()}, schedules)


def user_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the user's own settings (XDG base directories)."""
    base = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".config")
    return Path(base) / "advisor" / "config.toml"


def _files(config_file: Path | None, environ: Mapping[str, str], folder: Path) -> Iterable[Path]:
    if user_file(environ).is_file():
        yield user_file(environ)
    if config_file is not None:
        yield config_file
    elif (folder / FILE_NAME).is_file():
        yield folder / FILE_NAME


def _read_file(path: Path) -> dict[str, tuple[Any, str]]:
    """Return dotted key → (value, origin) of a TOML file; keys are not checked yet."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise ConfigError(f"{path}: cannot be read: {fault.strerror}", hint="check the path") from fault
    except UnicodeDecodeError as fault:
        raise ConfigError(f"{path}: is not UTF-8 text", hint="save the file as UTF-8") from fault
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", str(fault))
        where, what = (f":{place[2]}:{place[3]}", place[1]) if place else ("", str(fault))
        raise ConfigError(
            f"{path}{where}: {what[:1].lower()}{what[1:]}",
            hint="mend the TOML there; texts need quotes, lists need brackets",
        ) from fault
    found: dict[str, tuple[Any, str]] = {}
    for section, table in tables.items():
        if isinstance(table, dict):
            found |= {f"{section}.{name}": (value, str(path)) for name, value in table.items()}
        else:
            found[section] = (table, str(path))
    return found


def _from_environ(environ: Mapping[str, str], problems: list[str]) -> dict[str, tuple[Any, str]]:
    found = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        key = name.removeprefix(PREFIX).lower().replace("__", ".", 1)
        if key not in setting_types():
            problems.append(f"{name} in the environment: no such setting{_as_variable(key)}")
            continue
        found[key] = (parse_text(key, environ[name]), f"env {name}")
    return found


def _as_variable(key: str) -> str:
    guess = closest(key, list(setting_types()))
    return re.sub('"(.*)"', lambda m: PREFIX + m[1].upper().replace(".", "__"), guess)


def _take(
    found: Mapping[str, tuple[Any, str]],
    file: str,
    values: dict[str, Any],
    origins: dict[str, str],
    problems: list[str],
) -> None:
    sections = {f.name for f in fields(Config)} | {SCHEDULE.rstrip(".")}
    for key, (value, origin) in found.items():
        if key in setting_types():
            values[key], origins[key] = value, origin
        elif key in sections:
            problems.append(f"{file}: {key} is a table: write [{key}] and its settings below")
        elif "." in key and key.split(".")[0] not in sections:
            problems.append(
                f"{file}: no such table [{key.split('.')[0]}]{closest(key, list(setting_types()))}"
            )
        else:
            problems.append(f"{file}: no such setting {key}{closest(key, list(setting_types()))}")


def _checked(values: Mapping[str, Any], origins: Mapping[str, str], problems: list[str]) -> Config:
    nested: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        section, name = key.split(".", 1)
        nested.setdefault(section, {})[name] = value
    try:
        # to make the checker takes longer than to read usage: not for nothing
        config = TypeAdapter(Config).validate_python(nested) if nested else Config()
    except ValidationError as fault:
        problems += [_problem(e, values, origins) for e in fault.errors()]
        config = Config()
    if problems:
        problems = list(dict.fromkeys(problems))
        if len(problems) == 1:
            raise ConfigError(problems[0], hint=HINT)
        raise ConfigError(f"{len(problems)} settings are wrong", hint=HINT, problems=tuple(problems))
    return config


HINT = "advisor config show --origin prints every setting and where it comes from"


def _problem(error: Any, values: Mapping[str, Any], origins: Mapping[str, str]) -> str:
    where = [str(part) for part in error["loc"]]
    key = ".".join(where[:2])
    inside = re.sub(r"\.(\d+)", r"[\1]", ".".join(where))
    origin = origins.get(key, DEFAULT)
    if error["type"] == "unexpected_keyword_argument":
        return f"{inside}: no such setting ({origin})"
    if error["type"] in ("missing", "missing_argument"):
        return f"{inside}: is missing ({origin})"
    return f"{key}: {_shown(values[key])} is not allowed; allowed is {allowed_values(key)} ({origin})"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
