"""How a new pool differs from an old one: profiles, abstention, and words that nobody knew."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..exceptions import InputError
from ..frames import profile_frame
from ..frames.dataset import read_parts
from ..model import Model
from ..progress import progress_bar
from ..types import FloatArray, Kind

PERMUTATIONS, SEED = 999, 0
LEVEL = 0.05
PRIVATE = 5
"""A new word is shown only where so many documents have it: no single person's words are."""
MOST_WORDS = 20
_WORD = re.compile(r"[a-z][a-z0-9+#.-]{2,30}(?<![.-])")


@dataclass(frozen=True)
class Drift:
    """The differences between two pools.

    Parameters
    ----------
    table : DataFrame
        Indexed by what is compared: each discipline's probability, its share, the largest
        probability, abstention, documents without a discipline, and the part of words that the
        reference does not have. ``reference`` and ``new`` are means; ``p`` is of a permutation test
        of the difference of means, ``p_holm`` corrected for the number of rows (Holm, 1979);
        ``distance`` is Kolmogorov's and Smirnov's.
    new_words : DataFrame
        The words that became more common, indexed by word: ``reference`` and ``new`` are parts of
        documents. Only words that at least five new documents have.
    reference, new : int
        The sizes of the pools.
    """

    table: pd.DataFrame
    new_words: pd.DataFrame
    reference: int
    new: int

    @property
    def shifted(self) -> tuple[str, ...]:
        """What differs by more than chance explains, at a family-wise level of 5%."""
        return tuple(str(i) for i in self.table.index[self.table["p_holm"] < LEVEL])

    def __str__(self) -> str:
        said = ", ".join(self.shifted) or "nothing"
        parts = [
            f"{self.reference} documents before, {self.new} now. Shifted by more than chance explains: {said}.",
            self.table.round(3).to_string(),
        ]
        if len(self.new_words):
            parts.append("Words that became more common (parts of documents)\n" + self.new_words.round(3).to_string())
        return "\n\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Give the drift as plain values that JSON can hold (NaN becomes None)."""

        def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
            return [
                {"name": str(i), **{str(k): None if v != v else float(v) for k, v in row.items()}}
                for i, row in table.iterrows()
            ]

        return {
            "reference": self.reference,
            "new": self.new,
            "shifted": list(self.shifted),
            "table": rows(self.table),
            "new_words": rows(self.new_words),
        }

    def _repr_html_(self) -> str:
        return str(self.table.round(3).to_html() + self.new_words.round(3).to_html())


