"""The pieces that pages show: bars, evidence, the marked text, gaps, questions; for notebooks and reports alike.

Colour is never alone: each bar has its name and number, each stretch its discipline and depth in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import shorten
from xml.etree.ElementTree import Element

from ._markup import Content, tag
from .explain import REASONS
from .marking import Mark, marks
from .results import Evidence, Match, Profile, depth_name
from .types import Flag

QUOTE, TEXT = 400, 20_000
"""A longer stretch is shortened; of a longer text the beginning is shown."""
MIN_NEED = 0.03
"""What the role needs less of has no line of its own."""
TINT = 0.06
"""Opacity of a mark for each rung of depth, and once more; over white and over black text stays legible."""


def profile_table(profile: Profile) -> Element:
    """Lay out the disciplines with their probability, share and, for a candidate, depth."""
    if profile.status == "abstained":
        return tag("p", tag("strong", "Not scored: "), "; ".join(profile.reasons), ".")
    deep = profile.kind == "candidate"
    head = ["Discipline", "", "Probability", "Share", *(["Depth"] if deep else [])]
    rows: list[list[Content]] = []
    for d in profile.taxonomy.disciplines:
        p = profile.probability[d.key]
        cells: list[Content] = [bar(p, d.color), f"{p:.2f}", f"{profile.share[d.key]:.0%}"]
        rows.append([discipline(profile, d.key), *cells, *([depth_name(profile.depth[d.key])] if deep else [])])
    return table(head, rows, numbers=(2, 3))


def gap_table(match: Match) -> Element:
    """Lay out what the role needs of each discipline, and what of it is covered."""
    gaps = {g.discipline: g for g in match.gaps}
    taxonomy = match.role.taxonomy
    rows: list[list[Content]] = []
    needed = [k for k in taxonomy.keys if match.role.share[k] >= MIN_NEED]
    for key in sorted(needed, key=lambda k: -match.role.share[k]):
        gap, depth = gaps.get(key), depth_name(match.candidate.depth[key])
        through = f" through {taxonomy[gap.covered_by].name}" if gap and gap.covered_by else ""
        covered = f"{gap.coverage:.0%}{through}" if gap else "all, or nearly"
        open_part = f"{gap.size:.2f}" if gap else "none"
        need = f"{match.role.share[key]:.0%}"
        rows.append([discipline(match.role, key), need, covered, open_part, depth])
    head = ["Discipline", "Needed", "Covered", "Mismatch", "Depth"]
    return table(head, rows, numbers=(1, 3))


def evidence_list(profile: Profile, evidence: Iterable[Evidence]) -> Element:
    """List stretches of the text, each with its discipline, depth, section and place."""
    items = []
    for e in evidence:
        where = profile.document.origin(e.start)
        about = ", ".join([_about(profile, e), e.section, *([where] if where else [])])
        items.append(tag("li", quote(e.text), " ", tag("small", about), style=_style(profile, e)))
    return tag("ul", items, class_="evidence") if items else tag("p", "none")


def ladder_list(profile: Profile) -> Element | None:
    """List the rungs of the depth ladder, each with the sentence that earned it."""
    items = [
        tag(
            "li",
            tag("strong", f"{profile.taxonomy[r.discipline].name}: {'claimed only' if r.claim_only else r.name}"),
            [". ", quote(r.evidence.text)] if r.evidence else None,
        )
        for r in profile.ladder
    ]
    return tag("ul", items) if items else None


def marked_text(profile: Profile) -> Element | None:
    """Fold up the text with its evidence marked; None where the text was not kept."""
    if not profile.document.text:
        return None
    left = TEXT
    parts: list[Content] = []
    for mark in marks(profile):
        parts.append(_marked(profile, mark, mark.text[:left]))
        left -= len(mark.text)
        if left <= 0:
            break
    rest = "… (the rest is left out)" if len(profile.document.text) > TEXT else None
    return tag("details", tag("summary", "The text, with its evidence marked"), tag("pre", parts, rest))


def _marked(profile: Profile, mark: Mark, text: str) -> Content:
    if mark.excluded:
        return tag("del", text), tag("small", f" [not scored: {mark.excluded}]")
    if mark.evidence is None:
        return text
    label = tag("small", f" [{_about(profile, mark.evidence)}]")
    return tag("mark", text, style=_style(profile, mark.evidence)), label


def question_list(match: Match) -> Content:
    """List what to ask, under the discipline and the reason."""
    if not match.interview:
        return tag("p", "Nothing in particular: no gap was found.")
    out = []
    for key, reason in dict.fromkeys((q.discipline, q.reason) for q in match.interview):
        asked = [q for q in match.interview if (q.discipline, q.reason) == (key, reason)]
        items = [tag("li", q.text, " ", tag("small", f"A good answer: {q.good_answer}")) for q in asked]
        out += [tag("p", tag("strong", f"{match.role.taxonomy[key].name}: "), REASONS[reason]), tag("ul", items)]
    return out


def flag_list(flags: Iterable[Flag]) -> Element | None:
    """List the flags, each message once."""
    messages = list(dict.fromkeys(f"{f.message[:1].upper()}{f.message[1:]}" for f in flags))
    return tag("ul", [tag("li", m) for m in messages], class_="flags") if messages else None


def discipline(profile: Profile, key: str) -> Element:
    """Name a discipline beside its colour."""
    d = profile.taxonomy[key]
    return tag("span", tag("i", class_="swatch", style=f"background:{d.color}"), d.name, class_="discipline")


def bar(value: float, color: str) -> Element:
    """Draw a value in [0, 1]; the number must stand beside it."""
    part = tag("i", style=f"width:{min(1.0, max(0.0, value)):.0%};background:{color}")
    return tag("div", part, class_="bar", aria_hidden="true")


def table(
    head: list[str], rows: Iterable[list[Content]], numbers: tuple[int, ...] = (), label: str | None = None
) -> Element:
    """Lay out rows; the first cell of each is its heading. A wide table needs a label, to be moved by keyboard."""
    look = ["n" if i in numbers else None for i in range(len(head))]
    titles = [tag("th", h, scope="col", class_=c) if h else tag("td") for h, c in zip(head, look, strict=True)]
    body = [
        tag(
            "tr",
            tag("th", first, scope="row"),
            [tag("td", cell, class_=c) for cell, c in zip(rest, look[1:], strict=True)],
        )
        for first, *rest in rows
    ]
    # What is too wide for a telephone is moved sideways by itself, and not the page.
    reach = {"role": "region", "aria_label": label, "tabindex": "0"} if label else {}
    return tag("div", tag("table", tag("thead", tag("tr", titles)), tag("tbody", body)), class_="wide", **reach)


def quote(text: str) -> str:
    """Write a stretch on one line, and not too long."""
    return shorten(" ".join(text.split()), QUOTE, placeholder=" …")


def tint(evidence: Evidence, kind: str) -> float:
    """Return the opacity of a stretch's mark: the deeper, the stronger; claims have none."""
    return TINT * (1 + (evidence.depth if kind == "candidate" else 2.0)) if evidence.described else 0.0


def _style(profile: Profile, evidence: Evidence) -> str:
    color = profile.taxonomy[evidence.discipline].color
    alpha = round(255 * tint(evidence, profile.kind))
    return f"--c:{color};background:{color}{alpha:02x};border-style:{'solid' if evidence.described else 'dotted'}"


def _about(profile: Profile, evidence: Evidence) -> str:
    name = profile.taxonomy[evidence.discipline].name
    if not evidence.described:
        return f"{name}, claimed only"
    return f"{name}, {depth_name(evidence.depth)}" if profile.kind == "candidate" else name
