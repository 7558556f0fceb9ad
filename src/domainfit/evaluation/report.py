"""Run a model over a gold folder and measure it, with confidence intervals."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import metrics as m
from ..exceptions import DomainfitError
from ..model import Model
from ..results import Match, Profile
from ..types import FloatArray, Kind
from .gold import Gold, GoldDocument, GoldPair, load_gold

Index = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
Measure = tuple[str, Callable[[Index], float], int]
"""A name, a function from resampled rows to a value, and the number of rows behind it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure with its 95% bootstrap interval and the number of documents or pairs behind it."""

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
        Ids of documents that could not be scored; they count as wrong.
    """

    rows: tuple[Row, ...]
    failures: tuple[str, ...] = ()

    def __getitem__(self, key: tuple[str, str]) -> Row:
        for row in self.rows:
            if (row.group, row.measure) == key:
                return row
        raise KeyError(f"no measure {key!r}; there are {[(r.group, r.measure) for r in self.rows]}")

    def to_dict(self) -> dict[str, Any]:
        """Give the evaluation as plain values that JSON can hold (NaN becomes None)."""
        names = ("group", "measure", "value", "low", "high", "n")
        rows = [{k: _none(getattr(r, k)) for k in names} for r in self.rows]
        return {"rows": rows, "failures": list(self.failures)}

    def to_markdown(self) -> str:
        """Give the evaluation as a Markdown table."""
        lines = ["| group | measure | value | 95% interval | n |", "|---|---|---|---|---|"]
        lines += [f"| {r.group} | {r.measure} | {_show(r.value)} | {_interval(r)} | {r.n} |" for r in self.rows]
        return "\n".join(lines)

    def __str__(self) -> str:
        lines: list[str] = []
        group = ""
        for r in self.rows:
            if r.group != group:
                lines += ["", r.group]
                group = r.group
            lines.append(f"  {r.measure:<46} {_show(r.value):>6}   {_interval(r):<14} n={r.n}")
        if self.failures:
            lines += ["", f"{len(self.failures)} documents could not be scored: {', '.join(self.failures)}"]
        return "\n".join(lines).strip("\n")


def evaluate(
    model: Model,
    gold: str | os.PathLike[str] | Gold,
    *,
    seed: int = 0,
    resamples: int = 1000,
    progress: bool | None = None,
) -> Evaluation:
    """Measure a model on labelled documents and pairs.

    Parameters
    ----------
    model : Model
        The model.
    gold : path or Gold
        A folder as `load_gold` reads it, or what it returned.
    seed : int, default 0
        Seeds the bootstrap.
    resamples : int, default 1000
        Bootstrap samples. Documents are resampled one by one; pairs role by role, since pairs of
        one role are not independent.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    Evaluation

    Raises
    ------
    DataError
        If the folder is malformed.
    """
    keys = model.taxonomy.keys
    gold = gold if isinstance(gold, Gold) else load_gold(gold, keys)
    roles = _profiles(model, gold.jobs, "role", progress)
    candidates = _profiles(model, gold.resumes, "candidate", progress)
    rows: list[Row] = []
    for group, documents, profiles in (("Postings", gold.jobs, roles), ("Résumés", gold.resumes, candidates)):
        if documents:
            measures = _document_measures(documents, profiles, keys)
            rows += _bootstrap(group, measures, [np.array([i]) for i in range(len(documents))], seed, resamples)
    if gold.pairs:
        sides = (
            {d.id: p for d, p in zip(gold.jobs, roles, strict=True)},
            {d.id: p for d, p in zip(gold.resumes, candidates, strict=True)},
        )
        clusters = [
            np.flatnonzero([p.role == r for p in gold.pairs]) for r in dict.fromkeys(p.role for p in gold.pairs)
        ]
        rows += _bootstrap("Pairs", _pair_measures(model, gold.pairs, *sides), clusters, seed, resamples)
    failed = [d.id for d, p in zip((*gold.jobs, *gold.resumes), (*roles, *candidates), strict=True) if p is None]
    return Evaluation(tuple(rows), tuple(failed))


def _profiles(
    model: Model, documents: Sequence[GoldDocument], kind: Kind, progress: bool | None
) -> list[Profile | None]:
    from tqdm import tqdm

    out: list[Profile | None] = []
    for document in tqdm(documents, desc=kind, unit="doc", disable=None if progress is None else not progress):
        try:
            out.append(model.profile(document.text, kind))
        except DomainfitError:
            out.append(None)
    return out


