"""`fit_placements`: from a table of placements to a bundle with its card, or a refusal."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..bundle import SHIPPED, BundleInfo, ModelLike, bundle_info, load_bundle, save_bundle
from ..evaluation.fairness import audit
from ..exceptions import InputError
from ..fingerprint import fingerprint
from ..match_scoring import MatchHead
from ..model import Model
from ..progress import progress_bar
from ..types import FloatArray
from .card import model_card
from .features import pair_features
from .guards import label_noise, leakage_warnings, person_groups, split_placements
from .judging import judge, losses, regressions
from .model import fit_head, head_probability
from .schema import HORIZON, Placements, read_placements

SIZES = (50, 100, 200, 500, 1000, 2000, 5000)
REPEATS, FOLDS = 5, 5
FEWEST = 20
"""With fewer usable placements nothing is learned."""


@dataclass(frozen=True)
class PlacementFit:
    """What came of learning from placements.

    Parameters
    ----------
    model : Model
        With the head that was learned from all placements.
    table : DataFrame
        The current head and the new one on placements held out; see `judging.judge`.
    curve : DataFrame
        Indexed by the number of placements: ``log_loss`` on those held out, mean of five draws, and
        its ``low`` and ``high`` among them; the first row, 0, is the current head.
    warnings : tuple of str
        What may have leaked, and how the split was made.
    suspect : ndarray of int
        Rows whose outcome is more likely wrong than right, the likeliest first.
    regressed : tuple of str
        Disciplines in which the new head is worse by more than chance explains.
    groups : dict of str to DataFrame
        For each column ``group_*``, how its groups fare under the new head on the placements held
        out; see `evaluation.group_rates.group_table`.
    record : dict
        All options, for the bundle.
    """

    model: Model
    table: pd.DataFrame
    curve: pd.DataFrame
    warnings: tuple[str, ...]
    suspect: npt.NDArray[np.intp]
    regressed: tuple[str, ...]
    groups: dict[str, pd.DataFrame]
    record: dict[str, Any]

    def __str__(self) -> str:
        parts = ["On placements held out (change: log-loss less the current head's)", self.table.round(3).to_string()]
        parts += ["Learning curve (log-loss on those held out; 0 is the current head)", self.curve.round(3).to_string()]
        parts += [f"! {w}" for w in self.warnings]
        parts.append(f"{len(self.suspect)} outcomes look wrong; the first rows: {self.suspect[:10].tolist()}")
        return "\n\n".join(parts)


def fit_placements(
    placements: Any,
    model: ModelLike = "base",
    *,
    texts: Any = None,
    success: float | None = None,
    horizon: float = HORIZON,
    prior: float = 1.0,
    work: str | os.PathLike[str] | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> PlacementFit:
    """Learn what adjacency and depth are worth for these outcomes, and measure it.

    Parameters
    ----------
    placements : Placements, DataFrame, Table or path
        See `read_placements`.
    model : {"base", "fast"}, path or Model
        The current model.
    texts, success, horizon
        See `read_placements`.
    prior : float, default 1.0
        How strongly the new head is held to the current one.
    work : path, optional
        A folder that remembers the profiles' numbers, so that an interrupted run goes on.
    seed : int, default 0
        Of the splits and draws.
    progress : bool, optional
        Whether to show progress bars; by default where somebody is watching.

    Returns
    -------
    PlacementFit

    Raises
    ------
    DataError
        If a placement is malformed; the message names row and column.
    InputError
        If there are too few placements, or all have one outcome.
    """
    chosen = load_bundle(model)
    given = read_placements(placements, texts=texts, success=success, horizon=horizon)
    if not given.roles or not given.candidates:
        raise InputError("learning needs documents: give the columns role or role_id, and candidate or candidate_id")
    features = pair_features(chosen, given, work=work, progress=progress)
    group = person_groups(given.candidates)
    learn, test, how = split_placements(given, group, seed)
    usable = ~np.isnan(given.outcome) & ~np.isnan(features).any(axis=1) & (given.weight > 0)
    learn, test = learn[usable[learn]], test[usable[test]]
    if len(learn) < FEWEST or len(test) < 2 or any(len(np.unique(given.outcome[r])) < 2 for r in (learn, test)):
        raise InputError(
            f"{len(learn)} placements to learn from and {len(test)} to test on are too few, or have one outcome only: "
            f"give at least {FEWEST} of both outcomes, of different people"
        )
    task = _Task(chosen.heads.match, features, given.outcome, given.weight, prior)
    table = judge(
        {"current": task.centre, "new": task.fit(learn)},
        features[test],
        given.outcome[test],
        given.weight[test],
        chosen.taxonomy.keys,
    )
    groups = _groups(given.rows(test), head_probability(task.fit(learn), features[test]))
    everyone = np.flatnonzero(usable)
    new = dataclasses.replace(chosen.heads, match=task.fit(everyone))
    made = Model(
        chosen.encoder,
        new,
        chosen.taxonomy,
        chosen.sections,
        name=f"{chosen.name}-placements",
        encoder_settings=chosen.encoder_settings,
    )
    split = f"Tested on {len(test)} placements held out by {how}, learned for the test from {len(learn)}."
    record = {
        "placements": len(given),
        "usable": len(everyone),
        "synthetic": given.synthetic,
        "success": success,
        "horizon_months": horizon,
        "prior": prior,
        "seed": seed,
        "held_out": len(test),
        "held_out_by": how,
        "parent": fingerprint(chosen),
        "parent_name": chosen.name,
    }
    return PlacementFit(
        model=made,
        table=table,
        curve=_curve(task, learn, test, seed, progress),
        warnings=(split, *leakage_warnings(given, group)),
        suspect=label_noise(given.outcome, _outside(task, everyone, group)),
        regressed=regressions(table, "new"),
        groups=groups,
        record=record,
    )


def save_fit(
    fit: PlacementFit, folder: str | os.PathLike[str], parent: ModelLike = "base", *, force: bool = False
) -> Path:
    """Write the new model as a bundle, with its card.

    Parameters
    ----------
    fit : PlacementFit
        What `fit_placements` returned.
    folder : path
        Where to write it.
    parent : {"base", "fast"}, path or Model
        The model that it was made from; its training record is kept.
    force : bool, default False
        Write it even where it is worse than the current model in some discipline.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If it is worse in some discipline, and `force` is not given.
    """
    if fit.regressed and not force:
        raise InputError(
            f"the new head is worse than the current one for {', '.join(fit.regressed)} by more than chance explains, "
            "and was not written: look at the table, or write it all the same with force (--force)"
        )
    named = (isinstance(parent, str) and parent in SHIPPED) or isinstance(parent, os.PathLike)
    info = bundle_info(parent) if named or isinstance(parent, str) else BundleInfo(fit.model.name)  # type: ignore[arg-type]
    judged = zip(fit.table.index, fit.table.to_dict("records"), strict=True)
    rows = {f"{d} {h}": {str(k): _number(v) for k, v in r.items()} for (d, h), r in judged}
    record = {**info.training, "placement_fit": fit.record}
    metrics = {**info.metrics, "placements_held_out": rows}
    path = save_bundle(folder, fit.model, BundleInfo(fit.model.name, record, metrics))
    (path / "MODEL_CARD.md").write_text(
        model_card(fit.record, fit.table, fit.warnings, len(fit.suspect), fit.groups), encoding="utf-8"
    )
    return path


def _groups(placements: Placements, score: FloatArray) -> dict[str, pd.DataFrame]:
    frame = placements.frame.assign(fit=score, outcome_known=placements.outcome)
    names = [str(c) for c in placements.frame.columns if str(c).startswith("group_")]
    return dict(audit(frame, names, outcome="outcome_known").tables) if names else {}


def _number(value: float) -> float | None:
    return None if value != value else round(float(value), 6)


@dataclass(frozen=True)
class _Task:
    centre: MatchHead
    features: FloatArray
    outcome: FloatArray
    weight: FloatArray
    prior: float

    def fit(self, rows: npt.NDArray[np.intp]) -> MatchHead:
        return fit_head(self.centre, self.features[rows], self.outcome[rows], self.weight[rows], self.prior)

    def log_loss(self, head: MatchHead, rows: npt.NDArray[np.intp]) -> float:
        found = losses(head_probability(head, self.features[rows]), self.outcome[rows])
        return float(np.average(found, weights=self.weight[rows]))


def _curve(
    task: _Task, learn: npt.NDArray[np.intp], test: npt.NDArray[np.intp], seed: int, progress: bool | None
) -> pd.DataFrame:
    sizes = [n for n in SIZES if n < len(learn)] + [len(learn)]
    chance = np.random.default_rng(seed)
    now = task.log_loss(task.centre, test)
    rows = {0: {"log_loss": now, "low": now, "high": now}}
    with progress_bar("learning curve", len(sizes) * REPEATS, shown=progress, unit="fit") as bar:
        for n in sizes:
            seen = []
            for _ in range(REPEATS if n < len(learn) else 1):
                drawn = chance.choice(learn, n, replace=False)
                if len(np.unique(task.outcome[drawn])) == 2:
                    seen.append(task.log_loss(task.fit(drawn), test))
                bar.update(1)
            rows[n] = {"log_loss": float(np.mean(seen)), "low": min(seen), "high": max(seen)}
    return pd.DataFrame(rows).T.rename_axis("placements")


def _outside(task: _Task, rows: npt.NDArray[np.intp], group: npt.NDArray[np.int64]) -> FloatArray:
    """Rate each placement by a head that learned from other people's."""
    from sklearn.model_selection import GroupKFold

    out = np.full(len(task.outcome), np.nan)
    folds: Sequence[Any] = ()
    if len(np.unique(group[rows])) >= FOLDS:
        folds = list(GroupKFold(FOLDS).split(rows, groups=group[rows]))
    for a, b in folds:
        out[rows[b]] = head_probability(task.fit(rows[a]), task.features[rows[b]])
    return out
