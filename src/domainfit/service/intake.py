"""Requests as documents: JSON or a form with files, read within limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from ..documents import read
from ..exceptions import DomainfitError
from ..types import Document
from .problems import ProblemError, problem_of
from .settings import Settings

Schema = TypeVar("Schema", bound=BaseModel)
MAX_DEPTH = 20
"""JSON nested deeper than this is no request of ours."""


@dataclass(frozen=True, repr=False)
class Source:
    """A document that is yet to be read.

    Parameters
    ----------
    field : str
        Where in the request it stood.
    content : str or bytes
        A text, or a file's bytes.
    name : str, optional
        What it is called.
    """

    field: str
    content: str | bytes
    name: str | None = None

    def __repr__(self) -> str:
        return f"Source({self.field!r})"  # Its content is nobody's business in a log.

    def read(self, settings: Settings) -> Document:
        """Read it.

        Raises
        ------
        ProblemError
            If it cannot be read, or is too long; it names the field.
        """
        try:
            document = read(self.content, name=self.name)
        except DomainfitError as error:
            raise problem_of(error, self.field) from None
        if len(document.text) > settings.max_text:
            raise ProblemError(413, f"the text is longer than {settings.max_text:,} characters", self.field)
        return document


@dataclass(frozen=True)
class Form:
    """The fields and files of a form."""

    texts: dict[str, list[str]]
    files: dict[str, list[Source]]

    def needed(self, name: str, upload: str | None = None) -> Source:
        """Take a text, or the file in its place, that must be there."""
        found = self.one(name, upload)
        if found is None:
            raise ProblemError(422, f"a {name} is needed: a text, or a file in {upload or name + '_file'!r}", name)
        return found

    def one(self, name: str, upload: str | None = None) -> Source | None:
        """Take a text, or the file in its place, if either is there."""
        found = [Source(name, t) for t in self.texts.get(name, []) if t.strip()]
        found += self.files.get(upload or f"{name}_file", [])
        if len(found) > 1:
            raise ProblemError(422, f"give one {name}, as a text or as a file", name)
        return found[0] if found else None


async def json_or_form(request: Request, schema: type[Schema], settings: Settings) -> Schema | Form:
    """Read a request's body.

    Raises
    ------
    ProblemError
        If it is of another kind, or cannot be read.
    RequestValidationError
        If the JSON is not what the schema says.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            return schema.model_validate(_shallow(await request.body()))
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from None
    if kind == "multipart/form-data":
        return await _form(request, settings)
    raise ProblemError(415, "send application/json or multipart/form-data")


def _shallow(body: bytes) -> Any:
    try:
        # Counted before it is parsed: the parser itself goes down as deep as it is led.
        if body.count(b"[") + body.count(b"{") > 100 and _depth(body) > MAX_DEPTH:
            raise ProblemError(400, "the JSON is nested too deep")
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ProblemError(400, "the body is not JSON") from None
    return value


def _depth(body: bytes) -> int:
    depth = deepest = 0
    quoted = escaped = False
    for c in body:
        if quoted:
            escaped, quoted = (c == 92 and not escaped), (c != 34 or escaped)
        elif c == 34:
            quoted = True
        elif c in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif c in b"]}":
            depth -= 1
    return deepest


async def _form(request: Request, settings: Settings) -> Form:
    texts: dict[str, list[str]] = {}
    files: dict[str, list[Source]] = {}
    most = settings.max_candidates + 2
    try:
        async with request.form(max_files=most, max_fields=most, max_part_size=4 * settings.max_text + 1024) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    called = (value.filename or "").replace("\\", "/").rpartition("/")[2][:200] or None
                    files.setdefault(name, []).append(Source(name, await value.read(), called))
                else:
                    texts.setdefault(name, []).append(value)
    except (MultiPartException, UnicodeDecodeError, ValueError) as error:
        detail = error.message if isinstance(error, MultiPartException) else "the form cannot be read"
        raise ProblemError(400, detail) from None
    return Form(texts, files)
