"""PDF: text in reading order, columns told from lines with a gap."""

from __future__ import annotations

import ctypes
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby, pairwise
from statistics import median
from typing import Any, NamedTuple

from .._optional import require
from ..exceptions import DocumentError
from ._common import SOFT_HYPHEN, Limits, Piece, corrupt, mend
from .pdf_hidden import Hiding

_LOCK = threading.Lock()  # PDFium keeps global state and may be used by one thread at a time.
_GUTTER = 8.0  # The least space between columns, in points.
_MIN_LINES = 4  # Fewer lines side by side are read as lines.
_SENTENCE = 4  # As many words on both sides of a gap are two sentences.
_MAX_DEPTH, _MAX_ROWS = 8, 1_000  # Beyond, lines are read as lines: a page could be made to be slow.
# A date or a label stands beside a line and not in a column of its own.
_BESIDE = re.compile(r".{0,24}(?:\b(?:19|20)\d\d|[Pp]resent|[Nn]ow|[Cc]urrent)\b.{0,12}|.{1,40}:")


class Box(NamedTuple):
    """A run of text on one line; `base` is the height of its baseline, `size` that of its letters.

    `hidden` says why a person does not see it; empty for what is seen.
    """

    left: float
    right: float
    base: float
    size: float
    text: str
    hidden: str = ""


Row = list[Box]


def read_pdf(data: bytes, name: str | None, limits: Limits) -> Iterator[Piece]:
    """Yield the lines of each page in the order a person would read them."""
    pdfium = require("pypdfium2", "readers", "reading PDF files")
    raw = require("pypdfium2.raw", "readers", "reading PDF files")
    with _LOCK:
        try:
            pages = list(_pages(pdfium, raw, data, name, limits))
        except pdfium.PdfiumError as error:
            if re.search("password|security", str(error), re.IGNORECASE):
                message = "the PDF is encrypted: save it without a password first"
                raise DocumentError(message, name=name, code="encrypted") from None
            raise corrupt("PDF", name) from None
    if not any(pages):
        raise DocumentError("the PDF holds no text, only images: run OCR on it first", name=name, code="image_only")
    if not any(b for boxes in pages for b in boxes if not b.hidden):
        raise DocumentError("the PDF holds no text that a person sees", name=name, code="image_only")
    for number, boxes in enumerate(pages, 1):
        seen = [b for b in boxes if not b.hidden]
        yield from (Piece(text, f"page {number}", end) for text, end in _lines(seen))
    for number, boxes in enumerate(pages, 1):
        yield from (Piece(b.text, f"page {number}", hidden=b.hidden) for b in boxes if b.hidden)


def _pages(pdfium: Any, raw: Any, data: bytes, name: str | None, limits: Limits) -> Iterator[list[Box]]:
    characters = 0
    with closing(pdfium.PdfDocument(data)) as document:
        total = len(document)
        limits.check("max_pages", total, name, what=f"the PDF has {total} pages", code="too_many_pages")
        for number in range(total):
            with closing(document[number]) as page, closing(page.get_textpage()) as textpage:
                characters += textpage.count_chars()
                limits.check_text(characters, name)
                yield _boxes(raw, page, textpage)


def _boxes(raw: Any, page: Any, textpage: Any) -> list[Box]:
    """Join characters that follow one another on a line without a wide gap."""
    runs: list[Box] = []
    space = ""
    for char in _characters(raw, textpage, page.get_rotation(), Hiding(raw, page, textpage)):
        if char.text.isspace():
            space = " "
            continue
        if runs and _follows(runs[-1], char):
            runs[-1] = runs[-1]._replace(right=char.right, text=runs[-1].text + space + char.text)
        else:
            runs.append(char)
        space = ""
    return runs


def _follows(run: Box, char: Box) -> bool:
    return (
        char.hidden == run.hidden
        and abs(char.base - run.base) < 0.1 * run.size
        and -0.5 * run.size < char.left - run.right < 0.8 * run.size
    )


def _characters(raw: Any, textpage: Any, rotation: int, hiding: Hiding) -> Iterator[Box]:
    rect, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for i in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, i)
        text = SOFT_HYPHEN if raw.FPDFText_IsHyphen(textpage, i) == 1 else chr(code) if 0 < code < 0x110000 else " "
        raw.FPDFText_GetLooseCharBox(textpage, i, rect)
        raw.FPDFText_GetCharOrigin(textpage, i, x, y)
        hidden = "" if text.isspace() else hiding.reason(i, (rect.left, rect.bottom, rect.right, rect.top))
        # As the page is turned for display; only the order along each axis matters.
        left, right, base, size = {
            90: (rect.bottom, rect.top, -x.value, rect.right - rect.left),
            180: (-rect.right, -rect.left, -y.value, rect.top - rect.bottom),
            270: (-rect.top, -rect.bottom, x.value, rect.right - rect.left),
        }.get(rotation, (rect.left, rect.right, y.value, rect.top - rect.bottom))
        yield Box(left, right, base, max(size, 1.0), text, hidden)


