"""A folder of labelled documents and pairs: jobs.jsonl, resumes.jsonl, pairs.jsonl."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..exceptions import DataError


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A labelled document: strengths 0 to 3, depths 0 to 4, and the primaries that count as right."""

    id: str
    text: str = field(repr=False)
    strengths: Mapping[str, float]
    primary: tuple[str, ...]
    depths: Mapping[str, float]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class GoldPair:
    """A role, a candidate and how well they fit, 0 to 3."""

    role: str
    candidate: str
    fit: float


@dataclass(frozen=True, slots=True)
class Gold:
    """Everything in a gold folder; a part whose file is missing is empty."""

    jobs: tuple[GoldDocument, ...]
    resumes: tuple[GoldDocument, ...]
    pairs: tuple[GoldPair, ...]


def load_gold(folder: str | os.PathLike[str], keys: Sequence[str]) -> Gold:
    """Read and validate a gold folder.

    Parameters
    ----------
    folder : path
        Holds at least one of ``jobs.jsonl``, ``resumes.jsonl`` and ``pairs.jsonl``.
    keys : sequence of str
        The disciplines.

    Returns
    -------
    Gold

    Raises
    ------
    DataError
        If all three are missing or a row is malformed; the message names file, line and field.
    """
    root = Path(folder)
    if not any((root / f"{n}.jsonl").is_file() for n in ("jobs", "resumes", "pairs")):
        raise DataError(f"{root} is not a gold folder: it has none of jobs.jsonl, resumes.jsonl, pairs.jsonl")
    jobs = tuple(_document(row, where, keys) for row, where in _rows(root / "jobs.jsonl"))
    resumes = tuple(_document(row, where, keys) for row, where in _rows(root / "resumes.jsonl"))
    known = ({d.id for d in jobs}, {d.id for d in resumes})
    return Gold(jobs, resumes, tuple(_pair(row, where, *known) for row, where in _rows(root / "pairs.jsonl")))


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            where = f"{path.name}, line {number}"
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise DataError(f"{where}: not JSON ({error.msg})") from None
            if not isinstance(row, dict):
                raise DataError(f"{where}: expected an object, found {type(row).__name__}")
            yield row, where


def _document(row: Mapping[str, Any], where: str, keys: Sequence[str]) -> GoldDocument:
    primary = row.get("primary")
    allowed = (*keys, "none")
    if not isinstance(primary, list) or not primary or not set(primary) <= set(allowed):
        raise DataError(f"{where}: field 'primary' must be a list of some of {', '.join(allowed)}")
    year = row.get("year")
    return GoldDocument(
        id=_text(row, "id", where),
        text=_text(row, "text", where),
        strengths=_numbers(row, "strengths", where, keys, 3),
        primary=tuple(primary),
        depths=_numbers(row, "depths", where, keys, 4) if "depths" in row else {},
        year=int(year) if isinstance(year, (int, float)) and year == year else None,
    )


def _pair(row: Mapping[str, Any], where: str, jobs: set[str], resumes: set[str]) -> GoldPair:
    role, candidate = _text(row, "role", where), _text(row, "candidate", where)
    for name, value, known in (("role", role, jobs), ("candidate", candidate, resumes)):
        if value not in known:
            raise DataError(f"{where}: field {name!r} names {value!r}, which is not in the folder's documents")
    return GoldPair(role, candidate, _number(row.get("fit"), f"{where}: field 'fit'", 3))


def _text(row: Mapping[str, Any], field: str, where: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value:
        raise DataError(f"{where}: field {field!r} must be a text that is not empty")
    return value


def _numbers(row: Mapping[str, Any], field: str, where: str, keys: Sequence[str], high: float) -> dict[str, float]:
    value = row.get(field)
    if not isinstance(value, dict) or not set(value) <= set(keys):
        raise DataError(f"{where}: field {field!r} must map some of {', '.join(keys)} to 0-{high:g}")
    return {k: _number(v, f"{where}: field {field!r}, {k}", high) for k, v in value.items()}


def _number(value: Any, where: str, high: float) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= high:
        raise DataError(f"{where} must be a number from 0 to {high:g}, found {value!r:.40}")
    return float(value)
