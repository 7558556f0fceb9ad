"""How a result says that a notebook can show it."""

from __future__ import annotations


class Shown:
    """A result with a rich form: `_html.html_of` knows how each kind looks."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from ._html import html_of

        return html_of(self)