def _lines(boxes: Sequence[Box]) -> Iterator[tuple[str, str]]:
    """Yield a page's lines, each with what ends it: nothing, where a word was broken."""
    for i, block in enumerate(_blocks(_rows(boxes))):
        if i:
            yield "", "\n"
        lines = list(_texts(block))
        for line, after in pairwise([*lines, ""]):
            yield mend(line, after)


def _rows(boxes: Sequence[Box]) -> list[Row]:
    """Group runs that stand on one line, from the top of the page down."""
    rows: list[Row] = []
    for box in sorted(boxes, key=lambda b: (-b.base, b.left)):
        if rows and rows[-1][0].base - box.base < 0.35 * max(box.size, rows[-1][0].size):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row) for row in rows]


def _blocks(rows: list[Row], depth: int = 0) -> Iterator[list[Row]]:
    """Yield the parts of a page in order: what is above the columns, each column, what is below."""
    found = _columns(rows) if depth < _MAX_DEPTH and len(rows) <= _MAX_ROWS else None
    if found is not None:
        x, start, end = found
        for part in (rows[:start], *_sides(rows[start:end], x), rows[end:]):
            yield from _blocks(part, depth + 1)
    elif rows:
        yield rows


def _columns(rows: list[Row]) -> tuple[float, int, int] | None:
    """Find the gutter that the most rows on end respect, with columns on both sides of it."""
    boxes = [box for row in rows for box in row]
    width = max((b.right for b in boxes), default=0) - min((b.left for b in boxes), default=0)
    best, most = None, _MIN_LINES - 1
    for x, starts in sorted(Counter(round(b.left) for b in boxes).items()):
        crossed = [any(b.left < x - 1 and b.right > x - _GUTTER for b in row) for row in rows]
        for is_crossed, group in groupby(range(len(rows) if starts > 1 else 0), crossed.__getitem__):
            band = list(group)
            if not is_crossed and len(band) > most:
                sides = _sides(rows[band[0] : band[-1] + 1], x)
                if all(_is_column(side, width) for side in sides):
                    best, most = (x, _after_text_above(rows, x, band[0]), band[-1] + 1), len(band)
    return best


def _after_text_above(rows: list[Row], x: float, start: int) -> int:
    """Skip the short last lines of the text above the columns, which reach no further than the gutter."""
    gaps = [a[0].base - b[0].base for a, b in pairwise(rows)]
    while 0 < start < len(gaps) and rows[start][-1].right <= x - _GUTTER and gaps[start - 1] < gaps[start] + 0.5:
        start += 1
    return start


def _sides(rows: list[Row], x: float) -> tuple[list[Row], list[Row]]:
    left = ([b for b in row if b.right <= x - _GUTTER] for row in rows)
    right = ([b for b in row if b.left >= x - 1] for row in rows)
    return list(filter(None, left)), list(filter(None, right))


def _is_column(lines: list[Row], page_width: float) -> bool:
    """Tell a column from dates, places and labels that stand beside the lines of the other side."""
    if len(lines) < _MIN_LINES:
        return False
    lefts, rights = [row[0].left for row in lines], [row[-1].right for row in lines]
    hangs_right = len(set(map(round, lefts))) > len(lines) / 2 > 2 * len(set(map(round, rights)))
    beside = sum(_BESIDE.fullmatch(_join(row)) is not None for row in lines)
    step = median(a[0].base - b[0].base for a, b in pairwise(lines))
    dense = step <= 2.5 * median(row[0].size for row in lines)
    return dense and not hangs_right and 2 * beside < len(lines) and max(rights) - min(lefts) > 0.12 * page_width


def _texts(block: list[Row]) -> Iterator[str]:
    """Yield the lines of a block, a blank one where the space between two is wider than is usual there."""
    steps = [a[0].base - b[0].base for a, b in pairwise(block)]
    usual = median(steps) if steps else 0.0
    for row, step in zip(block, [0.0, *steps], strict=True):
        if step > 1.5 * max(usual, row[0].size):
            yield ""
        yield from _join(row).split("\n")


def _join(row: Row) -> str:
    """Join the runs of a line; a wide gap stays visible, and between two sentences it ends the line."""
    out = row[0].text
    for before, here in pairwise(row):
        gap, size = here.left - before.right, max(here.size, before.size)
        both_long = min(len(before.text.split()), len(here.text.split())) >= _SENTENCE
        wide = "\n" if both_long else "  "
        out += (wide if gap > 2 * size else " " if gap > 0.15 * size else "") + here.text
    return out
