"""Interview questions, by discipline and by the depth that an answer would establish."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

PER_GAP = 2


@cache
def question_bank() -> dict[tuple[str, int], tuple[str, ...]]:
    """Return the questions by (discipline, depth), depth 1 to 4."""
    text = files("domainfit").joinpath("assets", "questions.jsonl").read_text(encoding="utf-8")
    bank: dict[tuple[str, int], list[str]] = {}
    for line in text.splitlines():
        row = json.loads(line)
        bank.setdefault((row["discipline"], row["depth"]), []).append(row["question"])
    return {k: tuple(v) for k, v in bank.items()}


def questions_for(gaps: Iterable[tuple[str, float]], *, most: int = 6) -> tuple[str, ...]:
    """Choose what to ask about each gap: the rung above the one the text shows.

    Parameters
    ----------
    gaps : iterable of (str, float)
        A discipline and the depth that the candidate's text shows in it.
    most : int, default 6
        The most questions.

    Returns
    -------
    tuple of str
        At most two a gap, in the gaps' order; a discipline without questions gets none.
    """
    chosen: list[str] = []
    for discipline, depth in gaps:
        rung = min(4, int(depth + 0.5) + 1)
        asked: Sequence[str] = question_bank().get((discipline, rung), ())
        chosen += asked[:PER_GAP]
    return tuple(chosen[:most])
