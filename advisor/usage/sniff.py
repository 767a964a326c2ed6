"""What a text file is written in: encoding, newlines, delimiter, decimal mark. Guesses are said, doubts are asked."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.errors import InputError

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DELIMITERS = ",;\t|"
NAMES = {",": "comma", ";": "semicolon", "\t": "TAB", "|": "bar"}
MOST_BYTES = 8 * 2**30
"""Largest text after unpacking that is read; a gzip bomb stops here."""
MOST_RATIO = 200
"""Unpacked over packed size beyond which a file is refused unless trusted."""

ABOVE_HEADER = re.compile(r"[ \t]*(sep=(?P<sep>[,;\t|]))?[ \t]*\n", re.IGNORECASE)
"""A blank line, or Excel's way of naming the delimiter."""

COMMA_DECIMAL = re.compile(r"^[+-]?\d*,\d+(e[+-]?\d+)?$|^[+-]?\d{1,3}(\.\d{3})+,\d+$", re.IGNORECASE)
POINT_DECIMAL = re.compile(r"^[+-]?\d*\.\d+(e[+-]?\d+)?$|^[+-]?\d{1,3}(,\d{3})+\.\d+$", re.IGNORECASE)
THREE_DIGITS = re.compile(r"^[+-]?\d{1,3}([.,]\d{3})$")


@dataclass(frozen=True)
class Text:
    """A decoded file: LF newlines, no BOM, and what it was written in.

    Attributes:
        content: from the header line on.
        lines_before: lines above it, blank or `sep=;` for Excel.
    """

    content: str
    encoding: str
    delimiter: str
    lines_before: int = 0


def unpack(raw: bytes, name: str, *, trust: bool) -> bytes:
    """Return the bytes of a file, un-gzipped if it is gzipped.

    Raises:
        InputError: broken gzip, or a size that looks like a bomb.
    """
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    out = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            while block := packed.read(1 << 20):
                out.write(block)
                if out.tell() > MOST_BYTES or (
                    not trust and out.tell() > max(MOST_RATIO * len(raw), 1 << 24)
                ):
                    raise InputError(
                        f"{name} unpacks to more than {out.tell() // 2**20} MiB, {MOST_RATIO} times its size",
                        hint="if you trust the file, use --trust-input",
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{name} is not a whole gzip file: {error}", hint="pack it again, or give it unpacked"
        ) from error
    return out.getvalue()


def decode(raw: bytes, name: str, encoding: str | None, delimiter: str | None, known: Iterable[str]) -> Text:
    """Return the text of a CSV file.

    Args:
        encoding, delimiter: what the user says; guessed when null.
        known: column names by which the delimiter is recognised.

    Raises:
        InputError: it cannot be decoded, or holds NUL bytes.
    """
    found, content = _decoded(raw, name, encoding)
    if "\x00" in content:
        at = content[: content.index("\x00")].count("\n") + 1
        raise InputError(
            f"{name} row {at}: holds a NUL byte, so it is not a text file", hint="export it as CSV again"
        )
    if "\r" in content:
        content = content.replace("\r\n", "\n").replace("\r", "\n")
    if content.count('"') % 2:
        raise InputError(
            f"{name}: a quote is opened and never closed", hint='write a quote inside a text as ""'
        )
    before = 0
    while content and (said := ABOVE_HEADER.match(content)):
        delimiter = delimiter or said["sep"]
        content, before = content[said.end() :], before + 1
    return Text(content, found, delimiter or _delimiter(content, known), before)


def _decoded(raw: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    for bom, of_bom in BOMS:
        if raw.startswith(bom):
            raw, encoding = raw[len(bom) :], of_bom
            break
    if encoding is None and raw[:200].count(b"\x00") > len(raw[:200]) // 4:
        encoding = "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be"
    try:
        if encoding is not None:
            return encoding, raw.decode(encoding)
        try:
            return "utf-8", raw.decode("utf-8")
        except UnicodeDecodeError:
            return "cp1252", raw.decode("cp1252")
    except LookupError as error:
        raise InputError(
            f"encoding {encoding!r} is not known", hint="such as utf-8, utf-16, cp1252, latin-1"
        ) from error
    except UnicodeDecodeError as error:
        byte = raw[error.start]
        row = raw[: error.start].decode(error.encoding, "replace").count("\n") + 1
        tried = encoding or "utf-8 nor cp1252"
        raise InputError(
            f"{name} row {row}: byte 0x{byte:02x} {'is not' if encoding else 'is neither'} {tried}",
            hint="say --encoding, such as latin-1, or export it as UTF-8",
        ) from error


def _delimiter(content: str, known: Iterable[str]) -> str:
    header = content.partition("\n")[0]
    names = set(known)

    def score(delimiter: str) -> tuple[int, int]:
        cells = [c.strip().strip('"').strip().lower() for c in header.split(delimiter)]
        return sum(c in names for c in cells), len(cells)

    return max(DELIMITERS, key=score)


def decimal_mark(values: Iterable[str], delimiter: str, name: str) -> str:
    """Return the decimal mark of the numbers of a file, "." or ",".

    Raises:
        InputError: every number with a mark could be read either way (1.234 or 1,234).
    """
    comma = point = three = None
    for value in values:
        if "," not in value and "." not in value:
            continue
        if THREE_DIGITS.match(value):
            three = three or value
        elif COMMA_DECIMAL.match(value):
            comma = comma or value
        elif POINT_DECIMAL.match(value):
            point = point or value
    if comma and point:
        raise InputError(
            f"{name}: {comma!r} has a decimal comma and {point!r} a decimal point",
            hint="say which it is: --decimal comma or --decimal point",
        )
    if comma or point:
        return "," if comma else "."
    doubtful = three is not None and ("," in three or delimiter == ";")
    if doubtful:
        raise InputError(
            f"{name}: {three!r} may be a thousand or a fraction",
            hint="say which mark is the decimal one: --decimal",
        )
    return "."
