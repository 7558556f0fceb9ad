"""What can be asked under ``/v1``: each route takes JSON or a form, and runs on the engine."""

from __future__ import annotations

import hmac
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from .engine import Deadline, Engine, Loaded
from .intake import Form, Source, json_or_form
from .problems import PROBLEM, ProblemError
from .ranking import asked, model_facts, ranking
from .schemas import (
    DecisionIn,
    DecisionOut,
    MatchIn,
    MatchOut,
    ModelOut,
    ProfileIn,
    ProfileOut,
    RankIn,
    RankOut,
    body_of,
)

_FILE = {"type": "string", "format": "binary"}
_TEXT = {"type": "string"}
_CODES: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 413, 415, 422, 500, 503, 504), PROBLEM)


async def keyed(request: Request) -> None:
    """Ask for the key, where the service has one."""
    key = _engine(request).settings.api_key
    if key and not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), key.encode()):
        raise ProblemError(401, "Send the API key in the header X-API-Key.", headers={"WWW-Authenticate": "ApiKey"})


router = APIRouter(prefix="/v1", dependencies=[Depends(keyed)])


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _run(request: Request, work: Any) -> Response:
    # Already plain values, and large: written as they are, and not checked once more on the way out.
    return JSONResponse(await _engine(request).run(work))


@router.get("/model", response_model=ModelOut, responses={401: PROBLEM, 503: PROBLEM}, summary="The model")
async def model(request: Request) -> Any:
    """Say which model answers."""
    return model_facts(_engine(request).current())


@router.post(
    "/profile",
    response_model=ProfileOut,
    responses=_CODES,
    summary="Which disciplines a document is about",
    openapi_extra=body_of(ProfileIn, {"text": _TEXT, "file": _FILE, "kind": {"enum": ["candidate", "role"]}}),
)
async def profile(request: Request) -> Any:
    """Profile a text or a file."""
    settings = _engine(request).settings
    given = await json_or_form(request, ProfileIn, settings)
    if isinstance(given, Form):
        source, kind = given.needed("text", "file"), (given.texts.get("kind") or ["candidate"])[0]
    else:
        source, kind = Source("text", given.text, given.name), given.kind
    if kind not in ("candidate", "role"):
        raise ProblemError(422, "kind must be candidate or role", "kind")
    return await _run(request, lambda loaded, _: loaded.model.profile(source.read(settings), kind).to_dict())


@router.post(
    "/match",
    response_model=MatchOut,
    responses=_CODES,
    summary="How far a candidate's described work meets a role's need",
    openapi_extra=body_of(MatchIn, {"role": _TEXT, "role_file": _FILE, "candidate": _TEXT, "candidate_file": _FILE}),
)
async def match(request: Request) -> Any:
    """Match a candidate against a role."""
    settings = _engine(request).settings
    given = await json_or_form(request, MatchIn, settings)
    if isinstance(given, Form):
        role, candidate = given.needed("role"), given.needed("candidate")
    else:
        role, candidate = Source("role", given.role), Source("candidate", given.candidate)

    def work(loaded: Loaded, _: Deadline) -> dict[str, Any]:
        return loaded.model.score_match(role.read(settings), candidate.read(settings)).to_dict()

    return await _run(request, work)


@router.post(
    "/rank",
    response_model=RankOut,
    responses=_CODES,
    summary="Candidates for a role, best first",
    openapi_extra=body_of(
        RankIn,
        {
            "role": _TEXT,
            "role_file": _FILE,
            "candidates": {"type": "array", "items": _FILE},
            "texts": {"type": "array", "items": _TEXT},
            "floor": {"type": "number", "minimum": 0, "maximum": 1},
        },
    ),
)
async def rank(request: Request) -> Any:
    """Rank candidates for a role."""
    settings = _engine(request).settings
    role, candidates, floor = asked(await json_or_form(request, RankIn, settings))
    if len(candidates) > settings.max_candidates:
        raise ProblemError(413, f"more than {settings.max_candidates} candidates: send fewer at once", "candidates")
    return await _run(request, lambda loaded, d: ranking(loaded, role, candidates, floor, settings, d))


@router.post(
    "/decision",
    response_model=DecisionOut,
    responses=_CODES,
    summary="Rate a written account of a decision",
    openapi_extra=body_of(DecisionIn, {"text": _TEXT, "file": _FILE, "role": _TEXT, "role_file": _FILE}),
)
async def decision(request: Request) -> Any:
    """Rate an account of a decision."""
    settings = _engine(request).settings
    given = await json_or_form(request, DecisionIn, settings)
    if isinstance(given, Form):
        account, role = given.needed("text", "file"), given.one("role")
    else:
        account, role = Source("text", given.text), None if given.role is None else Source("role", given.role)

    def work(loaded: Loaded, _: Deadline) -> dict[str, Any]:
        need = None if role is None else role.read(settings)
        return loaded.model.assess_decision(account.read(settings), need).to_dict()

    return await _run(request, work)
