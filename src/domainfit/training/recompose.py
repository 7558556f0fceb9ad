"""Documents made longer by lines without any discipline, from others: as real ones are, beside authored ones.

Authors write to the point. Real postings and résumés are longer, and what they add is mostly about
something else; a document must be told by what it says of a discipline all the same.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from .corpus import LabelledDocument, Line

LEAST, MOST = 0.2, 1.5
"""How many lines are added, in lines of the document itself; drawn evenly between."""
MIN_WORDS, RUN = 4, (2, 8)
"""Shorter lines are not taken; neighbours are taken together, so many at a time."""


def lengthened(documents: Sequence[LabelledDocument], seed: int = 0) -> list[LabelledDocument]:
    """Return a longer copy of each document, with its own labels.

    Parameters
    ----------
    documents : sequence of LabelledDocument
        Each is given lines of others of its kind.
    seed : int
        Seeds the choice of lines.

    Returns
    -------
    list of LabelledDocument
        In the same order.
    """
    chance = random.Random(seed)
    runs = {
        kind: [r for d in documents if d.source == kind for r in _runs(d, chance)] for kind in ("role", "candidate")
    }
    return [_with(document, runs[document.source], chance) for document in documents]


def _runs(document: LabelledDocument, chance: random.Random) -> list[list[Line]]:
    """Cut the lines without any discipline into runs."""
    lines = [x for x in document.lines if not any(x.strengths.values()) and len(x.text.split()) >= MIN_WORDS]
    out = []
    while lines:
        n = chance.randint(*RUN)
        out.append([replace(lines[0], joined=False), *lines[1:n]])
        lines = lines[n:]
    return out


def _with(document: LabelledDocument, runs: Sequence[list[Line]], chance: random.Random) -> LabelledDocument:
    lines = list(document.lines)
    wanted = len(lines) * (1 + chance.uniform(LEAST, MOST))
    while runs and len(lines) < wanted:
        # Not into the middle of a paragraph.
        places = [i for i in range(1, len(lines) + 1) if i == len(lines) or not lines[i].joined]
        place = chance.choice(places)
        lines[place:place] = chance.choice(runs)
    return replace(document, lines=tuple(lines))