def drift(
    model: Model,
    reference: Sequence[str],
    new: Sequence[str],
    *,
    kind: Kind = "candidate",
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    fits: tuple[Any, Any] | None = None,
    work: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Drift:
    """Compare a new pool with an old one.

    Parameters
    ----------
    model : Model
        Profiles the documents.
    reference, new : sequence of str
        The texts.
    kind : {"candidate", "role"}
        What they are.
    permutations, seed : int
        Of the tests.
    fits : pair of array-like, optional
        The fits of both pools to a role, NaN where there is none; they are compared as well.
    work : path, optional
        A folder that remembers the profiles, so that an interrupted run goes on; needs the extra ``tables``.
    progress : bool, optional
        Whether to show progress bars; by default where somebody is watching.

    Returns
    -------
    Drift

    Raises
    ------
    InputError
        If either pool has fewer than two texts.
    """
    if min(len(reference), len(new)) < 2:
        raise InputError("drift compares pools: give at least two texts in each")
    tables = [
        _profiled(texts, kind, model, None if work is None else Path(work) / name, progress)
        for name, texts in (("reference", reference), ("new", new))
    ]
    words = [[_words(t) for t in texts] for texts in (reference, new)]
    columns = [_measures(t, w, words[0], model) for t, w in zip(tables, words, strict=True)]
    if fits is not None:
        for measures, fit in zip(columns, fits, strict=True):
            measures["fit"] = np.asarray(fit, np.float64)
    rows = {}
    with progress_bar("tests", len(columns[0]), shown=progress, unit="test") as bar:
        for name, before in columns[0].items():
            rows[name] = _compared(before, columns[1][name], permutations, seed)
            bar.update(1)
    table = pd.DataFrame(rows).T
    table["p_holm"] = holm(table["p"].to_numpy())
    return Drift(table, _new_words(*words), len(reference), len(new))


def _profiled(texts: Sequence[str], kind: Kind, model: Model, out: Path | None, progress: bool | None) -> pd.DataFrame:
    table = pd.DataFrame({"text": list(texts)})
    done = profile_frame(table, kind=kind, model=model, out=out, progress=progress)
    return read_parts(done) if out is not None else pd.DataFrame(done)


def _measures(
    table: pd.DataFrame, words: Sequence[frozenset[str]], known: Sequence[frozenset[str]], model: Model
) -> dict[str, FloatArray]:
    keys = list(model.taxonomy.keys)
    out = {k: table[k].to_numpy(np.float64) for k in keys}
    out |= {f"share_{k}": table[f"share_{k}"].to_numpy(np.float64) for k in keys}
    out["largest probability"] = table[keys].max(axis=1).to_numpy(np.float64)
    out["abstained"] = table["status"].isin(["abstained", "error"]).to_numpy(np.float64)
    out["no discipline"] = (table["status"] == "no_discipline").to_numpy(np.float64)
    out["words new to the pool"] = _unknown(words, known)
    return out


def _unknown(words: Sequence[frozenset[str]], known: Sequence[frozenset[str]]) -> FloatArray:
    """Return the part of each document's words that no other document of the reference has."""
    count = Counter(w for document in known for w in document)
    # A document of the reference must not be its own witness.
    own = 1 if words is known else 0
    return np.array([np.mean([count[w] <= own for w in d]) if d else np.nan for d in words], np.float64)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _compared(before: FloatArray, after: FloatArray, permutations: int, seed: int) -> dict[str, float]:
    from scipy.stats import ks_2samp

    before, after = before[~np.isnan(before)], after[~np.isnan(after)]
    if min(len(before), len(after)) < 2:
        return dict.fromkeys(("reference", "new", "distance", "p"), float("nan"))
    return {
        "reference": float(before.mean()),
        "new": float(after.mean()),
        "distance": float(ks_2samp(before, after).statistic),
        "p": permutation_p(before, after, permutations, seed),
    }


def permutation_p(before: FloatArray, after: FloatArray, permutations: int, seed: int) -> float:
    """Return how often a random split differs in means at least as much as the given one.

    Returns
    -------
    float
        In (0, 1]: the given split counts as one of them (Phipson and Smyth, 2010).
    """
    source = np.random.default_rng(seed)
    both = np.concatenate([before, after])
    seen = abs(after.mean() - before.mean())
    hits = 0
    for _ in range(permutations):
        drawn = source.permutation(both)
        hits += abs(drawn[: len(before)].mean() - drawn[len(before) :].mean()) >= seen - 1e-12
    return (hits + 1) / (permutations + 1)


def holm(p: FloatArray) -> FloatArray:
    """Correct p-values for their number (Holm, Scandinavian Journal of Statistics 6, 1979); NaN stays NaN.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    out = np.full(len(p), np.nan)
    order = [i for i in np.argsort(p) if not np.isnan(p[i])]
    worst = 0.0
    for rank, i in enumerate(order):
        worst = max(worst, min(1.0, (len(order) - rank) * p[i]))
        out[i] = worst
    return out


def _new_words(before: Sequence[frozenset[str]], after: Sequence[frozenset[str]]) -> pd.DataFrame:
    old, new = (Counter(w for d in pool for w in d) for pool in (before, after))
    rows = {w: {"reference": old[w] / len(before), "new": c / len(after)} for w, c in new.items() if c >= PRIVATE}
    # How surprising the rise is, and not how large: common words move by much and mean nothing.
    risen = {w: (r["new"] - r["reference"]) / np.sqrt((r["new"] + r["reference"]) / 2) for w, r in rows.items()}
    best = sorted((w for w in risen if risen[w] > 0), key=lambda w: (-risen[w], w))[:MOST_WORDS]
    return pd.DataFrame([rows[w] for w in best], index=pd.Index(best, name="word"), columns=["reference", "new"])
