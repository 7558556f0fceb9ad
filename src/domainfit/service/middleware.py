"""What happens to every request: an id, a limit on its body, a line in the log, a count."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import ProblemError

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_log = logging.getLogger("domainfit.service")
_KEPT = ("id", "method", "path", "status", "milliseconds", "bytes", "reason", "fingerprint")
SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
)


class Watch:
    """Gives each request an id, limits its body, logs and counts it. No text of a request is kept.

    Parameters
    ----------
    app : ASGI application
        What answers.
    max_body : int
        Bytes of a request's body.
    registry : CollectorRegistry
        Where the counts go.
    """

    def __init__(self, app: ASGIApp, max_body: int, registry: CollectorRegistry) -> None:
        self.app = app
        self.max_body = max_body
        labels = ("method", "path", "status")
        self.count = Counter("domainfit_requests", "Requests answered", labels, registry=registry)
        self.seconds = Histogram("domainfit_request_seconds", "Seconds to answer", ("path",), registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        name = given if _ID.match(given) else uuid.uuid4().hex
        state = {"status": 500, "bytes": 0, "started": False}
        start = time.monotonic()

        async def limited() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                state["bytes"] += len(message.get("body", b""))
                if state["bytes"] > self.max_body:
                    raise _too_large(self.max_body)
            return message

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"], state["started"] = message["status"], True
                message["headers"] = [*message["headers"], (b"x-request-id", name.encode()), *SAFE]
            await send(message)

        try:
            length = headers.get(b"content-length", b"")
            if length.isdigit() and int(length) > self.max_body:
                raise _too_large(self.max_body)
            await self.app(scope, limited, tagged)
        except ProblemError as problem:
            if state["started"]:
                raise
            await problem.response()(scope, receive, tagged)
        finally:
            self._note(scope, name, state, time.monotonic() - start)

    def _note(self, scope: Scope, name: str, state: dict[str, Any], seconds: float) -> None:
        # The route and not the address: an address is whatever somebody typed.
        path = getattr(scope.get("route"), "path", None) or "other"
        known = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "OPTIONS") else "other"
        self.count.labels(known, path, state["status"]).inc()
        self.seconds.labels(path).observe(seconds)
        extra = {"id": name, "method": known, "path": path, "status": state["status"], "bytes": state["bytes"]}
        _log.info("request", extra={**extra, "milliseconds": round(1000 * seconds, 1)})


def _too_large(limit: int) -> ProblemError:
    return ProblemError(413, f"the request is larger than {limit:,} bytes")


class JsonLines(logging.Formatter):
    """One JSON object a line, with named fields only."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        line |= {k: getattr(record, k) for k in _KEPT if hasattr(record, k)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__  # The type alone: a message may quote a document.
        return json.dumps(line, ensure_ascii=False)
