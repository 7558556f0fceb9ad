"""How a notebook shows a profile and a match. Every piece of text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .explain import REASONS, explain_match, explain_profile
from .marking import marks
from .results import Evidence, Match, Profile, depth_name

MAX_EVIDENCE = 10


def profile_html(profile: Profile) -> str:
    """Draw a profile as bars with its evidence."""
    title = f"{profile.kind.capitalize()}: {escape(profile.document.name or 'document')}"
    body = f"<p>{escape(explain_profile(profile))}</p>{_bars(profile)}{_ladder(profile)}{marked_html(profile)}"
    return f"<div><b>{title}</b>{body}</div>"


def match_html(match: Match) -> str:
    """Draw a match: the verdict, both profiles, gaps, evidence and questions."""
    gaps = "".join(
        f"<li>{escape(match.role.taxonomy[g.discipline].name)}: {g.demand:.0%} needed, {g.coverage:.0%} covered</li>"
        for g in match.gaps
    )
    questions = "".join(
        f"<li>{escape(q.text)} <small>({escape(match.role.taxonomy[q.discipline].name)}: {REASONS[q.reason]}. "
        f"A good answer: {escape(q.good_answer)})</small></li>"
        for q in match.interview
    )
    return (
        f"<div><p>{escape(explain_match(match))}</p>"
        f"<div style='display:flex;gap:2em'><div><b>Role</b>{_bars(match.role)}</div>"
        f"<div><b>Candidate</b>{_bars(match.candidate)}</div></div>"
        f"<b>Gaps</b><ul>{gaps or '<li>none</li>'}</ul><b>Evidence</b>{_list(match.candidate, match.evidence)}"
        f"<b>Ask</b><ul>{questions or '<li>nothing</li>'}</ul></div>"
    )


def marked_html(profile: Profile) -> str:
    """Show the text with its evidence marked: the discipline by colour, the depth by its strength."""
    parts = []
    for mark in marks(profile):
        text = escape(mark.text)
        if mark.excluded:
            parts.append(f"<del title='{escape(mark.excluded, quote=True)}'>{text}</del>")
        elif mark.evidence is None:
            parts.append(text)
        else:
            parts.append(
                f"<mark style='{_style(profile, mark.evidence)}' title='{_title(profile, mark.evidence)}'>{text}</mark>"
            )
    folded = f"<pre style='white-space:pre-wrap'>{''.join(parts)}</pre>"
    return f"<details><summary>The text, with its evidence</summary>{folded}</details>"


def _style(profile: Profile, evidence: Evidence) -> str:
    color = escape(profile.taxonomy[evidence.discipline].color)
    opacity = round(40 * (evidence.depth if profile.kind == "candidate" else 2.0)) if evidence.described else 0
    line = "solid" if evidence.described else "dotted"
    return f"color:inherit;background:{color}{min(160, opacity):02x};border-bottom:2px {line} {color}"


def _title(profile: Profile, evidence: Evidence) -> str:
    what = depth_name(evidence.depth) if evidence.depth else evidence.section
    said = what if evidence.described else "claimed only"
    return escape(f"{profile.taxonomy[evidence.discipline].name}, {said}, +{evidence.contribution:.3f}", quote=True)


def _ladder(profile: Profile) -> str:
    items = "".join(
        f"<li>{escape(profile.taxonomy[r.discipline].name)}: <b>{'claimed only' if r.claim_only else r.name}</b>"
        f"{': ' + escape(' '.join(r.evidence.text.split())) if r.evidence else ''}</li>"
        for r in profile.ladder
    )
    return f"<ul>{items}</ul>" if items else ""


def _bars(profile: Profile) -> str:
    rows = "".join(
        f"<tr><td>{escape(d.name)}</td><td style='width:10em'><div style='background:{escape(d.color)};height:.8em;"
        f"width:{profile.probability[d.key]:.0%}'></div></td><td>{profile.probability[d.key]:.2f}</td>"
        f"<td>{depth_name(profile.depth[d.key]) if profile.kind == 'candidate' else ''}</td></tr>"
        for d in profile.taxonomy.disciplines
    )
    return f"<table>{rows}</table>"


def _list(profile: Profile, evidence: Iterable[Evidence]) -> str:
    items = "".join(
        f"<li><span style='border-left:.4em solid {escape(profile.taxonomy[e.discipline].color)};padding-left:.4em'>"
        f"{escape(' '.join(e.text.split()))}</span> <small>({escape(profile.taxonomy[e.discipline].name)}"
        f"{', ' + depth_name(e.depth) if e.depth else ''}, +{e.contribution:.3f})</small></li>"
        for e in list(evidence)[:MAX_EVIDENCE]
    )
    return f"<ul>{items}</ul>"
