"""Which stretches of a text to mark, with which discipline, how strongly: for pages and terminals alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .hostile import EXCLUDED
from .results import Evidence, Profile


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a document, and what it counts for.

    Parameters
    ----------
    text : str
        The stretch.
    evidence : Evidence or None
        The evidence it carries most of; None for text that carries none.
    excluded : str
        Why it is not scored; empty for what is.
    """

    text: str
    evidence: Evidence | None = None
    excluded: str = ""


def marks(profile: Profile) -> Iterator[Mark]:
    """Cut a document into marked and plain stretches, in order; together they are its text.

    Parameters
    ----------
    profile : Profile
        Any profile.

    Yields
    ------
    Mark
    """
    text = profile.document.text
    spans: list[tuple[int, int, Mark]] = []
    strongest: dict[tuple[int, int], Evidence] = {}
    for e in profile.evidence:  # The largest contribution comes first.
        strongest.setdefault((e.start, e.end), e)
    spans += [(a, b, Mark(text[a:b], evidence=e)) for (a, b), e in strongest.items()]
    for f in profile.flags:
        if f.code in EXCLUDED and f.start is not None and f.end is not None:
            spans.append((f.start, f.end, Mark(text[f.start : f.end], excluded=f.message)))
    place = 0
    for start, end, mark in sorted(spans, key=lambda s: s[:2]):
        if start < place:
            continue
        if place < start:
            yield Mark(text[place:start])
        yield mark
        place = end
    if place < len(text):
        yield Mark(text[place:])
