"""What an account of a technical decision shows of how somebody decides, and on which sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ._shown import Shown
from .decision_scoring import CARRIED, DIMENSIONS, HIGHEST, DecisionHead, account_features, account_ratings
from .results import Profile, Status
from .types import Flag, FloatArray, Segment

MAX_SENTENCES = 3
"""So many sentences are shown for a dimension."""
WEAK = 1.5
"""A dimension rated below this is asked about."""


class Dimension(NamedTuple):
    """Something that an account of a decision is rated on.

    Parameters
    ----------
    name : str
        How to show it.
    meaning : str
        What it takes.
    question : str
        What to ask where it is missing.
    """

    name: str
    meaning: str
    question: str


DIMENSION: Mapping[str, Dimension] = MappingProxyType(
    dict(
        zip(
            DIMENSIONS,
            (
                Dimension(
                    "Problem",
                    "what went wrong or was wanted, and for whom",
                    "What exactly was the problem, and who had it?",
                ),
                Dimension(
                    "Constraints",
                    "what limited the choice: time, money, data, rules, people",
                    "What could you not change, and how did that limit the choice?",
                ),
                Dimension(
                    "Alternatives",
                    "what else could have been done, taken seriously",
                    "What else did you consider, and what spoke for it?",
                ),
                Dimension(
                    "Trade-off",
                    "what was given up for what, and why that was worth it",
                    "What did you give up by choosing this, and when would the other choice have been right?",
                ),
                Dimension(
                    "Evidence",
                    "what was measured, tried or looked at before deciding",
                    "What did you look at before you decided, and what would have changed your mind?",
                ),
                Dimension(
                    "Outcome",
                    "what came of it, the bad included",
                    "How do you know that it worked, and what did not?",
                ),
                Dimension(
                    "Ownership",
                    "which part was the writer's own",
                    "Which part of the decision was yours, and who else had a say?",
                ),
                Dimension(
                    "Clarity",
                    "whether a reader can tell what was decided, and why",
                    "In one sentence: what did you decide, and why?",
                ),
            ),
            strict=True,
        )
    )
)
"""The dimensions by key, in the order of `DIMENSIONS`."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that carries a dimension.

    Parameters
    ----------
    text : str
        ``document.text[start:end]``.
    start, end : int
        Offsets into the account's text.
    level : float
        How much of the dimension it carries, in [0, 1].
    """

    text: str = field(repr=False)
    start: int
    end: int
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Give the sentence as plain values that JSON can hold."""
        return {"text": self.text, "start": self.start, "end": self.end, "level": self.level}


@dataclass(frozen=True, slots=True)
class Rating(Shown):
    """How well an account does on one dimension.

    Parameters
    ----------
    value : float
        0, nothing said, to 4; NaN where the library abstains.
    low, high : float
        Four in five accounts rated so were put between these by a person.
    sentences : tuple of Sentence
        The sentences that carry it, the strongest first; at most three.
    """

    value: float
    low: float
    high: float
    sentences: tuple[Sentence, ...] = ()

    def to_dict(self, *, evidence: bool = True) -> dict[str, Any]:
        """Give the rating as plain values that JSON can hold (NaN becomes None)."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        out: dict[str, Any] = {k: None if v != v else v for k, v in numbers.items()}
        return out | ({"sentences": [s.to_dict() for s in self.sentences]} if evidence else {})


@dataclass(frozen=True)
class DecisionAssessment(Shown):
    """What a written account of a decision shows.

    Parameters
    ----------
    status : {"ok", "abstained"}
        Whether the ratings may be used; ``reasons`` says why not.
    reasons : tuple of str
        Why the library abstains.
    overall : Rating
        The account as a whole, without sentences of its own.
    ratings : mapping of str to Rating
        One for each of the eight dimensions.
    about : Profile
        Which disciplines the account is about; read as a candidate's text.
    flags : tuple of Flag
        What a reader should know: hidden text, and work of another field than the role's.
    """

    status: Status
    reasons: tuple[str, ...]
    overall: Rating
    ratings: Mapping[str, Rating]
    about: Profile = field(repr=False)
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "ratings", MappingProxyType(dict(self.ratings)))

    @property
    def questions(self) -> tuple[str, ...]:
        """What to ask about the dimensions on which the account says little, the weakest first."""
        weak = sorted((r.value, k) for k, r in self.ratings.items() if r.value < WEAK)
        return tuple(DIMENSION[k].question for _, k in weak)

    def explain(self) -> str:
        """Say in a few plain sentences what the ratings rest on."""
        if self.status != "ok":
            return f"Not rated: {'; '.join(self.reasons)}."
        by_value = sorted(self.ratings, key=lambda k: -self.ratings[k].value)
        strong = [DIMENSION[k].name.lower() for k in by_value if self.ratings[k].value >= 2.5]
        weak = [DIMENSION[k].name.lower() for k in by_value if self.ratings[k].value < WEAK]
        said = [f"Overall {self.overall.value:.1f} of {HIGHEST} ({self.overall.low:.1f} to {self.overall.high:.1f})."]
        said += [f"Well told: {', '.join(strong)}."] if strong else []
        said += [f"Little or nothing on: {', '.join(weak)}."] if weak else []
        return " ".join([*said, *(f.message for f in self.flags)])

    def to_dict(self, *, evidence: bool = True) -> dict[str, Any]:
        """Give the assessment as plain values that JSON can hold.

        Parameters
        ----------
        evidence : bool, default True
            Whether to include the sentences, which quote the account.
        """
        return {
            "status": self.status,
            "reasons": list(self.reasons),
            "overall": self.overall.to_dict(evidence=False),
            "ratings": {k: r.to_dict(evidence=evidence) for k, r in self.ratings.items()},
            "about": self.about.primary,
            "share": dict(self.about.share),
            "flags": [f.to_dict() for f in self.flags],
            "questions": list(self.questions),
            "bundle": self.about.bundle,
        }


def rated(head: DecisionHead, sentences: list[Segment], levels: FloatArray) -> tuple[Rating, dict[str, Rating]]:
    """Rate an account from what its sentences carry.

    Parameters
    ----------
    head : DecisionHead
        The fitted values.
    sentences : list of Segment
        The account's sentences.
    levels : ndarray of shape (n_sentences, 8)
        What each carries of each dimension.

    Returns
    -------
    overall : Rating
        The whole.
    ratings : dict of str to Rating
        The dimensions.
    """
    values = account_ratings(head.reading, account_features(levels))
    low, high = np.maximum(0.0, values - head.margin), np.minimum(HIGHEST, values + head.margin)
    ratings = {
        key: Rating(float(values[d]), float(low[d]), float(high[d]), _carriers(sentences, levels[:, d]))
        for d, key in enumerate(DIMENSIONS)
    }
    return Rating(float(values[-1]), float(low[-1]), float(high[-1])), ratings


def unrated() -> tuple[Rating, dict[str, Rating]]:
    """Return ratings that say nothing, for an account on which the library abstains."""
    nothing = Rating(float("nan"), float("nan"), float("nan"))
    return nothing, dict.fromkeys(DIMENSIONS, nothing)


def _carriers(sentences: list[Segment], levels: FloatArray) -> tuple[Sentence, ...]:
    best = np.argsort(-levels, kind="stable")[:MAX_SENTENCES]
    return tuple(
        Sentence(sentences[i].text, sentences[i].start, sentences[i].end, float(levels[i]))
        for i in best
        if levels[i] >= CARRIED
    )
