"""A ranking as the service answers it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..exceptions import DomainfitError
from ..results import Match
from .engine import Deadline, Loaded
from .intake import Form, Source
from .problems import ProblemError, problem_of
from .schemas import RankIn
from .settings import Settings


def asked(given: RankIn | Form) -> tuple[Source, list[Source], float | None]:
    """Tell the role, the candidates and the floor of a request.

    Raises
    ------
    ProblemError
        If one is missing or out of range; it names the field.
    """
    if isinstance(given, RankIn):
        listed = [Source(f"candidates.{i}", c.text, c.name) for i, c in enumerate(given.candidates)]
        return Source("role", given.role), listed, given.floor
    role = given.needed("role")
    files = given.files.get("candidates", [])
    texts = [Source("texts", t, f"text {i}") for i, t in enumerate(given.texts.get("texts", []), 1) if t.strip()]
    if not files and not texts:
        raise ProblemError(422, "candidates are needed: files in 'candidates', or texts in 'texts'", "candidates")
    raw = (given.texts.get("floor") or [""])[0].strip()
    try:
        floor = float(raw) if raw else None
    except ValueError:
        floor = -1.0
    if floor is not None and not 0 <= floor <= 1:
        raise ProblemError(422, "floor must be a number from 0 to 1", "floor")
    return role, [*files, *texts], floor


def ranking(
    loaded: Loaded,
    role: Source,
    candidates: Sequence[Source],
    floor: float | None,
    settings: Settings,
    deadline: Deadline,
) -> dict[str, Any]:
    """Rank candidates, best first; those without a score come last, and none is lost."""
    model = loaded.model
    need = model.profile(role.read(settings), "role")
    results: list[tuple[Source, Match | ProblemError]] = []
    for source in candidates:
        deadline.check()
        try:
            results.append((source, model.score_match(need, source.read(settings))))
        except (DomainfitError, ProblemError) as error:
            results.append((source, problem_of(error)))
    results.sort(key=lambda r: -r[1].fit if isinstance(r[1], Match) and r[1].status == "ok" else 1.0)
    rows = [_row(i, source, result, floor) for i, (source, result) in enumerate(results, 1)]
    return {"model": model_facts(loaded), "role": {**need.to_dict(), "text": need.document.text}, "ranking": rows}


def _row(place: int, source: Source, result: Match | ProblemError, floor: float | None) -> dict[str, Any]:
    name = source.name or f"candidate {place}"
    if isinstance(result, ProblemError):
        row: dict[str, Any] = dict.fromkeys(("rank", "fit", "mismatch", "verdict", "above_floor", "match", "text"))
        return {**row, "name": name, "status": "error", "reason": result.detail}
    match = result.to_dict()
    scored = result.status == "ok"
    return {
        "rank": place if scored else None,
        "name": name,
        "status": result.status,
        "reason": "; ".join(result.reasons),
        "fit": match["fit"],
        "mismatch": match["mismatch"],
        "verdict": match["verdict"],
        "above_floor": None if floor is None else bool(scored and result.fit >= floor),
        "match": match,
        "text": result.candidate.document.text,
    }


def model_facts(loaded: Loaded) -> dict[str, Any]:
    """Say which model answers."""
    from .. import __version__

    model = loaded.model
    disciplines = [{"key": d.key, "name": d.name, "color": d.color} for d in model.taxonomy.disciplines]
    return {"name": model.name, "fingerprint": loaded.fingerprint, "version": __version__, "disciplines": disciplines}
