"""Errors as problem details (RFC 9457): what is wrong, with which field, and never what stood in it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..exceptions import DocumentError, DomainfitError, InputError, MissingExtraError
from .schemas import ProblemOut

MEDIA = "application/problem+json"
PROBLEM: dict[str, Any] = {
    "model": ProblemOut,
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
}
"""How a problem is described in the schema."""
RETRY_AFTER = 2
"""Seconds after which to come back when there was no room."""
TITLES = {
    400: "The request cannot be read",
    401: "The API key is missing or wrong",
    404: "There is nothing here",
    405: "This method is not allowed here",
    413: "The request is too large",
    415: "This kind of content is not taken",
    422: "The input cannot be used",
    500: "The service has failed",
    503: "The service is busy",
    504: "It took too long",
}


class ProblemError(Exception):
    """An answer that is a problem.

    Parameters
    ----------
    status : int
        The HTTP status.
    detail : str
        What is wrong and what to do.
    field : str, optional
        The field that it is about.
    headers : dict, optional
        More headers.
    """

    def __init__(
        self, status: int, detail: str, field: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.headers = status, detail, field, headers

    def response(self) -> JSONResponse:
        """Write the problem."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail,
            "field": self.field,
        }
        return JSONResponse(body, self.status, self.headers, media_type=MEDIA)


def busy() -> ProblemError:
    """Say that there is no room now."""
    return ProblemError(
        503, "Too many requests are waiting; come back later.", headers={"Retry-After": str(RETRY_AFTER)}
    )


def problem_of(error: Exception, field: str | None = None) -> ProblemError:
    """Turn an error of the library into a problem."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, MissingExtraError):
        return ProblemError(500, "The service lacks a reader for this kind of file.", field)
    if isinstance(error, DocumentError):
        return ProblemError(413 if error.code == "too_large" else 422, str(error), field)
    return ProblemError(422 if isinstance(error, InputError) else 500, str(error), field)


def install(app: FastAPI) -> None:
    """Let the application answer every error so."""

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> JSONResponse:
        return error.response()

    @app.exception_handler(DomainfitError)
    async def _own(request: Request, error: DomainfitError) -> JSONResponse:
        return problem_of(error).response()

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(p) for p in first["loc"] if p not in ("body", "query", "header"))
        return ProblemError(422, str(first["msg"]), field or None).response()

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers) if error.headers else None
        return ProblemError(error.status_code, TITLES.get(error.status_code, "Error") + ".", headers=headers).response()

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        # The message may quote a document: it stays here.
        return ProblemError(500, "Something unforeseen happened; the request id finds it in the log.").response()
