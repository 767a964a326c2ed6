"""The exact message of every broken input: what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path

from bad_input_cases import CASES, Case

from advisor.errors import InputError
from advisor.usage.read import read_usage


def message(case: Case, folder: Path) -> str:
    """Return what a user would read, the folder's name taken out."""
    folder.mkdir()
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    try:
        read_usage(folder / case.source if case.source else folder, **case.arguments)
    except InputError as error:
        lines = [error.message, *(f"  {p}" for p in error.problems)]
        lines += [f"  hint: {error.hint}"] if error.hint else []
        return "\n".join(lines).replace(f"{folder}/", "").replace(str(folder), "FOLDER")
    raise AssertionError(f"{folder.name} was read without a word")


def test_messages_of_broken_inputs(golden, tmp_path: Path) -> None:
    assert len(CASES) >= 45
    told = [f"[{name}]\n{message(case, tmp_path / name)}\n" for name, case in CASES.items()]
    golden("bad_input/messages.txt", "\n".join(told))
