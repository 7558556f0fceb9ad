"""What the readers share: limits, and the piece of text that they yield."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..exceptions import DocumentError


class Piece(NamedTuple):
    """A line of text, and the place in the source that it came from."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an untrusted file is read.

    Parameters
    ----------
    max_bytes : int
        The largest file, and the largest unpacked DOCX is ten times that.
    max_pages : int
        The most pages of a PDF.
    max_characters : int
        The longest text.
    """

    max_bytes: int = 20 * 1024 * 1024
    max_pages: int = 50
    max_characters: int = 500_000

    def check_size(self, size: int, name: str | None) -> None:
        """Raise if a file is larger than is read."""
        if size > self.max_bytes:
            raise DocumentError(
                f"the file has {size:,} bytes, the limit is {self.max_bytes:,}; "
                "give read() a larger Limits(max_bytes=...) if you trust it",
                name=name,
                code="too_large",
            )


def corrupt(kind: str, name: str | None) -> DocumentError:
    """Return the error for a file that its own library cannot open."""
    return DocumentError(f"the {kind} file is damaged and cannot be opened; export it again", name=name, code="corrupt")
