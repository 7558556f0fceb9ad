"""The labelled text that the models are trained on, behind one validated loader."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..exceptions import DataError
from ..taxonomy import Taxonomy, default_taxonomy

ROLE_SECTIONS = ("title_line", "company", "responsibility", "requirement", "nice_to_have", "benefit", "boilerplate")
CANDIDATE_SECTIONS = ("summary", "experience", "project", "skills", "education", "publication", "other")
SECTIONS = ROLE_SECTIONS + CANDIDATE_SECTIONS
"""Every section a line may stand in; the order of the section classifier's outputs."""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled unit of text.

    Parameters
    ----------
    text : str
        A bullet, a sentence, a heading or a short paragraph.
    section : str
        One of `SECTIONS`.
    strengths : dict of str to int
        Strength 1 to 3 of each discipline it speaks of; absent means 0.
    depth : int
        0 to 4; always 0 in a role.
    joined : bool
        Whether it continues the paragraph of the line before.
    source : {"role", "candidate"}
        The kind of document it belongs to.
    document : dict of str to int, optional
        The strengths of the document that it stands in; None for a single line.
    """

    text: str
    section: str
    strengths: dict[str, int]
    depth: int
    joined: bool
    source: str
    document: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """A whole labelled document.

    Parameters
    ----------
    id : str
        Unique in the corpus.
    source : {"role", "candidate"}
        What it is.
    strengths, depths : dict of str to int
        The document's labels; absent means 0.
    primary : str or None
        The discipline with the most weight; None when no strength is 2 or more.
    seniority : int
        0 student or intern, 1 junior, 2 mid, 3 senior, 4 lead or manager.
    year : int or None
        When it would have been written, where the author said so.
    lines : tuple of Line
        In reading order.
    """

    id: str
    source: str
    strengths: dict[str, int]
    depths: dict[str, int]
    primary: str | None
    seniority: int
    year: int | None
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The document laid out: one line a line, joined lines as one paragraph."""
        parts: list[str] = []
        for line in self.lines:
            parts += [" " if line.joined else "\n", line.text]
        return "".join(parts).strip()


@dataclass(frozen=True, slots=True)
class Corpus:
    """All training text.

    Parameters
    ----------
    segments : tuple of Line
        Single lines without a document.
    documents : tuple of LabelledDocument
        Whole documents.
    taxonomy : Taxonomy
        What the labels refer to.
    """

    segments: tuple[Line, ...]
    documents: tuple[LabelledDocument, ...]
    taxonomy: Taxonomy

    def fingerprint(self) -> str:
        """Return a SHA-256 over every text and label, in order; the same corpus, the same value."""
        digest = hashlib.sha256()
        for line in self.segments:
            digest.update(repr(line).encode())
        for document in self.documents:
            digest.update(repr(document).encode())
        return digest.hexdigest()


def load_corpus(
    folder: str | os.PathLike[str] = "data",
    *,
    segments: Sequence[str | os.PathLike[str]] | None = None,
    documents: Sequence[str | os.PathLike[str]] | None = None,
    taxonomy: Taxonomy | None = None,
) -> Corpus:
    """Read and validate labelled text.

    Parameters
    ----------
    folder : path, default "data"
        A folder with ``segments/*.jsonl`` and ``documents/*.jsonl``, read in name order.
    segments, documents : sequence of paths, optional
        Files to read instead of the folder's.
    taxonomy : Taxonomy, optional
        What the labels refer to; the six AI disciplines by default.

    Returns
    -------
    Corpus

    Raises
    ------
    DataError
        If a file is missing, or a row is malformed; the message names file, line and field.
    """
    taxonomy = taxonomy or default_taxonomy()
    root = Path(folder)
    segment_files = _files(root / "segments", segments)
    document_files = _files(root / "documents", documents)
    if not segment_files and not document_files:
        raise DataError(f"no labelled text under {root}: expected segments/*.jsonl or documents/*.jsonl there")
    lines = tuple(_line(row, None, taxonomy) for row in read_rows(segment_files))
    read: dict[str, LabelledDocument] = {}
    for row in read_rows(document_files):
        document = _document(row, taxonomy)
        if document.id in read:
            raise DataError(f"{row.where}: the id {document.id!r} is given twice")
        read[document.id] = document
    return Corpus(lines, tuple(read.values()), taxonomy)


