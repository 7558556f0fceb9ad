"""PDF text that a person does not see: invisible, white on white, tiny, off the page, or under an image."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

TINY = 2.5
"""Letters less high than this, in points, cannot be read."""
PALE = 240
"""A colour none of whose parts is darker than this cannot be told from white paper."""
SCAN = 0.6
"""An image over this part of a page is a scan, and invisible text over it is what OCR found."""
_MOST_OBJECTS = 20_000


class _Area(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top


class Hiding:
    """What lies on a page beside its text, and what that does to a letter.

    Parameters
    ----------
    raw : module
        ``pypdfium2.raw``.
    page, textpage : object
        The page and its text.
    """

    def __init__(self, raw: Any, page: Any, textpage: Any) -> None:
        self.raw, self.textpage = raw, textpage
        self.seen = _Area(*_bounds(page))
        self.papers: list[tuple[int, _Area]] = []
        self.images: list[tuple[int, _Area]] = []
        self.order: dict[int, int] = {}
        for number, item in enumerate(_objects(raw, page)):
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self.order[_address(item)] = number
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self.images.append((number, _area(raw, item)))
            elif kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING) and _is_dark(raw, item, kind):
                self.papers.append((number, _area(raw, item)))
        page_size = (self.seen.right - self.seen.left) * (self.seen.top - self.seen.bottom)
        largest = max(((a.right - a.left) * (a.top - a.bottom) for _, a in self.images), default=0.0)
        self.is_scan = largest > SCAN * max(page_size, 1.0)
        self._modes: dict[int, int] = {}

    def reason(self, index: int, area: tuple[float, float, float, float]) -> str:
        """Say why a letter is not seen; an empty text if it is.

        Parameters
        ----------
        index : int
            The letter's number on the page.
        area : tuple of float
            Its box as the page has it: left, bottom, right, top.
        """
        left, bottom, right, top = area
        x, y = (left + right) / 2, (bottom + top) / 2
        if not self.seen.holds(x, y):
            return "off the page"
        if 0 < max(top - bottom, right - left) < TINY:
            return "too small to read"
        item = self.raw.FPDFText_GetTextObject(self.textpage, index)
        key = _address(item)
        if self._mode(key, item) == self.raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            return "" if self.is_scan else "invisible"
        number = self.order.get(key, 0)
        if any(n > number and a.holds(x, y) for n, a in self.images):
            return "" if self.is_scan else "under an image"
        if self._is_pale(index) and not any(n < number and a.holds(x, y) for n, a in (*self.papers, *self.images)):
            return "white on white"
        return ""

    def _mode(self, key: int, item: Any) -> int:
        if key not in self._modes:
            self._modes[key] = self.raw.FPDFTextObj_GetTextRenderMode(item) if key else 0
        return self._modes[key]

    def _is_pale(self, index: int) -> bool:
        parts = [ctypes.c_uint() for _ in range(4)]
        if not self.raw.FPDFText_GetFillColor(self.textpage, index, *parts):
            return False
        *color, alpha = (p.value for p in parts)
        return min(color) >= PALE or alpha < 16


def _objects(raw: Any, page: Any) -> Iterator[Any]:
    """Yield a page's objects in the order they are drawn, those inside forms too."""
    stack = [
        raw.FPDFPage_GetObject(page, i) for i in reversed(range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)))
    ]
    given = 0
    while stack and given < _MOST_OBJECTS:
        item = stack.pop()
        given += 1
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM:
            inside = min(raw.FPDFFormObj_CountObjects(item), _MOST_OBJECTS)
            stack += [raw.FPDFFormObj_GetObject(item, i) for i in reversed(range(inside))]
        else:
            yield item


def _area(raw: Any, item: Any) -> _Area:
    edges = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(item, *edges)
    return _Area(*(e.value for e in edges))


def _is_dark(raw: Any, item: Any, kind: int) -> bool:
    """Tell whether pale letters can be read on an area: it is filled, and not with white."""
    if kind == raw.FPDF_PAGEOBJ_SHADING:
        return True
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    parts = [ctypes.c_uint() for _ in range(4)]
    filled = raw.FPDFPath_GetDrawMode(item, mode, stroke) and mode.value
    if not filled or not raw.FPDFPageObj_GetFillColor(item, *parts):
        return False
    *color, alpha = (p.value for p in parts)
    return min(color) < PALE and alpha >= 16


def _bounds(page: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = page.get_cropbox()
    return left - 1, bottom - 1, right + 1, top + 1


def _address(item: Any) -> int:
    return ctypes.cast(item, ctypes.c_void_p).value or 0 if item else 0
