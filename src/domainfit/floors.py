"""A floor: the fit under which a pool may be left unread, with what is promised for it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from ._markup import tag, to_html
from .bundle import ModelLike, load_bundle
from .exceptions import DataError, InputError
from .files import read_json, write_json
from .fingerprint import fingerprint
from .frames import score_frame
from .frames.dataset import read_parts
from .model import Model
from .placements import Placements, read_placements
from .risk import drift_p_value, risk_cutoff, successes_needed
from .types import FloatArray

SUSPECT = 0.01
"""A difference this improbable under one source is warned of."""


@dataclass(frozen=True)
class Floor:
    """A cut-off on ``fit`` and the promise that comes with it.

    Parameters
    ----------
    cutoff : float
        Candidates with a fit below it may be left unread; 0 where too little is known.
    keep : float
        The part of those who would succeed that stays at or above it.
    confidence : float or None
        How sure the promise is for the very placements it was made from; None where it holds on
        average over such placements.
    successes, placements : int
        How many past candidates it rests on, and how many of them succeeded.
    review_load : float
        The part of a pool that stays at or above the cut-off, and is to be read.
    review_low, review_high : float
        Its 95% interval (Clopper and Pearson, 1934).
    warnings : tuple of str
        Why the promise may not hold.
    fingerprint : str
        Of the model whose fits it cuts; another model's fits are refused.
    """

    cutoff: float
    keep: float
    confidence: float | None
    successes: int
    placements: int
    review_load: float
    review_low: float
    review_high: float
    warnings: tuple[str, ...]
    fingerprint: str

    @property
    def statement(self) -> str:
        """The promise in words."""
        if self.cutoff == 0:
            need = successes_needed(self.keep, self.confidence)
            return (
                f"No floor: {self.successes} past successes allow no promise to keep {self.keep:.0%}"
                f"{f'; at least {need} are needed' if self.successes < need else ''}. Read everyone."
            )
        how = (
            "on average over placements like these"
            if self.confidence is None
            else f"with a confidence of {self.confidence:.0%} in these placements"
        )
        return (
            f"Of candidates who would succeed, at least {self.keep:.0%} have a fit of {self.cutoff:.3f} or more, "
            f"{how}, if they come from where the {self.successes} past successes came from. About "
            f"{self.review_load:.0%} of a pool ({self.review_low:.0%} to {self.review_high:.0%}) is to be read."
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the floor as plain values that JSON can hold."""
        return {**asdict(self), "warnings": list(self.warnings), "statement": self.statement}

    def _repr_html_(self) -> str:
        warned = tag("ul", [tag("li", w) for w in self.warnings]) if self.warnings else None
        return to_html(tag("div", tag("p", tag("strong", f"Floor {self.cutoff:.3f}. "), self.statement), warned))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the floor as JSON."""
        write_json(Path(path), self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a floor that `save` wrote.

        Raises
        ------
        DataError
            If the file is missing or is none.
        """
        found = read_json(Path(path))
        try:
            values = {name: found[name] for name in cls.__dataclass_fields__}
            made = cls(**{**values, "warnings": tuple(values["warnings"])})
        except (KeyError, TypeError):
            raise DataError(f"{path} is no floor: make one with domainfit floor PLACEMENTS -o {path}") from None
        if not isinstance(made.cutoff, (int, float)) or not 0 <= made.cutoff <= 1:
            raise DataError(f"{path} is damaged: 'cutoff' must lie in [0, 1]")
        return made

    def cutoff_for(self, model: Model) -> float:
        """Return the cut-off.

        Raises
        ------
        InputError
            If the model is another one than the floor was made with.
        """
        if fingerprint(model) != self.fingerprint:
            raise InputError("the floor was made with another model: make it anew with this one")
        return self.cutoff


