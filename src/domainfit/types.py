"""The values that flow through the library: a document, where its text came from, and its segments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ._shown import Shown

Kind = Literal["candidate", "role"]
FloatArray = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stretch of a document's text came from.

    Parameters
    ----------
    start, end : int
        The stretch, as offsets into ``Document.text`` (``end`` excluded).
    place : str
        The place in the source, as a person would say it: ``"page 2"``, ``"paragraph 14"``,
        ``"line 3"``, ``"work[0].highlights[2]"``.
    """

    start: int
    end: int
    place: str


@dataclass(frozen=True, slots=True)
class Flag(Shown):
    """Something about a document or a match that its reader should know.

    Parameters
    ----------
    code : str
        A stable, machine-readable name, such as ``"hidden_text"``.
    message : str
        One plain sentence. It never quotes the document.
    start, end : int or None
        The stretch of the text that it is about, where there is one.
    """

    code: str
    message: str
    start: int | None = None
    end: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the flag as plain values that JSON can hold."""
        return {"code": self.code, "message": self.message, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Document(Shown):
    """A text as read, with the place every part of it came from.

    Parameters
    ----------
    text : str
        The text that every offset in the library refers to.
    name : str or None
        What to call the document in errors and tables; a file name, never its content.
    origins : tuple of Origin
        Stretches in order, without overlap; empty when the text was given as a string.
    flags : tuple of Flag
        What the reader noticed.
    """

    text: str = field(repr=False)
    name: str | None = None
    origins: tuple[Origin, ...] = field(default=(), repr=False)
    flags: tuple[Flag, ...] = ()

    def origin(self, offset: int) -> str | None:
        """Name the place in the source that the character at `offset` came from."""
        i = bisect_right(self.origins, offset, key=lambda o: o.start) - 1
        return self.origins[i].place if i >= 0 and offset < self.origins[i].end else None


@dataclass(frozen=True, slots=True)
class Segment(Shown):
    """A bullet, a sentence or a heading: the smallest unit that is scored and shown as evidence.

    Parameters
    ----------
    text : str
        ``document.text[start:end]``, to the letter.
    start, end : int
        Offsets into the document's text.
    section : str
        The section it stands in: ``"experience"``, ``"skills"``, ``"requirement"``, …; ``"other"``
        before the first heading that was recognised.
    heading : bool
        Whether it is itself a heading; headings give context and are never evidence.
    """

    text: str = field(repr=False)
    start: int
    end: int
    section: str = "other"
    heading: bool = False


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns texts into vectors; a ``SentenceTransformer`` is one as it stands."""

    def encode(self, sentences: Sequence[str], /) -> Any:
        """Return one vector a text, shape (n_texts, n_dimensions)."""
        ...
