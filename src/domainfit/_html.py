"""How a notebook shows each kind of result. Text and ground are the notebook's own, light or dark."""

from __future__ import annotations

from functools import cache, singledispatch
from importlib.resources import files
from typing import Any
from xml.etree.ElementTree import Element

from . import pieces
from ._markup import Content, tag, to_html
from .decisions import DIMENSION, DecisionAssessment, Rating
from .explain import REASONS, explain_match, explain_profile
from .ladder import Rung
from .results import Evidence, Gap, Match, Profile, Question, depth_name
from .seniority import Seniority
from .types import Document, Flag, Segment

MAX_EVIDENCE = 10


def html_of(result: Any) -> str:
    """Show a result of the library as HTML that stands for itself.

    Parameters
    ----------
    result : Profile, Match or any of their parts
        What to show.

    Returns
    -------
    str
        One element with its style; text and ground take the colours of the page around it.
    """
    return to_html(tag("div", tag("style", stylesheet("results.css")), _shown(result), class_="domainfit"))


@cache
def stylesheet(name: str) -> str:
    """Return one of the library's own style sheets."""
    return files("domainfit").joinpath("assets", name).read_text(encoding="utf-8")


@singledispatch
def _shown(result: Any) -> Content:
    raise TypeError(f"{type(result).__name__} has no rich form")


@_shown.register
def _(profile: Profile) -> Content:
    return [
        _title(profile.kind.capitalize(), profile.document.name or ""),
        tag("p", explain_profile(profile)),
        pieces.profile_table(profile) if profile.status != "abstained" else None,
        pieces.ladder_list(profile),
        pieces.flag_list(profile.flags),
        pieces.marked_text(profile),
    ]


@_shown.register
def _(match: Match) -> Content:
    parts: list[Content] = [
        _title(match.verdict.capitalize(), match.candidate.document.name or ""),
        tag("p", explain_match(match)),
    ]
    if match.verdict == "undecided":
        return parts
    return [
        *parts,
        _under("What the role needs, and what is covered", pieces.gap_table(match)),
        _under(
            "Evidence for what the role needs",
            pieces.evidence_list(match.candidate, match.evidence[:MAX_EVIDENCE]),
        ),
        _under("Ask", pieces.question_list(match)),
        _under("The candidate", pieces.profile_table(match.candidate)),
        _under("The role", pieces.profile_table(match.role)),
    ]


@_shown.register
def _(document: Document) -> Content:
    text = document.text[: pieces.TEXT]
    rest = "\n… (the rest is left out)" if len(text) < len(document.text) else None
    return [
        _title("Document", document.name or ""),
        tag("p", f"{len(document.text):,} characters, {len(document.text.split()):,} words"),
        pieces.flag_list(document.flags),
        tag("pre", text, rest),
    ]


@_shown.register
def _(segment: Segment) -> Content:
    return _quoted(segment.text, "heading" if segment.heading else segment.section, segment.start, segment.end)


@_shown.register
def _(evidence: Evidence) -> Content:
    said = depth_name(evidence.depth) if evidence.described else "claimed only"
    about = f"{_plain(evidence.discipline)}, {said}, {evidence.section}, contribution {evidence.contribution:.3f}"
    return _quoted(evidence.text, about, evidence.start, evidence.end)


@_shown.register
def _(rung: Rung) -> Content:
    name = "claimed only" if rung.claim_only else f"{rung.name} ({rung.depth:.1f} of 4)"
    return [
        _title(_plain(rung.discipline), name),
        tag("p", pieces.quote(rung.evidence.text)) if rung.evidence else None,
    ]


@_shown.register
def _(gap: Gap) -> Content:
    through = f", through {_plain(gap.covered_by)}" if gap.covered_by else ""
    said = f"{gap.demand:.0%} of the need, {gap.coverage:.0%} of that covered{through}; a mismatch of {gap.size:.2f}"
    return [_title(_plain(gap.discipline), depth_name(gap.depth)), tag("p", said)]


@_shown.register
def _(question: Question) -> Content:
    why = f"{_plain(question.discipline)}: {REASONS[question.reason]}"
    return tag("p", question.text, " ", tag("small", f"({why}. A good answer: {question.good_answer})"))


@_shown.register
def _(flag: Flag) -> Content:
    where = f" (characters {flag.start} to {flag.end})" if flag.start is not None else ""
    return tag("p", tag("code", flag.code), f": {flag.message}{where}")


@_shown.register
def _(seniority: Seniority) -> Content:
    years = "years unknown" if seniority.years is None else f"{seniority.years:.0f} years"
    return tag("p", f"{seniority.level or 'level unknown'}, {years}; no score depends on it")


@_shown.register
def _(rating: Rating) -> Content:
    return [_title("Rating", _rated(rating)), *(tag("p", pieces.quote(s.text)) for s in rating.sentences)]


@_shown.register
def _(assessment: DecisionAssessment) -> Content:
    rows: list[list[Content]] = [
        [
            tag("span", DIMENSION[k].name, title=DIMENSION[k].meaning),
            _rated(r),
            [tag("p", pieces.quote(s.text)) for s in r.sentences],
        ]
        for k, r in assessment.ratings.items()
    ]
    asked = tag("ul", [tag("li", q) for q in assessment.questions])
    return [
        _title("Decision", assessment.about.document.name or ""),
        tag("p", assessment.explain()),
        pieces.table(["Dimension", "Rating", "Carried by"], rows) if assessment.status == "ok" else None,
        _under("Ask", asked) if assessment.questions else None,
    ]


def _rated(rating: Rating) -> str:
    return "none" if rating.value != rating.value else f"{rating.value:.1f} ({rating.low:.1f} to {rating.high:.1f})"


def _title(kind: str, name: str) -> Element:
    return tag("p", tag("strong", kind), f": {name}" if name else None)


def _under(title: str, *content: Content) -> list[Content]:
    return [tag("p", tag("strong", title)), *content]


def _quoted(text: str, about: str, start: int, end: int) -> Element:
    return tag("p", pieces.quote(text), " ", tag("small", f"({about}; characters {start} to {end})"))


def _plain(key: str) -> str:
    return key.replace("_", " ")
