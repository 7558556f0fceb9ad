"""Word documents (DOCX): paragraphs, tables and text boxes in the order of the body."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from itertools import count
from typing import Any

from .._optional import require
from ..exceptions import DocumentError
from ._common import Limits, Piece, corrupt
from .docx_hidden import Look

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WRAPPERS = frozenset(_W + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
_INLINE = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_LIST_STYLE = re.compile(r"list (?:bullet|number)", re.IGNORECASE)
_HEADING_STYLE = re.compile(r"heading|title", re.IGNORECASE)
_BODY = "word/document.xml"
_CONTENT_TYPES = "[Content_Types].xml"
_SMALL = 10 * 1024 * 1024  # Up to this size the ratio of a zip bomb does no harm.
_LABEL = 40  # Of the cells that share a line, all but one are at most this long.


def is_docx(data: bytes) -> bool:
    """Tell a DOCX, even a damaged one, from any other zip file by what it holds."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _BODY in archive.namelist()
    except Exception:  # zipfile raises anything on damaged bytes
        return _BODY.encode() in data


def read_docx(data: bytes, name: str | None, limits: Limits) -> Iterator[Piece]:
    """Yield the paragraphs of the headers, the body and the footers."""
    docx = require("docx", "readers", "reading DOCX files")
    _check_archive(data, name, limits)
    try:
        document = docx.Document(io.BytesIO(data))
        walk = _Walk(document.styles.element)
        pieces = [
            *_margins(document, "header", walk),
            *walk.blocks(document.element.body, None),
            *_margins(document, "footer", walk),
            *walk.hidden,
        ]
    except Exception:  # python-docx lets the errors of zip, XML and its own look-ups through
        raise corrupt("DOCX", name) from None
    yield from pieces


