"""PDF: text in reading order, two columns told from one."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from .._optional import require
from ..exceptions import DocumentError
from ._common import Limits, Piece, corrupt

_LOCK = threading.Lock()  # PDFium keeps global state and may be used by one thread at a time.
_MIN_GUTTER = 8.0
_MIN_ROWS = 5


class Box(NamedTuple):
    """A run of text on one line of a page, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


Row = list[Box]


def read_pdf(data: bytes, name: str | None, limits: Limits) -> Iterator[Piece]:
    """Yield the lines of each page in the order a person would read them."""
    pdfium = require("pypdfium2", "readers", "reading PDF files")
    with _LOCK:
        pages = list(_pages(pdfium, data, name, limits))
    if not any(boxes for boxes in pages):
        raise DocumentError("the PDF holds no text, only images: run OCR on it first", name=name, code="image_only")
    for number, boxes in enumerate(pages, 1):
        for line in reading_order(boxes):
            yield Piece(line, f"page {number}")


def _pages(pdfium: Any, data: bytes, name: str | None, limits: Limits) -> Iterator[list[Box]]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError(
                "the PDF is encrypted: remove the password first", name=name, code="encrypted"
            ) from None
        raise corrupt("PDF", name) from None
    try:
        if len(document) > limits.max_pages:
            message = (
                f"the PDF has {len(document)} pages, the limit is {limits.max_pages}; "
                "give read() a larger Limits(max_pages=...)"
            )
            raise DocumentError(message, name=name, code="too_many_pages")
        for page in document:
            textpage = page.get_textpage()
            yield [b for b in _boxes(textpage) if b.text.strip()]
            textpage.close()
            page.close()
    except pdfium.PdfiumError:
        raise corrupt("PDF", name) from None
    finally:
        document.close()


def _boxes(textpage: Any) -> Iterator[Box]:
    for i in range(textpage.count_rects()):
        left, bottom, right, top = textpage.get_rect(i)
        text = textpage.get_text_bounded(left, bottom, right, top).replace("\r", " ").replace("\n", " ")
        yield Box(left, bottom, right, top, text)


def reading_order(boxes: Sequence[Box]) -> list[str]:
    """Put a page's runs of text in order.

    Parameters
    ----------
    boxes : sequence of Box
        The runs, in any order.

    Returns
    -------
    list of str
        Lines. Where the page has a gutter, what stands left of it comes before what stands right,
        between one full-width line and the next.
    """
    rows = _rows(boxes)
    gutter = _gutter(rows)
    if gutter is None:
        return [_line(row) for row in rows]
    lines: list[str] = []
    block: list[Row] = []
    for row in [*rows, []]:
        if row and not any(b.left < gutter < b.right for b in row):
            block.append(row)
            continue
        left = [[b for b in r if b.right <= gutter] for r in block]
        right = [[b for b in r if b.left >= gutter] for r in block]
        lines += [_line(r) for r in (*left, *right) if r]
        block = []
        if row:
            lines.append(_line(row))
    return lines


def _rows(boxes: Sequence[Box]) -> list[Row]:
    """Group runs that stand on one line, from the top of the page down."""
    rows: list[Row] = []
    for box in sorted(boxes, key=lambda b: (-(b.top + b.bottom), b.left)):
        middle = (box.top + box.bottom) / 2
        if rows and min(b.bottom for b in rows[-1]) <= middle <= max(b.top for b in rows[-1]):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row) for row in rows]


def _gutter(rows: Sequence[Row]) -> float | None:
    """Find the x that separates two columns: few lines cross it, many stand on either side.

    Right-aligned dates also leave an empty stripe; they are short and the lines between them run
    across it, so a column must be wide, and most rows must respect the gutter.
    """
    boxes = [b for row in rows for b in row]
    if len(rows) < 2 * _MIN_ROWS:
        return None
    low, high = min(b.left for b in boxes), max(b.right for b in boxes)
    best: tuple[float, float] | None = None
    for x in sorted({b.left - _MIN_GUTTER / 2 for b in boxes}):
        if not low + 0.15 * (high - low) < x < high - 0.15 * (high - low):
            continue
        crossing = sum(any(b.left - 1 < x < b.right + 1 for b in row) for row in rows)
        left = [b for b in boxes if b.right <= x]
        right = [b for b in boxes if b.left >= x]
        if len(left) < _MIN_ROWS or len(right) < _MIN_ROWS or crossing > 0.34 * len(rows):
            continue
        if any(max(b.right for b in side) - min(b.left for b in side) < 0.1 * (high - low) for side in (left, right)):
            continue
        gap = min(b.left for b in right) - max(b.right for b in left)
        if gap >= _MIN_GUTTER and (best is None or (-crossing, gap) > best[:2]):
            best = (-crossing, gap)
            found = x
    return found if best is not None else None


def _line(row: Row) -> str:
    """Join the runs of a line; a wide gap stays visible as two spaces."""
    out = row[0].text.strip()
    for before, here in pairwise(row):
        height = max(here.top - here.bottom, 1.0)
        gap = here.left - before.right
        glue = "  " if gap > 2 * height else " " if gap > 0.15 * height or before.text.endswith(" ") else ""
        out += glue + here.text.strip()
    return out
