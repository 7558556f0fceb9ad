"""From a text to scored segments: cut it, tell work from claims, and score each in its own context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .bag_of_words import BagHead, bag_log_odds
from .described import Hashes, WorkHead, bare_lists, read_words, repeats
from .encoders import encode_groups
from .scoring import SegmentHead, SegmentScores, score_segments
from .segments import segment
from .spelling import normalize_all, without_addresses
from .types import Encoder, FloatArray, Kind, Segment

WORK_LOG_ODDS = -0.5
"""The least log-odds of a line that counts as a description of work. Below even: claims and exercises weigh
more than documents where the head is fitted, and work that was done, if taken for a claim, is lost to a match.
How far below is bounded by the lines that attacks are made of, none of which may pass."""


@dataclass(frozen=True)
class Reading:
    """A text's segments, headings left out, and what the classifier says of each; and all its lines."""

    segments: tuple[Segment, ...]
    scores: SegmentScores
    lines: tuple[Segment, ...]


class Lines(NamedTuple):
    """A text as it is cut, before any vector is made.

    Parameters
    ----------
    segments : tuple of Segment
        Headings included, in reading order.
    texts : list of str
        What a model is given of each.
    headings, work : ndarray of shape (n_segments,), bool
        Which are headings; which describe work (all of a role's).
    hashes : Hashes
        The words of each.
    """

    segments: tuple[Segment, ...]
    texts: list[str]
    headings: npt.NDArray[np.bool_]
    work: npt.NDArray[np.bool_]
    hashes: Hashes


def read_lines(work_head: WorkHead, text: str, kind: Kind) -> Lines:
    """Cut a text, and tell the lines that describe work from all else."""
    segments = tuple(segment(text))
    texts = as_given(segments)
    headings = np.array([s.heading for s in segments], bool)
    log_odds, hashes = read_words(work_head, texts)
    work = np.ones(len(segments), bool)
    if kind == "candidate":
        work = described(log_odds, texts, headings)
        taken = np.flatnonzero(work)
        work[taken] = ~bare_lists([texts[i] for i in taken.tolist()])
    return Lines(segments, texts, headings, work, hashes)


def read_segments(
    encoder: Encoder, segment_head: SegmentHead, work_head: WorkHead, bag_head: BagHead, text: str, kind: Kind
) -> Reading:
    """Cut a text into segments and score them.

    A role is read as a whole. Of a candidate, the lines that describe work are read by themselves,
    and all else (lists, claims, repeated lines, headings) beside them: what is pasted between two
    honest lines is not their context, and cannot change their scores by a bit.

    Parameters
    ----------
    encoder : Encoder
        Turns segments into vectors.
    segment_head, work_head, bag_head : SegmentHead, WorkHead, BagHead
        The fitted read-outs.
    text : str
        The document's text.
    kind : {"candidate", "role"}
        What the document is.
    """
    segments, texts, headings, work, hashes = read_lines(work_head, text, kind)
    whole = bag_log_odds(bag_head, hashes, work)
    groups = [g for g in (np.flatnonzero(work), np.flatnonzero(~work)) if len(g)]
    if not groups:
        none = np.zeros((0, len(segment_head.depth) - 1))
        return Reading((), score_segments(segment_head, none, work, whole), segments)
    vectors = encode_groups(encoder, [[texts[i] for i in g.tolist()] for g in groups])
    order, content = np.argsort(np.concatenate(groups)), ~headings
    scores = score_segments(segment_head, np.concatenate(vectors)[order[content]], work[content], whole)
    return Reading(tuple([s for s in segments if not s.heading]), scores, segments)


def as_given(segments: Sequence[Segment]) -> list[str]:
    """Return what a model is given of each segment: without addresses, and normalized."""
    return normalize_all([without_addresses(s.text) for s in segments])


def described(
    log_odds: FloatArray, texts: Sequence[str], headings: npt.NDArray[np.bool_], least: float = WORK_LOG_ODDS
) -> npt.NDArray[np.bool_]:
    """Tell which lines describe work, each said once.

    Parameters
    ----------
    log_odds : ndarray of shape (n_lines,)
        What `described.work_log_odds` says of each.
    texts : sequence of str
        The lines in reading order, as `as_given` returns them.
    headings : ndarray of shape (n_lines,), bool
        Which of them are headings.
    least : float, default -0.5
        The least log-odds of a line that describes work.

    Returns
    -------
    ndarray of shape (n_lines,), bool
    """
    return np.asarray((log_odds >= least) & ~headings & ~repeats(texts))
