"""HTML made of elements, never of strings: no text can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

Content = str | Element | None | Iterable["Content"]

# What no HTML document may hold: control characters, halves of surrogate pairs, noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)


def tag(name: str, /, *content: Content, **attributes: str | None) -> Element:
    """Make an element.

    Parameters
    ----------
    name : str
        The tag's name.
    *content : str, Element, None or iterable of these
        What stands in it, in order; text is escaped when it is written.
    **attributes : str or None
        Its attributes; ``class_`` stands for ``class`` and ``_`` for ``-``. None is left out.

    Examples
    --------
    >>> to_html(tag("p", "a < b", [tag("b", "!"), None], class_="x"))
    '<p class="x">a &lt; b<b>!</b></p>'
    """
    given = {k.rstrip("_").replace("_", "-"): clean(v) for k, v in attributes.items() if v is not None}
    element = Element(name, given)
    for part in content:
        _add(element, part)
    return element


def _add(element: Element, content: Content) -> None:
    if content is None:
        return
    if isinstance(content, Element):
        element.append(content)
    elif not isinstance(content, str):
        for part in content:
            _add(element, part)
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + clean(content)
    else:
        element.text = (element.text or "") + clean(content)


def clean(text: str) -> str:
    """Put U+FFFD in the place of characters that HTML cannot hold, and line feeds for other line ends."""
    return _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def to_html(*elements: Element) -> str:
    """Write elements as HTML."""
    return "".join(tostring(e, encoding="unicode", method="html") for e in elements)
