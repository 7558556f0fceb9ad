"""Tables in, tables out: the one batch door, used by notebooks, the command line and services."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from .bundle import load_bundle
from .exceptions import DomainfitError, InputError
from .model import Model
from .results import Match, Profile
from .types import Document, Kind

ModelLike = str | os.PathLike[str] | Model


def profile_frame(
    df: pd.DataFrame,
    text: str = "text",
    kind: Kind = "candidate",
    *,
    model: ModelLike = "base",
    progress: bool | None = None,
) -> pd.DataFrame:
    """Profile every row of a table.

    Parameters
    ----------
    df : DataFrame
        The table; it is not changed.
    text : str, default "text"
        The column with the documents: texts, paths or `Document` values.
    kind : {"candidate", "role"}, default "candidate"
        What the documents are.
    model : {"base", "fast"}, path or Model
        The model to use.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    DataFrame
        `df`'s index; a column for each discipline (the probability), ``share_*``, ``depth_*``,
        ``primary``, ``status`` and ``reason``. A row that cannot be read has status ``"error"``,
        NaN for numbers, and the reason; the other rows are not affected. Equal texts are read once.

    Raises
    ------
    InputError
        If the column is missing.
    """
    chosen = load_bundle(model)
    _need(df, text)
    profiles = _each(df[text], lambda x: chosen.profile(x, kind), "profiling", progress)
    rows = [_profile_row(p, chosen) for p in profiles]
    return pd.DataFrame(rows, index=df.index, columns=list(_profile_row(InputError(""), chosen)))


def score_frame(
    df: pd.DataFrame,
    role: str = "role",
    candidate: str = "candidate",
    *,
    model: ModelLike = "base",
    progress: bool | None = None,
) -> pd.DataFrame:
    """Match the role and the candidate of every row of a table.

    Parameters
    ----------
    df : DataFrame
        The table; it is not changed.
    role, candidate : str
        The columns with the documents: texts, paths, `Document` or `Profile` values.
    model : {"base", "fast"}, path or Model
        The model to use.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    DataFrame
        `df`'s index; ``fit``, ``mismatch``, ``verdict``, ``role_primary``, ``candidate_primary``,
        ``gaps``, ``flags``, ``status`` and ``reason``. A row that cannot be read has status
        ``"error"``. Equal texts are read once.

    Raises
    ------
    InputError
        If a column is missing.
    """
    chosen = load_bundle(model)
    _need(df, role, candidate)
    needs = _each(df[role], lambda x: chosen.profile(x, "role"), "roles", progress)
    shown = _each(df[candidate], lambda x: chosen.profile(x, "candidate"), "candidates", progress)
    rows = [_match_row(_match(chosen, r, c)) for r, c in zip(needs, shown, strict=True)]
    return pd.DataFrame(rows, index=df.index, columns=list(_match_row(InputError(""))))


def rank(
    role: Any,
    candidates: Any,
    floor: float | None = None,
    *,
    model: ModelLike = "base",
    progress: bool | None = None,
) -> pd.DataFrame:
    """Rank candidates for a role, best first.

    Parameters
    ----------
    role : str, path, bytes, Document or Profile
        The role.
    candidates : mapping, Series or sequence
        The candidates, each a text, a path, bytes, a `Document` or a `Profile`. The keys of a
        mapping or the index of a Series name them; in a sequence a document's own name does, or
        its position.
    floor : float, optional
        A cut-off on ``fit``; ``above_floor`` tells who reaches it. Nobody is dropped.
    model : {"base", "fast"}, path or Model
        The model to use.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    DataFrame
        Indexed by the candidates' names; ``rank``, the columns of `score_frame`, and
        ``above_floor``. Those without a score come last, in their given order, without a rank.

    Raises
    ------
    DomainfitError
        If the role cannot be read. A candidate that cannot be read is a row of status ``"error"``.
    InputError
        If `floor` is outside [0, 1].
    """
    if floor is not None and not 0 <= floor <= 1:
        raise InputError(f"floor is a cut-off on fit and must lie in [0, 1], not {floor!r}")
    matches = rank_matches(role, candidates, model=model, progress=progress)
    out = pd.DataFrame([_match_row(m) for _, m in matches], columns=list(_match_row(InputError(""))))
    out.index = pd.Index([name for name, _ in matches], name="candidate")
    out.insert(0, "rank", _places(out["fit"]))
    out["above_floor"] = out["fit"] >= (floor if floor is not None else 0.0)
    return out


def _places(fit: pd.Series[float]) -> pd.Series[int]:
    """Number those who have a fit; the others come last and have no place."""
    places = pd.Series(range(1, len(fit) + 1), index=fit.index, dtype="Int64")
    return places.where(fit.notna())


def rank_matches(
    role: Any, candidates: Any, *, model: ModelLike = "base", progress: bool | None = None
) -> list[tuple[Hashable, Match | DomainfitError]]:
    """Rank candidates like `rank`, and return the names with the whole matches (or errors)."""
    chosen = load_bundle(model)
    need = chosen.profile(role, "role")
    names, documents = _named(candidates)
    shown = _each(documents, lambda x: chosen.profile(x, "candidate"), "candidates", progress)
    matches = [(name, _match(chosen, need, c)) for name, c in zip(names, shown, strict=True)]
    # Python's sort is stable: equal fits stay in the order they were given.
    return sorted(matches, key=lambda nm: -_fit_or_less(nm[1]))


def _fit_or_less(match: Match | DomainfitError) -> float:
    return match.fit if isinstance(match, Match) and match.fit == match.fit else -1.0


def _named(candidates: Any) -> tuple[list[Hashable], list[Any]]:
    if isinstance(candidates, (str, bytes, Document, Profile)):
        raise InputError("candidates must be several: give a list, a mapping from names, or a Series")
    if isinstance(candidates, pd.DataFrame):
        raise InputError("candidates is a DataFrame: give the column with the texts, such as df['text']")
    if isinstance(candidates, (Mapping, pd.Series)):
        return list(candidates.keys()), list(candidates.values() if isinstance(candidates, Mapping) else candidates)
    documents = list(candidates)
    return [_name(d) or i for i, d in enumerate(documents)], documents


def _name(document: Any) -> str | None:
    if isinstance(document, Profile):
        return document.document.name
    if isinstance(document, Document):
        return document.name
    return document.name if isinstance(document, os.PathLike) and hasattr(document, "name") else None


def _each(
    values: Iterable[Any], work: Callable[[Any], Profile], label: str, progress: bool | None
) -> list[Profile | DomainfitError]:
    """Do the work once for each different value, and give errors back in place of results."""
    from tqdm.auto import tqdm

    done: dict[Any, Profile | DomainfitError] = {}
    listed = list(values)
    keys = [v if isinstance(v, (str, bytes)) else id(v) for v in listed]
    unique = dict(zip(keys, listed, strict=True))
    quiet = True if len(unique) < 20 else None
    for key, value in tqdm(unique.items(), desc=label, unit="doc", disable=quiet if progress is None else not progress):
        try:
            done[key] = work(_readable(value))
        except DomainfitError as error:
            done[key] = error
    return [done[k] for k in keys]


def _readable(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        raise InputError("the value is missing")
    return value


def _match(model: Model, role: Profile | DomainfitError, candidate: Profile | DomainfitError) -> Match | DomainfitError:
    for side, name in ((role, "role"), (candidate, "candidate")):
        if isinstance(side, DomainfitError):
            return InputError(f"{name}: {side}")
    assert isinstance(role, Profile)
    assert isinstance(candidate, Profile)
    return model.match(role, candidate)


def _need(df: pd.DataFrame, *columns: str) -> None:
    missing = [c for c in columns if c not in df.columns]
    if missing:
        raise InputError(f"the table has no column {missing}; its columns are {list(df.columns)}")


def _profile_row(profile: Profile | DomainfitError, model: Model) -> dict[str, Any]:
    nan = float("nan")
    keys: Sequence[str] = model.taxonomy.keys
    usable = isinstance(profile, Profile) and profile.status != "abstained"
    row: dict[str, Any] = {k: profile.probability[k] if usable else nan for k in keys}  # type: ignore[union-attr]
    row |= {f"share_{k}": profile.share[k] if usable else nan for k in keys}  # type: ignore[union-attr]
    row |= {f"depth_{k}": profile.depth[k] if usable else nan for k in keys}  # type: ignore[union-attr]
    if isinstance(profile, Profile):
        return row | {"primary": profile.primary, "status": profile.status, "reason": "; ".join(profile.reasons)}
    return row | {"primary": None, "status": "error", "reason": str(profile)}


def _match_row(match: Match | DomainfitError) -> dict[str, Any]:
    nan = float("nan")
    if isinstance(match, Match):
        return {
            "fit": match.fit,
            "mismatch": match.mismatch,
            "verdict": match.verdict,
            "role_primary": match.role.primary,
            "candidate_primary": match.candidate.primary,
            "gaps": ", ".join(g.discipline for g in match.gaps),
            "flags": ", ".join(f.code for f in match.flags),
            "status": match.status,
            "reason": "; ".join(match.reasons),
        }
    blank = dict.fromkeys(("verdict", "role_primary", "candidate_primary"))
    return {"fit": nan, "mismatch": nan, **blank, "gaps": "", "flags": "", "status": "error", "reason": str(match)}