def floor(
    model: ModelLike,
    calibration_placements: Any,
    keep: float = 0.95,
    *,
    confidence: float | None = None,
    pool: Any = None,
    success: float | None = None,
    texts: Any = None,
    work: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Floor:
    """Find the fit under which a pool may be left unread while enough of those who would succeed are read.

    Parameters
    ----------
    model : {"base", "fast"}, path or Model
        The model whose fits are cut.
    calibration_placements : Placements, DataFrame or path
        Past candidates and how they did; see `read_placements`. With a column ``fit`` nothing is
        scored anew. They must not be those that the model was fitted on.
    keep : float, default 0.95
        The part of those who would succeed, in (0, 1), that is to stay at or above the cut-off.
    confidence : float, optional
        See `domainfit.risk.risk_cutoff`.
    pool : ndarray or DataFrame, optional
        Fits of the pool that the floor is for, or a table with a column ``fit``; a pool unlike the
        calibration is warned of, and the review load is the pool's.
    success, texts
        See `read_placements`.
    work : path, optional
        A folder that remembers the scores, so that an interrupted run goes on; needs the extra ``tables``.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody is watching.

    Returns
    -------
    Floor

    Raises
    ------
    DataError
        If a placement is malformed; the message names row and column.
    InputError
        If `keep` or `confidence` is outside (0, 1).
    """
    chosen = load_bundle(model)
    given = read_placements(calibration_placements, success=success, texts=texts)
    scored = fits_of(given, chosen, work=work, progress=progress)
    known = ~np.isnan(scored) & ~np.isnan(given.outcome)
    fits, outcome = scored[known], given.outcome[known] >= 0.5
    cutoff = risk_cutoff(fits[outcome], keep, confidence)
    pooled = fits if pool is None else _pool_fits(pool)
    above, low, high = _share(int((pooled >= cutoff).sum()), len(pooled))
    dates = None if given.dates is None else given.dates[known]
    warnings = _warnings(fits, outcome, dates, None if pool is None else pooled)
    missing = len(scored) - int(known.sum())
    if missing:
        warnings = (*warnings, f"{missing} placements have no fit or no outcome and were left out.")
    return Floor(
        cutoff, keep, confidence, int(outcome.sum()), len(fits), above, low, high, warnings, fingerprint(chosen)
    )


def fits_of(
    placements: Placements,
    model: Model,
    *,
    work: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> FloatArray:
    """Return each placement's fit: the column ``fit`` where there is one, else scored; NaN where there is none."""
    if placements.fit is not None:
        return placements.fit
    table = pd.DataFrame({"role": placements.roles, "candidate": placements.candidates})
    scored = score_frame(table, model=model, out=work, progress=progress)
    return np.asarray((scored if work is None else read_parts(scored))["fit"], np.float64)


def _pool_fits(pool: Any) -> FloatArray:
    values = pool["fit"] if hasattr(pool, "columns") else pool
    fits = np.asarray(values, np.float64)
    return fits[~np.isnan(fits)]


def _share(part: int, whole: int) -> tuple[float, float, float]:
    from scipy.stats import binomtest

    if whole == 0:
        return float("nan"), float("nan"), float("nan")
    interval = binomtest(part, whole).proportion_ci(method="exact")
    return part / whole, float(interval.low), float(interval.high)


def _warnings(fits: FloatArray, outcome: Any, dates: Any, pool: FloatArray | None) -> tuple[str, ...]:
    """Look for signs that the past and the pool are not exchangeable, on which the promise rests."""
    out = []
    if pool is not None and drift_p_value(fits, pool) < SUSPECT:
        out.append("The pool's fits are unlike the calibration's: the promise does not carry over to it.")
    if dates is not None and outcome.sum() >= 10:
        order = np.argsort(dates[outcome], kind="stable")
        earlier, later = np.array_split(fits[outcome][order], 2)
        if drift_p_value(earlier, later) < SUSPECT:
            out.append("The successes' fits have changed over time: use recent placements only.")
    if len(np.unique(fits)) < len(fits) / 4:
        out.append("Many placements have the same fit: one text may stand for many, and counts as many.")
    return tuple(out)
