"""What the library answers with: frozen values that say what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ._shown import Shown
from .taxonomy import Taxonomy, default_taxonomy
from .types import Document, Flag, Kind, Segment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .ladder import Rung
    from .seniority import Seniority

Status = Literal["ok", "no_discipline", "abstained"]
Verdict = Literal["fit", "partial", "mismatch", "undecided"]
Reason = Literal["gap", "thin", "unsupported"]
DEPTH_NAMES = ("none", "named", "used", "built", "shipped")
"""The depth ladder, 0 to 4."""


def _plain(values: Mapping[str, float]) -> dict[str, float]:
    return {k: float(v) for k, v in values.items()}


def depth_name(depth: float) -> str:
    """Name the rung of the depth ladder nearest to `depth`."""
    return DEPTH_NAMES[min(4, max(0, int(depth + 0.5)))]


@dataclass(frozen=True, slots=True)
class Evidence(Shown):
    """A stretch of a document that carries a discipline.

    Parameters
    ----------
    discipline : str
        The discipline that it speaks for.
    text : str
        ``document.text[start:end]``.
    start, end : int
        Offsets into the document's text.
    section : str
        The section it stands in.
    depth : float
        How deep the work it describes goes, 0 to 4; 0 in a role.
    contribution : float
        Its part of the discipline's support; the parts of all segments add up to the support.
    described : bool
        Whether it describes work. A list, praise of oneself, a course or an exercise is a claim: it
        tells what the text is about, and counts for nothing in a match.
    """

    discipline: str
    text: str = field(repr=False)
    start: int
    end: int
    section: str
    depth: float
    contribution: float
    described: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Give the evidence as plain values that JSON can hold."""
        return {
            "discipline": self.discipline,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "section": self.section,
            "depth": self.depth,
            "contribution": self.contribution,
            "described": self.described,
        }


