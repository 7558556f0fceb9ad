"""HTML, as a browser without scripts would show it, with the page's own style sheets; what it hides comes last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .._optional import require
from ..exceptions import DocumentError
from ._common import Limits, Piece, corrupt
from .html_hidden import comment_text, element_text, why_hidden
from .html_styles import Styles

_HIDDEN_TAGS = frozenset({"script", "style", "template", "noscript", "head", "iframe", "object", "svg", "select"})
_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_DECLARED = re.compile(rb"""(?:charset|<\?xml[^>]*encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_AS_BROWSERS = dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"), "cp1252")
_PROLOG = rb"\s*(?:<\?xml[^>]*>\s*)?<"
_PAGE = re.compile(_PROLOG + rb"(?:!doctype\s+html|(?:html|head|body)\b[^<>]*>)", re.IGNORECASE)
_FRAGMENT = re.compile(
    _PROLOG + rb"(?:!--|(?:meta|title|article|section|main|header|div|p|ul|ol|table|span|h[1-6]|br|strong|b)\b[^<>]*>)",
    re.IGNORECASE,
)
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_MARKER = "- "
_CELL_GAP = "\t"  # Stands for the end of a table cell until a line is done; no text node holds one.


class _Lines:
    """The lines of a page while it is walked: their parts and the source line each began on."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []
        self.hidden: list[Piece] = []
        self.parts: list[str] = []
        self.number = 0

    def add(self, text: str, *, keep_lines: bool) -> None:
        for i, line in enumerate(text.split("\n") if keep_lines else [text]):
            if i:
                self.end(self.number + 1)
            if line.strip() or self.parts != [_MARKER]:
                self.parts.append(re.sub(r"\s+", " ", line))

    def end(self, number: int, *, item: bool = False) -> None:
        """End the line, unless it holds only the marker of an item that has yet to begin."""
        if item or self.parts != [_MARKER]:
            cells = (" ".join(cell.split()) for cell in "".join(self.parts).split(_CELL_GAP))
            text = "  ".join(cell for cell in cells if cell)
            if text and text != _MARKER.strip():
                self.done.append((text, self.number))
            self.parts = []
        self.number = number


def is_html(data: bytes, *, fragments: bool) -> bool:
    """Tell a whole page, or a fragment of one, by the element it begins with."""
    return bool(_PAGE.match(data) or (fragments and _FRAGMENT.match(data)))


def read_html(data: bytes, name: str | None, limits: Limits) -> Iterator[Piece]:
    """Yield the lines of a page; what a browser would not show comes last, and is marked."""
    lxml_html = require("lxml.html", "readers", "reading HTML")
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    # The parser would take a NUL, a byte it cannot decode or </html> for the end of the page.
    page = _END.sub("", _decode(data).replace("\x00", " ")).encode("utf-8", "replace")
    try:
        root = lxml_html.document_fromstring(page, parser=parser)
    except lxml_html.etree.ParserError:
        return  # Nothing but comments: there is no text in it.
    except (ValueError, LookupError, AssertionError, lxml_html.etree.LxmlError):
        raise corrupt("HTML", name) from None
    if len(parser.error_log.filter_from_fatals()):
        # The parser stopped on the way, and would give the first part as if it were the whole.
        message = "the page is too large or too deeply nested to be parsed: save it as plain text"
        raise DocumentError(message, name=name, code="too_large")
    lines = _Lines()
    _walk(root, lines, name, limits)
    for text, number in lines.done:
        yield Piece(text, _place(number))
    yield from lines.hidden


def _place(number: int | None) -> str:
    return f"line {number}" if number else "page"


def _decode(data: bytes) -> str:
    """Decode as UTF-8 where that fits, else as the page declares, else as Windows-1252."""
    declared = _DECLARED.search(data[:4096])
    label = declared[1].decode("ascii").lower() if declared else ""
    for encoding in ("utf-8", _AS_BROWSERS.get(label, label)):
        try:
            return data.decode(encoding, "strict" if encoding == "utf-8" else "replace")
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _walk(root: Any, lines: _Lines, name: str | None, limits: Limits) -> None:
    """Visit the elements in document order, on a stack of our own: pages can be nested deep."""
    styles = Styles(root, name)
    stack: list[tuple[Any, bool, bool]] = [(root, True, False)]
    visited = 0
    while stack:
        element, opening, keep = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else None
        if not opening:
            if tag in _BLOCKS:
                lines.end(element.sourceline or 0, item=tag == "li")
            if element.tail:
                lines.add(element.tail, keep_lines=keep)
            continue
        visited += 1
        if visited > limits.max_characters:
            raise DocumentError("the page has more elements than characters are read", name=name, code="too_large")
        stack.append((element, False, keep))
        hidden = _hidden(element, tag, styles)
        if hidden is not None or tag is None:
            lines.hidden += [hidden] if hidden and hidden.text else []
            continue
        _open(element, tag, lines)
        keep = keep or tag == "pre"
        if element.text:
            lines.add(element.text, keep_lines=keep)
        stack += [(child, True, keep) for child in reversed(element)]


def _open(element: Any, tag: str, lines: _Lines) -> None:
    if tag in _BLOCKS:
        lines.end(element.sourceline or 0, item=tag == "li")
    if tag == "li":
        lines.parts.append(_MARKER)
    elif tag in _CELLS:
        lines.parts.append(_CELL_GAP)


def _hidden(element: Any, tag: str | None, styles: Styles) -> Piece | None:
    """Return what an element hides: its text where it has any for a reader, None where it is seen."""
    place = _place(element.sourceline)
    if tag is None:
        text = comment_text(element) if type(element).__name__ == "HtmlComment" else ""
        return Piece(text, place, hidden="a comment in the page")
    if tag in _HIDDEN_TAGS:
        return Piece("", place)
    why = why_hidden(element, styles)
    return Piece(element_text(element), place, hidden=why) if why else None
