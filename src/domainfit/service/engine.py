"""The loaded model behind a small queue: a burst waits its turn, and what is too much is sent away."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..bundle import SHIPPED, load_bundle
from ..exceptions import DomainfitError
from ..fingerprint import fingerprint
from ..model import Model
from .problems import ProblemError, busy
from .settings import Settings

_log = logging.getLogger("domainfit.service")


class Deadline:
    """A moment after which nobody waits for a result any more.

    Parameters
    ----------
    seconds : float
        From now.
    """

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self.end - time.monotonic())

    def check(self) -> None:
        """Give up where it has passed."""
        if self.left() <= 0:
            raise late()


def late() -> ProblemError:
    """Say that it took too long."""
    return ProblemError(504, "The request took longer than the service allows; send fewer or shorter documents.")


@dataclass(frozen=True)
class Loaded:
    """A model and its fingerprint, swapped together.

    Parameters
    ----------
    model : Model
        The model.
    fingerprint : str
        What tells it from others.
    """

    model: Model
    fingerprint: str

    @classmethod
    def of(cls, model: Model) -> Loaded:
        """Take a model."""
        return cls(model, fingerprint(model))


class Engine:
    """Runs work on the model in a few threads.

    Parameters
    ----------
    settings : Settings
        Which model, how many threads, how long a queue.
    model : Model, optional
        A model that is loaded already.
    """

    def __init__(self, settings: Settings, model: Model | None = None) -> None:
        self.settings = settings
        self.loaded = None if model is None else Loaded.of(model)
        self.pending = 0
        self._pool: ThreadPoolExecutor | None = None

    def load(self) -> None:
        """Load the model that the settings name, try it, and only then put it in the place of the one in use.

        Raises
        ------
        DomainfitError
            If it cannot be loaded; the one in use stays.
        """
        name = self.settings.model
        model = load_bundle(name if name in SHIPPED else Path(name))
        model.profile("Trained a detector of weld seams on images from the line and shipped it. " * 4)
        # One assignment: a request sees the old model or the new one, never a part of each.
        self.loaded = Loaded.of(model)

    async def reload(self) -> bool:
        """Load the model anew beside the running one; return whether it took its place."""
        try:
            await asyncio.to_thread(self.load)
        except DomainfitError as error:
            _log.error("the bundle was not swapped", extra={"reason": str(error)})
            return False
        _log.info("the bundle was swapped", extra={"fingerprint": self.current().fingerprint})
        return True

    def current(self) -> Loaded:
        """Return the model in use.

        Raises
        ------
        ProblemError
            If there is none yet.
        """
        if self.loaded is None:
            raise busy()
        return self.loaded

    async def run(self, work: Callable[[Loaded, Deadline], Any]) -> Any:
        """Wait for a turn and do the work.

        Parameters
        ----------
        work : callable
            Given the model, which stays the same however long it takes, and the deadline, which it
            looks at between documents.

        Raises
        ------
        ProblemError
            503 where too many wait, 504 where it took too long.
        """
        loaded = self.current()
        if self.pending >= self.settings.workers + self.settings.queue:
            raise busy()
        deadline = Deadline(self.settings.timeout)

        def job() -> Any:
            deadline.check()  # Nobody waits for it any more, if its turn came too late.
            return work(loaded, deadline)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.settings.workers, thread_name_prefix="score")
        self.pending += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, job)
        # The place is free when the thread is, and not when somebody stops waiting for it.
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(future), deadline.left())
        except TimeoutError:
            raise late() from None

    def _done(self, future: asyncio.Future[Any]) -> None:
        self.pending -= 1
        if not future.cancelled():
            future.exception()  # Looked at, so that one nobody waited for is no noise.

    def close(self) -> None:
        """Let the threads end."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None