@dataclass(frozen=True)
class Profile(Shown):
    """Which disciplines a document is about, how deep, and on what evidence.

    Parameters
    ----------
    kind : {"candidate", "role"}
        What the document was read as.
    status : {"ok", "abstained"}
        Whether the numbers may be used; ``reasons`` says why not.
    reasons : tuple of str
        Why the library abstains, or what weakens the profile; plain sentences.
    probability : mapping of str to float
        P(strength ≥ 2) of each discipline, in [0, 1]; calibrated. They need not sum to one.
    share : mapping of str to float
        The parts of the AI work, in [0, 1], summing to one (all 0 when there is none).
    strength : mapping of str to float
        The expected strength, 0 to 3, of all that the text says.
    shown : mapping of str to float
        The expected strength, 0 to 3, of the work that a candidate's text describes: lists, praise,
        repeated lines and exercises left out. A match rests on this. In a role, the same as
        ``strength``.
    shown_depth : mapping of str to float
        The depth, 0 to 4, of the work described in each discipline, however little there is of it;
        the other half of what a match rests on. 0 throughout in a role.
    depth : mapping of str to float
        0 (no evidence), 1 named, 2 used, 3 built, 4 shipped; 0 throughout in a role.
    support : mapping of str to float
        The pooled evidence behind each probability; the sum of its segments' contributions.
    primary : str or None
        The discipline with the most weight; None when no discipline is substantial or the
        library abstains.
    plausible : tuple of (str or None)
        The primaries that cannot be ruled out, the likeliest first; None stands for no discipline.
        They hold at least 0.9 of the belief; how often they hold the true one is measured in
        ``docs/trust.md``.
    evidence : tuple of Evidence
        The stretches that carry each discipline, the strongest first.
    flags : tuple of Flag
        What a reader should know about the text.
    document : Document
        The text that the offsets refer to.
    segments : tuple of Segment
        The text as it was cut, headings included, in reading order; empty where the library abstains
        or the text was not kept.
    bundle : str
        The fingerprint of the model that made it (`Model.fingerprint`).
    """

    kind: Kind
    status: Status
    reasons: tuple[str, ...]
    probability: Mapping[str, float]
    share: Mapping[str, float]
    strength: Mapping[str, float]
    shown: Mapping[str, float]
    shown_depth: Mapping[str, float]
    depth: Mapping[str, float]
    support: Mapping[str, float]
    primary: str | None
    plausible: tuple[str | None, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    flags: tuple[Flag, ...] = ()
    document: Document = field(default=Document(""), repr=False)
    segments: tuple[Segment, ...] = field(default=(), repr=False, compare=False)
    bundle: str = field(default="", repr=False)
    taxonomy: Taxonomy = field(default_factory=default_taxonomy, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("probability", "share", "strength", "shown", "shown_depth", "depth", "support"):
            object.__setattr__(self, name, MappingProxyType(_plain(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only views cannot be pickled; profiles must travel between processes.
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return (_rebuild, (Profile, {k: dict(v) if isinstance(v, MappingProxyType) else v for k, v in values.items()}))

    @property
    def remainder(self) -> dict[str, float]:
        """What of each support the many stretches that say too little to be listed add up to."""
        listed = dict.fromkeys(self.support, 0.0)
        for e in self.evidence:
            listed[e.discipline] += e.contribution
        return {k: self.support[k] - listed[k] for k in self.support}

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """How deep the evidence goes in each discipline the text speaks of, and on what sentence."""
        from .ladder import depth_ladder

        return depth_ladder(self)

    @cached_property
    def seniority(self) -> Seniority:
        """How senior the text says somebody is, or must be; no score depends on it."""
        from .hostile import visible
        from .seniority import estimate_seniority

        return estimate_seniority(visible(self.document.text, self.flags), self.kind, self.segments or None)

    @cached_property
    def triples(self) -> Any:
        """The text's runs of three words: what a match looks for in the other side's text."""
        from .described import triples

        return triples(self.document.text)

    def explain(self) -> str:
        """Say in a few plain sentences what the profile rests on."""
        from .explain import explain_profile

        return explain_profile(self)

    def to_dict(self, *, evidence: bool = True) -> dict[str, Any]:
        """Give the profile as plain values that JSON can hold.

        Parameters
        ----------
        evidence : bool, default True
            Whether to include the evidence, which quotes the document.
        """
        out: dict[str, Any] = {
            "kind": self.kind,
            "name": self.document.name,
            "status": self.status,
            "reasons": list(self.reasons),
            "primary": self.primary,
            "plausible": list(self.plausible),
            "probability": dict(self.probability),
            "share": dict(self.share),
            "strength": dict(self.strength),
            "shown": dict(self.shown),
            "shown_depth": dict(self.shown_depth),
            "depth": dict(self.depth),
            "support": dict(self.support),
            "flags": [f.to_dict() for f in self.flags],
            "bundle": self.bundle,
        }
        if evidence:
            out["evidence"] = [e.to_dict() for e in self.evidence]
            out["ladder"] = [r.to_dict() for r in self.ladder]
        return out

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the probabilities as bars, depth written beside them (needs the extra ``plots``)."""
        from .plots import plot_profile

        return plot_profile(self, ax=ax)


@dataclass(frozen=True, slots=True)
class Gap(Shown):
    """A discipline that the role needs more of than the candidate shows.

    Parameters
    ----------
    discipline : str
        What is needed.
    demand : float
        Its part of the role's demand, in [0, 1].
    coverage : float
        The part of that demand the candidate covers, in [0, 1], adjacent disciplines included.
    covered_by : str or None
        The adjacent discipline that the coverage rests on; None when it is the discipline itself
        or nothing.
    depth : float
        The candidate's depth in the discipline, 0 to 4.
    """

    discipline: str
    demand: float
    coverage: float
    covered_by: str | None
    depth: float

    @property
    def size(self) -> float:
        """The uncovered demand: its part of the mismatch."""
        return self.demand * (1.0 - self.coverage)

    def to_dict(self) -> dict[str, Any]:
        """Give the gap as plain values that JSON can hold."""
        return {
            "discipline": self.discipline,
            "demand": self.demand,
            "coverage": self.coverage,
            "covered_by": self.covered_by,
            "depth": self.depth,
            "size": self.size,
        }


@dataclass(frozen=True, slots=True)
class Question(Shown):
    """Something to ask the candidate.

    Parameters
    ----------
    text : str
        The question.
    discipline : str
        The discipline that it is about.
    reason : {"gap", "thin", "unsupported"}
        Why to ask: the role needs more than the candidate shows; the text names the discipline, but
        shows no use of it; or it claims the discipline, but describes no such work.
    depth : int
        The depth, 1 to 4, that a good answer would establish.
    good_answer : str
        What a good answer shows.
    """

    text: str
    discipline: str
    reason: Reason
    depth: int
    good_answer: str = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the question as plain values that JSON can hold."""
        return {
            "text": self.text,
            "discipline": self.discipline,
            "reason": self.reason,
            "depth": self.depth,
            "good_answer": self.good_answer,
        }


@dataclass(frozen=True)
class Match(Shown):
    """How a candidate's shown work meets a role's need.

    Parameters
    ----------
    fit : float
        Calibrated probability, in [0, 1], that someone who reads both would call the domain a fit;
        NaN when the library abstains.
    mismatch : float
        The part of the role's demand, in [0, 1], that the candidate does not cover; NaN when the
        library abstains.
    verdict : {"fit", "partial", "mismatch", "undecided"}
        The fit in a word; "undecided" when either side abstains.
    gaps : tuple of Gap
        What the role needs and the candidate lacks, the largest first.
    flags : tuple of Flag
        What the reader should know.
    evidence : tuple of Evidence
        The candidate's evidence for what the role needs, the strongest first.
    role, candidate : Profile
        The two sides.
    """

    fit: float
    mismatch: float
    verdict: Verdict
    gaps: tuple[Gap, ...]
    flags: tuple[Flag, ...]
    evidence: tuple[Evidence, ...] = field(repr=False)
    role: Profile = field(repr=False)
    candidate: Profile = field(repr=False)

    @property
    def status(self) -> Status:
        """Whether the numbers may be used."""
        return "abstained" if self.verdict == "undecided" else "ok"

    @property
    def bundle(self) -> str:
        """The fingerprint of the model that made it (`Model.fingerprint`)."""
        return self.candidate.bundle

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why either side abstains."""
        sides = (("The role", self.role), ("The candidate", self.candidate))
        return tuple(f"{who}: {reason}" for who, side in sides for reason in side.reasons)

    @cached_property
    def interview(self) -> tuple[Question, ...]:
        """What to ask the candidate about each gap and thin claim; twelve questions at most."""
        from .interview import interview

        return interview(self)

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions of the interview, as plain text."""
        return tuple(q.text for q in self.interview)

    def explain(self) -> str:
        """Say in a few plain sentences what the verdict rests on."""
        from .explain import explain_match

        return explain_match(self)

    def to_dict(self, *, evidence: bool = True) -> dict[str, Any]:
        """Give the match as plain values that JSON can hold (NaN becomes None).

        Parameters
        ----------
        evidence : bool, default True
            Whether to include the evidence, which quotes the documents.
        """
        out: dict[str, Any] = {
            "fit": None if self.fit != self.fit else self.fit,
            "mismatch": None if self.mismatch != self.mismatch else self.mismatch,
            "verdict": self.verdict,
            "status": self.status,
            "reasons": list(self.reasons),
            "bundle": self.bundle,
            "gaps": [g.to_dict() for g in self.gaps],
            "flags": [f.to_dict() for f in self.flags],
            "questions": list(self.questions),
            "interview": [q.to_dict() for q in self.interview],
            "role": self.role.to_dict(evidence=evidence),
            "candidate": self.candidate.to_dict(evidence=evidence),
        }
        if evidence:
            out["evidence"] = [e.to_dict() for e in self.evidence]
        return out

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw demand against coverage by discipline (needs the extra ``plots``)."""
        from .plots import plot_match

        return plot_match(self, ax=ax)


def _rebuild(cls: type[Profile], values: dict[str, Any]) -> Profile:
    return cls(**values)
