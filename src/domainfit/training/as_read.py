"""Labelled lines as the model will meet them: cut by the segmenter, not as their author set them."""

from __future__ import annotations

from ..segments import segment
from ..types import Segment
from .corpus import LabelledDocument, Line

MOSTLY_THIS, MOSTLY_THAT = 0.3, 0.5
"""A segment takes the labels of a line of which it holds this part, or which makes up that part of it."""


def as_read(document: LabelledDocument) -> list[Line]:
    """Cut a labelled document into segments and give each the labels of the lines that it holds.

    Authors label bullets, sentences, and the halves of a bullet that a PDF broke; the segmenter joins
    and cuts by its own rules. A model must learn from what it will be asked about.

    Parameters
    ----------
    document : LabelledDocument
        The document.

    Returns
    -------
    list of Line
        In reading order. A segment over several lines has the greatest of their strengths and depths,
        and the section of the line that it holds most of.
    """
    return [line for _, line in labelled_segments(document)]


def labelled_segments(document: LabelledDocument) -> list[tuple[Segment, Line]]:
    """Return a document's segments with their labels; see `as_read`."""
    text, spans = document.text, _spans(document)
    out = []
    for piece in segment(text):
        held = []
        for line, start, end in spans:
            shared = min(end, piece.end) - max(start, piece.start)
            if shared > 0 and (
                shared >= MOSTLY_THIS * (end - start) or shared >= MOSTLY_THAT * (piece.end - piece.start)
            ):
                held.append((shared, line))
        if held:
            most = max(held, key=lambda h: h[0])[1]
            keys = dict.fromkeys(k for _, line in held for k in line.strengths)
            strengths = {k: max(line.strengths.get(k, 0) for _, line in held) for k in keys}
            depth = max(line.depth for _, line in held)
            line = Line(piece.text, most.section, strengths, depth, False, document.source, document.strengths)
            out.append((piece, line))
    return out


def _spans(document: LabelledDocument) -> list[tuple[Line, int, int]]:
    """Return each line with where it stands in the document's text."""
    spans, place = [], 0
    text = document.text
    for line in document.lines:
        words = line.text.strip()
        start = text.index(words, place)
        place = start + len(words)
        spans.append((line, start, place))
    return spans
