"""Profiles and matches as columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..exceptions import DomainfitError, InputError
from ..model import Model
from ..records import NUMBERS, Record, column, numbers_of, profile_of
from ..results import Match, Profile
from ..taxonomy import Taxonomy
from .tables import Columns

_NAN = float("nan")


def profile_columns(records: Sequence[Record], taxonomy: Taxonomy) -> Columns:
    """Lay profiles out as columns.

    Returns
    -------
    dict
        A column for each discipline (the probability), ``share_*`` and ``depth_*``, NaN where the
        library abstains; ``primary``, ``status``, ``reason``.
    """
    numbers = numbers_of(records, taxonomy)
    out: Columns = {}
    for name in ("probability", "share", "depth"):
        out |= {column(name, key): numbers[:, NUMBERS.index(name), k] for k, key in enumerate(taxonomy.keys)}
    out["primary"] = [r.primary for r in records]
    out["status"] = [r.status for r in records]
    out["reason"] = ["; ".join(r.reasons) for r in records]
    return out


def match_records(model: Model, roles: Iterable[Record], candidates: Iterable[Record]) -> list[Match | DomainfitError]:
    """Match records pair by pair; where either is an error, so is the match."""
    taxonomy = model.taxonomy
    return [
        match_results(model, profile_of(r, "role", taxonomy), profile_of(c, "candidate", taxonomy))
        for r, c in zip(roles, candidates, strict=True)
    ]


def match_results(
    model: Model, role: Profile | DomainfitError, candidate: Profile | DomainfitError
) -> Match | DomainfitError:
    """Match two profiles, or say which of them could not be read."""
    if not isinstance(role, Profile):
        return InputError(f"role: {role}")
    if not isinstance(candidate, Profile):
        return InputError(f"candidate: {candidate}")
    return model.match(role, candidate)


def match_columns(matches: Sequence[Match | DomainfitError]) -> Columns:
    """Lay matches out as columns.

    Returns
    -------
    dict
        ``fit`` and ``mismatch``, NaN where the library abstains; ``verdict``, ``role_primary``,
        ``candidate_primary``, ``gaps``, ``flags``, ``status``, ``reason``.
    """
    read = [m if isinstance(m, Match) else None for m in matches]
    return {
        "fit": np.array([m.fit if m else _NAN for m in read], np.float64),
        "mismatch": np.array([m.mismatch if m else _NAN for m in read], np.float64),
        "verdict": [m.verdict if m else None for m in read],
        "role_primary": [m.role.primary if m else None for m in read],
        "candidate_primary": [m.candidate.primary if m else None for m in read],
        "gaps": [", ".join(g.discipline for g in m.gaps) if m else "" for m in read],
        "flags": [", ".join(f.code for f in m.flags) if m else "" for m in read],
        "status": [m.status if m else "error" for m in read],
        "reason": ["; ".join(m.reasons) if isinstance(m, Match) else str(m) for m in matches],
    }
