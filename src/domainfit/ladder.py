"""The depth ladder: how deep a candidate's evidence goes in each discipline, and on what sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._shown import Shown
from .results import Evidence, Profile, depth_name

MENTIONED = 0.5
"""A discipline of less expected strength than this is not on the ladder."""
CLAIMED = 0.5
"""A discipline that the text is this probably about, but of which it describes too little, is a claim."""
SHOWN = 1.0
"""Described work of less expected strength than this does not bear out a claim."""


@dataclass(frozen=True, slots=True)
class Rung(Shown):
    """Where a candidate stands in one discipline.

    Parameters
    ----------
    discipline : str
        The discipline.
    depth : float
        0 to 4.
    name : {"none", "named", "used", "built", "shipped"}
        The rung in a word.
    evidence : Evidence or None
        The described work that earned it; for a mere claim, the claim; None where no single stretch
        says enough.
    claim_only : bool
        Whether the text names the discipline and describes no work in it to speak of.
    """

    discipline: str
    depth: float
    name: str
    evidence: Evidence | None
    claim_only: bool

    def to_dict(self) -> dict[str, Any]:
        """Give the rung as plain values that JSON can hold."""
        return {
            "discipline": self.discipline,
            "depth": self.depth,
            "name": self.name,
            "evidence": self.evidence.to_dict() if self.evidence else None,
            "claim_only": self.claim_only,
        }


def depth_ladder(profile: Profile) -> tuple[Rung, ...]:
    """Tell how deep the evidence goes in each discipline that a candidate's text speaks of.

    Parameters
    ----------
    profile : Profile
        A candidate's profile.

    Returns
    -------
    tuple of Rung
        The strongest discipline first; empty for a role, and where the library abstains.
    """
    if profile.kind != "candidate" or profile.status == "abstained":
        return ()
    spoken = [k for k in profile.taxonomy.keys if profile.strength[k] >= MENTIONED]
    return tuple(_rung(profile, k) for k in sorted(spoken, key=lambda k: -profile.strength[k]))


def is_claim_only(profile: Profile, discipline: str) -> bool:
    """Tell whether a text claims a discipline without describing work in it."""
    return profile.probability[discipline] >= CLAIMED and profile.shown[discipline] < SHOWN


def _rung(profile: Profile, discipline: str) -> Rung:
    claim = is_claim_only(profile, discipline)
    own = [e for e in profile.evidence if e.discipline == discipline]
    best = max(
        [e for e in own if e.described != claim] or own,
        key=lambda e: (e.depth * e.contribution, -e.start),
        default=None,
    )
    depth = profile.depth[discipline]
    return Rung(discipline, depth, depth_name(depth), best, claim)
