"""HTML text that a browser does not show, or shows so that nobody can read it."""

from __future__ import annotations

import re
from typing import Any

from .html_styles import Styles

MIN_WORDS, MIN_COMMENT_WORDS = 3, 6
"""Fewer words are a label of the page, or a note of its author, and not worth a flag."""

_NOT_SHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?\.?0*\s*(?:;|$)", re.IGNORECASE
)
_TINY = re.compile(
    r"font-size\s*:\s*(?:0|[0-2](?:\.\d+)?\s*(?:px|pt)|0?\.[0-2]\d*\s*r?em|0?\.\d+\s*(?:px|pt))(?:\s*!important)?\s*(?:;|$)",
    re.IGNORECASE,
)
_OFF_PAGE = re.compile(r"(?:left|top|right|bottom|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}", re.IGNORECASE)
_COLOR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;!]+)", re.IGNORECASE)
_PALE = re.compile(
    r"(?:white|snow|ivory|transparent|#f[0-9a-f]?f[0-9a-f]?f[0-9a-f]?|rgba?\(\s*(?:24\d|25[0-5])\s*,\s*(?:24\d|25[0-5])\s*,\s*(?:24\d|25[0-5])\s*[,)].*)\s*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>{}=;]|^\s*\[|https?:")
_WORD = re.compile(r"[^\W\d_]{2,}")


def why_hidden(element: Any, styles: Styles) -> str:
    """Say why an element's text is not seen; an empty text if it is, as far as the page itself tells."""
    style = styles.of(element)
    if element.get("hidden") is not None or _NOT_SHOWN.search(style):
        return "not shown by a browser"
    if _TINY.search(style):
        return "too small to read"
    if _OFF_PAGE.search(style):
        return "off the page"
    color = _COLOR.search(style if styles.whole else element.get("style") or "")
    value = color[1].strip() if color else element.get("color") or ""
    if value and _PALE.fullmatch(value) and not any(_grounded(e, styles) for e in (element, *element.iterancestors())):
        return "white on white"
    return ""


def comment_text(comment: Any) -> str:
    """Return a comment's text where it is prose, and not markup that was switched off."""
    text = " ".join((comment.text or "").split())
    return text if len(_WORD.findall(text)) >= MIN_COMMENT_WORDS and not _MARKUP.search(text) else ""


def element_text(element: Any) -> str:
    """Return the text in an element where there are enough words of it to matter."""
    text = " ".join(" ".join(element.itertext()).split())
    return text if len(_WORD.findall(text)) >= MIN_WORDS else ""


def _grounded(element: Any, styles: Styles) -> bool:
    """Tell whether an element has a background that pale letters stand out from."""
    found = _GROUND.search(styles.of(element))
    value = found[1].strip() if found else element.get("bgcolor") or ""
    return bool(value) and not _PALE.fullmatch(value) and value.lower() not in ("none", "inherit")
