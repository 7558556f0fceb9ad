"""A thin client of the HTTP service, one for plain and one for asynchronous code. Needs the extra ``client``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx

from .exceptions import DomainfitError
from .types import Kind

Text = str | Path
"""A text, or a file."""


class ServiceError(DomainfitError):
    """The service has answered with a problem.

    Parameters
    ----------
    status : int
        The HTTP status.
    detail : str
        What is wrong and what to do.
    field : str or None
        The field that it is about.
    retry_after : float or None
        Seconds after which to come back, where there was no room.
    """

    def __init__(self, status: int, detail: str, field: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(f"{field}: {detail}" if field else detail)
        self.status, self.detail, self.field, self.retry_after = status, detail, field, retry_after


class _Requests:
    """What to send where; both clients share it."""

    @staticmethod
    def profile(text: Text, kind: Kind) -> dict[str, Any]:
        return {"url": "/v1/profile", **_parts({"file": text}, {"text": text}, {"kind": kind})}

    @staticmethod
    def match(role: Text, candidate: Text) -> dict[str, Any]:
        files = {"role_file": role, "candidate_file": candidate}
        return {"url": "/v1/match", **_parts(files, {"role": role, "candidate": candidate}, {})}

    @staticmethod
    def rank(role: Text, candidates: Mapping[str, str] | Sequence[Path], floor: float | None) -> dict[str, Any]:
        if isinstance(candidates, Mapping):
            body = {"role": _text(role), "candidates": [{"name": n, "text": t} for n, t in candidates.items()]}
            return {"url": "/v1/rank", "json": {**body, "floor": floor}}
        parts = _parts({"role_file": role}, {"role": role}, {} if floor is None else {"floor": str(floor)})
        parts["files"] += [("candidates", (p.name, p.read_bytes())) for p in candidates]
        return {"url": "/v1/rank", **parts}

    @staticmethod
    def decision(text: Text, role: Text | None) -> dict[str, Any]:
        both = {"text": text} | ({} if role is None else {"role": role})
        files = {"file": text} | ({} if role is None else {"role_file": role})
        return {"url": "/v1/decision", **_parts(files, both, {})}


def _text(value: Text) -> str:
    return value.read_text(encoding="utf-8") if isinstance(value, Path) else value


def _parts(files: Mapping[str, Text], texts: Mapping[str, Text], more: Mapping[str, str]) -> dict[str, Any]:
    """Send files as files and texts as fields, in one form."""
    sent: list[tuple[str, Any]] = [(n, (p.name, p.read_bytes())) for n, p in files.items() if isinstance(p, Path)]
    sent += [(n, (None, t)) for n, t in [*texts.items(), *more.items()] if isinstance(t, str)]
    return {"files": sent}


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json()
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    after = response.headers.get("retry-after", "")
    raise ServiceError(
        response.status_code,
        str(problem.get("detail", f"the service answered {response.status_code}")),
        problem.get("field"),
        float(after) if after.isdigit() else None,
    )


def _headers(api_key: str | None) -> dict[str, str]:
    return {} if api_key is None else {"X-API-Key": api_key}


class Client:
    """The service, for plain code; use it as a context, or close it.

    Parameters
    ----------
    url : str
        Where the service listens.
    api_key : str, optional
        Its key.
    timeout : float, default 60
        Seconds to wait for an answer.
    transport : httpx.BaseTransport, optional
        How to reach it, for tests.

    Raises
    ------
    ServiceError
        By every method, where the service answers with a problem.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        api_key: str | None = None,
        timeout: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(base_url=url, headers=_headers(api_key), timeout=timeout, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def profile(self, text: Text, kind: Kind = "candidate") -> dict[str, Any]:
        """Return what `Profile.to_dict` gives."""
        return dict(_answer(self._http.post(**_Requests.profile(text, kind))))

    def match(self, role: Text, candidate: Text) -> dict[str, Any]:
        """Return what `Match.to_dict` gives."""
        return dict(_answer(self._http.post(**_Requests.match(role, candidate))))

    def rank(
        self, role: Text, candidates: Mapping[str, str] | Sequence[Path], floor: float | None = None
    ) -> dict[str, Any]:
        """Return ``model``, ``role`` and ``ranking``, best first."""
        return dict(_answer(self._http.post(**_Requests.rank(role, candidates, floor))))

    def decision(self, text: Text, role: Text | None = None) -> dict[str, Any]:
        """Return what `DecisionAssessment.to_dict` gives."""
        return dict(_answer(self._http.post(**_Requests.decision(text, role))))

    def model(self) -> dict[str, Any]:
        """Return the name, fingerprint and disciplines of the model."""
        return dict(_answer(self._http.get("/v1/model")))


class AsyncClient:
    """The service, for asynchronous code; otherwise as `Client`.

    Parameters
    ----------
    url, api_key, timeout, transport
        As in `Client`.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        api_key: str | None = None,
        timeout: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=_headers(api_key), timeout=timeout, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def profile(self, text: Text, kind: Kind = "candidate") -> dict[str, Any]:
        """Return what `Profile.to_dict` gives."""
        return dict(_answer(await self._http.post(**_Requests.profile(text, kind))))

    async def match(self, role: Text, candidate: Text) -> dict[str, Any]:
        """Return what `Match.to_dict` gives."""
        return dict(_answer(await self._http.post(**_Requests.match(role, candidate))))

    async def rank(
        self, role: Text, candidates: Mapping[str, str] | Sequence[Path], floor: float | None = None
    ) -> dict[str, Any]:
        """Return ``model``, ``role`` and ``ranking``, best first."""
        return dict(_answer(await self._http.post(**_Requests.rank(role, candidates, floor))))

    async def decision(self, text: Text, role: Text | None = None) -> dict[str, Any]:
        """Return what `DecisionAssessment.to_dict` gives."""
        return dict(_answer(await self._http.post(**_Requests.decision(text, role))))

    async def model(self) -> dict[str, Any]:
        """Return the name, fingerprint and disciplines of the model."""
        return dict(_answer(await self._http.get("/v1/model")))