def _files(folder: Path, given: Sequence[str | os.PathLike[str]] | None) -> list[Path]:
    return sorted(folder.glob("*.jsonl")) if given is None else [Path(p) for p in given]


def read_rows(files: Sequence[Path]) -> Iterator[_Row]:
    """Yield the objects of JSON Lines files, each with its place.

    Raises
    ------
    DataError
        If a file cannot be read, or a line is no JSON object.
    """
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"cannot read {path}: {error}") from None
        for number, raw in enumerate(text.split("\n"), 1):
            if raw.strip():
                where = f"{path.name}, line {number}"
                try:
                    yield _Row(json.loads(raw), where)
                except json.JSONDecodeError as error:
                    raise DataError(f"{where}: not JSON ({error.msg} at character {error.pos})") from None


class _Row:
    """A JSON object with a place, whose fields are checked as they are taken."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise DataError(f"{where}: expected an object, found {type(value).__name__}")
        self.value: Mapping[str, Any] = value
        self.where = where

    def text(self, field: str) -> str:
        value = self.value.get(field)
        if not isinstance(value, str) or not value.strip():
            raise DataError(f"{self.where}: field {field!r} must be a text that is not blank, found {value!r:.40}")
        return value

    def rows(self, field: str) -> list[_Row]:
        value = self.value.get(field)
        if not isinstance(value, list):
            raise DataError(f"{self.where}: field {field!r} must be a list")
        return [_Row(x, f"{self.where}, {field}[{i}]") for i, x in enumerate(value)]

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        value = self.value.get(field)
        if value not in allowed:
            raise DataError(f"{self.where}: field {field!r} is {value!r:.40}; allowed are {', '.join(allowed)}")
        return str(value)

    def integer(self, field: str, low: int, high: int, default: int | None = None) -> int:
        value = self.value.get(field, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise DataError(
                f"{self.where}: field {field!r} must be a whole number from {low} to {high}, found {value!r:.40}"
            )
        return value

    def labels(self, field: str, high: int, keys: Sequence[str]) -> dict[str, int]:
        value = self.value.get(field, {})
        if not isinstance(value, dict) or not set(value) <= set(keys):
            raise DataError(f"{self.where}: field {field!r} must map some of {', '.join(keys)} to 0-{high}")
        inner = _Row(value, f"{self.where}, {field}")
        return {k: n for k in keys if (n := inner.integer(k, 0, high, 0))}


_KIND = {"job": "role", "resume": "candidate"}


def _line(row: _Row, source: str | None, taxonomy: Taxonomy) -> Line:
    kind = source or _KIND[row.choice("source", tuple(_KIND))]
    return Line(
        text=row.text("text"),
        section=row.choice("section", ROLE_SECTIONS if kind == "role" else CANDIDATE_SECTIONS),
        strengths=row.labels("disciplines", 3, taxonomy.keys),
        depth=row.integer("depth", 0, 0 if kind == "role" else 4),
        joined=row.value.get("joined") is True,
        source=kind,
    )


def _document(row: _Row, taxonomy: Taxonomy) -> LabelledDocument:
    kind = _KIND[row.choice("source", tuple(_KIND))]
    lines = row.value.get("lines")
    if not isinstance(lines, list) or not lines:
        raise DataError(f"{row.where}: field 'lines' must be a list with at least one line")
    strengths = row.labels("strengths", 3, taxonomy.keys)
    primary = row.choice("primary", (*taxonomy.keys, "none"))
    if primary != "none" and strengths.get(primary, 0) < max(strengths.values(), default=0):
        raise DataError(f"{row.where}: the primary {primary!r} is not among the strongest disciplines")
    return LabelledDocument(
        id=row.text("id"),
        source=kind,
        strengths=strengths,
        depths=row.labels("depths", 4, taxonomy.keys),
        primary=None if primary == "none" else primary,
        seniority=row.integer("seniority", 0, 4, 2),
        year=row.integer("year", 1990, 2100) if row.value.get("year") is not None else None,
        lines=tuple(_line(_Row(x, f"{row.where}, lines[{i}]"), kind, taxonomy) for i, x in enumerate(lines)),
    )
