"""How a notebook shows a rated account of a decision. Every piece of text is escaped."""

from __future__ import annotations

from html import escape

from .decision_scoring import HIGHEST
from .decisions import DIMENSION, DecisionAssessment, Rating


def decision_html(assessment: DecisionAssessment) -> str:
    """Draw the ratings as bars, each with the sentences that carry it, and what to ask."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left' title='{escape(DIMENSION[k].meaning, quote=True)}'>"
        f"{escape(DIMENSION[k].name)}</th><td style='width:8em'>{_bar(r)}</td><td>{_number(r)}</td>"
        f"<td style='text-align:left'>{'<br>'.join(escape(' '.join(s.text.split())) for s in r.sentences)}</td></tr>"
        for k, r in assessment.ratings.items()
    )
    asked = "".join(f"<li>{escape(q)}</li>" for q in assessment.questions)
    return (
        f"<div><p>{escape(assessment.explain())}</p><table>{rows}</table>"
        f"{f'<b>Ask</b><ul>{asked}</ul>' if asked else ''}</div>"
    )


def _bar(rating: Rating) -> str:
    width = 0.0 if rating.value != rating.value else rating.value / HIGHEST
    return f"<div style='background:currentColor;opacity:.6;height:.8em;width:{width:.0%}'></div>"


def _number(rating: Rating) -> str:
    return "" if rating.value != rating.value else f"{rating.value:.1f}"
