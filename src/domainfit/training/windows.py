"""Training examples: labelled lines packed into windows as the encoder will read them.

A document is rarely shown twice alike. Lines are dropped, shuffled or shown alone, lines from
elsewhere are set among them, and the window's length varies, so that a line must be told by its own
words as well as by its neighbours.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..encoders import pack
from ..spelling import normalize
from ..taxonomy import Taxonomy
from ..types import FloatArray
from .corpus import SECTIONS, Corpus, Line

IntArray = npt.NDArray[np.int64]
Tokenize = Callable[[list[str]], list[list[int]]]


@dataclass(frozen=True, slots=True)
class Example:
    """A tokenised line with its targets."""

    ids: tuple[int, ...]
    strengths: tuple[int, ...]
    depth: int
    section: int
    candidate: bool
    document: tuple[int, ...]


Window = list[Example]


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length, with each token's line.

    Parameters
    ----------
    ids, mask, line : ndarray of shape (n_windows, n_tokens)
        Token ids, 1 where there is a token, and the index of the token's line (-1 for none).
    strengths : ndarray of shape (n_lines, n_disciplines)
    depth, section, candidate : ndarray of shape (n_lines,)
    document : ndarray of shape (n_lines, n_disciplines)
        The strengths of the document that a line comes from; -1 where it comes from none.
    """

    ids: IntArray
    mask: IntArray
    line: IntArray
    strengths: FloatArray
    depth: IntArray
    section: IntArray
    candidate: FloatArray
    document: FloatArray


class WindowSampler:
    """Draws an epoch of batches from a corpus.

    Parameters
    ----------
    corpus : Corpus
        The lines to draw from.
    blocks : sequence of sequence of Line
        The documents, cut into what is read together.
    tokenize : callable
        Texts to lists of token ids, without special tokens.
    marks : tuple of int
        The ids of the opening, separating and padding tokens.
    window : int
        The longest window, in tokens.
    max_tokens : int
        The most tokens of one line.
    recompose : float
        The part of the documents among whose lines some single lines are set.
    seed : int
        Seeds the sampling; the same seed gives the same batches.
    """

    def __init__(
        self,
        corpus: Corpus,
        blocks: Sequence[Sequence[Line]],
        tokenize: Tokenize,
        marks: tuple[int, int, int],
        *,
        window: int,
        max_tokens: int,
        recompose: float,
        seed: int,
    ) -> None:
        self.marks = marks
        self.window = window
        self.recompose = recompose
        self.random = random.Random(seed)
        self._tokenize, self._max_tokens = tokenize, max_tokens
        self.lines = self._examples(corpus.segments, corpus.taxonomy)
        self.documents = [self._examples(block, corpus.taxonomy) for block in blocks]

    def _examples(self, lines: Sequence[Line], taxonomy: Taxonomy) -> list[Example]:
        tokens = self._tokenize([normalize(line.text) for line in lines])
        return [
            Example(
                tuple(ids[: self._max_tokens]),
                tuple(line.strengths.get(k, 0) for k in taxonomy.keys),
                line.depth,
                SECTIONS.index(line.section),
                line.source == "candidate",
                tuple(-1 if line.document is None else line.document.get(k, 0) for k in taxonomy.keys),
            )
            for line, ids in zip(lines, tokens, strict=True)
            if ids
        ]

    def epoch(self, tokens: int) -> list[Batch]:
        """Draw one epoch: every document once, changed, and every single line once.

        Parameters
        ----------
        tokens : int
            The most tokens of a batch, padding included.
        """
        windows: list[Window] = []
        singles = self.lines[:]
        self.random.shuffle(singles)
        guests = {kind: [x for x in singles if x.candidate == kind] for kind in (False, True)}
        for lines in self.documents:
            windows += self._document(self._recomposed(lines, guests[lines[0].candidate]))
        singles = guests[False] + guests[True]
        self.random.shuffle(singles)
        while singles:
            # Unrelated lines side by side teach that a neighbour is not always a witness.
            take = 1 if self.random.random() < 0.6 else self.random.randint(2, 5)
            windows.append(singles[:take])
            singles = singles[take:]
        return self._batches(windows, tokens)

    def _recomposed(self, lines: list[Example], guests: list[Example]) -> list[Example]:
        """Set some single lines of the same kind of document among a document's own, now and then."""
        rnd = self.random
        if rnd.random() >= self.recompose:
            return lines
        lines = lines[:]
        for _ in range(min(len(guests), rnd.randint(1, 6))):
            lines.insert(rnd.randint(0, len(lines)), guests.pop())
        return lines

    def _document(self, lines: list[Example]) -> list[Window]:
        draw, rnd = self.random.random(), self.random
        if draw < 0.15:
            return [[x] for x in lines]
        if draw < 0.45:
            drop = rnd.uniform(0.1, 0.5)
            lines = [x for x in lines if rnd.random() > drop or (any(x.strengths) and rnd.random() < 0.5)] or lines
        elif draw > 0.9:
            lines = rnd.sample(lines, len(lines))
        limit = min(self.window, rnd.choice([64, 128, self.window, self.window]))
        cut = rnd.randint(0, min(6, len(lines) - 1))
        parts = [lines[:cut], lines[cut:]]
        return [p[a:b] for p in parts for a, b in pack([len(x.ids) for x in p], limit)]

    def _batches(self, windows: list[Window], tokens: int) -> list[Batch]:
        windows = sorted(windows, key=lambda w: _size(w) + 8 * self.random.random())
        groups: list[list[Window]] = [[]]
        for window in windows:
            if groups[-1] and _size(window) * (len(groups[-1]) + 1) > tokens:
                groups.append([])
            groups[-1].append(window)
        self.random.shuffle(groups)
        return [self._collate(g) for g in groups]

    def _collate(self, windows: list[Window]) -> Batch:
        first, separator, padding = self.marks
        rows, owners, lines = [], [], [x for w in windows for x in w]
        count = 0
        for window in windows:
            row, owner = [first], [-1]
            for x in window:
                row += [*x.ids, separator]
                owner += [count] * len(x.ids) + [-1]
                count += 1
            rows.append(row)
            owners.append(owner)
        width = max(len(r) for r in rows)
        return Batch(
            ids=np.array([r + [padding] * (width - len(r)) for r in rows], np.int64),
            mask=np.array([[1] * len(r) + [0] * (width - len(r)) for r in rows], np.int64),
            line=np.array([o + [-1] * (width - len(o)) for o in owners], np.int64),
            strengths=np.array([x.strengths for x in lines], np.float32),
            depth=np.array([x.depth for x in lines], np.int64),
            section=np.array([x.section for x in lines], np.int64),
            candidate=np.array([x.candidate for x in lines], np.float32),
            document=np.array([x.document for x in lines], np.float32),
        )


def _size(window: Window) -> int:
    return 1 + sum(len(x.ids) + 1 for x in window)
