"""The columns of a table of placements, and their checking.

role, role_id            the role's text, or a name that `texts` knows
candidate, candidate_id  the candidate's text, or a name that `texts` knows
fit                      (instead of both) a fit that was worked out before
outcome                  success or failure in a word, 1 or 0, or a grade with `success=`
months, censored         (instead) months retained, and whether that is merely how long one has looked
label_DISCIPLINE         optional: the candidate's strength, 0 to 3, as a person read it
date                     optional: when the placement began
source                   optional: where the row comes from, such as "synthetic"
anything else            kept: groups for an audit
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..exceptions import DataError, InputError
from ..frames.tables import open_table, read_table, words
from ..types import FloatArray

HORIZON = 12.0
"""A placement that lasted so many months is a success, where months are given."""
MOST_FAULTS = 20
"""So many faults are named at once."""
_WORDS = {
    **dict.fromkeys(("success", "true", "yes", "1", "1.0"), 1.0),
    **dict.fromkeys(("failure", "fail", "false", "no", "0", "0.0"), 0.0),
    **dict.fromkeys(("", "nan", "none", "<na>", "unknown"), np.nan),
}


@dataclass(frozen=True)
class Placements:
    """Placements, checked.

    Parameters
    ----------
    roles, candidates : list
        The documents; empty where only fits are given.
    fit : ndarray of shape (n,) or None
        Fits worked out before.
    outcome : ndarray of shape (n,)
        1 success, 0 failure, NaN unknown.
    weight : ndarray of shape (n,)
        How much each outcome counts. Where months are given, a known outcome stands for those who
        were lost from sight before it could be known: inverse probability of censoring weights
        (Robins and Finkelstein, Biometrics 56, 2000). 1 elsewhere.
    dates : ndarray of shape (n,) or None
        When each began.
    frame : DataFrame
        The table as it came.
    """

    roles: list[Any]
    candidates: list[Any]
    fit: FloatArray | None
    outcome: FloatArray
    weight: FloatArray
    dates: npt.NDArray[np.datetime64] | None
    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def synthetic(self) -> bool:
        """Whether the table says of itself that it was made up."""
        return "source" in self.frame and bool((self.frame["source"].astype(str) == "synthetic").any())

    def rows(self, index: Any) -> Placements:
        """Return some of the placements, by position."""
        where = np.arange(len(self))[index]
        return Placements(
            [self.roles[i] for i in where] if self.roles else [],
            [self.candidates[i] for i in where] if self.candidates else [],
            None if self.fit is None else self.fit[where],
            self.outcome[where],
            self.weight[where],
            None if self.dates is None else self.dates[where],
            self.frame.iloc[where],
        )


def read_placements(
    source: Any, *, texts: Any = None, success: float | None = None, horizon: float = HORIZON
) -> Placements:
    """Read and check placements.

    Parameters
    ----------
    source : Placements, DataFrame, Table or path
        A pandas, polars or pyarrow table, or a CSV or Parquet file; the module's docstring lists
        the columns. Checked placements are returned as they are.
    texts : mapping or path, optional
        What ids stand for: a mapping from id to document, or a folder whose files have the ids for
        names.
    success : float, optional
        From which grade on a graded outcome is a success.
    horizon : float, default 12
        From how many months on a placement is a success, where ``months`` are given.

    Returns
    -------
    Placements

    Raises
    ------
    DataError
        If rows are malformed: the message names row and column of up to twenty of them.
    InputError
        If columns are missing or the table cannot be read.
    """
    if isinstance(source, Placements):
        return source
    frame = _table(source)
    faults = _Faults(frame)
    known = _known(texts)
    fit = faults.numbers("fit", 0.0, 1.0) if "fit" in frame else None
    roles = _documents(frame, "role", known, faults, needed=fit is None)
    candidates = _documents(frame, "candidate", known, faults, needed=fit is None)
    outcome, weight = _outcome(frame, faults, success, horizon)
    dates = faults.dates("date") if "date" in frame else None
    for name in (c for c in frame if str(c).startswith("label_")):
        faults.numbers(str(name), 0.0, 3.0)
    faults.end()
    return Placements(roles, candidates, fit, outcome, weight, dates, frame)


class _Faults:
    """Takes columns as numbers and dates, and remembers where that fails."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.found: list[str] = []

    def add(self, bad: Any, column: str, why: str) -> None:
        self.found += [f"row {i}, column {column!r}: {why}" for i in np.flatnonzero(np.asarray(bad, bool))]

    def numbers(self, column: str, low: float, high: float) -> FloatArray:
        given = self.frame[column]
        values = pd.to_numeric(given, errors="coerce").to_numpy(np.float64)
        blank = words(given) == ""
        bad = (np.isnan(values) & ~blank) | (values < low) | (values > high)
        self.add(bad, column, f"must be a number from {low:g} to {high:g}")
        return values

    def dates(self, column: str) -> npt.NDArray[np.datetime64]:
        given = self.frame[column]
        values = pd.to_datetime(given, errors="coerce", format="ISO8601" if given.dtype.kind != "M" else None)
        self.add(values.isna(), column, "must be a date such as 2024-05-31")
        return np.asarray(values.to_numpy("datetime64[s]"))

    def end(self) -> None:
        if self.found:
            more = len(self.found) - MOST_FAULTS
            rest = [f"and {more} more"] if more > 0 else []
            raise DataError(
                "placements are malformed (rows count from 0):\n" + "\n".join(self.found[:MOST_FAULTS] + rest)
            )


