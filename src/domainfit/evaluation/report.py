"""What an evaluation measures, with its confidence intervals, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .. import metrics as m
from ..metrics import BoolArray, Index
from ..types import FloatArray
from .gold import NONE, GoldDocument, GoldPair

if TYPE_CHECKING:
    from ..results import Match, Profile

Draw = Callable[[int], Index]
"""From a number of units to bootstrap samples of them, shape (n_resamples, n_units)."""
Measure = tuple[str, Callable[[Index], float], int]
"""A name, a function from the units drawn (documents, or roles) to a value, and the count behind it."""

LAST, FIRST, UNDECIDED = -3.0, 3.0, -2.0
"""Scores beyond any that a model gives: where a failure is ranked so as to be wrong, and where a pair
is ranked that the model declines to decide (below all decided ones, as a reader of the list sees it)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure, its 95% interval, and the number it rests on.

    Parameters
    ----------
    group, measure : str
        What was measured.
    value, low, high : float
        NaN where it is undefined: nothing to measure, or one class only.
    n : int
        Documents; for calibration and Brier score documents times disciplines; for pairs the pairs,
        within a role the comparisons, and for nDCG the roles.
    """

    group: str
    measure: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Parameters
    ----------
    rows : tuple of Row
        The measures, grouped as postings, résumés and pairs.
    failures : tuple of str
        Ids of documents, and ``role/candidate`` of pairs, on which the model failed; each counts as
        wrong in every measure.
    notes : tuple of str
        How the intervals were made, and what was left out.
    """

    rows: tuple[Row, ...]
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __getitem__(self, key: tuple[str, str]) -> Row:
        """Return the row of a group and a measure."""
        for row in self.rows:
            if (row.group, row.measure) == key:
                return row
        raise KeyError(f"no measure {key!r}; there are {[(r.group, r.measure) for r in self.rows]}")

    def to_dict(self) -> dict[str, Any]:
        """Give the evaluation as plain values that JSON can hold (NaN becomes None)."""
        rows = [{k: None if v != v else v for k, v in asdict(r).items()} for r in self.rows]
        return {"rows": rows, "failures": list(self.failures), "notes": list(self.notes)}

    def to_markdown(self) -> str:
        """Give the evaluation as a Markdown table, with the notes below."""
        lines = ["| group | measure | value | 95% interval | n |", "|---|---|---:|---:|---:|"]
        lines += [f"| {r.group} | {r.measure} | {_show(r.value)} | {_interval(r)} | {r.n} |" for r in self.rows]
        return "\n\n".join(["\n".join(lines), *self._remarks()])

    def __str__(self) -> str:
        width = max((len(r.measure) for r in self.rows), default=0)
        blocks = []
        for group in dict.fromkeys(r.group for r in self.rows):
            lines = [
                f"  {r.measure:<{width}}  {_show(r.value):>6}  {_interval(r):>16}  n={r.n}" for r in self._of(group)
            ]
            blocks.append("\n".join([group, *lines]))
        return "\n\n".join([*blocks, *self._remarks()])

    def _of(self, group: str) -> list[Row]:
        return [r for r in self.rows if r.group == group]

    def _remarks(self) -> list[str]:
        failed = f"{len(self.failures)} could not be scored and count as wrong: {', '.join(self.failures)}"
        return [*self.notes, *([failed] if self.failures else [])]


def document_rows(
    group: str, documents: Sequence[GoldDocument], profiles: Sequence[Profile | None], keys: Sequence[str], draw: Draw
) -> list[Row]:
    """Measure the profiles of one kind of documents; None is a failure, and wrong in every measure."""
    strong = np.array([[d.strengths.get(k, 0.0) >= 2 for k in keys] for d in documents])
    scores = _table(profiles, "probability", keys)
    ranking = np.where(np.isnan(scores), np.where(strong, LAST, FIRST), scores)
    measures = [
        *_primary_measures(documents, profiles, scores, keys),
        *_strength_measures(ranking, strong, keys),
        *_depth_measures(documents, profiles, keys),
    ]
    return _rows(group, measures, draw(len(documents)))


def pair_rows(pairs: Sequence[GoldPair], matches: Sequence[Match | None], draw: Draw) -> list[Row]:
    """Measure matches, role by role; None is a failure, and wrong in every measure."""
    gain = np.array([p.fit for p in pairs])
    good = np.asarray(gain >= 2)
    failed = np.array([x is None for x in matches])
    given = np.array([np.nan if x is None else x.fit for x in matches])
    claim = np.where(failed, ~good, given)  # still NaN where the model does not decide
    fit = _rankable(given, failed, good)
    met = _rankable(np.array([np.nan if x is None else -x.mismatch for x in matches]), failed, good)
    members = [np.flatnonzero([p.role == role for p in pairs]) for role in dict.fromkeys(p.role for p in pairs)]
    won, compared = np.array([m.comparisons(good[rows], fit[rows]) for rows in members]).T
    ranked = np.array([m.ndcg(gain[rows], fit[rows]) for rows in members])

    def pooled(measure: Callable[[Index], float]) -> Callable[[Index], float]:
        return lambda roles: measure(np.concatenate([members[r] for r in roles]))

    def calibration(i: Index) -> float:
        i = i[~np.isnan(claim[i])]
        return m.calibration_error(claim[i], good[i], 5)

    def within(roles: Index) -> float:
        return float(won[roles].sum() / compared[roles].sum()) if compared[roles].any() else m.NAN

    measures: list[Measure] = [
        ("AUROC of fit >= 2", pooled(lambda i: m.auroc(good[i], fit[i])), len(pairs)),
        ("AUROC of fit >= 2 within a role", within, int(compared.sum())),
        ("nDCG within a role", lambda roles: m.mean_or_nan(ranked[roles]), int((~np.isnan(ranked)).sum())),
        ("AUROC of low mismatch", pooled(lambda i: m.auroc(good[i], met[i])), len(pairs)),
        ("calibration error of fit, 5 bins", pooled(calibration), int((~np.isnan(claim)).sum())),
    ]
    return _rows("Pairs", measures, draw(len(members)))


