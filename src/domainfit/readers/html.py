"""HTML, as a browser without scripts and styles would show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .._optional import require
from ..exceptions import DocumentError
from ._common import Piece, corrupt

_HIDDEN_TAGS = frozenset({"script", "style", "template", "noscript", "head", "iframe", "object", "svg", "select"})
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main nav ol p pre section table tbody thead tr ul td th body".split()
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def read_html(data: bytes, name: str | None) -> Iterator[Piece]:
    """Yield the lines of a page; what a browser would not show is left out."""
    lxml_html = require("lxml.html", "readers", "reading HTML")
    try:
        parser = lxml_html.HTMLParser(encoding=_encoding(data), huge_tree=False, no_network=True)
        root = lxml_html.document_fromstring(data, parser=parser)
    except (ValueError, lxml_html.etree.LxmlError):
        raise corrupt("HTML", name) from None
    if root.xpath("count(//*)") > 200_000:
        raise DocumentError("the page has more than 200,000 elements", name=name, code="too_large")
    lines: list[tuple[list[str], int]] = [([], 0)]
    _walk(root, lines)
    for parts, number in lines:
        text = " ".join("".join(parts).split())
        if text and text != "-":
            yield Piece(text, f"line {number}" if number else "page")


def _encoding(data: bytes) -> str | None:
    """Leave a declared encoding to the parser; without one, prefer UTF-8 to its Latin-1."""
    if re.search(rb"charset\s*=", data[:4096], re.IGNORECASE):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _walk(root: Any, lines: list[tuple[list[str], int]]) -> None:
    """Visit the elements in document order, on a stack of our own: pages can be nested deep."""
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        element, opening = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else None
        block = tag in _BLOCKS
        if opening:
            stack.append((element, False))
            if tag is None or tag in _HIDDEN_TAGS or _hidden(element):
                continue
            if block:
                lines.append((["- "] if tag == "li" else [], element.sourceline or 0))
            if element.text:
                lines[-1][0].append(element.text)
            stack += [(child, True) for child in reversed(element)]
            continue
        if block:
            lines.append(([], element.sourceline or 0))
        if element.tail:
            lines[-1][0].append(element.tail)


def _hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN_STYLE.search(element.get("style") or ""))
