"""JSON Resume (jsonresume.org): laid out as a plain résumé, each line with its JSON path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..exceptions import DocumentError
from ._common import Piece

_SECTIONS = (
    ("work", "EXPERIENCE"),
    ("volunteer", "VOLUNTEERING"),
    ("projects", "PROJECTS"),
    ("publications", "PUBLICATIONS"),
    ("education", "EDUCATION"),
    ("certificates", "CERTIFICATIONS"),
    ("awards", "AWARDS"),
    ("skills", "SKILLS"),
    ("languages", "LANGUAGES"),
    ("interests", "INTERESTS"),
    ("references", "REFERENCES"),
)
_HEAD = ("position", "studyType", "area", "title", "name", "organization", "institution", "company", "publisher",
         "issuer", "language", "level", "fluency", "startDate", "endDate", "date", "releaseDate")  # fmt: skip
_BODY = ("summary", "description", "highlights", "courses", "keywords", "reference")


def is_json_resume(text: str) -> bool:
    """Tell whether a text is a JSON object with sections of a JSON Resume."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return False
    return isinstance(value, dict) and any(k in value for k in ("basics", *(s for s, _ in _SECTIONS)))


def read_json_resume(text: str, name: str | None) -> Iterator[Piece]:
    """Yield the résumé's lines, section by section."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise DocumentError(f"the JSON cannot be parsed{where}", name=name, code="corrupt") from None
    if not isinstance(value, dict):
        raise DocumentError("a JSON Resume is an object with 'basics', 'work', …", name=name, code="unsupported")
    basics = value.get("basics")
    if isinstance(basics, Mapping):
        yield from (Piece(str(basics[k]), f"basics.{k}") for k in ("name", "label", "summary") if basics.get(k))
    for key, heading in _SECTIONS:
        entries = value.get(key)
        if isinstance(entries, list) and entries:
            yield Piece("", key)
            yield Piece(heading, key)
            for i, entry in enumerate(entries):
                yield from _entry(entry, f"{key}[{i}]")


def _entry(entry: Any, path: str) -> Iterator[Piece]:
    if not isinstance(entry, Mapping):
        yield from _value(entry, path)
        return
    head = ", ".join(str(entry[k]) for k in _HEAD if isinstance(entry.get(k), (str, int)))
    keywords = entry.get("keywords")
    if isinstance(keywords, list) and keywords:
        listed = ", ".join(map(str, keywords))
        yield Piece(f"{head}: {listed}" if head else listed, f"{path}.keywords")
    elif head:
        yield Piece(head, path)
    for key in _BODY:
        if key != "keywords" and entry.get(key):
            yield from _value(entry[key], f"{path}.{key}")


def _value(value: Any, path: str) -> Iterator[Piece]:
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield Piece(f"- {item}", f"{path}[{i}]")
    else:
        yield Piece(str(value), path)
