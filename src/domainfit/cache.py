"""Embeddings that outlive the process, for encoders that are slow; off unless asked for."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .bundle import ModelLike, load_bundle
from .encoders import reads_in_context
from .exceptions import InputError
from .fingerprint import encoder_fingerprint
from .model import Model
from .types import Encoder, FloatArray

_APPLICATION = 0x646F6D66
"""Marks an SQLite file as such a cache ("domf")."""
_AT_ONCE = 500
_WAIT = 60.0
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB, mark BLOB) WITHOUT ROWID"


def cache_embeddings(
    model: ModelLike, path: str | os.PathLike[str], *, options: Mapping[str, Any] | None = None
) -> Model:
    """Return the model with an encoder that looks its vectors up before it works them out.

    Parameters
    ----------
    model : path or Model
        A model whose encoder reads each segment alone, as sentence-transformers models do.
    path : path
        The cache, one SQLite file; made if it is missing. Any number of processes on one machine
        may share it. It can be deleted at any time.
    options : mapping, optional
        Passed to the encoder's ``encode``, such as ``{"normalize_embeddings": True}``.

    Returns
    -------
    Model
        Same name, same heads; the model that was given is not changed.

    Raises
    ------
    InputError
        If the encoder reads lines in context (as the shipped bundles do, which are faster than a
        cache), cannot be told from another, or the file is no cache.
    """
    chosen = load_bundle(model)
    out = copy.copy(chosen)
    out.encoder = CachedEncoder(chosen.encoder, path, options)
    return out


class CachedEncoder:
    """An encoder with a memory on disk.

    A vector is found by a hash of the encoder's weights and settings, of the options, and of the
    text. The file holds hashes and vectors, never text; whoever has both the file and a guess can
    still test the guess, so keep it as you keep the documents.

    Parameters
    ----------
    encoder : Encoder
        Does the work that has not been done.
    path : path
        The SQLite file.
    options : mapping, optional
        Passed to ``encode``.
    """

    def __init__(
        self, encoder: Encoder, path: str | os.PathLike[str], options: Mapping[str, Any] | None = None
    ) -> None:
        if reads_in_context(encoder):
            raise InputError(
                f"a {type(encoder).__name__} reads lines in context and cannot be cached line by line: use it as it is"
            )
        self.uncached = encoder
        self.path = Path(path)
        self.options = dict(options or {})
        self._identity = json.dumps([encoder_fingerprint(encoder), self.options], sort_keys=True).encode()
        self._prepare()

    def encode(self, sentences: Sequence[str], /) -> FloatArray:
        """Encode each text, or look it up.

        Returns
        -------
        ndarray of shape (n_texts, n_dimensions), float32

        Raises
        ------
        InputError
            If the file is damaged.
        """
        keys = [self._key(s) for s in sentences]
        with self._open() as connection:
            found = _read(connection, keys)
        new = {k: s for k, s in zip(keys, sentences, strict=True) if k not in found}
        if new or not keys:
            # Nothing is locked while the encoder works.
            vectors = np.asarray(self.uncached.encode(list(new.values()), **self.options), np.float32)
            if not keys:
                return vectors
            found |= zip(new, vectors, strict=True)
            with self._open(write=True) as connection:
                _write(connection, {k: found[k] for k in new})
        return np.stack([found[k] for k in keys])

    def _key(self, text: str) -> bytes:
        digest = hashlib.blake2b(self._identity + b"\0", digest_size=20)
        digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _prepare(self) -> None:
        """Make the file, for its owner's eyes only, or see that it is ours."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._open(write=True) as connection:
            mark = connection.execute("PRAGMA application_id").fetchone()[0]
            empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if mark != _APPLICATION and not empty:
                raise InputError(f"{self.path} is not an embedding cache: give another file")
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(_TABLE)

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the file for a moment: connections cannot be shared by threads or processes."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as connection, connection:
                # Taking the lock for writing at once waits for others; taking it later may not.
                connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                yield connection
        except (sqlite3.Error, UnicodeDecodeError) as error:
            busy = getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
            remedy = "try again when no other process holds it" if busy else "delete it, and it is made anew"
            why = error if isinstance(error, sqlite3.Error) else "it is damaged"
            raise InputError(f"the embedding cache {self.path} cannot be used ({why}): {remedy}") from None


def _read(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, FloatArray]:
    found: dict[bytes, FloatArray] = {}
    for i in range(0, len(keys), _AT_ONCE):
        some = keys[i : i + _AT_ONCE]
        marks = ",".join("?" * len(some))
        for key, vector, mark in connection.execute(
            f"SELECT key, vector, mark FROM vectors WHERE key IN ({marks})",
            some,
        ):
            # What a failing disk has changed counts as not there.
            if isinstance(vector, bytes) and mark == _mark(key, vector):
                found[key] = np.frombuffer(vector, "<f4")
    return found


def _write(connection: sqlite3.Connection, vectors: Mapping[bytes, FloatArray]) -> None:
    rows = [(k, data := np.asarray(v, "<f4").tobytes(), _mark(k, data)) for k, v in vectors.items()]
    connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)


def _mark(key: bytes, vector: bytes) -> bytes:
    return hashlib.blake2b(key + vector, digest_size=8).digest()
