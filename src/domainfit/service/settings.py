"""Everything about the service that can be set, in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from ..exceptions import InputError

PREFIX = "DOMAINFIT_"


@dataclass(frozen=True)
class Settings:
    """The service's settings; each can be given as ``DOMAINFIT_`` and its name in the environment.

    Parameters
    ----------
    model : str
        ``"base"``, ``"fast"`` or a bundle's folder.
    host, port : str, int
        Where to listen.
    api_key : str
        If it is not empty, ``/v1`` needs it in the header ``X-API-Key``.
    max_body : int
        Bytes of a request; more is refused while it is being read.
    max_text : int
        Characters of a text.
    max_candidates : int
        Candidates of a ranking.
    workers : int
        Requests scored at once.
    queue : int
        Requests that wait for their turn; one more is told to come back.
    timeout : float
        Seconds for a request, its wait included.
    """

    model: str = "base"
    host: str = "127.0.0.1"
    port: int = 8000
    api_key: str = ""
    max_body: int = 50_000_000
    max_text: int = 200_000
    max_candidates: int = 200
    workers: int = 2
    queue: int = 32
    timeout: float = 60.0

    def __post_init__(self) -> None:
        for name in ("max_body", "max_text", "max_candidates", "workers", "timeout"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} must be above 0, not {getattr(self, name)!r}")
        if self.queue < 0:
            raise InputError(f"queue must be 0 or more, not {self.queue!r}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Self:
        """Read the settings; what is given goes before the environment.

        Raises
        ------
        InputError
            If a value is not of its kind.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for f in fields(cls):
            raw = environment.get(PREFIX + f.name.upper())
            if given.get(f.name) is not None:
                values[f.name] = given[f.name]
            elif raw is not None:
                kind: Any = type(f.default)
                try:
                    values[f.name] = kind(raw)
                except ValueError:
                    raise InputError(f"{PREFIX}{f.name.upper()} must be a {kind.__name__}") from None
        return cls(**values)
