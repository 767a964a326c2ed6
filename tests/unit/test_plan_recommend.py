"""What is advised, in which words and order, and the command's version."""

from __future__ import annotations

from importlib import metadata

import pytest

from advisor.__main__ import main


def test_the_version_is_known_without_package_metadata(monkeypatch, capsys) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert not ended.value.code
    assert capsys.readouterr().out.split()[1][0].isdigit()
