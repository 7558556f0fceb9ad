"""What a report is about: the ranking, and where and when it was made."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from ..exceptions import DomainfitError
from ..results import Match, Profile

Ranking = Sequence[tuple[Hashable, Match | DomainfitError]]


@dataclass(frozen=True)
class Entry:
    """A candidate of the report.

    Parameters
    ----------
    anchor : str
        The id of the candidate's section.
    place : int or None
        The place in the ranking; None without a score.
    name : str
        What the candidate is called.
    match : Match
        The match.
    """

    anchor: str
    place: int | None
    name: str
    match: Match


@dataclass(frozen=True)
class Facts:
    """All that the page says.

    Parameters
    ----------
    role : Profile
        The role.
    entries : tuple of Entry
        The candidates shown, best first; those without a score come last.
    unread : tuple of (str, str)
        The documents that could not be read, each with the reason.
    candidates : int
        How many were handed in.
    floor : float or None
        The cut-off on fit, if one was given.
    model, fingerprint, version, date : str
        The bundle's name and hash, the library's version, and the day.
    """

    role: Profile
    entries: tuple[Entry, ...]
    unread: tuple[tuple[str, str], ...]
    candidates: int
    floor: float | None
    model: str
    fingerprint: str
    version: str
    date: str

    @property
    def scored(self) -> int:
        """How many of those shown have a score."""
        return sum(e.place is not None for e in self.entries)

    @property
    def needs(self) -> list[str]:
        """The disciplines that the role needs, the most needed first."""
        from ..pieces import MIN_NEED

        share = self.role.share
        return sorted((k for k in share if share[k] >= MIN_NEED), key=lambda k: -share[k])


def entries_of(matches: Ranking, top: int | None) -> tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]:
    """Part a ranking into the candidates to show and the documents that could not be read."""
    read = [(str(name), m) for name, m in matches if isinstance(m, Match)][:top]
    entries = tuple(
        Entry(f"candidate-{i}", None if m.verdict == "undecided" else i, name, m) for i, (name, m) in enumerate(read, 1)
    )
    return entries, tuple((str(name), str(m)) for name, m in matches if not isinstance(m, Match))
