"""What goes wrong, told on stderr in one way, and the exit codes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from enum import IntEnum

from advisor.aws.secrets import masked
from advisor.errors import AdvisorError


class ExitCode(IntEnum):
    """How a command ended."""

    COMPLETE = 0
    ERROR = 1
    WRONG_FLAGS = 2
    PARTIAL = 3
    """A result was written, but rows were left out; all are listed."""
    THRESHOLD = 10
    """All went well, and a `--fail-on` threshold was hit."""
    INTERRUPTED = 130


def complain(fault: BaseException, argv: Sequence[str]) -> ExitCode:
    """Tell the person what went wrong and return the exit code; tracebacks only with `--debug`."""
    if "--debug" in argv:
        _say(*masked("".join(traceback.format_exception(fault))).splitlines())
    if isinstance(fault, KeyboardInterrupt):
        _say("interrupted")
        return ExitCode.INTERRUPTED
    if isinstance(fault, AdvisorError):
        _say(f"error: {fault.message}", *(f"  {p}" for p in fault.problems))
        if fault.hint:
            _say("", f"hint: {fault.hint}")
        return ExitCode.ERROR
    text = masked(" ".join(str(fault).split()))[:300]
    _say(f"error: this is a bug in advisor: {type(fault).__name__}: {text}")
    _say("", "hint: run the command again with --debug and report what it prints")
    return ExitCode.ERROR


def warn(text: str) -> None:
    """Print one warning on stderr."""
    _say(f"warning: {text}")


def whisper(*lines: str) -> None:
    """Print lines on stderr that are no warning: what is being done, and how much of it."""
    _say(*lines)


def _say(*lines: str) -> None:
    for line in lines:
        print(printable(line), file=sys.stderr)


def printable(line: str) -> str:
    """Return `line` without characters that could steer a terminal or turn the text around."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
