"""The application: thin routes over one engine."""

from __future__ import annotations

import asyncio
import hmac
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from ..exceptions import DomainfitError
from ..model import Model
from ..results import Match
from .engine import Deadline, Engine
from .intake import Form, Source, json_or_form
from .middleware import Watch
from .problems import MEDIA, ProblemError, install, problem_of
from .schemas import (
    DecisionIn,
    DecisionOut,
    MatchIn,
    MatchOut,
    ModelOut,
    ProblemOut,
    ProfileIn,
    ProfileOut,
    RankIn,
    RankOut,
    body_of,
)
from .settings import Settings

PAGE = Path(__file__).parent / "page"
_FILE = {"type": "string", "format": "binary"}
_TEXT = {"type": "string"}
_PROBLEM = {"model": ProblemOut, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}}
_CODES: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 413, 415, 422, 500, 503, 504), _PROBLEM)
_PAGES = {"index.html": "text/html", "page.js": "text/javascript", "page.css": "text/css"}


def create_app(settings: Settings | None = None, model: Model | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings, optional
        By default those of the environment.
    model : Model, optional
        A model that is loaded already; by default the one that the settings name is loaded when the
        service starts.

    Returns
    -------
    FastAPI
    """
    from .. import __version__

    chosen = settings or Settings.from_environment()

    engine = Engine(chosen, model)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if not engine.ready:
            await asyncio.to_thread(engine.load)
        tasks: set[asyncio.Task[bool]] = set()

        def swap() -> None:
            task = asyncio.get_running_loop().create_task(engine.reload())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        if threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, swap)
        yield
        engine.close()

    app = FastAPI(
        title="domainfit",
        version=__version__,
        summary="Which AI discipline a text is about, how deep, and where a role and a candidate do not meet.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.engine = engine
    registry = CollectorRegistry()
    pending = Gauge("domainfit_pending", "Requests being scored or waiting for their turn", registry=registry)
    pending.set_function(lambda: float(engine.pending))
    install(app)
    _plain_routes(app, registry)
    _scoring_routes(app, chosen)
    app.add_middleware(Watch, max_body=chosen.max_body, registry=registry)
    return app


def _plain_routes(app: FastAPI, registry: CollectorRegistry) -> None:
    @app.get("/healthz", summary="Is the process alive?")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="Can it score?", responses={503: _PROBLEM})
    async def readyz(request: Request) -> dict[str, str]:
        if not request.app.state.engine.ready:
            raise ProblemError(503, "No model is loaded yet.")
        return {"status": "ready"}

    @app.get(
        "/metrics",
        summary="Counts, for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
    )
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return _page("index.html")

    @app.get("/page/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        return _page(name)


def _page(name: str) -> Response:
    # Names are looked up, never joined to a path as they come.
    if name not in _PAGES or not (PAGE / name).is_file():
        raise ProblemError(404, "There is nothing here.")
    return FileResponse(PAGE / name, media_type=_PAGES[name])


def _scoring_routes(app: FastAPI, settings: Settings) -> None:
    async def keyed(request: Request) -> None:
        given = request.headers.get("x-api-key", "")
        if settings.api_key and not hmac.compare_digest(given.encode(), settings.api_key.encode()):
            raise ProblemError(401, "Send the API key in the header X-API-Key.", headers={"WWW-Authenticate": "ApiKey"})

    guarded = [Depends(keyed)]

    @app.get("/v1/model", response_model=ModelOut, dependencies=guarded, responses={401: _PROBLEM}, summary="The model")
    async def model(request: Request) -> Any:
        engine = request.app.state.engine
        return _model(engine.model, engine.fingerprint)

    @app.post(
        "/v1/profile",
        response_model=ProfileOut,
        dependencies=guarded,
        responses=_CODES,
        summary="Which disciplines a document is about",
        openapi_extra=body_of(ProfileIn, {"text": _TEXT, "file": _FILE, "kind": {"enum": ["candidate", "role"]}}),
    )
    async def profile(request: Request) -> Any:
        given = await json_or_form(request, ProfileIn, settings)
        if isinstance(given, Form):
            source, kind = given.one("text", "file"), (given.texts.get("kind") or ["candidate"])[0]
        else:
            source, kind = Source("text", given.text, given.name), given.kind
        if kind not in ("candidate", "role"):
            raise ProblemError(422, "kind must be candidate or role", "kind")
        return await _run(request, lambda m, _: m.profile(source.read(settings), kind).to_dict())  # type: ignore[union-attr]

    @app.post(
        "/v1/match",
        response_model=MatchOut,
        dependencies=guarded,
        responses=_CODES,
        summary="How far a candidate's described work meets a role's need",
        openapi_extra=body_of(
            MatchIn, {"role": _TEXT, "role_file": _FILE, "candidate": _TEXT, "candidate_file": _FILE}
        ),
    )
    async def match(request: Request) -> Any:
        given = await json_or_form(request, MatchIn, settings)
        if isinstance(given, Form):
            role, candidate = given.one("role"), given.one("candidate")
        else:
            role, candidate = Source("role", given.role), Source("candidate", given.candidate)

        def work(m: Model, _: Deadline) -> dict[str, Any]:
            return m.score_match(role.read(settings), candidate.read(settings)).to_dict()  # type: ignore[union-attr]

        return await _run(request, work)

    @app.post(
        "/v1/rank",
        response_model=RankOut,
        dependencies=guarded,
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
        given = await json_or_form(request, RankIn, settings)
        role, candidates, floor = _ranked(given)
        if len(candidates) > settings.max_candidates:
            raise ProblemError(413, f"more than {settings.max_candidates} candidates: send fewer at once", "candidates")
        key = request.app.state.engine.fingerprint
        return await _run(request, lambda m, d: _ranking(m, key, role, candidates, floor, settings, d))

    @app.post(
        "/v1/decision",
        response_model=DecisionOut,
        dependencies=guarded,
        responses=_CODES,
        summary="Rate a written account of a decision",
        openapi_extra=body_of(DecisionIn, {"text": _TEXT, "file": _FILE, "role": _TEXT, "role_file": _FILE}),
    )
    async def decision(request: Request) -> Any:
        given = await json_or_form(request, DecisionIn, settings)
        if isinstance(given, Form):
            account, role = given.one("text", "file"), given.one("role", needed=False)
        else:
            account, role = Source("text", given.text), None if given.role is None else Source("role", given.role)

        def work(m: Model, _: Deadline) -> dict[str, Any]:
            need = None if role is None else role.read(settings)
            return m.assess_decision(account.read(settings), need).to_dict()  # type: ignore[union-attr]

        return await _run(request, work)


async def _run(request: Request, work: Any) -> Response:
    # Already plain values, and large: written as they are, and not checked once more on the way out.
    return JSONResponse(await request.app.state.engine.run(work))


def _ranked(given: RankIn | Form) -> tuple[Source, list[Source], float | None]:
    if isinstance(given, RankIn):
        listed = [Source(f"candidates.{i}", c.text, c.name) for i, c in enumerate(given.candidates)]
        return Source("role", given.role), listed, given.floor
    role = given.one("role")
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
    assert role is not None
    return role, [*files, *texts], floor


def _ranking(
    model: Model,
    key: str,
    role: Source,
    candidates: Sequence[Source],
    floor: float | None,
    settings: Settings,
    deadline: Deadline,
) -> dict[str, Any]:
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
    return {"model": _model(model, key), "role": {**need.to_dict(), "text": need.document.text}, "ranking": rows}


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


def _model(model: Model, key: str) -> dict[str, Any]:
    from .. import __version__

    disciplines = [{"key": d.key, "name": d.name, "color": d.color} for d in model.taxonomy.disciplines]
    return {"name": model.name, "fingerprint": key, "version": __version__, "disciplines": disciplines}
