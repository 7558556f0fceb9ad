"""Plain text and Markdown."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from ..exceptions import DocumentError
from ._common import Piece

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # The mark of UTF-16 is the beginning of that of UTF-32.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_CONTROLS = 0.1
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Only lines that YAML could hold: a rule of three dashes above a text is no front matter.
_FRONT_MATTER = re.compile(r"\A---\n(?:(?:[\w-]+:(?: .*)?|[ \t].*|- .*|#.*|)\n)*(?:---|\.\.\.)[ \t]*(?:\n|\Z)")


def without_mark(data: bytes) -> bytes:
    """Return text that begins with a byte order mark as UTF-8 without one, other bytes as they are."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
    return data


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes are valid UTF-8; text in an older encoding hardly ever is, beyond ASCII."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decode(data: bytes, name: str | None) -> str:
    """Decode text without a byte order mark as UTF-8, else as Windows-1252."""
    utf8 = is_utf8(data)
    text = data.decode("utf-8" if utf8 else "cp1252", "replace")
    if ("\x00" in text and not utf8) or len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text):
        raise DocumentError(
            "this is a binary file, not text; give a txt, Markdown, HTML, PDF, DOCX or JSON Resume file",
            name=name,
            code="unsupported",
        )
    return text


def read_plain(text: str) -> Iterator[Piece]:
    """Yield the lines of a text; a Markdown front matter is left out."""
    body = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped = _FRONT_MATTER.match(body)
    first = skipped.group().count("\n") if skipped else 0
    for number, line in enumerate(body.split("\n")[first:], first + 1):
        yield Piece(line, f"line {number}")
