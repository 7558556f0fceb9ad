"""How senior a person or a role is, told apart from what the work is about.

Years come from the dates of the jobs, the level from titles and years. Nothing here touches a score.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ._shown import Shown
from .segments import segment
from .types import Kind, Segment

LEVELS = ("student", "junior", "mid", "senior", "lead")
"""The levels, 0 to 4."""
JUNIOR_YEARS, MID_YEARS, SENIOR_YEARS = 1.5, 4.0, 9.0
"""From so many years on, a level is reached where no title says otherwise. Dates include side jobs and study."""
MOST_YEARS = 45.0
REFERENCE = 2025.5
"""What "present" is taken for where the text names no year after the job began."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+|\d{1,2}[/.]"
_YEAR = r"(?:19[6-9]\d|20[0-4]\d)"
# What follows a year that begins a range, and the month that stands before a year.
_UNTIL = re.compile(
    r"\s*(?:-|–|—|to|until|till)\s*"
    rf"(?:(?P<m2>{_MONTH})?(?P<y2>{_YEAR})|present|now|current|today|date|ongoing|(?=\W*(?:$|\n)))",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(rf"(?:{_MONTH})$", re.IGNORECASE)
_LONGEST_MONTH = 16
_SINCE = re.compile(rf"\bsince\s+(?:{_MONTH})?(?P<y1>{_YEAR})", re.IGNORECASE)
_ANY_YEAR = re.compile(rf"\b{_YEAR}\b")
_HAS_YEAR = re.compile(_YEAR)
_STATED = re.compile(r"\b(\d{1,2})\s*\+?\s*(?:years?|yrs?)\b(?!\s+(?:old|ago|olds))", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TITLES = (
    (
        0,
        re.compile(
            r"\b(?:intern(?:ship)?|trainee|student|apprentice|working\s+student|undergraduate)\b", re.IGNORECASE
        ),
    ),
    (1, re.compile(r"\b(?:junior|jr\.?|entry[- ]level|graduate|associate|assistant)\b", re.IGNORECASE)),
    (3, re.compile(r"\b(?:senior|sr\.?|staff|principal|expert|architect|distinguished|fellow)\b", re.IGNORECASE)),
    (
        4,
        re.compile(
            r"\b(?:lead|head|manager|director|vp|vice\s+president|chief|cto|team\s*lead|founder)\b", re.IGNORECASE
        ),
    ),
)
_JOB = re.compile(
    r"\b(?:engineer|scientist|developer|analyst|researcher|manager|architect|consultant|specialist|officer|lead|head|"
    r"director|professor|programmer|administrator|intern|student|trainee|fellow|statistician|technician|designer|vp|cto|"
    r"chief|founder|teacher|postdoc)\b",
    re.IGNORECASE,
)
_NOT_WORK = frozenset({"education", "publication", "skills"})
_TITLE_WORDS = 12
_DEED = re.compile(r"\W*(?:built|led|managed|developed|trained|worked|designed|helped|wrote)\b", re.IGNORECASE)
_STUDENT = re.compile(
    r"\b(?:expected|currently\s+(?:an?\s|pursuing|studying)|candidate\s+for|"
    r"(?:bachelor|master|b\.?tech|ph\.?d|undergraduate|final[- ]year|third[- ]year)\W+(?:\w+\W+){0,3}student)",
    re.IGNORECASE,
)
# Where none of these stands, there is nothing to look for.
_STUDENT_WORDS = ("expected", "currently", "candidate", "student")


@dataclass(frozen=True, slots=True)
class Seniority(Shown):
    """How senior a text says somebody is, or must be.

    Parameters
    ----------
    level : {"student", "junior", "mid", "senior", "lead"} or None
        The level; None where the text tells nothing of it.
    years : float or None
        Years of work: the dates of the jobs, overlaps counted once, or the years that the text
        states; None where it has neither.
    evidence : tuple of (int, int)
        The stretches of the text, as offsets, that this rests on.
    """

    level: str | None
    years: float | None
    evidence: tuple[tuple[int, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the estimate as plain values that JSON can hold."""
        return {"level": self.level, "years": self.years, "evidence": [list(e) for e in self.evidence]}


def estimate_seniority(text: str, kind: Kind = "candidate", segments: Sequence[Segment] | None = None) -> Seniority:
    """Estimate years and level.

    Parameters
    ----------
    text : str
        The document's text.
    kind : {"candidate", "role"}, default "candidate"
        What the text is: of a role, the years it asks for and its title are read.
    segments : sequence of Segment, optional
        The text's segments, where they are known; otherwise it is cut anew.

    Returns
    -------
    Seniority
        "Present" is the latest year that the text names, so that the same text gives the same years
        whenever it is read; where a job without an end is the latest, it is the year 2025.

    Examples
    --------
    >>> estimate_seniority("Senior Data Engineer, Alder Freight, 2015 - 2021").level
    'senior'
    """
    segments = segment(text) if segments is None else segments
    dated = [] if kind == "role" else list(_dated(text, segments))
    years: float | None = None
    evidence: list[tuple[int, int]] = []
    if dated:
        years, evidence = _union([d[:2] for d in dated]), [d[2] for d in dated]
    elif stated := [(int(m[1]), (m.start(), m.end())) for m in _STATED.finditer(text) if 0 < int(m[1]) <= MOST_YEARS]:
        most = (max if kind == "candidate" else min)(stated)
        years, evidence = float(most[0]), [most[1]]
    title = _title(segments)
    level = _level(text, years, title[0] if title else None) if kind == "candidate" else _wanted(years, title)
    if title:
        evidence.append(title[1])
    return Seniority(None if level is None else LEVELS[level], years, tuple(sorted(set(evidence))))


def _dated(text: str, segments: Sequence[Segment]) -> Iterator[tuple[float, float, tuple[int, int]]]:
    """Yield the spans of time, in years, of all that is not education."""
    places = [m.start() for m in _HAS_YEAR.finditer(text)]
    now = max((int(text[i : i + 4]) for i in places if _ANY_YEAR.match(text, i)), default=0) + 0.5
    first = 0
    for s in segments:
        first, last = bisect_left(places, s.start, first), bisect_left(places, s.end, first)
        if s.section not in _NOT_WORK and first < last:
            for start, end, stretch in _spans(s.text, [i - s.start for i in places[first:last]], now):
                if start < end <= start + MOST_YEARS:
                    yield start, end, (s.start + stretch[0], s.start + stretch[1])


def _spans(line: str, years: Sequence[int], now: float) -> Iterator[tuple[float, float, tuple[int, int]]]:
    """Yield the ranges of a line whose years stand at `years`, then what it says goes on since a year."""
    past = 0
    for i in years:
        until = _UNTIL.match(line, i + 4) if i >= past else None
        if until is None:
            continue
        month = _MONTH_BEFORE.search(line, max(past, i - _LONGEST_MONTH), i)
        start = int(line[i : i + 4]) + _month(month and month.group(), 0.0)
        if until["y2"] is None:
            end = max(now, REFERENCE if start > now - 1 else now)
        else:
            end = int(until["y2"]) + _month(until["m2"], 0.5 if month is None else 1.0)
        past = until.end()
        yield start, end, (i if month is None else month.start(), past)
    for m in _SINCE.finditer(line) if "since" in line.lower() else ():
        yield float(m["y1"]), now, m.span()


def _month(text: str | None, default: float) -> float:
    if text is None:
        return default
    number = re.match(r"\d+", text)
    month = int(number.group()) if number else _MONTHS.index(text[:3].lower()) + 1
    return min(12, month) / 12


def _union(spans: list[tuple[float, float]]) -> float:
    """Return the length of time that the spans cover together."""
    total, reached = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return round(min(total, MOST_YEARS), 1)


def _title(segments: Sequence[Segment]) -> tuple[int, tuple[int, int]] | None:
    """Return the level of the first title of a text, which is the latest, or the person's own word for it."""
    for s in segments:
        if s.section in _NOT_WORK or len(s.text.split(None, _TITLE_WORDS)) > _TITLE_WORDS:
            continue
        if _JOB.search(s.text) and not _DEED.match(s.text):
            ranks = [rank for rank, words in _TITLES if words.search(s.text)]
            return max(ranks) if ranks else 2, (s.start, s.end)
    return None


def _level(text: str, years: float | None, title: int | None) -> int | None:
    if years is None:
        return title
    by_years = sum(years >= limit for limit in (JUNIOR_YEARS, MID_YEARS, SENIOR_YEARS))
    if by_years < 2 and _is_student(text):
        return 0
    if title is None or title == 2:
        return by_years
    if title <= 1:
        return title if by_years <= 2 else by_years
    # A title of a leader needs some years to it.
    return max(by_years, title if by_years >= 3 else 3) if by_years >= 2 else by_years


def _is_student(text: str) -> bool:
    small = text.lower()
    return any(word in small for word in _STUDENT_WORDS) and _STUDENT.search(text) is not None


def _wanted(years: float | None, title: tuple[int, tuple[int, int]] | None) -> int | None:
    """Return the level that a role asks for: its title's, or what the years it asks for amount to."""
    if title is not None and title[0] != 2:
        return title[0]
    if years is None:
        return 2 if title else None
    return sum(years >= limit for limit in (1.0, 2.0, 6.0))
