"""What `config` says of each setting, read from its own text: one home for the reasons."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from itertools import pairwise
from typing import get_type_hints

from advisor import config


@cache
def setting_docs() -> Mapping[str, str]:
    """Return dotted key → the words below a setting, and section → the words at its head; in one line each."""
    found: dict[str, str] = {}
    kinds = get_type_hints(config.Config)
    for section in fields(config.Config):
        (node,) = ast.parse(inspect.getsource(kinds[section.name])).body
        assert isinstance(node, ast.ClassDef)
        found[section.name] = _one_line(ast.get_docstring(node) or "")
        found |= {f"{section.name}.{name}": text for name, text in _below(node)}
    return found


def _below(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Yield each field that a text stands below, with it."""
    for said, text in pairwise(node.body):
        if not isinstance(said, ast.AnnAssign) or not isinstance(said.target, ast.Name):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            yield said.target.id, _one_line(str(text.value.value))


def _one_line(text: str) -> str:
    return " ".join(text.split())
