"""One loaded model a process: in this one, in joblib's workers, on Spark's and on Dask's."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .bundle import load_bundle
from .encoders import TransformerEncoder
from .exceptions import BundleError, DomainfitError, InputError
from .fingerprint import fingerprint
from .model import Model
from .records import Keep, Record, record_of
from .results import Profile
from .types import Kind

PIECE = 32
"""Documents sent to a worker at once: enough to hide the sending, few enough to share evenly."""
_ALIGN = 64
_KEPT = 2
"""How many models a worker keeps open, the newest."""
_OPENED: dict[str, Model] = {}
_OPENING = threading.Lock()


class SharedModel:
    """A model in one read-only block of bytes that any process can open.

    joblib puts the block into a memory map, so that all workers on a machine read the same weights.
    A process opens a model once, however many tasks it is given.

    Parameters
    ----------
    model : Model
        The model.
    """

    def __init__(self, model: Model) -> None:
        import cloudpickle

        buffers: list[pickle.PickleBuffer] = []
        head = cloudpickle.dumps(_one_thread(model), protocol=5, buffer_callback=buffers.append)
        parts = [np.frombuffer(p, np.uint8) for p in (head, *(b.raw() for b in buffers))]
        starts = np.cumsum([0, *(-(-len(p) // _ALIGN) * _ALIGN for p in parts)])
        self.key = fingerprint(model)
        self.block: npt.NDArray[np.uint8] = np.zeros(starts[-1], np.uint8)
        self.bounds = [(int(s), int(s) + len(p)) for s, p in zip(starts, parts, strict=False)]
        for (start, end), part in zip(self.bounds, parts, strict=True):
            self.block[start:end] = part

    def open(self) -> Model:
        """Return the model; opened on a process's first call."""
        return _opened(self.key, self._load)

    def _load(self) -> Model:
        head, *buffers = [self.block[a:b].data for a, b in self.bounds]
        model: Model = pickle.loads(head, buffers=buffers)
        return model


class NamedModel:
    """A shipped bundle that a worker loads from its own installation.

    Parameters
    ----------
    name : {"base", "fast"}
        The bundle.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = fingerprint(load_bundle(name))

    def open(self) -> Model:
        """Return the model; opened on a process's first call.

        Raises
        ------
        BundleError
            If the worker's bundle is another one.
        """
        return _opened(self.key, self._load)

    def _load(self) -> Model:
        model = load_bundle(self.name)
        if fingerprint(model) != self.key:
            raise BundleError(f"a worker has another bundle {self.name!r}: install one version of domainfit everywhere")
        return _one_thread(model)


def _opened(key: str, load: Callable[[], Model]) -> Model:
    with _OPENING:  # Several threads of a worker may ask at once.
        if key not in _OPENED:
            while len(_OPENED) >= _KEPT:
                del _OPENED[next(iter(_OPENED))]
            _OPENED[key] = load()
        return _OPENED[key]


def _one_thread(model: Model) -> Model:
    """Let each worker use one core; the number of threads changes no bit of a result."""
    if not isinstance(model.encoder, TransformerEncoder):
        return model
    out = copy.copy(model)
    out.encoder = copy.copy(model.encoder)
    out.encoder.threads = 1
    return out


class Workers:
    """Profiles many documents with one or many processes; use it as a context.

    Parameters
    ----------
    model : Model
        The model.
    n_jobs : int, default 1
        Processes, as joblib counts them: -1 is one a core. The results are the same to the bit.
    keep : {"numbers", "evidence", "text"}
        How much of each profile the records keep.
    """

    def __init__(self, model: Model, n_jobs: int = 1, keep: Keep = "numbers") -> None:
        from joblib import effective_n_jobs

        if not isinstance(n_jobs, int) or n_jobs == 0:
            raise InputError(f"n_jobs must be a number of processes, or -1 for one a core, not {n_jobs!r}")
        self.model = model
        self.keep = keep
        self.n_jobs = int(effective_n_jobs(n_jobs))
        self._parallel: Any = None
        self._shared: SharedModel | None = None

    def __enter__(self) -> Workers:
        if self.n_jobs > 1:
            from joblib import Parallel

            self._shared = SharedModel(self.model)
            self._parallel = Parallel(self.n_jobs, return_as="generator", mmap_mode="r", max_nbytes="64K")
            self._parallel.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._parallel is not None:
            self._parallel.__exit__(*error)
            self._parallel = None

    def records(self, values: Sequence[Any], kind: Kind) -> Iterator[Record]:
        """Profile documents, in order; an error becomes a record of status ``"error"``."""
        if self._parallel is None or len(values) < 2:
            yield from (_record(self.model, v, kind, self.keep) for v in values)
            return
        from joblib import delayed

        size = max(1, min(PIECE, len(values) // (2 * self.n_jobs)))
        pieces = [values[i : i + size] for i in range(0, len(values), size)]
        for done in self._parallel(delayed(_piece)(self._shared, p, kind, self.keep) for p in pieces):
            yield from done


def _piece(shared: SharedModel, values: Sequence[Any], kind: Kind, keep: Keep) -> list[Record]:
    model = shared.open()
    return [_record(model, v, kind, keep) for v in values]


def _record(model: Model, value: Any, kind: Kind, keep: Keep) -> Record:
    return record_of(profile_or_error(model, value, kind), model.taxonomy, keep)


def profile_or_error(model: Model, value: Any, kind: Kind) -> Profile | DomainfitError:
    """Profile a table's cell, and give the error back in place of a profile that cannot be made."""
    try:
        return model.profile(_readable(value), kind)
    except DomainfitError as error:
        return error


def _readable(value: Any) -> Any:
    # Tables have several missing values; pandas' own are told by name, so as not to import pandas.
    named = value is None or type(value).__name__ in ("NAType", "NaTType")
    if named or (isinstance(value, (float, np.floating)) and np.isnan(value)):
        raise InputError("the value is missing")
    return value
