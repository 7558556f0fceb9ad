"""What must be looked at before anything is learned from placements: who is whom, what leaks, which labels lie."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..types import FloatArray
from .schema import Placements

SAME = 0.5
"""Texts that share so much of their word fives (Jaccard) are of one person."""
HELD_OUT = 0.2
_WORD = re.compile(r"[a-z0-9]+")
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|(?:\+?\d[\s().-]?){9,15}")
_OUTCOME = re.compile(
    r"\b(?:was\s+hired|were\s+hired|got\s+the\s+(?:job|offer)|offer\s+accepted|passed\s+probation|rejected|not\s+hired|"
    r"terminated|contract\s+extended|left\s+after)\b",
    re.IGNORECASE,
)


def person_groups(texts: Sequence[Any]) -> npt.NDArray[np.int64]:
    """Group texts of one person: nearly the same words, or the same mail address or telephone number.

    Parameters
    ----------
    texts : sequence
        The candidates' documents; other values than texts are told apart by identity alone.

    Returns
    -------
    ndarray of shape (n_texts,)
        The group of each, from 0 on.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    unique = {str(t): i for i, t in enumerate(dict.fromkeys(map(str, texts)))}
    shingles = [_shingles(t) for t in unique]
    ends = np.cumsum([0, *map(len, shingles)])
    columns = np.concatenate(shingles) if shingles else np.zeros(0, np.int64)
    _, columns = np.unique(columns, return_inverse=True)
    width = int(columns.max(initial=-1)) + 1
    seen = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(unique), width))
    shared = (seen @ seen.T).tocoo()
    size = np.diff(ends)
    alike = shared.data >= SAME * (size[shared.row] + size[shared.col] - shared.data)
    links = csr_matrix((np.ones(alike.sum()), (shared.row[alike], shared.col[alike])), shape=(len(unique),) * 2)
    links = links + _by_contact(list(unique))
    _, group = connected_components(links, directed=False)
    return np.array([group[unique[str(t)]] for t in texts], np.int64)


def _shingles(text: str) -> npt.NDArray[np.int64]:
    words = _WORD.findall(text.lower())
    fives = [" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))]
    return np.unique(np.array([zlib.crc32(f.encode()) for f in fives], np.int64))


def _by_contact(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix

    first: dict[str, int] = {}
    found = [
        (re.sub(r"[\s().-]", "", c.lower()), i) for i, t in enumerate(texts) for c in sorted(set(_CONTACT.findall(t)))
    ]
    pairs = [(first.setdefault(contact, i), i) for contact, i in found]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts),) * 2)


def split_placements(
    placements: Placements, group: npt.NDArray[np.int64], seed: int = 0
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], str]:
    """Keep a fifth for testing, with no person on both sides.

    Returns
    -------
    learn, test : ndarray of int
        Positions. The test part is the latest placements where there are dates, and a random fifth
        of the people where there are none, or where the same people come again so often that a
        split by date would leave less than half to learn from.
    how : {"date", "person"}
        Which it was.
    """
    everyone = np.arange(len(group))
    if placements.dates is not None:
        order = np.argsort(placements.dates, kind="stable")
        test = np.sort(order[int(len(order) * (1 - HELD_OUT)) :])
        learn = everyone[~np.isin(group, group[test])]
        if len(learn) >= len(group) / 2:
            return learn, test, "date"
    people = np.random.default_rng(seed).permutation(np.unique(group))
    held = np.isin(group, people[: max(1, round(len(people) * HELD_OUT))])
    return everyone[~held], everyone[held], "person"


def leakage_warnings(placements: Placements, group: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """Say what in the table may give the answer away."""
    out = []
    texts = [str(t) for t in placements.candidates]
    told = sum(bool(_OUTCOME.search(t)) for t in dict.fromkeys(texts))
    if told:
        out.append(f"{told} candidates' texts speak of how it went ('was hired', 'rejected' and the like).")
    people, documents = len(np.unique(group)), len(set(texts))
    if people < documents:
        out.append(f"{documents} candidates' texts are of {people} people: they were kept on one side of the split.")
    pairs = pd.Series(list(zip(map(str, placements.roles), group, strict=True)))
    again = int(pairs.duplicated().sum())
    if again:
        out.append(f"{again} placements repeat a role and a person that came before.")
    if placements.dates is not None and (placements.dates > np.datetime64("now")).any():
        out.append("Some placements begin in the future.")
    out += [
        f"Column {str(name)!r} tells the outcome by itself; it is not used, and an audit should not use it."
        for name in placements.frame.columns
        if name not in ("outcome", "months", "censored") and _tells(placements.frame[name], placements.outcome)
    ]
    return tuple(out)


def _tells(column: pd.Series[Any], outcome: FloatArray) -> bool:
    known = ~np.isnan(outcome)
    values = column[known].astype(str)
    if not 2 <= values.nunique() <= 10:
        return False
    rates = pd.Series(outcome[known], index=values.index).groupby(values)
    return bool(rates.mean().isin([0.0, 1.0]).all() and (rates.size() >= 5).all())


def label_noise(outcome: FloatArray, outside: FloatArray) -> npt.NDArray[np.intp]:
    """Find placements whose outcome is more likely wrong than right, the likeliest first.

    Parameters
    ----------
    outcome : ndarray of shape (n,)
        1, 0, or NaN.
    outside : ndarray of shape (n,)
        P(success) from models that did not learn from the row; NaN where there is none.

    Returns
    -------
    ndarray of int
        Positions. A row is suspect where the other outcome is at least as probable as it is on
        average among the rows that have it, and the given one is less so (confident learning [1]_).

    References
    ----------
    .. [1] Northcutt, Jiang and Chuang, "Confident Learning", Journal of Artificial Intelligence
       Research 70, 2021.
    """
    known = ~np.isnan(outcome) & ~np.isnan(outside)
    success = known & (outcome == 1)
    failure = known & (outcome == 0)
    if not success.any() or not failure.any():
        return np.zeros(0, np.intp)
    high, low = outside[success].mean(), 1 - outside[failure].mean()
    suspect = (failure & (outside >= high)) | (success & (1 - outside >= low))
    margin = np.where(outcome == 1, outside, 1 - outside)
    rows = np.flatnonzero(suspect)
    return rows[np.argsort(margin[rows], kind="stable")]
