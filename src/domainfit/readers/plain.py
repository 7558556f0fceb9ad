"""Plain text and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..exceptions import DocumentError
from ._common import Piece

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def decode(data: bytes, name: str | None = None) -> str:
    """Decode text: by its byte order mark, else as UTF-8, else as Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if b"\x00" in data[:4096]:
        raise DocumentError(
            "this is a binary file, not text; give a txt, Markdown, HTML, PDF, DOCX or JSON Resume file",
            name=name,
            code="unsupported",
        )
    return data.decode("cp1252", errors="replace")


def read_plain(text: str) -> Iterator[Piece]:
    """Yield the lines of a text; a Markdown front matter is left out."""
    body = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped = _FRONT_MATTER.match(body)
    first = skipped.group().count("\n") if skipped else 0
    for number, line in enumerate(body.split("\n")[first:], first + 1):
        yield Piece(line, f"line {number}")
