"""One candidate's section: the verdict, the gaps, the evidence, what to ask."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from .. import pieces
from .._markup import Content, tag
from ..explain import explain_profile
from ..seniority import Seniority
from ..types import Flag
from .facts import Entry
from .page import section, verdict

MAX_EVIDENCE = 8


def candidate(entry: Entry) -> Element:
    """Show all there is to know of a candidate; where the library abstains, why."""
    match = entry.match
    heading = f"{entry.place}. {entry.name}" if entry.place is not None else entry.name
    body = _scored(entry) if entry.place is not None else _unscored(entry)
    made = section(entry.anchor, heading, body, pieces.marked_text(match.candidate), _back())
    made.set("class", "candidate")
    return made


def _scored(entry: Entry) -> list[Content]:
    match, profile = entry.match, entry.match.candidate
    numbers = f". Fit {match.fit:.2f}, mismatch {match.mismatch:.2f}"
    doubts = profile.reasons if profile.status == "ok" else ()
    flags = pieces.flag_list([*match.flags, *(Flag("doubt", f"{d}.") for d in doubts)])
    return [
        tag("p", "Verdict: ", verdict(entry), numbers, class_="headline"),
        tag("p", explain_profile(profile), _seniority(profile.seniority)),
        [_under("To be aware of"), flags] if flags is not None else None,
        _under("Need and cover"),
        pieces.gap_table(match),
        _under("Evidence for what the role needs"),
        pieces.evidence_list(profile, match.evidence[:MAX_EVIDENCE]),
        _ladder(entry),
        _under("Ask"),
        pieces.question_list(match),
    ]


def _ladder(entry: Entry) -> Content:
    """Show what work there is where none of it is needed: a reader wants to know what the person does."""
    ladder = None if entry.match.evidence else pieces.ladder_list(entry.match.candidate)
    return [_under("What the text does show"), ladder] if ladder is not None else None


def _unscored(entry: Entry) -> list[Content]:
    match = entry.match
    reasons = [tag("li", r) for r in match.reasons] or [tag("li", "The role names no work in any discipline")]
    return [
        tag("p", "Verdict: ", verdict(entry), class_="headline"),
        tag("p", "No number is given, because:"),
        tag("ul", reasons),
        pieces.flag_list(match.flags),
        tag("p", "Read this one yourself; it is neither better nor worse than the others."),
    ]


def _seniority(seniority: Seniority) -> str:
    if seniority.level is None and seniority.years is None:
        return ""
    years = f"about {seniority.years:.0f} years" if seniority.years is not None else ""
    said = ", ".join(x for x in (seniority.level or "", years) if x)
    return f" By titles and dates: {said} (no score depends on it)."


def _under(title: str) -> Element:
    return tag("h3", title)


def _back() -> Element:
    return tag("p", tag("a", "Back to the ranking", href="#ranking"), class_="back")
