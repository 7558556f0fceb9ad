"""What the readers share: limits, the pieces of text they yield, and how pieces become a document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ..exceptions import DocumentError
from ..types import Document, Flag, Origin

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Word's bullets are letters of the fonts Symbol and Wingdings, which land in the private-use area.
_BULLETS = dict.fromkeys("\uf0a7\uf0a8\uf0b7\uf0d8\uf0fc\uf06c\uf06e\uf076", "•")
_LINE_ENDS = dict.fromkeys("\v\f\r\x85\u2028\u2029", "\n")
_LETTERS = str.maketrans(_LIGATURES | _BULLETS | _LINE_ENDS)
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ud800-\udfff\ufffe\uffff\U000f0000-\U0010ffff]"
)
_BROKEN_WORD = re.compile(r"\u00ad[ \t]*\n[ \t]*(?=[^\W\d_])")
SOFT_HYPHEN = "\u00ad"
_BROKEN = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]$")
# First parts of compounds; after them a hyphen at the end of a line is the word's own.
_COMPOUND = re.compile(
    "back|cloud|co|cross|customer|data|end|event|few|fine|front|full|hands|high|in|large|long|low|machine|multi|non|"
    "object|on|open|production|real|self|semi|short|so|state|the|third|time|to|user|well|zero"
)


class Piece(NamedTuple):
    """A line of text or a part of one, and the place in the source that it came from.

    `end` stands between this piece and the next; it counts to this piece's place. `hidden` says why
    a person does not see it; empty for what is seen. Hidden pieces come last.
    """

    text: str
    place: str
    end: str = "\n"
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an untrusted file is read.

    Parameters
    ----------
    max_bytes : int
        The largest file.
    max_pages : int
        The most pages of a PDF.
    max_characters : int
        The longest text.
    max_unpacked_bytes : int
        The most that a DOCX, which is a zip archive, may unpack to.
    max_ratio : int
        The most times its own size that a DOCX may unpack to, once that is more than 10 MiB.
    """

    max_bytes: int = 20 * 1024 * 1024
    max_pages: int = 50
    max_characters: int = 500_000
    max_unpacked_bytes: int = 100 * 1024 * 1024
    max_ratio: int = 200

    def check(self, field: str, value: int, name: str | None, *, what: str, code: str = "too_large") -> None:
        """Raise if a value is over the limit of that name; `what` says whose value it is."""
        limit: int = getattr(self, field)
        if value > limit:
            raise DocumentError(
                f"{what}, the limit is {limit:,}; give read() a larger Limits({field}=...) if you trust it",
                name=name,
                code=code,
            )

    def check_text(self, length: int, name: str | None) -> None:
        """Raise if a text, or what there is of it so far, is longer than is read."""
        self.check("max_characters", length, name, what="the text has too many characters")


def corrupt(kind: str, name: str | None) -> DocumentError:
    """Return the error for a file that its own library cannot open."""
    return DocumentError(f"the {kind} file is damaged and cannot be opened; export it again", name=name, code="corrupt")


def blank_unseen(text: str) -> str:
    """Put a space for each icon glyph, control and surrogate character, one for one."""
    return _UNSEEN.sub(" ", text)


def mend(line: str, after: str) -> tuple[str, str]:
    """Return a printed line, and what stands between it and the next: nothing, where a word was broken."""
    broken = _BROKEN.search(line)
    line = line[:-1].replace(SOFT_HYPHEN, "-") + line[-1:]
    if broken is None or not after[:1].islower():
        return line.replace(SOFT_HYPHEN, "-"), "\n"
    own = _COMPOUND.fullmatch(broken[1].lower()) or line[: broken.start()].endswith("-")
    return line[:-1] + ("-" if own else ""), ""


def lay_out(pieces: Iterable[Piece], name: str | None, limits: Limits) -> Document:
    """Put pieces one after the other, and note where each came from."""
    chunks: list[tuple[str, str]] = []
    flags: list[Flag] = []
    length, end, broken = 0, "", False
    for piece in pieces:
        text = _clean(piece.text)
        if chunks:
            # A soft hyphen at the end of a line marks a word that was broken there.
            glue = "" if broken and text[:1].isalpha() else end
            chunks.append((glue, chunks[-1][1]))
            length += len(glue)
        end, broken = piece.end, text.endswith(SOFT_HYPHEN)
        text = text.replace(SOFT_HYPHEN, "")
        chunks.append((text, piece.place))
        if piece.hidden and text.strip():
            message = f"text that a person does not see: {piece.hidden}"
            flags.append(Flag("hidden_text", message, length, length + len(text)))
        length += len(text)
        limits.check_text(length, name)
    return Document("".join(text for text, _ in chunks), name, _origins(chunks), tuple(flags))


def _origins(chunks: Iterable[tuple[str, str]]) -> tuple[Origin, ...]:
    origins: list[Origin] = []
    length = 0
    for text, place in chunks:
        start, length = length, length + len(text)
        if origins and origins[-1].place == place:
            origins[-1] = Origin(origins[-1].start, length, place)
        elif text:
            origins.append(Origin(start, length, place))
    return tuple(origins)


def _clean(text: str) -> str:
    return _BROKEN_WORD.sub("", blank_unseen(text.translate(_LETTERS))).rstrip()
