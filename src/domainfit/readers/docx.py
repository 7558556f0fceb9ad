"""Word documents (DOCX): paragraphs, tables and text boxes in the order of the body."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from .._optional import require
from ..exceptions import DocumentError
from ._common import Limits, Piece, corrupt

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def is_docx(data: bytes) -> bool:
    """Tell a DOCX from any other zip file by what it holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def read_docx(data: bytes, name: str | None, limits: Limits) -> Iterator[Piece]:
    """Yield the paragraphs of the headers, the body and the footers."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > 10 * limits.max_bytes:
        message = f"the DOCX unpacks to {unpacked:,} bytes, more than ten times the limit of {limits.max_bytes:,}"
        raise DocumentError(message, name=name, code="too_large")
    docx = require("docx", "readers", "reading DOCX files")
    try:
        document = docx.Document(io.BytesIO(data))
        pieces = [*_margins(document, "header"), *_paragraphs(document.element.body), *_margins(document, "footer")]
    except DocumentError:
        raise
    except Exception:
        raise corrupt("DOCX", name) from None
    yield from pieces


def _margins(document: Any, part: str) -> Iterator[Piece]:
    """Yield each different header or footer once."""
    seen: set[str] = set()
    for section in document.sections:
        for paragraph in getattr(section, part).paragraphs:
            text = paragraph.text.strip()
            if text and text not in seen:
                seen.add(text)
                yield Piece(text, part)


def _paragraphs(body: Any) -> Iterator[Piece]:
    """Yield every paragraph in document order; table cells and text boxes come where they stand."""
    number = 0
    for paragraph in body.iter(f"{_W}p"):
        if any(a.tag.endswith("}Fallback") for a in paragraph.iterancestors()):
            continue  # Word stores a text box twice: once for itself, once for older readers.
        number += 1
        text = "".join(_runs(paragraph)).strip()
        if text:
            listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None or _is_list(paragraph)
            for line in text.split("\n"):
                yield Piece(f"- {line}" if listed else line, f"paragraph {number}")


def _runs(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        # Text of a nested paragraph (a text box) belongs to that paragraph.
        if next(node.iterancestors(f"{_W}p")) is not paragraph:
            continue
        kind = node.tag.removeprefix(_W)
        yield node.text or "" if kind == "t" else {"tab": "\t", "noBreakHyphen": "-"}.get(kind, "\n")


def _is_list(paragraph: Any) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and str(style.get(f"{_W}val", "")).startswith("List")
