"""``domainfit serve``."""

from __future__ import annotations

import argparse
from typing import Any

from .._optional import require
from ..bundle import load_bundle
from ._common import OK


def add(commands: Any) -> None:
    """Add the command."""
    serve = commands.add_parser("serve", help="answer over HTTP, with a page at /")
    serve.add_argument("--model", help="base (default), fast, or a bundle's folder")
    serve.add_argument("--host", help="by default 127.0.0.1")
    serve.add_argument("--port", type=int, help="by default 8000")
    serve.add_argument("--workers", type=int, help="requests scored at once (default: 2)")
    serve.add_argument("--queue", type=int, help="requests that wait for their turn (default: 32)")
    serve.add_argument("--timeout", type=float, help="seconds for a request (default: 60)")
    serve.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    uvicorn = require("uvicorn", "service", "the HTTP service")
    require("fastapi", "service", "the HTTP service")
    require("prometheus_client", "service", "the HTTP service")
    from ..service import Settings, create_app
    from ..service.middleware import JsonLines

    names = ("model", "host", "port", "workers", "queue", "timeout")
    settings = Settings.from_environment(**{n: getattr(arguments, n) for n in names})
    log = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {
            "domainfit.service": {"handlers": ["out"], "level": "INFO", "propagate": False},
            "uvicorn": {"handlers": ["out"], "level": "INFO", "propagate": False},
        },
    }
    # Loaded before anything listens: a bundle that is not there is an error of the command.
    model = load_bundle(settings.model)
    uvicorn.run(
        create_app(settings, model),
        host=settings.host,
        port=settings.port,
        log_config=log,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.timeout),
    )
    return OK