def _primary_measures(
    documents: Sequence[GoldDocument], profiles: Sequence[Profile | None], scores: FloatArray, keys: Sequence[str]
) -> list[Measure]:
    strengths = np.array([[d.strengths.get(k, 0.0) for k in keys] for d in documents])
    allowed = np.array([[k in d.primary for k in keys] for d in documents])
    some, n = np.asarray(allowed.any(axis=1)), len(documents)  # a discipline counts as right, none perhaps too
    own = np.array(
        [p is not None and (p.primary or NONE) in d.primary for p, d in zip(profiles, documents, strict=True)]
    )
    most = np.where(np.isnan(scores[:, 0]), np.where(some, LAST, FIRST), scores.max(axis=1))
    single = np.array([len(d.primary) == 1 and d.primary[0] != NONE for d in documents])
    truth, guess = np.where(single, allowed.argmax(axis=1), -1), m.top(scores)

    def f1(i: Index) -> float:
        i = i[single[i]]
        return m.macro_f1(guess[i], truth[i])

    def recall(k: int) -> Callable[[Index], float]:
        return lambda i: m.recall(guess[i], truth[i], k)

    return [
        ("primary right (top of six)", lambda i: m.top_allowed(scores[i], allowed[i]), int(some.sum())),
        ("primary right, none included", lambda i: m.mean_or_nan(own[i]), n),
        ("top not even substantial", lambda i: m.top_unsubstantial(scores[i], strengths[i], some[i]), int(some.sum())),
        ("AUROC of none against some", lambda i: m.auroc(some[i], most[i]), n),
        ("macro-F1", f1, int(single.sum())),
        *((f"recall, {key}", recall(k), int((truth == k).sum())) for k, key in enumerate(keys)),
    ]


def _strength_measures(ranking: FloatArray, strong: BoolArray, keys: Sequence[str]) -> list[Measure]:
    probability = ranking.clip(0.0, 1.0)

    def auroc(k: int) -> Callable[[Index], float]:
        return lambda i: m.auroc(strong[i, k], ranking[i, k])

    return [
        *_with_mean("AUROC of strength >= 2", [auroc(k) for k in range(len(keys))], len(strong), keys),
        ("calibration error", lambda i: m.calibration_error(probability[i], strong[i]), strong.size),
        ("Brier score", lambda i: m.brier(probability[i], strong[i]), strong.size),
    ]


def _depth_measures(
    documents: Sequence[GoldDocument], profiles: Sequence[Profile | None], keys: Sequence[str]
) -> list[Measure]:
    labelled = np.array([bool(d.depths) for d in documents])
    if not labelled.any():
        return []
    gold = _rung(np.array([[d.depths.get(k, 0.0) for k in keys] for d in documents]))
    depth = _table(profiles, "depth", keys)
    found = _rung(np.where(np.isnan(depth), np.where(gold >= 2, 0.0, 4.0), depth))  # a failure is as wrong as can be

    def kappa(k: int) -> Callable[[Index], float]:
        return lambda i: m.quadratic_kappa(gold[i[labelled[i]], k], found[i[labelled[i]], k], 5)

    return _with_mean("depth QWK", [kappa(k) for k in range(len(keys))], int(labelled.sum()), keys)


def _with_mean(name: str, each: Sequence[Callable[[Index], float]], n: int, keys: Sequence[str]) -> list[Measure]:
    mean: Measure = (f"{name}, mean", lambda i: m.mean_or_nan([f(i) for f in each]), n)
    return [mean, *((f"{name}, {key}", f, n) for key, f in zip(keys, each, strict=True))]


def _rung(depth: FloatArray) -> npt.NDArray[np.int64]:
    """Round to the nearest rung, 0 to 4, halves up."""
    return np.asarray(np.floor(depth + 0.5).clip(0, 4), np.int64)


def _rankable(values: FloatArray, failed: BoolArray, good: BoolArray) -> FloatArray:
    return np.where(failed, np.where(good, LAST, FIRST), np.where(np.isnan(values), UNDECIDED, values))


def _table(profiles: Sequence[Profile | None], name: str, keys: Sequence[str]) -> FloatArray:
    return np.array([[np.nan if p is None else getattr(p, name)[k] for k in keys] for p in profiles])


def _rows(group: str, measures: Sequence[Measure], draws: Index) -> list[Row]:
    everything = np.arange(draws.shape[1])
    return [Row(group, name, float(f(everything)), *m.bootstrap_interval(f, draws), n) for name, f, n in measures]


def _show(value: float) -> str:
    return "-" if value != value else f"{value:.3f}"


def _interval(row: Row) -> str:
    return "-" if row.low != row.low else f"{row.low:.3f} to {row.high:.3f}"
