"""Anything a person can hand in, read into a `Document` that knows where its text came from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from .exceptions import DocumentError
from .readers._common import Limits, Piece
from .readers.docx import is_docx, read_docx
from .readers.html import read_html
from .readers.json_resume import is_json_resume, read_json_resume
from .readers.pdf import read_pdf
from .readers.plain import decode, read_plain
from .types import Document, Origin

Format = Literal["text", "html", "pdf", "docx", "json"]
DEFAULT_LIMITS = Limits()
SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".json")
"""Endings of the files that a folder is searched for."""

_ACCEPTED = "give a txt, Markdown, HTML, PDF, DOCX or JSON Resume file"
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Word file or an encrypted DOCX: save it as an unencrypted DOCX or PDF"),
    (b"{\\rtf", "an RTF file: save it as DOCX or PDF"),
    (b"\x89PNG", "an image: run OCR on it first"),
    (b"\xff\xd8\xff", "an image: run OCR on it first"),
    (b"GIF8", "an image: run OCR on it first"),
    (b"PK\x03\x04", f"a zip archive, not a DOCX: {_ACCEPTED}"),
    (b"\x7fELF", f"a program: {_ACCEPTED}"),
    (b"MZ\x90", f"a program: {_ACCEPTED}"),
)
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<!--)", re.IGNORECASE)
# Ligatures become letters; icon glyphs, control and surrogate characters become a space.
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ud800-\udfff\ufffe\uffff]")


def read(
    source: str | os.PathLike[str] | bytes | Document,
    *,
    name: str | None = None,
    format: Format | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Document:
    """Read a text or a file.

    Parameters
    ----------
    source : str, path, bytes or Document
        A plain string is always text, never a path; give a `pathlib.Path` for a file. A
        `Document` is returned as it is.
    name : str, optional
        What to call the document in errors and tables; a file's name by default.
    format : {"text", "html", "pdf", "docx", "json"}, optional
        What the bytes hold; found out from the content by default.
    limits : Limits
        How much of an untrusted file is read.

    Returns
    -------
    Document
        With the place of every line, except for a plain string, whose offsets are its own.

    Raises
    ------
    DocumentError
        If the source is missing, empty, encrypted, damaged, too large, of another kind, or holds
        only images. The error's ``code`` says which; its message says what to do.

    Examples
    --------
    >>> read("Trained a detector.").text
    'Trained a detector.'
    >>> read(b"<p>Trained a <b>detector</b>.</p>", format="html").text
    'Trained a detector.'
    """
    if isinstance(source, Document):
        return source
    if isinstance(source, str):
        # One character for one: the offsets stay those of the string that was given.
        return _checked(Document(_UNSEEN.sub(" ", source), name), limits)
    if isinstance(source, os.PathLike):
        path = Path(source)
        name = name or path.name
        data = _bytes(path, name, limits)
        wanted = format or ("json" if path.suffix.lower() == ".json" else None)
    elif isinstance(source, (bytes, bytearray)):
        data, wanted = bytes(source), format
        limits.check_size(len(data), name)
    else:
        raise DocumentError(
            f"cannot read a {type(source).__name__}: give a text, a path, bytes or a Document",
            name=name,
            code="unsupported",
        )
    if not data.strip():
        raise DocumentError("the file is empty", name=name, code="empty")
    return _checked(_assemble(_pieces(data, wanted, name, limits), name), limits)


def _bytes(path: Path, name: str, limits: Limits) -> bytes:
    try:
        if path.is_dir():
            raise DocumentError("this is a folder: give its files one by one", name=name, code="unsupported")
        limits.check_size(path.stat().st_size, name)
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError("there is no such file", name=name, code="missing") from None
    except OSError as error:
        raise DocumentError(f"the file cannot be opened: {error.strerror}", name=name, code="unreadable") from None


def _pieces(data: bytes, wanted: str | None, name: str | None, limits: Limits) -> Iterator[Piece]:
    if wanted == "pdf" or (wanted is None and b"%PDF-" in data[:1024]):
        return read_pdf(data, name, limits)
    if wanted in (None, "docx") and is_docx(data):
        return read_docx(data, name, limits)
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            code = "encrypted" if b"E\x00n\x00c\x00r\x00y\x00p\x00t" in data else "unsupported"
            raise DocumentError(f"this is {what}", name=name, code=code)
    if wanted == "docx":
        raise DocumentError("this is not a DOCX file, or it is damaged", name=name, code="corrupt")
    if wanted == "html" or (wanted is None and _HTML.match(data)):
        return read_html(data, name)
    text = decode(data, name)
    if wanted == "json" or (wanted is None and is_json_resume(text)):
        return read_json_resume(text, name)
    return read_plain(text)


def _assemble(pieces: Iterable[Piece], name: str | None) -> Document:
    """Lay the pieces out, one a line, and note where each came from."""
    parts: list[str] = []
    origins: list[Origin] = []
    length = 0
    for piece in pieces:
        text = _clean(piece.text)
        if parts and parts[-1].endswith("\u00ad\n"):
            # A soft hyphen at the end of a line marks a word that was broken there.
            parts[-1] = parts[-1][:-2]
            length -= 2
            origins[-1] = Origin(origins[-1].start, length, origins[-1].place)
        parts.append(text + "\n")
        if origins and origins[-1].place == piece.place and origins[-1].end == length:
            origins[-1] = Origin(origins[-1].start, length + len(text) + 1, piece.place)
        else:
            origins.append(Origin(length, length + len(text) + 1, piece.place))
        length += len(text) + 1
    return Document("".join(parts), name, tuple(origins))


def _clean(text: str) -> str:
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    return _UNSEEN.sub(" ", text).rstrip()


def _checked(document: Document, limits: Limits) -> Document:
    if not document.text.strip():
        raise DocumentError("there is no text in it", name=document.name, code="empty")
    if len(document.text) > limits.max_characters:
        raise DocumentError(
            f"the text has {len(document.text):,} characters, the limit is {limits.max_characters:,}; "
            "give read() a larger Limits(max_characters=...)",
            name=document.name,
            code="too_large",
        )
    return document
