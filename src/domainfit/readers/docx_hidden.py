"""DOCX text that a person does not see: marked as hidden, white on white, or tiny."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TINY = 5
"""Letters of fewer half points than this cannot be read."""
PALE = 240
"""A colour none of whose parts is darker than this cannot be told from white paper."""
_WHITE_NAMES = frozenset({"background1", "light1"})
_NO_FILL = frozenset({"auto", "clear", "nil", ""})
_OFF = frozenset({"0", "false", "off"})


class Look:
    """How runs look, by their own properties and those of their styles.

    Parameters
    ----------
    styles : lxml element
        The root of the document's styles.
    """

    def __init__(self, styles: Any) -> None:
        self.styles = {s.get(f"{_W}styleId"): s for s in styles.iterchildren(f"{_W}style")}

    def reason(self, node: Any) -> str:
        """Say why the text in a run's node is not seen; an empty text if it is."""
        run = next(node.iterancestors(f"{_W}r"), None)
        if run is None:
            return ""
        paragraph = next(run.iterancestors(f"{_W}p"), None)
        properties = list(self._properties(run, paragraph))
        if _switched_on(properties, "vanish"):
            return "marked as hidden"
        size = _first(properties, "sz")
        if size is not None and size.isdigit() and int(size) < TINY:
            return "too small to read"
        if self._is_pale(properties) and not _shaded(run, paragraph, properties):
            return "white on white"
        return ""

    def _properties(self, run: Any, paragraph: Any) -> Iterator[Any]:
        """Yield the run's own properties, then those of its style and of its paragraph's style."""
        own = run.find(f"{_W}rPr")
        if own is not None:
            yield own
            yield from self._of_style(own.find(f"{_W}rStyle"))
        if paragraph is not None:
            yield from self._of_style(paragraph.find(f"{_W}pPr/{_W}pStyle"))

    def _of_style(self, named: Any) -> Iterator[Any]:
        for _ in range(8):  # A style may be based on another; a made-up file may go in circles.
            style = self.styles.get(named.get(f"{_W}val")) if named is not None else None
            if style is None:
                return
            found = style.find(f"{_W}rPr")
            if found is not None:
                yield found
            named = style.find(f"{_W}basedOn")

    def _is_pale(self, properties: list[Any]) -> bool:
        for p in properties:
            color = p.find(f"{_W}color")
            if color is None:
                continue
            value = (color.get(f"{_W}val") or "").lower()
            if value == "auto":
                return False
            if len(value) == 6:
                try:
                    return min(bytes.fromhex(value)) >= PALE
                except ValueError:
                    return False
            return color.get(f"{_W}themeColor") in _WHITE_NAMES
        return False


def _first(properties: list[Any], tag: str) -> str | None:
    return next((e.get(f"{_W}val") for p in properties if (e := p.find(f"{_W}{tag}")) is not None), None)


def _switched_on(properties: list[Any], tag: str) -> bool:
    element = next((e for p in properties if (e := p.find(f"{_W}{tag}")) is not None), None)
    return element is not None and (element.get(f"{_W}val") or "true").lower() not in _OFF


def _shaded(run: Any, paragraph: Any, properties: list[Any]) -> bool:
    """Tell whether pale letters stand on a colour: of the run, its paragraph, its cell, row's table or text box."""
    if any(
        (h := p.find(f"{_W}highlight")) is not None and h.get(f"{_W}val") not in ("none", "white") for p in properties
    ):
        return True
    shadings = [s for p in properties if (s := p.find(f"{_W}shd")) is not None]
    if paragraph is not None and (s := paragraph.find(f"{_W}pPr/{_W}shd")) is not None:
        shadings.append(s)
    for cell in run.iterancestors(f"{_W}tc"):
        shadings += cell.findall(f"{_W}tcPr/{_W}shd")
    for table in run.iterancestors(f"{_W}tbl"):
        shadings += table.findall(f"{_W}tblPr/{_W}shd")
        if table.find(f"{_W}tblPr/{_W}tblStyle") is not None:
            return True  # The style of the table may colour its cells.
    if next(run.iterancestors(f"{_W}txbxContent"), None) is not None:
        return True  # A text box has a filling of its own.
    return any(_is_color(s) for s in shadings)


def _is_color(shading: Any) -> bool:
    fill = (shading.get(f"{_W}fill") or "").lower()
    if shading.get(f"{_W}themeFill") not in (None, *_WHITE_NAMES):
        return True
    try:
        return fill not in _NO_FILL and min(bytes.fromhex(fill)) < PALE
    except ValueError:
        return False
