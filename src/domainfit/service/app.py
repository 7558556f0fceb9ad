"""The application: thin routes over one engine."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from ..model import Model
from .engine import Engine
from .middleware import Watch
from .problems import PROBLEM, ProblemError, install
from .routes import router
from .settings import Settings

PAGE = Path(__file__).parent / "page"
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
        if engine.loaded is None:
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
    app.include_router(router)
    app.add_middleware(Watch, max_body=chosen.max_body, registry=registry)
    return app


def _plain_routes(app: FastAPI, registry: CollectorRegistry) -> None:
    @app.get("/healthz", summary="Is the process alive?")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="Can it score?", responses={503: PROBLEM})
    async def readyz(request: Request) -> dict[str, str]:
        request.app.state.engine.current()
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
