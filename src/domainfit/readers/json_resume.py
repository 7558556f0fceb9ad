"""JSON Resume (jsonresume.org): laid out as a plain résumé, each stretch with its JSON path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..exceptions import DocumentError
from ._common import Piece

_BASICS = ("name", "label", "summary")
_SECTIONS = {
    "work": "EXPERIENCE",
    "volunteer": "VOLUNTEERING",
    "projects": "PROJECTS",
    "publications": "PUBLICATIONS",
    "education": "EDUCATION",
    "certificates": "CERTIFICATIONS",
    "awards": "AWARDS",
    "skills": "SKILLS",
    "languages": "LANGUAGES",
    "interests": "INTERESTS",
    "references": "REFERENCES",
}
_HEAD = (
    *("position", "roles", "studyType", "area", "title", "name", "entity", "organization", "institution", "company"),
    *("publisher", "issuer", "awarder", "language", "level", "fluency", "location"),
    *("startDate", "endDate", "date", "releaseDate"),
)
_BODY = ("summary", "description", "highlights", "courses", "reference")


def is_json_resume(text: str) -> bool:
    """Tell whether a text is a JSON object with sections of a JSON Resume."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and _has_sections(value)


def read_json_resume(text: str, name: str | None) -> Iterator[Piece]:
    """Yield the résumé's lines, section by section."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise DocumentError(f"the JSON cannot be parsed{where}; export it again", name=name, code="corrupt") from None
    if not isinstance(value, dict) or not _has_sections(value):
        message = "this JSON is no JSON Resume, which is an object with 'basics', 'work', 'projects', …"
        raise DocumentError(message, name=name, code="unsupported")
    basics = value.get("basics")
    if isinstance(basics, Mapping):
        yield from (Piece(_text(basics.get(k)), f"basics.{k}") for k in _BASICS if _text(basics.get(k)))
    for key, heading in _SECTIONS.items():
        yield from _section(value.get(key), key, heading)


def _has_sections(value: Mapping[str, Any]) -> bool:
    return "basics" in value or any(key in value for key in _SECTIONS)


def _section(entries: Any, key: str, heading: str) -> Iterator[Piece]:
    if not isinstance(entries, list):
        return
    lines = [piece for i, entry in enumerate(entries) for piece in _entry(entry, f"{key}[{i}]")]
    if lines:
        yield from (Piece("", key), Piece(heading, key), *lines)


def _entry(entry: Any, path: str) -> Iterator[Piece]:
    if not isinstance(entry, Mapping):
        yield from _values(entry, path)
        return
    head = [Piece(_text(entry.get(key)), f"{path}.{key}", ", ") for key in _HEAD if _text(entry.get(key))]
    keywords = _text(entry.get("keywords"))
    if head:
        head[-1] = head[-1]._replace(end=": " if keywords else "\n")
    yield from head
    if keywords:
        yield Piece(keywords, f"{path}.keywords")
    for key in _BODY:
        yield from _values(entry.get(key), f"{path}.{key}")


def _values(value: Any, path: str) -> Iterator[Piece]:
    """Yield a text as a line, a list as bullets."""
    if isinstance(value, list):
        yield from (Piece(f"- {_text(item)}", f"{path}[{i}]") for i, item in enumerate(value) if _text(item))
    elif _text(value):
        yield Piece(_text(value), path)


def _text(value: Any) -> str:
    """Give a text or a number as it is, a list of them with commas, anything else as nothing."""
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value if not isinstance(item, list) and _text(item))
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
