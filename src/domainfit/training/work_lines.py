"""Which labelled lines describe work: the rule, and the fit of `described.WorkHead` on it.

The rule, for lines of candidates. Described: lines of experience, projects and publications of
depth 3 and more or with no discipline at all, and of depth 2 in experience and publications. Not
described: skills, names and headers, whatever has depth 1, summaries and education below depth 3,
and projects of depth 2, which retell a course, a tutorial or a trial. A summary that tells a deed is
left to what these teach.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

import numpy as np

from ..described import BUCKETS, MIN_WORDS, WorkHead, buckets, work_log_odds
from ..reading import as_given, described
from ..spelling import normalize
from .as_read import as_read, labelled_segments
from .corpus import Corpus, Line

C = 10.0
"""Inverse strength of the L2 penalty."""
SINGLE_WEIGHT = 10.0
"""A single line counts as much as ten of a document: claims and exercises were written to the point."""

IN_DOUBT = -1.0
"""Lines of a document from these log-odds on are put among those that describe work when an encoder is tuned. It
is looser than what counts when a document is read (`reading.WORK_LOG_ODDS`): lines in doubt are then learned beside
the work that they stand next to. The shipped encoders were tuned with it; the two were not compared."""

SHUFFLED, MIN_ITEMS, SEED = 1000, 4, 0
"""How many lists of tools are put together from those of the corpus, from which, and by what seed."""


def fit_work_head(corpus: Corpus) -> WorkHead:
    """Fit the head on the lines of candidates.

    Parameters
    ----------
    corpus : Corpus
        Single lines and whole documents; documents are cut as they will be read.

    Returns
    -------
    WorkHead
        One that takes every line for work, if the corpus has not both kinds of line.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    lines = [(line, 1.0) for d in corpus.documents if d.source == "candidate" for line in as_read(d)]
    lines += [(line, SINGLE_WEIGHT) for line in corpus.segments if line.source == "candidate"]
    told = [(line.text, target, w) for line, w in lines if (target := describes_work(line)) is not None]
    told += [(text, False, 1.0) for text in _shuffled_lists([line for line, _ in lines])]
    if len({target for _, target, _ in told}) < 2:
        return WorkHead(np.zeros(BUCKETS), np.ones(1))
    columns = [buckets(normalize(text)) for text, _, _ in told]
    values = np.concatenate([np.full(len(c), 1 / np.sqrt(len(c))) for c in columns])
    ends = np.cumsum([0, *map(len, columns)])
    X = csr_matrix((values, np.concatenate(columns), ends), shape=(len(told), BUCKETS))
    model = LogisticRegression(C=C, max_iter=500)
    model.fit(X, [target for _, target, _ in told], sample_weight=[w for _, _, w in told])
    return WorkHead(model.coef_[0], model.intercept_)


def document_blocks(corpus: Corpus, head: WorkHead) -> list[list[Line]]:
    """Cut every document into the groups of lines that will be read together; see `reading.read_segments`."""
    blocks = []
    for document in corpus.documents:
        segments, lines = map(list, zip(*labelled_segments(document), strict=True))
        work = np.ones(len(lines), bool)
        if document.source == "candidate":
            texts, headings = as_given(segments), np.array([s.heading for s in segments], bool)
            work = described(work_log_odds(head, texts), texts, headings, IN_DOUBT)
        blocks += [[line for line, w in zip(lines, work, strict=True) if w == kept] for kept in (True, False)]
    return [block for block in blocks if block]


def _shuffled_lists(lines: Sequence[Line]) -> Iterator[str]:
    """Yield lists of tools put together anew, so that it is the list that tells, and not its order."""
    source = random.Random(SEED)
    lists = [re.split(r"\s*[,;|•]\s*", line.text) for line in lines if line.section == "skills"]
    lists = [items for items in lists if len(items) >= MIN_ITEMS]
    for _ in range(SHUFFLED if lists else 0):
        pool = [item for items in source.choices(lists, k=3) for item in items]
        yield source.choice(("", "Skills: ", "Tools: ")) + ", ".join(
            source.sample(pool, min(len(pool), source.randint(4, 12)))
        )


def describes_work(line: Line) -> bool | None:
    """Apply the rule to a labelled line; None where it says nothing."""
    if len(line.text.split()) < MIN_WORDS:
        return None
    if line.section in ("skills", "other") or line.depth == 1:
        return False
    if line.section in ("summary", "education"):
        return False if line.depth < 3 else None
    return line.section != "project" or line.depth != 2
