"""Which settings there are, what each may hold, and how a text from a flag or the environment becomes its value."""

from __future__ import annotations

import json
import tomllib
import types
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from advisor.config import Config, Pin

TRUTHS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@cache
def setting_types() -> Mapping[str, Any]:
    """Return dotted key → type of every setting, in the order of `config`."""
    sections = get_type_hints(Config)
    return {
        f"{section.name}.{name}": kind
        for section in fields(Config)
        for name, kind in get_type_hints(sections[section.name]).items()
    }


@cache
def config_schema() -> Mapping[str, Any]:
    """Return the JSON schema of `advisor.toml`."""
    return TypeAdapter(Config).json_schema()


def closest(word: str, known: list[str]) -> str:
    """Return `; did you mean "plan.exclude"?`, or nothing when no name is close."""
    found = get_close_matches(word, known, n=1, cutoff=0.6) or get_close_matches(
        word.rsplit(".", 1)[-1], [k.rsplit(".", 1)[-1] for k in known], n=1, cutoff=0.75
    )
    whole = next((k for k in known if found and (k == found[0] or k.endswith("." + found[0]))), None)
    return f'; did you mean "{whole}"?' if whole else ""


def parse_text(key: str, text: str) -> Any:
    """Return what a text from a flag or the environment says for a known setting; checked later, with all others."""
    kind = setting_types()[key]
    if type(None) in get_args(kind) and text.strip().lower() in {"", "null", "none"}:
        return None
    kind = _bare(kind)
    if text.lstrip().startswith(("[", "{")):
        return _literal(text)
    if get_origin(kind) is tuple and get_args(kind)[0] is Pin:
        return [_pin(part) for part in text.split(",") if part.strip()]
    if get_origin(kind) is tuple:
        return [_scalar(part.strip(), get_args(kind)[0]) for part in text.split(",") if part.strip()]
    if get_origin(kind) is dict:
        pairs = (part.partition("=") for part in text.split(",") if part.strip())
        return {name.strip(): value.strip() for name, _, value in pairs}
    return _scalar(text.strip(), kind)


def allowed_values(key: str) -> str:
    """Return what a setting may hold, in words: `a number from 0 to 1`, `true or false`."""
    section, name = key.split(".", 1)
    part = config_schema()["$defs"][_definition(section)]["properties"][name]
    return _describe(part)


def _definition(section: str) -> str:
    return str(config_schema()["properties"][section]["$ref"]).rsplit("/", 1)[-1]


def _describe(part: Mapping[str, Any]) -> str:
    if "anyOf" in part:
        return _describe(next(p for p in part["anyOf"] if p.get("type") != "null")) + ", or not set"
    if "enum" in part or "const" in part:
        return "one of " + ", ".join(str(v) for v in part.get("enum", [part.get("const")]))
    if part.get("type") == "array":
        inner = part.get("items", {})
        if inner.get("$ref", "").endswith("/Pin"):
            return "a list such as checkout=FARGATE, web*=EC2 SPOT ARM64, or a list of tables"
        return "a list of tables" if "$ref" in inner else f"a list; each {_describe(inner)}"
    if part.get("type") in ("number", "integer"):
        return ("a whole number" if part["type"] == "integer" else "a number") + _range(part)
    return {"boolean": "true or false", "string": "a text", "object": "a table of name = text"}[part["type"]]


def _range(part: Mapping[str, Any]) -> str:
    low, high = part.get("minimum"), part.get("maximum")
    above, below = part.get("exclusiveMinimum"), part.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    words = [
        f"{low:g} or more" if low is not None else None,
        f"above {above:g}" if above is not None else None,
        f"up to {high:g}" if high is not None else None,
        f"below {below:g}" if below is not None else None,
    ]
    found = [w for w in words if w]
    return ", " + " and ".join(found) if found else ""


def _bare(kind: Any) -> Any:
    """Return the type without null and annotations."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return _bare(next(k for k in get_args(kind) if k is not type(None)))
    return kind


def _pin(text: str) -> Any:
    """Return `checkout=EC2 SPOT` as a table; the text itself where it is none, for the checker to refuse."""
    match, _, option = text.rpartition("=")
    found = {"match": match.strip()}
    for word in option.upper().replace("-", "_").split():
        field = next((name for name, words in _pin_words().items() if word in words), None)
        if field is None or field in found:
            return text.strip()
        found[field] = word
    return found if match.strip() and len(found) > 1 else text.strip()


@cache
def _pin_words() -> Mapping[str, tuple[str, ...]]:
    """Return what each field of a pin may hold."""
    return {name: get_args(_bare(kind)) for name, kind in get_type_hints(Pin).items() if name != "match"}


def _scalar(text: str, kind: Any) -> Any:
    bare = _bare(kind)
    if bare is str:
        return text
    if bare is bool:
        return TRUTHS.get(text.lower(), text)
    if get_origin(bare) is Literal and text in get_args(bare):
        return text
    return _literal(text)


def _literal(text: str) -> Any:
    """Return `text` read as TOML or JSON, or as it stands."""
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        pass
    try:
        return json.loads(text)
    except ValueError:
        return text
