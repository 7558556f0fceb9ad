"""Interview questions for what a match leaves open, by discipline and by the depth an answer would establish."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .results import Question, Reason

MOST = 12
"""No match comes with more questions than this."""
PER_NEED = 3
"""Questions about each need; one fewer where so many would be more than `MOST`."""


class Need(NamedTuple):
    """Something that a person should find out.

    Parameters
    ----------
    discipline : str
        What is needed.
    depth : float
        The depth that the candidate's text shows in it, 0 to 4.
    reason : {"gap", "thin", "unsupported"}
        Why to ask.
    """

    discipline: str
    depth: float
    reason: Reason


class BankQuestion(NamedTuple):
    """A question of the bank.

    Parameters
    ----------
    text : str
        The question.
    good_answer : str
        What a good answer shows.
    topic : str
        What it is about, in a word or two.
    presumes : tuple of str
        Beginnings of words (whole words where they have three letters or fewer); the question is
        put only to someone whose text holds one of them. Empty for one that anybody can be asked.
    """

    text: str
    good_answer: str
    topic: str
    presumes: tuple[str, ...]


@cache
def question_bank() -> dict[tuple[str, int], tuple[BankQuestion, ...]]:
    """Return the questions by (discipline, depth), depth 1 to 4."""
    text = files("domainfit").joinpath("assets", "questions.jsonl").read_text(encoding="utf-8")
    bank: dict[tuple[str, int], list[BankQuestion]] = {}
    for line in text.splitlines():
        row = json.loads(line)
        bank.setdefault((row["discipline"], row["depth"]), []).append(
            BankQuestion(row["question"], row["good_answer_shows"], row["topic"], tuple(row.get("presumes", ())))
        )
    return {k: tuple(v) for k, v in bank.items()}


def questions_for(needs: Sequence[Need], *, candidate: str = "", role: str = "") -> tuple[Question, ...]:
    """Choose what to ask about each need: the rung of depth above the one the text shows.

    Parameters
    ----------
    needs : sequence of Need
        What to find out, the most important first; each discipline at most once.
    candidate, role : str
        The two texts. Questions that presume something are put only where the candidate's text
        names it, and come first; then those whose topic the role names.

    Returns
    -------
    tuple of Question
        Two or three a need, in the needs' order, none twice, `MOST` at most. A discipline without
        questions gets none.

    Examples
    --------
    >>> asked = questions_for([Need("nlp", 1.0, "thin")], candidate="Sentiment analysis of tweets.")
    >>> asked[0].text[:67]
    'On what kind of sentence did your sentiment model go wrong most oft'
    """
    each = PER_NEED if PER_NEED * len(needs) <= MOST else PER_NEED - 1
    asked = [question for need in needs for question in _about(need, candidate.lower(), role.lower())[:each]]
    return tuple(asked[:MOST])


def _about(need: Need, candidate: str, role: str) -> list[Question]:
    rung = min(4, int(need.depth + 0.5) + 1)
    askable = [
        q for q in question_bank().get((need.discipline, rung), ()) if not q.presumes or _names(candidate, q.presumes)
    ]
    ranked = sorted(askable, key=lambda q: (not q.presumes, not _names(role, q.topic.split())))
    return [Question(q.text, need.discipline, need.reason, rung, q.good_answer) for q in ranked]


def _names(text: str, beginnings: Iterable[str]) -> bool:
    """Tell whether a text holds a word that begins so; "ner" and "rag" begin too many words that they do not mean."""
    return any(re.search(rf"(?<!\w){re.escape(b)}" + (r"s?(?!\w)" if len(b) <= 3 else ""), text) for b in beginnings)