def _check_archive(data: bytes, name: str | None, limits: Limits) -> None:
    """Refuse zip bombs before anything is unpacked, and Word's other kinds of file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            unpacked = sum(entry.file_size for entry in archive.infolist())
            listed = entries.get(_CONTENT_TYPES)
            types = archive.read(listed) if listed is not None and listed.file_size < _SMALL else b""
    except Exception:  # as above
        raise corrupt("DOCX", name) from None
    # zipfile gives no more than the sizes that were added up here, whatever the archive holds.
    limits.check("max_unpacked_bytes", unpacked, name, what=f"the DOCX unpacks to {unpacked:,} bytes")
    if unpacked > _SMALL:
        ratio = unpacked // max(1, len(data))
        limits.check("max_ratio", ratio, name, what=f"the DOCX unpacks to {ratio:,} times its size")
    if b"macroEnabled" in types or b"template.main" in types:
        message = "this is a Word template or a document with macros: save it as a plain DOCX"
        raise DocumentError(message, name=name, code="unsupported")


def _margins(document: Any, part: str, walk: _Walk) -> Iterator[Piece]:
    """Yield each different header or footer that Word would show, once."""
    seen: set[tuple[str, ...]] = set()
    for section in document.sections:
        kinds = [part]
        if section.different_first_page_header_footer:
            kinds.insert(0, f"first_page_{part}")
        if document.settings.odd_and_even_pages_header_footer:
            kinds.append(f"even_page_{part}")
        for margin in (getattr(section, kind) for kind in kinds):
            if margin.is_linked_to_previous:
                continue
            pieces = [piece for piece in walk.blocks(margin.part.element, part) if piece.text]
            key = tuple(piece.text for piece in pieces)
            if key not in seen:
                seen.add(key)
                yield from pieces


class _Walk:
    """Walks the blocks of a document's parts and counts them for their places."""

    def __init__(self, styles: Any) -> None:
        self.paragraphs, self.tables, self.boxes = count(1), count(1), count(1)
        self.list_styles, self.heading_styles = _named_styles(styles)
        self.look = Look(styles)
        self.hidden: list[Piece] = []

    def blocks(self, parent: Any, place: str | None) -> Iterator[Piece]:
        """Yield the paragraphs and tables in an element; `place` is where it stands, if not in the body."""
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self.paragraph(child, place or f"paragraph {next(self.paragraphs)}")
            elif child.tag == f"{_W}tbl":
                yield from self.table(child)
            elif child.tag in _WRAPPERS:
                yield from self.blocks(child, place)

    def paragraph(self, paragraph: Any, place: str) -> Iterator[Piece]:
        """Yield a paragraph's lines (a blank one for an empty paragraph), then its text boxes."""
        lines = "".join(self._seen(paragraph, place)).strip().split("\n")
        marker = "- " if lines[0] and self._is_item(paragraph) else ""
        yield from (Piece(f"{'' if i else marker}{line.strip()}", place) for i, line in enumerate(lines))
        for box in paragraph.iter(f"{_W}txbxContent"):
            # Word stores a text box twice: once for itself, once for older readers.
            nested = next(box.iterancestors(f"{_W}p")) is not paragraph
            if not nested and next(box.iterancestors(_FALLBACK), None) is None:
                yield from self.blocks(box, f"text box {next(self.boxes)}")

    def table(self, table: Any) -> Iterator[Piece]:
        """Yield a table row by row: a row of short cells as one line, a row of longer ones cell by cell."""
        number = next(self.tables)
        for i, row in enumerate(_children(table, "tr"), 1):
            places = (f"table {number}, row {i}, cell {j}" for j in count(1))
            cells = [[p for p in self.blocks(cell, next(places)) if p.text] for cell in _children(row, "tc")]
            filled = [cell for cell in cells if cell]
            long = sum(len(cell[0].text) > _LABEL for cell in filled)
            if long <= 1 and all(len(cell) == 1 for cell in filled):
                filled[:-1] = [[cell[0]._replace(end="  ")] for cell in filled[:-1]]
            for cell in filled:
                yield from cell

    def _seen(self, paragraph: Any, place: str) -> Iterator[str]:
        """Yield the text of a paragraph that a person sees; what is hidden is kept for the end."""
        kept, why = "", ""
        for text, node in _runs(paragraph):
            reason = self.look.reason(node) if text.strip() else why
            if kept.strip() and reason != why:
                self.hidden.append(Piece(kept.strip(), place, hidden=why))
            if reason != why:
                kept = ""
            why = reason
            if reason:
                kept += text
            else:
                yield text
        if kept.strip():
            self.hidden.append(Piece(kept.strip(), place, hidden=why))

    def _is_item(self, paragraph: Any) -> bool:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        named = style.get(f"{_W}val") if style is not None else None
        if named in self.heading_styles:
            return False
        numbering = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        return named in self.list_styles if numbering is None else numbering.get(f"{_W}val") != "0"


def _named_styles(styles: Any) -> tuple[set[str], set[str]]:
    """Return the ids of the styles that make list items, and of those that make headings."""
    items: set[str] = set()
    headings: set[str] = set()
    for style in styles.iterchildren(f"{_W}style"):
        label = style.find(f"{_W}name")
        name = label.get(f"{_W}val", "") if label is not None else ""
        if _HEADING_STYLE.match(name):
            headings.add(style.get(f"{_W}styleId"))
        elif _LIST_STYLE.match(name) or style.find(f"{_W}pPr/{_W}numPr") is not None:
            items.add(style.get(f"{_W}styleId"))
    return items, headings


def _children(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, those in content controls too."""
    for child in parent:
        if child.tag == f"{_W}{tag}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, tag)


def _runs(paragraph: Any) -> Iterator[tuple[str, Any]]:
    for node in paragraph.iter(f"{_W}t", *(_W + tag for tag in _INLINE)):
        if _owner(node) is paragraph:
            tag = node.tag.removeprefix(_W)
            yield (node.text or "" if tag == "t" else _INLINE[tag]), node


def _owner(node: Any) -> Any:
    """Return the paragraph that shows a run: not the one around its text box, none if it was moved away."""
    for ancestor in node.iterancestors(f"{_W}p", f"{_W}moveFrom", f"{_W}pPr"):
        return ancestor if ancestor.tag == f"{_W}p" else None
    return None