def _table(source: Any) -> pd.DataFrame:
    if isinstance(source, (str, os.PathLike)):
        return read_table(Path(source))
    return open_table(source).to_pandas().reset_index(drop=True)


def _known(texts: Any) -> Mapping[str, Any]:
    if texts is None or isinstance(texts, Mapping):
        return texts or {}
    folder = Path(texts)
    if not folder.is_dir():
        raise InputError(f"texts={str(folder)!r} is no folder: give one whose files have the ids for names")
    return {p.stem: p for p in sorted(folder.iterdir()) if p.is_file()}


def _documents(frame: pd.DataFrame, side: str, known: Mapping[str, Any], faults: _Faults, *, needed: bool) -> list[Any]:
    if side in frame:
        values = frame[side]
        faults.add(words(values) == "", side, "is blank")
        return list(values)
    named = f"{side}_id"
    if named not in frame:
        if needed:
            raise InputError(
                f"placements need a column {side!r} or {named!r} (or 'fit'); there are {list(frame.columns)}"
            )
        return []
    ids = frame[named].astype(str)
    if needed:
        faults.add(~ids.isin(list(known)), named, "names no text: give texts= with a document for every id")
    return [known.get(i) for i in ids]


def _outcome(
    frame: pd.DataFrame, faults: _Faults, success: float | None, horizon: float
) -> tuple[FloatArray, FloatArray]:
    if "outcome" in frame:
        if success is not None:
            grades = faults.numbers("outcome", -np.inf, np.inf)
            return np.where(np.isnan(grades), np.nan, grades >= success), np.ones(len(frame))
        said = words(frame["outcome"])
        faults.add(
            ~said.isin(list(_WORDS)), "outcome", "must say success or failure (1 or 0); for grades give success="
        )
        return said.map(_WORDS).to_numpy(np.float64), np.ones(len(frame))
    if "months" not in frame:
        raise InputError(f"placements need a column 'outcome' or 'months'; there are {list(frame.columns)}")
    months = faults.numbers("months", 0.0, 1200.0)
    lost = _flags(frame, faults) if "censored" in frame else np.zeros(len(frame), bool)
    return retained(months, lost, horizon)


def _flags(frame: pd.DataFrame, faults: _Faults) -> npt.NDArray[np.bool_]:
    said = words(frame["censored"])
    faults.add(~said.isin(["true", "false", "1", "0", "1.0", "0.0"]), "censored", "must be true or false")
    return np.asarray(said.isin(["true", "1", "1.0"]))


def retained(months: FloatArray, lost: npt.NDArray[np.bool_], horizon: float) -> tuple[FloatArray, FloatArray]:
    """Turn months retained into outcomes and their weights.

    Parameters
    ----------
    months : ndarray of shape (n,)
        How long each lasted, or was seen to last.
    lost : ndarray of shape (n,)
        Whether one had merely looked for so long.
    horizon : float
        From how many months on it is a success.

    Returns
    -------
    outcome : ndarray of shape (n,)
        1, 0, or NaN for those lost from sight before the horizon.
    weight : ndarray of shape (n,)
        1 over the probability of having been seen so long (the Kaplan-Meier estimate for being
        lost); 0 for those without an outcome. The weights sum to about n.

    Examples
    --------
    >>> outcome, weight = retained(np.array([3.0, 6, 14, 20]), np.array([False, True, False, True]), 12)
    >>> outcome.tolist()
    [0.0, nan, 1.0, 1.0]
    >>> weight.round(2).tolist()
    [1.0, 0.0, 1.5, 1.5]
    """
    known = (months >= horizon) | ~lost
    outcome = np.where(known, (months >= horizon).astype(np.float64), np.nan)
    times, gone = np.unique(months[lost], return_counts=True)
    # Who left in the same month as another was lost from sight was not there to be lost.
    still = len(months) - np.searchsorted(np.sort(months), times, side="right")
    seen = np.concatenate([[1.0], np.cumprod(1 - gone / (still + gone))])
    until = np.minimum(months, horizon)
    weight = np.where(known, 1.0 / np.maximum(seen[np.searchsorted(times, until, side="left")], 1e-9), 0.0)
    return outcome, weight
