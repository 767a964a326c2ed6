"""Files in a folder: whole or not at all, the same on every try, never outside, never over what is not ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.outbox import Delivery
from advisor.delivery.parcel import Attachment, Parcel
from advisor.delivery.targets import FileTarget
from advisor.errors import ConfigError
from advisor.files import replace_file


class FileChannel:
    """Writes a parcel's files into a folder, or one of them to a file."""

    def __init__(self, target: FileTarget) -> None:
        self._target = target
        self._is_file = bool(target.path.suffix)

    def _check(self) -> None:
        path, within = self._target.path, self._target.within
        if within is not None and not self._folder().is_relative_to(within.resolve()):
            raise ConfigError(
                f"{self._target.recipient} leads out of {within} through a link: write the real path"
            )
        if path.is_dir() if self._is_file else path.exists() and not path.is_dir():
            raise ConfigError(f"{self._target.recipient} is {'a folder' if self._is_file else 'no folder'}")

    def send(self, parcel: Parcel, delivery: Delivery, hand_over: Callable[[], None]) -> str:
        """Write the files; see `channels.Channel`. A second time writes nothing new, so nothing is in doubt."""
        del delivery, hand_over
        self._check()
        try:
            if self._is_file:
                return self._one(parcel)
            folder = self._folder()
            folder.mkdir(parents=True, exist_ok=True)
            for file in parcel.attachments:
                _put(folder / file.name, file)
        except OSError as fault:
            raise TryLater(
                f"{self._target.recipient} cannot be written: {fault.strerror}",
                hint="is the disk full, or the folder another's?",
            ) from fault
        return f"{len(parcel.attachments)} files in {folder}"

    def _one(self, parcel: Parcel) -> str:
        path = self._target.path
        file = next((a for a in parcel.attachments if Path(a.name).suffix == path.suffix), None)
        if file is None:
            raise RefusedError(
                f"{self._target.recipient}: the report has no {path.suffix}", hint="add it to formats"
            )
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / path.name, file.content)
        return str(folder / path.name)

    def _folder(self) -> Path:
        return (self._target.path.parent if self._is_file else self._target.path).resolve()


def _put(path: Path, file: Attachment) -> None:
    there = _content(path)
    if there == file.content:
        return
    if there is not None:
        raise RefusedError(
            f"{path} is there already, with other content: it is not written over",
            hint="move it away, then --retry",
        )
    replace_file(path, file.content)


def _content(path: Path) -> bytes | None:
    """Return what a file holds; null where there is none, and nothing for what is no plain file, as links are none."""
    if not path.exists() and not path.is_symlink():
        return None
    if path.is_symlink() or not path.is_file():
        return b""
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
        return file.read()
