"""A profile or a match in a few plain sentences."""

from __future__ import annotations

from .ladder import is_claim_only
from .results import Match, Profile, Reason, depth_name

REASONS: dict[Reason, str] = {
    "gap": "needed, not fully shown",
    "thin": "named, no use shown",
    "unsupported": "claimed, no work described",
}
"""Why a question is asked, in words."""


def explain_profile(profile: Profile) -> str:
    """Say what a profile rests on.

    Parameters
    ----------
    profile : Profile
        Any profile.

    Returns
    -------
    str
        A few sentences; none of them quotes the document.
    """
    who = "The role" if profile.kind == "role" else "The candidate"
    if profile.status == "abstained":
        return f"{who} cannot be scored: {'; '.join(profile.reasons)}."
    if profile.primary is None:
        return f"{who} shows no substantial work in any discipline."
    names = {d.key: d.name for d in profile.taxonomy.disciplines}
    probability = profile.probability[profile.primary]
    says = "is mainly about" if probability >= 0.5 else "may be about"
    main = f"{who} {says} {names[profile.primary]} ({probability:.0%} likely)"
    if profile.kind == "candidate":
        main += f", at depth '{depth_name(profile.depth[profile.primary])}'"
    others = [names[k] for k, p in profile.probability.items() if p >= 0.5 and k != profile.primary]
    said = f"{main}; also substantial: {', '.join(others)}." if others else f"{main}."
    return " ".join([said, *_claims(profile)])


def _claims(profile: Profile) -> list[str]:
    """Say which disciplines a candidate claims and does not show."""
    if profile.kind != "candidate":
        return []
    keys = [d for d in profile.taxonomy.disciplines if is_claim_only(profile, d.key)]
    return [f"The text names {d.name} and describes little or no work in it." for d in keys]


def explain_match(match: Match) -> str:
    """Say what a match rests on.

    Parameters
    ----------
    match : Match
        Any match.

    Returns
    -------
    str
        A few sentences; none of them quotes the documents.
    """
    if match.verdict == "undecided":
        return "Undecided. " + " ".join(f"{r[0].upper()}{r[1:]}." for r in match.reasons)
    names = {d.key: d.name for d in match.role.taxonomy.disciplines}
    lines = [
        f"Verdict: {match.verdict} (fit {match.fit:.2f}, mismatch {match.mismatch:.2f}).",
        explain_profile(match.role),
        explain_profile(match.candidate),
    ]
    for gap in match.gaps[:3]:
        through = f", through {names[gap.covered_by]}" if gap.covered_by else ""
        lines.append(
            f"{names[gap.discipline]} is {gap.demand:.0%} of the need and {gap.coverage:.0%} covered{through}."
        )
    lines += [f.message for f in match.flags]
    return " ".join(lines)
