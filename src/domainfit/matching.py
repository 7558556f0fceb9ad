"""From two profiles to a match: what the role needs, what the candidate shows, where they do not meet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .interview import USED
from .ladder import is_claim_only
from .match_scoring import MatchHead, coverage, coverage_features, fit_probability, supply
from .results import Evidence, Gap, Match, Profile, Verdict, depth_name
from .types import Flag, FloatArray

FIT, PARTIAL = 0.5, 0.25
"""At or above the first, the verdict is "fit"; at or above the second, "partial"."""
MIN_DEMAND = 0.1
"""A role in which no discipline is likelier than this to be substantial needs none of them."""
MIN_GAP = 0.03
"""Uncovered demand smaller than this is not worth a line."""
MAX_EVIDENCE = 12


def match_profiles(head: MatchHead, role: Profile, candidate: Profile) -> Match:
    """Match a candidate's profile against a role's.

    Parameters
    ----------
    head : MatchHead
        The fitted values.
    role, candidate : Profile
        The two sides, made with one taxonomy.

    Returns
    -------
    Match
        "undecided", with NaN for numbers, when either side abstains or the role needs none of the
        disciplines. A candidate who shows no AI work is scored: that is an answer.
    """
    if not has_demand(role) or candidate.status == "abstained":
        return Match(float("nan"), float("nan"), "undecided", (), role.flags + candidate.flags, (), role, candidate)
    demand = _array(role, "share")
    supplied = supply(head, _array(candidate, "shown"), _array(candidate, "shown_depth"))
    covered, through = coverage(head, supplied)
    features = coverage_features(demand, covered)
    fit = float(fit_probability(head, features))
    gaps = _gaps(role, candidate, demand, covered, through)
    return Match(
        fit=fit,
        mismatch=float(np.clip(1.0 - features[0], 0.0, 1.0)),
        verdict=_verdict(fit),
        gaps=gaps,
        flags=role.flags
        + candidate.flags
        + _match_flags(role, candidate, covered, demand)
        + _senior_elsewhere(candidate, _verdict(fit)),
        evidence=_relevant(candidate, demand),
        role=role,
        candidate=candidate,
    )


def has_demand(role: Profile) -> bool:
    """Tell whether a role needs any of the disciplines, so that candidates can be matched to it."""
    return role.status != "abstained" and max(role.probability.values()) >= MIN_DEMAND


def _array(profile: Profile, name: str) -> FloatArray:
    return profile.taxonomy.vector(getattr(profile, name))


def _verdict(fit: float) -> Verdict:
    return "fit" if fit >= FIT else "partial" if fit >= PARTIAL else "mismatch"


def _gaps(
    role: Profile, candidate: Profile, demand: FloatArray, covered: FloatArray, through: npt.NDArray[np.intp]
) -> tuple[Gap, ...]:
    keys = role.taxonomy.keys
    found = [
        Gap(
            discipline=key,
            demand=float(demand[k]),
            coverage=float(covered[k]),
            covered_by=keys[int(through[k])] if int(through[k]) != k and covered[k] > 0.05 else None,
            depth=candidate.depth[key],
        )
        for k, key in enumerate(keys)
    ]
    return tuple(sorted((g for g in found if g.size >= MIN_GAP), key=lambda g: -g.size))


def _match_flags(role: Profile, candidate: Profile, covered: FloatArray, demand: FloatArray) -> tuple[Flag, ...]:
    flags = []
    if role.primary is None:
        flags.append(Flag("weak_demand", "The role hardly says what AI work it needs; read the score with care."))
    name = role.taxonomy[role.primary].name if role.primary else ""
    if role.primary and candidate.primary not in (None, role.primary) and covered[int(demand.argmax())] < 0.5:
        other = role.taxonomy[str(candidate.primary)].name
        flags.append(Flag("other_discipline", f"The role is about {name}; the candidate's work is about {other}."))
    if role.primary and is_claim_only(candidate, role.primary):
        flags.append(Flag("claim_only", f"{name} is claimed, but the text describes little or no work in it."))
    elif role.primary and candidate.probability[role.primary] >= 0.5 and candidate.depth[role.primary] < USED:
        rung = depth_name(candidate.depth[role.primary])
        flags.append(Flag("thin_evidence", f"{name} is mentioned, but the text shows no more than '{rung}'."))
    return tuple(flags)


def _senior_elsewhere(candidate: Profile, verdict: Verdict) -> tuple[Flag, ...]:
    """Warn of the costliest mistake: a strong person of another field, who reads well and does not fit."""
    seniority = candidate.seniority if verdict == "mismatch" and candidate.primary else None
    if seniority is None or seniority.level not in ("senior", "lead"):
        return ()
    name = candidate.taxonomy[str(candidate.primary)].name
    years = f" ({seniority.years:.0f} years)" if seniority.years is not None else ""
    message = (
        f"A senior person{years} whose work is in {name}: the experience is real and mostly not what this role "
        "needs. Seniority elsewhere does not make up for it; talk about the change of field before anything else."
    )
    return (Flag("senior_elsewhere", message),)


def _relevant(candidate: Profile, demand: FloatArray) -> tuple[Evidence, ...]:
    """Pick the candidate's evidence for what is needed, by contribution times demand."""
    need = dict(zip(candidate.taxonomy.keys, demand, strict=True))
    shown = [e for e in candidate.evidence if e.described]
    ranked = sorted(shown, key=lambda e: (-e.contribution * need[e.discipline], e.start))
    return tuple(e for e in ranked if need[e.discipline] >= 0.1)[:MAX_EVIDENCE]
