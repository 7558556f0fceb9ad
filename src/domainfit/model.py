"""The model: encoder, segment classifier, document classifier and matcher, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import abstention_reasons, text_flags
from .documents import read
from .encoders import encode_segments
from .evidence import collect_evidence
from .exceptions import InputError
from .matching import match_profiles
from .results import Match, Profile
from .scoring import (
    DocumentHead,
    MatchHead,
    SegmentHead,
    SegmentScores,
    contributions,
    document_depth,
    document_features,
    document_probability,
    score_segments,
)
from .segments import segment
from .taxonomy import Taxonomy
from .types import Document, Encoder, FloatArray, Kind, Segment

PRIMARY_THRESHOLD = 1 / 3
"""The least probability of a primary discipline. To call AI work none hides a document from everyone
who looks for it, and is taken to cost twice the reverse: the threshold is 1 / (1 + 2)."""


@dataclass(frozen=True)
class Heads:
    """Everything learned outside the encoder."""

    segment: SegmentHead
    role: DocumentHead
    candidate: DocumentHead
    match: MatchHead


class Model:
    """Turns documents into profiles and pairs of profiles into matches.

    A model is immutable in use, can be shared between threads, and can be pickled to another
    process. Every answer depends on its own input alone.

    Parameters
    ----------
    encoder : Encoder
        Turns segments into vectors.
    heads : Heads
        The learned read-outs.
    taxonomy : Taxonomy
        The disciplines.
    sections : sequence of str
        The names of the sections that the segment classifier knows.
    name : str
        What to call the model.
    encoder_settings : mapping, optional
        What a bundle stores of an encoder that it does not hold itself.
    """

    def __init__(
        self,
        encoder: Encoder,
        heads: Heads,
        taxonomy: Taxonomy,
        sections: Sequence[str],
        *,
        name: str = "custom",
        encoder_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.encoder = encoder
        self.heads = heads
        self.taxonomy = taxonomy
        self.sections = tuple(sections)
        self.name = name
        self.encoder_settings = dict(encoder_settings or {})

    def __repr__(self) -> str:
        return f"Model({self.name!r}, encoder={type(self.encoder).__name__}, disciplines={list(self.taxonomy.keys)})"

    def profile(self, document: Any, kind: Kind = "candidate") -> Profile:
        """Tell which disciplines a document is about, how deep, and on what evidence.

        Parameters
        ----------
        document : str, path, bytes, Document or Profile
            A text, a file, or what `read` returned. A profile of the same kind is returned as it is.
        kind : {"candidate", "role"}, default "candidate"
            What the document is.

        Returns
        -------
        Profile

        Raises
        ------
        DocumentError
            If the document cannot be read.
        InputError
            If `kind` is neither, or a profile of the other kind was given.
        """
        if kind not in ("candidate", "role"):
            raise InputError(f"kind must be 'candidate' or 'role', not {kind!r}")
        if isinstance(document, Profile):
            return self._own(document, kind)
        document = read(document)
        reasons = abstention_reasons(document.text)
        segments, scores = self.score(document) if not reasons else ([], None)
        if scores is None or not len(scores):
            return self._abstain(document, kind, reasons or ("no sentences were found",))
        return self._profile(document, kind, segments, scores)

    def score_match(self, role: Any, candidate: Any) -> Match:
        """Say how far a candidate's shown work meets a role's need.

        Parameters
        ----------
        role, candidate : str, path, bytes, Document or Profile
            The two sides.

        Returns
        -------
        Match

        Raises
        ------
        DocumentError
            If either cannot be read.
        """
        return match_profiles(self.heads.match, self.profile(role, "role"), self.profile(candidate, "candidate"))

    def score(self, document: Document) -> tuple[list[Segment], SegmentScores]:
        """Score a document's segments; headings give context and are left out of the result."""
        segments = segment(document.text)
        content = [i for i, s in enumerate(segments) if not s.heading]
        vectors = encode_segments(self.encoder, [s.text for s in segments])
        return [segments[i] for i in content], score_segments(self.heads.segment, vectors[content])

    def _profile(self, document: Document, kind: Kind, segments: Sequence[Segment], scores: SegmentScores) -> Profile:
        head = self.heads.role if kind == "role" else self.heads.candidate
        share_of = contributions(head.section, scores)
        features = document_features(head.section, scores)
        probability = document_probability(head.probability, features)
        minor, core = document_probability(head.minor, features), document_probability(head.core, features)
        strength = np.maximum(minor, probability) + probability + np.minimum(core, probability)
        best = int((probability + core).argmax())
        found = bool(probability[best] >= PRIMARY_THRESHOLD)
        depth = document_depth(head, scores) * np.minimum(1.0, strength) if kind == "candidate" else 0 * strength
        keys = self.taxonomy.keys
        return Profile(
            kind=kind,
            status="ok" if found else "no_discipline",
            reasons=() if found else ("no discipline is a substantial part of the work described",),
            probability=_by_key(keys, probability),
            share=_by_key(keys, shares(strength, probability)),
            strength=_by_key(keys, strength),
            depth=_by_key(keys, depth),
            support=_by_key(keys, share_of.sum(axis=0)),
            primary=keys[best] if found else None,
            evidence=collect_evidence(segments, scores, share_of, self.taxonomy, depths=kind == "candidate"),
            flags=document.flags + text_flags(document.text),
            document=document,
            taxonomy=self.taxonomy,
        )

    def _abstain(self, document: Document, kind: Kind, reasons: tuple[str, ...]) -> Profile:
        none = _by_key(self.taxonomy.keys, np.zeros(len(self.taxonomy)))
        flags = document.flags + text_flags(document.text)
        return Profile(
            kind, "abstained", reasons, none, none, none, none, none, None, (), flags, document, self.taxonomy
        )

    def _own(self, profile: Profile, kind: Kind) -> Profile:
        if profile.kind != kind:
            raise InputError(
                f"a profile of a {profile.kind} was given where a {kind} is needed: profile it as a {kind}"
            )
        if profile.taxonomy != self.taxonomy:
            raise InputError("the profile was made with another taxonomy: profile the document with this model")
        return profile


def shares(strength: FloatArray, probability: FloatArray) -> FloatArray:
    """Divide the AI work among the disciplines.

    Parameters
    ----------
    strength, probability : ndarray of shape (n_disciplines,)
        Expected strength, 0 to 3, and P(strength ≥ 2).

    Returns
    -------
    ndarray of shape (n_disciplines,)
        Proportional to ``strength × probability``, so that side remarks count little; sums to one
        (all 0 where there is no AI work at all).
    """
    weight = strength * probability
    total = weight.sum()
    return np.asarray(weight / total) if total > 1e-6 else np.zeros_like(weight)


def _by_key(keys: Sequence[str], values: FloatArray) -> dict[str, float]:
    return {k: float(v) for k, v in zip(keys, values, strict=True)}
