"""Anything a person can hand in, read into a `Document` that knows where its text came from."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from .exceptions import DocumentError
from .readers._common import Limits, Piece, blank_unseen, corrupt, lay_out
from .readers.docx import is_docx, read_docx
from .readers.html import is_html, read_html
from .readers.json_resume import is_json_resume, read_json_resume
from .readers.pdf import read_pdf
from .readers.plain import decode, read_plain, without_mark
from .types import Document

__all__ = ["DEFAULT_LIMITS", "SUFFIXES", "Format", "Limits", "read"]

Format = Literal["text", "html", "pdf", "docx", "json"]
DEFAULT_LIMITS = Limits()
_SUFFIX_FORMATS: dict[str, Format] = {
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".json": "json",
}
SUFFIXES = tuple(_SUFFIX_FORMATS)
"""Endings of the files that a folder is searched for."""

_ACCEPTED = "give a txt, Markdown, HTML, PDF, DOCX or JSON Resume file"
_IMAGE = "an image: run OCR on it first, and give its text"
_PROGRAM = f"a program: {_ACCEPTED}"
_ARCHIVE = f"an archive: unpack it, and {_ACCEPTED}"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    (_OLE, "an old Office file (.doc): save it as DOCX or PDF"),
    (b"{\\rtf", "an RTF file: save it as DOCX or PDF"),
    (b"%!PS", "a PostScript file: save it as PDF"),
    (b"PK\x03\x04", f"a zip archive or another Office file, not a DOCX: {_ACCEPTED}"),
    (b"PK\x05\x06", f"an empty zip archive: {_ACCEPTED}"),
    *((magic, _ARCHIVE) for magic in (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!\x1a", b"BZh", b"\xfd7zXZ")),
    *((magic, _IMAGE) for magic in (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")),
    *((magic, _PROGRAM) for magic in (b"\x7fELF", b"MZ\x90", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")),
)


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
        What the bytes hold; by default it is found out from the content, and where that does not
        tell, from the ending of its name.
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
    MissingExtraError
        If the file needs a reader that is not installed.

    Examples
    --------
    >>> read("Trained a detector.").text
    'Trained a detector.'
    >>> read(b"<p>Trained a <b>detector</b>.</p>").text
    'Trained a detector.'
    """
    if isinstance(source, Document):
        return source
    if isinstance(source, str):
        limits.check_text(len(source), name)
        # One character for one: the offsets stay those of the string that was given.
        return _not_empty(Document(blank_unseen(source), name))
    if format is not None and format not in get_args(Format):
        message = f"there is no format {format!r}: use one of {', '.join(map(repr, get_args(Format)))}"
        raise DocumentError(message, name=name, code="unsupported")
    suffix = ""
    if isinstance(source, os.PathLike):
        path = Path(os.fsdecode(source))
        name, suffix = name or path.name, path.suffix.lower()
        data = _load(path, name, limits)
    elif isinstance(source, (bytes, bytearray)):
        data, suffix = bytes(source), Path(name or "").suffix.lower()
    else:
        message = f"cannot read a {type(source).__name__}: give a text, a path, bytes or a Document"
        raise DocumentError(message, name=name, code="unsupported")
    limits.check("max_bytes", len(data), name, what=f"the file has {len(data):,} bytes")
    if not data.strip(b"\x00 \t\r\n\v\f"):
        raise DocumentError("the file is empty", name=name, code="empty")
    return _not_empty(lay_out(_pieces(data, format, suffix, name, limits), name, limits))


def _load(path: Path, name: str, limits: Limits) -> bytes:
    if "\x00" in str(path):
        raise DocumentError("there is no such file", name=name.replace("\x00", "?"), code="missing")
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DocumentError("this is a folder: give its files one by one", name=name, code="unsupported")
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("this is a device or a pipe: give a file or its bytes", name=name, code="unsupported")
        limits.check("max_bytes", status.st_size, name, what=f"the file has {status.st_size:,} bytes")
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)  # It may have grown since.
    except (FileNotFoundError, NotADirectoryError):
        raise DocumentError("there is no such file", name=name, code="missing") from None
    except OSError as error:
        raise DocumentError(f"the file cannot be opened: {error.strerror}", name=name, code="unreadable") from None


def _pieces(data: bytes, format: Format | None, suffix: str, name: str | None, limits: Limits) -> Iterator[Piece]:
    """Choose the reader: by the format that was named, else by the content, else by the ending."""
    data = without_mark(data)
    if format in (None, "docx") and is_docx(data):
        return read_docx(data, name, limits)
    if format in (None, "pdf") and _is_pdf(data):
        return read_pdf(data, name, limits)
    _refuse_foreign(data, name)
    wanted = format or _SUFFIX_FORMATS.get(suffix)
    if wanted in ("pdf", "docx"):
        raise corrupt(wanted.upper(), name)
    # Markdown may begin with an element of HTML and still be Markdown.
    if wanted == "html" or (format is None and is_html(data, fragments=suffix not in (".md", ".markdown"))):
        return read_html(data, name, limits)
    text = decode(data, name)
    if wanted == "json" or (format is None and is_json_resume(text)):
        return read_json_resume(text, name)
    return read_plain(text)


def _is_pdf(data: bytes) -> bool:
    """Tell a PDF, which may have other bytes before its header, from a text that mentions one."""
    return data.lstrip().startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b"startxref" in data)


def _refuse_foreign(data: bytes, name: str | None) -> None:
    if data.startswith(_OLE) and _ENCRYPTED in data:
        message = "the DOCX is encrypted: save it without a password first"
        raise DocumentError(message, name=name, code="encrypted")
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            raise DocumentError(f"this is {what}", name=name, code="unsupported")


def _not_empty(document: Document) -> Document:
    if not document.text.strip():
        raise DocumentError("there is no text in it", name=document.name, code="empty")
    return document