def _document_measures(
    documents: Sequence[GoldDocument], profiles: Sequence[Profile | None], keys: Sequence[str]
) -> list[Measure]:
    n = len(keys)
    strengths = np.array([[d.strengths.get(k, 0.0) for k in keys] for d in documents])
    allowed = np.array([[k in d.primary for k in keys] for d in documents])
    some = np.asarray(allowed.any(axis=1))
    strong = np.asarray(strengths >= 2)
    scores = _table(profiles, "probability", keys)
    own = np.array(
        [p is not None and (p.primary or "none") in d.primary for p, d in zip(profiles, documents, strict=True)]
    )
    single = np.array([len(d.primary) == 1 and d.primary[0] != "none" for d in documents])
    truth = np.where(single, allowed.argmax(axis=1), -1)
    guess = scores.argmax(axis=1)
    out: list[Measure] = [
        ("primary right (top of six)", lambda i: m.top_allowed(scores[i], allowed[i]), int(some.sum())),
        ("primary right, none included", lambda i: m.mean_or_nan(own[i]), len(documents)),
        ("top not even substantial", lambda i: m.top_unsubstantial(scores[i], strengths[i], some[i]), int(some.sum())),
        ("macro-F1", lambda i: m.macro_f1(guess[i][single[i]], truth[i][single[i]], n), int(single.sum())),
        ("AUROC of strength >= 2, mean", lambda i: _mean_auroc(strong[i], scores[i]), len(documents)),
        ("AUROC of none against some", lambda i: m.auroc(some[i], scores[i].max(axis=1)), len(documents)),
        ("calibration error", lambda i: m.calibration_error(scores[i], strong[i]), scores.size),
        ("Brier score", lambda i: m.brier(scores[i], strong[i]), scores.size),
    ]
    for k, key in enumerate(keys):
        out += _discipline_measures(key, truth == k, guess == k, strong[:, k], scores[:, k])
    if any(d.depths for d in documents):
        gold_depth = np.array([[d.depths.get(k, 0.0) for k in keys] for d in documents])
        out += _depth_measures(_rung(gold_depth), _rung(_table(profiles, "depth", keys)), keys)
    return out


def _discipline_measures(
    key: str, own: BoolArray, guessed: BoolArray, strong: BoolArray, score: FloatArray
) -> list[Measure]:
    return [
        (f"recall, {key}", lambda i: m.mean_or_nan(guessed[i][own[i]]), int(own.sum())),
        (f"AUROC, {key}", lambda i: m.auroc(strong[i], score[i]), int(strong.sum())),
    ]


def _depth_measures(gold: npt.NDArray[np.int64], found: npt.NDArray[np.int64], keys: Sequence[str]) -> list[Measure]:
    def kappa(k: int) -> Callable[[Index], float]:
        return lambda i: m.quadratic_kappa(gold[i, k], found[i, k], 5)

    each = [kappa(k) for k in range(len(keys))]
    mean: Measure = ("depth QWK, mean", lambda i: m.mean_or_nan([f(i) for f in each]), len(gold))
    return [mean, *((f"depth QWK, {key}", f, len(gold)) for key, f in zip(keys, each, strict=True))]


def _rung(depth: FloatArray) -> npt.NDArray[np.int64]:
    """Round to the nearest rung, halves up."""
    return np.asarray(np.floor(depth + 0.5), np.int64)


def _pair_measures(
    model: Model, pairs: Sequence[GoldPair], roles: dict[str, Profile | None], candidates: dict[str, Profile | None]
) -> list[Measure]:
    matches = [_match(model, roles[p.role], candidates[p.candidate]) for p in pairs]
    # A pair without a score ranks below all others.
    fit = np.array([-1.0 if x is None or x.fit != x.fit else x.fit for x in matches])
    met = np.array([-2.0 if x is None or x.fit != x.fit else -x.mismatch for x in matches])
    gain = np.array([p.fit for p in pairs])
    good, role = np.asarray(gain >= 2), np.array([p.role for p in pairs])
    n = len(pairs)
    return [
        ("AUROC of fit >= 2", lambda i: m.auroc(good[i], fit[i]), n),
        ("AUROC of fit >= 2 within a role", lambda i: m.auroc_within(good[i], fit[i], role[i]), n),
        ("nDCG within a role", lambda i: m.ndcg_within(gain[i], fit[i], role[i]), n),
        ("AUROC of low mismatch", lambda i: m.auroc(good[i], met[i]), n),
        ("calibration error of fit, 5 bins", lambda i: m.calibration_error(fit[i].clip(0), good[i], 5), n),
    ]


def _match(model: Model, role: Profile | None, candidate: Profile | None) -> Match | None:
    return None if role is None or candidate is None else model.score_match(role, candidate)


def _mean_auroc(strong: npt.NDArray[np.bool_], scores: FloatArray) -> float:
    return m.mean_or_nan([m.auroc(strong[:, k], scores[:, k]) for k in range(strong.shape[1])])


def _table(profiles: Sequence[Profile | None], name: str, keys: Sequence[str]) -> FloatArray:
    return np.array([[getattr(p, name)[k] if p is not None else 0.0 for k in keys] for p in profiles])


def _bootstrap(
    group: str, measures: Sequence[Measure], clusters: Sequence[Index], seed: int, resamples: int
) -> list[Row]:
    """Percentile intervals over samples of whole clusters, drawn alike for every measure."""
    rng = np.random.default_rng(seed)
    everything = np.concatenate(clusters)
    draws = [
        np.concatenate([clusters[c] for c in rng.integers(0, len(clusters), len(clusters))]) for _ in range(resamples)
    ]
    rows = []
    for name, measure, n in measures:
        values = np.array([measure(i) for i in draws])
        values = values[~np.isnan(values)]
        low, high = np.quantile(values, [0.025, 0.975]) if values.size else (m.NAN, m.NAN)
        rows.append(Row(group, name, float(measure(everything)), float(low), float(high), n))
    return rows


def _none(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value


def _show(value: float) -> str:
    return "-" if value != value else f"{value:.3f}"


def _interval(row: Row) -> str:
    return f"{_show(row.low)}-{_show(row.high)}"
