"""What to ask about a match: its gaps, and the claims that the text does not bear out."""

from __future__ import annotations

from typing import Literal

from .questions import Need, questions_for
from .results import Match, Profile, Question

MIN_SHARE = 0.1
"""A discipline with less of the role's demand is not asked about, unless it leaves a gap."""
USED = 2.0
"""A depth below this is a claim and no more: the text names the discipline, and shows no use of it."""


def interview(match: Match) -> tuple[Question, ...]:
    """Choose what to ask the candidate about each gap and each thin claim; see `questions.questions_for`."""
    if match.verdict == "undecided":
        return ()
    texts = match.candidate.document.text, match.role.document.text
    return questions_for(_needs(match), candidate=texts[0], role=texts[1])


def _needs(match: Match) -> list[Need]:
    """List what to ask about: the gaps, the largest first, then other claims that the text does not bear out."""
    role, candidate = match.role, match.candidate
    missing = [g.discipline for g in match.gaps]
    needed = sorted((k for k, share in role.share.items() if share >= MIN_SHARE), key=lambda k: -role.share[k])
    needs = [Need(k, candidate.depth[k], _claim(candidate, k) or "gap") for k in missing]
    return needs + [
        Need(k, candidate.depth[k], claim) for k in needed if k not in missing and (claim := _claim(candidate, k))
    ]


def _claim(candidate: Profile, discipline: str) -> Literal["thin", "unsupported"] | None:
    """Tell whether a discipline is named without use, or claimed without any stretch of text that describes it."""
    if candidate.strength[discipline] < 0.5:
        return None
    if candidate.depth[discipline] < USED:
        return "thin"
    if not candidate.evidence:  # A record without its text bears out or refutes nothing.
        return None
    shown = (e.depth for e in candidate.evidence if e.discipline == discipline and e.described)
    return None if any(d >= USED for d in shown) else "unsupported"
