"""The model: encoder, segment classifier, document classifier and matcher, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from .bag_of_words import BagHead
from .checks import abstention_reasons
from .decision_scoring import DecisionHead, Sentences, sentence_levels
from .decisions import DecisionAssessment, rated, unrated
from .described import WorkHead, copied, repeats
from .document_scoring import (
    DocumentHead,
    plausible_primaries,
    pool,
    primary_distribution,
    rivals,
)
from .documents import read
from .evidence import collect_evidence
from .exceptions import BundleError, InputError
from .hostile import text_flags, visible
from .interview import MIN_SHARE
from .match_scoring import MatchHead
from .matching import match_profiles
from .reading import Reading, read_segments
from .results import Match, Profile
from .scoring import SegmentHead
from .segments import segment
from .taxonomy import Taxonomy
from .types import Document, Encoder, Flag, FloatArray, Kind, Segment

PRIMARY_THRESHOLD = 1 / 3
"""The least probability of a primary discipline. To call AI work none hides a document from everyone
who looks for it, and is taken to cost twice the reverse: the threshold is 1 / (1 + 2)."""


@dataclass(frozen=True)
class Heads:
    """Everything learned outside the encoder."""

    segment: SegmentHead
    work: WorkHead
    bag: BagHead
    role: DocumentHead
    candidate: DocumentHead
    match: MatchHead
    decision: DecisionHead | None = None


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

    @cached_property
    def fingerprint(self) -> str:
        """The hash of everything that the answers depend on, which each of them carries.

        32 hexadecimal digits; empty for an encoder of your own that has no fingerprint.
        """
        from .fingerprint import fingerprint

        try:
            return fingerprint(self)
        except InputError:
            return ""

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
        document = replace(document, flags=document.flags + text_flags(document.text, kind))
        return self._profile(document, kind)

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
        return self.match(self.profile(role, "role"), self.profile(candidate, "candidate"))

    def match(self, role: Profile, candidate: Profile) -> Match:
        """Match two profiles that this model made.

        Where the candidate's text repeats the role's own words, the candidate is read again without
        them, and flagged.

        Parameters
        ----------
        role, candidate : Profile
            The two sides.

        Returns
        -------
        Match
        """
        if copied(role.triples, [e.text for e in candidate.evidence if e.described]).any():
            candidate = self._without_copied(role, candidate)
        return match_profiles(self.heads.match, role, candidate)

    def assess_decision(self, document: Any, role: Any = None) -> DecisionAssessment:
        """Rate a candidate's written account of a technical decision.

        Parameters
        ----------
        document : str, path, bytes or Document
            The account.
        role : str, path, bytes, Document or Profile, optional
            The role that the candidate applies for.

        Returns
        -------
        DecisionAssessment

        Raises
        ------
        DocumentError
            If either cannot be read.
        BundleError
            If the model has not learned to rate accounts.
        """
        head = self.heads.decision
        if head is None:
            raise BundleError(
                f"the bundle {self.name!r} has not learned to rate accounts: "
                "use base or fast, or teach it with domainfit teach-decisions"
            )
        about = self.profile(document, "candidate")
        flags = about.flags + (_other_field(self.profile(role, "role"), about) if role is not None else ())
        text = visible(about.document.text, about.flags)
        reasons = abstention_reasons(text)
        sentences = [] if reasons else _told_once(segment(text))
        if not sentences:
            return DecisionAssessment("abstained", reasons or ("no sentences were found",), *unrated(), about, flags)
        given = Sentences.of(self.encoder, [s.text for s in sentences])
        levels = sentence_levels(head.sentence, head.words, given)
        return DecisionAssessment("ok", (), *rated(head, sentences, levels), about, flags)

    def read(self, text: str, kind: Kind = "candidate") -> Reading:
        """Cut a text into segments and score them; headings give context and are left out of the result."""
        return read_segments(self.encoder, self.heads.segment, self.heads.work, self.heads.bag, text, kind)

    def _without_copied(self, role: Profile, candidate: Profile) -> Profile:
        document = candidate.document
        if not document.text:  # A stored profile: its evidence is there, the rest of its text is not.
            message = "the text repeats the role's own words, and they are counted: score it again from the text"
            return replace(candidate, flags=(*candidate.flags, Flag("copied_role_text", message)))
        lines = candidate.segments or segment(visible(document.text, document.flags))
        again = copied(role.triples, [s.text for s in lines])
        message = "the text repeats the role's own words"
        flags = [Flag("copied_role_text", message, s.start, s.end) for s, c in zip(lines, again, strict=True) if c]
        return self._profile(replace(document, flags=(*document.flags, *flags)), "candidate")

    def _profile(self, document: Document, kind: Kind) -> Profile:
        text = visible(document.text, document.flags)
        reasons = abstention_reasons(text)
        reading = None if reasons else self.read(text, kind)
        if reading is None or not reading.segments:
            return self._abstain(document, kind, reasons or ("no sentences were found",))
        return self._scored(document, kind, reading)

    def _scored(self, document: Document, kind: Kind, reading: Reading) -> Profile:
        head = self.heads.role if kind == "role" else self.heads.candidate
        share_of, support, probability, core, strength, shown, deep = pool(head, reading.scores)
        best = int((probability + core).argmax())
        found = bool(probability[best] >= PRIMARY_THRESHOLD)
        # Scaled down where the discipline is hardly there; what is only claimed is 'named' at most.
        depth = np.minimum(1.0, strength) * np.maximum(deep, 1.0)
        candidate = 1.0 if kind == "candidate" else 0.0
        keys = self.taxonomy.keys
        names = (*keys, None)
        belief = primary_distribution(probability, core)
        return Profile(
            kind=kind,
            status="ok" if found else "no_discipline",
            reasons=self._doubts([keys[i] for i in rivals(belief)])
            if found
            else ("no discipline is a substantial part of the work described",),
            probability=_by_key(keys, probability),
            share=_by_key(keys, shares(strength, probability)),
            strength=_by_key(keys, strength),
            shown=_by_key(keys, shown),
            shown_depth=_by_key(keys, candidate * deep),
            depth=_by_key(keys, candidate * depth),
            support=_by_key(keys, support),
            primary=keys[best] if found else None,
            plausible=tuple(names[i] for i in plausible_primaries(head, belief)),
            evidence=collect_evidence(
                reading.segments, reading.scores, share_of, self.taxonomy, depths=kind == "candidate"
            ),
            flags=document.flags,
            document=document,
            segments=reading.lines,
            bundle=self.fingerprint,
            taxonomy=self.taxonomy,
        )

    def _doubts(self, rivals: Sequence[str]) -> tuple[str, ...]:
        named = [self.taxonomy[k].name for k in rivals]
        if len(named) < 2:
            return ()
        return (f"undecided between {', '.join(named[:-1])} and {named[-1]}",)

    def _abstain(self, document: Document, kind: Kind, reasons: tuple[str, ...]) -> Profile:
        none = _by_key(self.taxonomy.keys, np.zeros(len(self.taxonomy)))
        return Profile(
            kind=kind,
            status="abstained",
            reasons=reasons,
            probability=none,
            share=none,
            strength=none,
            shown=none,
            shown_depth=none,
            depth=none,
            support=none,
            primary=None,
            flags=document.flags,
            document=document,
            bundle=self.fingerprint,
            taxonomy=self.taxonomy,
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


def _told_once(sentences: Sequence[Segment]) -> list[Segment]:
    again = repeats([s.text for s in sentences])
    return [s for s, r in zip(sentences, again, strict=True) if not r]


def _other_field(role: Profile, account: Profile) -> tuple[Flag, ...]:
    if role.primary is None or account.primary is None or role.share[account.primary] >= MIN_SHARE:
        return ()
    own, other = (role.taxonomy[k].name for k in (role.primary, account.primary))
    message = f"The account is about {other}, the role about {own}: it tells how somebody decides, not what they know."
    return (Flag("other_discipline", message),)


def _by_key(keys: Sequence[str], values: FloatArray) -> dict[str, float]:
    return dict(zip(keys, values.tolist(), strict=True))
