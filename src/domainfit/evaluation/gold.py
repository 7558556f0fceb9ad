"""A folder of labelled documents and pairs: jobs.jsonl, resumes.jsonl, pairs.jsonl."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..exceptions import DataError

FILES = ("jobs.jsonl", "resumes.jsonl", "pairs.jsonl")
NONE = "none"
"""The primary of a document that is about no discipline."""


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A labelled document.

    Parameters
    ----------
    id : str
        Its name, unique in its file.
    text : str
        What the model reads.
    strengths : mapping of str to float
        0 (absent) to 3 (core); a discipline left out is absent.
    primary : tuple of str
        The disciplines that count as right, or "none"; several where careful readers differ.
    depths : mapping of str to float
        0 (no evidence) to 4 (shipped) in a résumé; empty where nobody labelled them.
    year : int or None
        When it was written.
    """

    id: str
    text: str = field(repr=False)
    strengths: Mapping[str, float]
    primary: tuple[str, ...]
    depths: Mapping[str, float] = field(default_factory=dict)
    year: int | None = None


@dataclass(frozen=True, slots=True)
class GoldPair:
    """The ids of a role and a candidate, and how well they fit, 0 to 3."""

    role: str
    candidate: str
    fit: float


@dataclass(frozen=True, slots=True)
class Gold:
    """Everything in a gold folder; a part whose file is missing is empty, and `notes` says what that costs."""

    jobs: tuple[GoldDocument, ...] = ()
    resumes: tuple[GoldDocument, ...] = ()
    pairs: tuple[GoldPair, ...] = ()
    notes: tuple[str, ...] = ()


def load_gold(folder: str | os.PathLike[str], keys: Sequence[str]) -> Gold:
    """Read and validate a gold folder.

    Parameters
    ----------
    folder : path
        Holds at least one of ``jobs.jsonl``, ``resumes.jsonl`` and ``pairs.jsonl``, one JSON object a
        line: ``{id, year, text, strengths, primary}``, for a résumé ``depths`` as well, for a pair
        ``{role, candidate, fit}``. Other fields are left alone.
    keys : sequence of str
        The disciplines.

    Returns
    -------
    Gold
        Pairs are left out, with a note, where a side's file is missing.

    Raises
    ------
    DataError
        If all three are missing or a row is malformed; the message names file, line and field, what
        was found and what is allowed, and quotes no text.
    """
    root = Path(folder)
    missing = [name for name in FILES if not (root / name).is_file()]
    if len(missing) == len(FILES):
        raise DataError(f"{root} is not a gold folder: it has none of {', '.join(FILES)}")
    jobs = _documents(root / FILES[0], keys, depths=False)
    resumes = _documents(root / FILES[1], keys, depths=True)
    if missing and FILES[2] not in missing:
        return Gold(jobs, resumes, notes=(f"{FILES[2]} was left out: there is no {' and no '.join(missing)}.",))
    roles, candidates = {d.id for d in jobs}, {d.id for d in resumes}
    return Gold(jobs, resumes, tuple(_pair(row, where, roles, candidates) for row, where in _rows(root / FILES[2])))


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each row with the words for where it stands."""
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{path.name}, line {number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                # The message of a decoding error quotes the bytes; that of a JSON error does not.
                what = error.msg if isinstance(error, json.JSONDecodeError) else "not UTF-8"
                raise DataError(f"{where}: expected a JSON object, found something else ({what})") from None
            if not isinstance(row, dict):
                raise DataError(f"{where}: expected a JSON object, found {_found(row)}")
            yield row, where


def _documents(path: Path, keys: Sequence[str], *, depths: bool) -> tuple[GoldDocument, ...]:
    out: dict[str, GoldDocument] = {}
    for row, where in _rows(path):
        document = _document(row, where, keys, depths=depths)
        if document.id in out:
            raise DataError(f"{where}, field 'id': expected one that no earlier line has, found {_found(row['id'])}")
        out[document.id] = document
    return tuple(out.values())


def _document(row: Mapping[str, Any], where: str, keys: Sequence[str], *, depths: bool) -> GoldDocument:
    labelled = depths and row.get("depths") is not None
    year = row.get("year")
    return GoldDocument(
        id=_text(row, "id", where),
        text=_text(row, "text", where),
        strengths=_numbers(row, "strengths", where, keys, 3),
        primary=_primary(row, where, keys),
        depths=_numbers(row, "depths", where, keys, 4) if labelled else {},
        # Tables written by pandas hold years as 2023.0, and NaN for a missing one.
        year=None if year is None or year != year else int(_number(year, f"{where}, field 'year'", 9999)),
    )


def _primary(row: Mapping[str, Any], where: str, keys: Sequence[str]) -> tuple[str, ...]:
    allowed, value = (*keys, NONE), row.get("primary")
    wrong = [v for v in value if v not in allowed] if isinstance(value, list) else [value]
    if wrong or not value:
        what = _found(wrong[0]) if wrong else "an empty list"
        raise DataError(f"{where}, field 'primary': expected a list of some of {', '.join(allowed)}, found {what}")
    return tuple(value)


def _pair(row: Mapping[str, Any], where: str, roles: Container[str], candidates: Container[str]) -> GoldPair:
    role, candidate = _text(row, "role", where), _text(row, "candidate", where)
    for name, value, known, file in (("role", role, roles, FILES[0]), ("candidate", candidate, candidates, FILES[1])):
        if value not in known:
            raise DataError(f"{where}, field {name!r}: expected an id in {file}, found {_found(value)}")
    return GoldPair(role, candidate, _number(row.get("fit"), f"{where}, field 'fit'", 3))


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}, field {name!r}: expected a text that is not blank, found {_found(value)}")
    return value


def _numbers(row: Mapping[str, Any], name: str, where: str, keys: Sequence[str], high: float) -> dict[str, float]:
    value, place = row.get(name), f"{where}, field {name!r}"
    wrong = [k for k in value if k not in keys] if isinstance(value, dict) else [value]
    if wrong:
        raise DataError(f"{place}: expected some of {', '.join(keys)} with 0 to {high:g}, found {_found(wrong[0])}")
    return {k: _number(v, f"{place}, {k}", high) for k, v in row[name].items()}


def _number(value: Any, place: str, high: float) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= high:
        raise DataError(f"{place}: expected a number from 0 to {high:g}, found {_found(value)}")
    return float(value)


def _found(value: Any) -> str:
    """Say what was there; a label or an id to the letter, but never anything that may be a person's text."""
    if value is None:
        return "nothing"
    if isinstance(value, (bool, int, float)):
        return repr(value)
    if isinstance(value, str):
        return repr(value) if re.fullmatch(r"[\w.:-]{1,40}", value) else f"a text of {len(value)} characters"
    return "a list" if isinstance(value, list) else "an object"
