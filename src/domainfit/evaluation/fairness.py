"""How groups fare under a score or a selection. It does the arithmetic; it judges nothing and nobody.

Rates, ratios and tests follow the final rule on automated employment decision tools of the New York
City Department of Consumer and Worker Protection (6 RCNY 5-300 to 5-304, 2023) and the Uniform
Guidelines on Employee Selection Procedures (29 CFR 1607.4(D)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._markup import tag, to_html
from ..exceptions import InputError
from ..frames.tables import words
from ..types import FloatArray
from .group_rates import RESAMPLES, SEED, group_table

_BLANK = frozenset({"", "nan", "none", "<na>", "unknown", "nat"})
_TRUE = frozenset({"1", "1.0", "true", "yes", "success", "selected"})
_FALSE = frozenset({"0", "0.0", "false", "no", "failure", "fail"})
NOTES = (
    "Scoring rate: the part of a group whose score is above the whole sample's median.",
    "Ratio: a group's rate over that of the comparator, by default the group with the highest rate; groups that were "
    "left out as too few cannot be it. Below 0.80 the four-fifths rule of thumb takes notice.",
    "Interval: 95% percentiles of a bootstrap over people, drawn within each group. p: Fisher's exact test of the "
    "group against the comparator, not corrected for the number of tests.",
    "Bounds: the group's ratio if everyone whose group is unknown belonged to it, or to the comparator, and had fared "
    "as badly or as well as possible for it.",
    "These figures describe one sample. They do not show why groups differ, nor whether a tool may be used.",
)


@dataclass(frozen=True)
class Audit:
    """Tables of how groups fare.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By the name of a group column, or of several for an intersection: indexed by group, with
        ``n``, ``selected``, ``rate``, ``ratio``, ``low``, ``high``, ``p``, ``bound_low``,
        ``bound_high``, ``small`` and, where outcomes are known, ``outcomes``, ``true_positive_rate``,
        ``false_positive_rate`` and ``calibration_gap``. NaN where there is nobody to tell from.
    people, unscored : int
        How many rows there are, and how many have no score or selection and were left out.
    median : float
        The cut of the scoring rate; NaN where a selection was given.
    """

    tables: Mapping[str, pd.DataFrame]
    people: int
    unscored: int
    median: float

    def __str__(self) -> str:
        parts = [self._head()]
        for name, table in self.tables.items():
            parts.append(f"{name}\n{_readable(table).to_string()}")
        return "\n\n".join([*parts, *NOTES])

    def _head(self) -> str:
        cut = "" if self.median != self.median else f"; the median score is {self.median:.4f}"
        return f"{self.people} people, {self.unscored} of them without a score and left out{cut}."

    def to_dict(self) -> dict[str, Any]:
        """Give the audit as plain values that JSON can hold (NaN becomes None)."""
        tables = {
            name: [{"group": str(g), **{k: _plain(v) for k, v in row.items()}} for g, row in table.iterrows()]
            for name, table in self.tables.items()
        }
        median = None if self.median != self.median else self.median
        return {
            "people": self.people,
            "unscored": self.unscored,
            "median": median,
            "tables": tables,
            "notes": list(NOTES),
        }

    def to_html(self) -> str:
        """Write the audit as one page that needs nothing else and can be printed."""
        style = (
            ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;"
            "padding:0 1rem}table{border-collapse:collapse;margin:1rem 0}th,td{padding:.25rem .6rem;text-align:right;"
            "border-bottom:1px solid #8888}th:first-child{text-align:left}caption{text-align:left;font-weight:bold}"
            ".wide{overflow-x:auto}@media print{body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}}"
        )
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", "How groups fare"),
            tag("style", style),
        )
        tables = [
            tag("div", self._html_table(n, t), class_="wide", tabindex="0", role="region", aria_label=n)
            for n, t in self.tables.items()
        ]
        notes = tag("ul", [tag("li", n) for n in NOTES])
        body = tag(
            "body", tag("h1", "How groups fare"), tag("p", self._head()), tables, tag("h2", "How to read it"), notes
        )
        return "<!DOCTYPE html>\n" + to_html(tag("html", head, body, lang="en"))

    def _html_table(self, name: str, table: pd.DataFrame) -> Any:
        shown = _readable(table)
        titles = tag("tr", tag("th", name, scope="col"), [tag("th", str(c), scope="col") for c in shown.columns])
        rows = [
            tag("tr", tag("th", str(g), scope="row"), [tag("td", str(v)) for v in row.tolist()])
            for g, row in shown.iterrows()
        ]
        return tag("table", tag("caption", name), tag("thead", titles), tag("tbody", rows))

    def _repr_html_(self) -> str:
        return to_html(tag("div", tag("p", self._head()), [self._html_table(n, t) for n, t in self.tables.items()]))


def audit(
    scores: pd.DataFrame,
    groups: str | Sequence[str],
    *,
    score: str = "fit",
    selected: str | None = None,
    outcome: str | None = None,
    comparator: Mapping[str, str] | None = None,
    least: float = 0.0,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Audit:
    """Lay out how groups fare under a score or a selection.

    Parameters
    ----------
    scores : DataFrame
        A row a person.
    groups : str or list of str
        Columns with groups; blank where unknown. All pairs of them are crossed as well.
    score : str, default "fit"
        The column with scores; who is above the median counts as favoured.
    selected : str, optional
        A column that says who was selected (true or false), instead of scores.
    outcome : str, optional
        A column that says who did well (true or false, blank where unknown).
    comparator : mapping of str to str, optional
        By group column, the group that the others are compared with; by default the one with the
        highest rate.
    least : float, default 0
        Groups below this part of those whose group is known are left out of the comparison; the
        New York rule allows it below 0.02. They are shown all the same.
    resamples, seed : int
        Of the bootstrap; 0 resamples for no intervals.

    Returns
    -------
    Audit

    Raises
    ------
    InputError
        If a column is missing or holds something else.
    """
    columns = [groups] if isinstance(groups, str) else list(groups)
    needed = [*columns, selected or score, *([outcome] if outcome else [])]
    missing = [c for c in needed if c not in scores]
    if missing:
        raise InputError(f"the table has no column {missing}; its columns are {list(scores.columns)}")
    values = _flags(scores, selected) if selected else _scores(scores, score)
    known = ~np.isnan(values)
    median = float("nan") if selected else float(np.median(values[known])) if known.any() else float("nan")
    favoured = values[known] if selected else (values[known] > median).astype(np.float64)
    did_well = _flags(scores, outcome)[known] if outcome else None
    predicted = None if selected else values[known]
    tables = {}
    for chosen in [*((c,) for c in columns), *combinations(columns, 2)]:
        group = _labels(scores[list(chosen)])[known]
        name = " × ".join(chosen)
        tables[name] = group_table(
            group,
            favoured,
            outcome=did_well,
            score=predicted,
            comparator=(comparator or {}).get(name),
            least=least,
            resamples=resamples,
            seed=seed,
        )
    return Audit(tables, len(scores), int((~known).sum()), median)


def _scores(table: pd.DataFrame, column: str) -> FloatArray:
    given = table[column]
    values = pd.to_numeric(given, errors="coerce").to_numpy(np.float64)
    bad = np.isnan(values) & ~words(given).isin(_BLANK).to_numpy()
    if bad.any():
        raise InputError(f"column {column!r} must hold numbers: row {int(np.flatnonzero(bad)[0])} (from 0) does not")
    return values


def _flags(table: pd.DataFrame, column: str) -> FloatArray:
    said = words(table[column])
    bad = ~said.isin(_TRUE | _FALSE | _BLANK)
    if bad.any():
        raise InputError(
            f"column {column!r} must say true or false: row {int(np.flatnonzero(bad)[0])} (from 0) does not"
        )
    return np.where(said.isin(_TRUE), 1.0, np.where(said.isin(_FALSE), 0.0, np.nan))


def _labels(table: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Name each row's group; unknown where any of its parts is."""
    parts = [table[c].astype(object).where(table[c].notna(), "").astype(str).str.strip() for c in table]
    out = np.empty(len(table), object)
    for i, row in enumerate(zip(*parts, strict=True)):
        out[i] = None if any(p.lower() in _BLANK for p in row) else " & ".join(row)
    return out


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and value != value else value


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    def cell(value: Any) -> str:
        value = _plain(value)
        if value is None:
            return "–"
        if isinstance(value, bool):
            return "small" if value else ""
        return str(value) if isinstance(value, int) else f"{value:.3f}"

    names = {"low": "ratio, low", "high": "ratio, high", "bound_low": "bound, low", "bound_high": "bound, high"}
    shown = table.rename(columns=names).map(cell)
    return shown.rename(columns=lambda c: c.replace("_", " "))
