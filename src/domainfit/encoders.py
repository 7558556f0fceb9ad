"""Text to vectors: the tuned transformer, static vectors, and any sentence-transformers model.

An encoder is anything with ``encode(sentences)``. One that can also read a segment together with
the lines around it offers ``encode_document(segments)``, and the pipeline then calls that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Protocol, TypeGuard

import numpy as np

from ._optional import require
from .exceptions import InputError
from .spelling import normalize_all
from .types import Encoder, FloatArray


class DocumentEncoder(Encoder, Protocol):
    """An encoder that reads a document's segments in the light of one another."""

    def encode_document(self, segments: Sequence[str], /) -> FloatArray:
        """Return one vector a segment, shape (n_segments, n_dimensions)."""
        ...


class GroupEncoder:
    """The part that the bundled encoders share: they read several documents side by side, each as if alone."""

    def encode_document(self, segments: Sequence[str], /) -> FloatArray:
        """Encode the segments of one document, each in the light of the others.

        Returns
        -------
        ndarray of shape (n_segments, n_dimensions), float32
        """
        return self.encode_documents([segments])[0]

    def encode_documents(self, documents: Sequence[Sequence[str]], /) -> list[FloatArray]:
        """Return what `encode_document` gives for each document."""
        raise NotImplementedError


def reads_in_context(encoder: Encoder) -> TypeGuard[DocumentEncoder]:
    """Tell whether an encoder reads a document's segments together.

    sentence-transformers models have an ``encode_document`` too, beside ``encode_query``: it encodes
    many documents to be searched, each alone.
    """
    return hasattr(encoder, "encode_document") and not hasattr(encoder, "encode_query")


def encode_segments(encoder: Encoder, segments: Sequence[str]) -> FloatArray:
    """Encode the segments of one document, in context where the encoder can.

    Parameters
    ----------
    encoder : Encoder
        Any encoder.
    segments : sequence of str
        The segments, in reading order.

    Returns
    -------
    ndarray of shape (n_segments, n_dimensions), float32

    Raises
    ------
    InputError
        If the encoder answers with another number of rows, or with values that are not finite.
    """
    return encode_groups(encoder, [normalize_all(segments)])[0]


def encode_groups(encoder: Encoder, groups: Sequence[Sequence[str]]) -> list[FloatArray]:
    """Encode groups of normalized segments, each as a document of its own; at once where the encoder can."""
    if isinstance(encoder, GroupEncoder):
        return [_checked(encoder, raw, len(g)) for raw, g in zip(encoder.encode_documents(groups), groups, strict=True)]
    encode = encoder.encode_document if reads_in_context(encoder) else encoder.encode
    return [_checked(encoder, encode(g), len(g)) for g in groups]


def encode_alone(encoder: Encoder, texts: Sequence[str]) -> FloatArray:
    """Encode texts one by one, whatever stands beside them; otherwise as `encode_segments`."""
    return _checked(encoder, encoder.encode(normalize_all(texts)), len(texts))


def _checked(encoder: Encoder, raw: Any, n: int) -> FloatArray:
    vectors = np.asarray(raw, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != n:
        raise InputError(
            f"the encoder {type(encoder).__name__} returned an array of shape {vectors.shape} for {n} texts; "
            "encode() must return one row a text"
        )
    if not np.isfinite(vectors).all():
        raise InputError(f"the encoder {type(encoder).__name__} returned values that are not finite")
    return vectors


class TransformerEncoder(GroupEncoder):
    """A small transformer run by onnxruntime, reading segments in windows of their neighbours.

    Consecutive segments are packed into windows of at most `window` tokens and read together;
    a segment's vector is the mean of its own tokens' states. Each window is run alone, without
    padding, so that a document's vectors do not depend on what else is in the batch.

    Parameters
    ----------
    graph : bytes
        The ONNX graph: ``ids`` (n_tokens,) to ``states`` (n_tokens, n_dimensions).
    tokenizer : str
        The tokenizer, as the JSON of the ``tokenizers`` package.
    window : int, default 192
        The most tokens read together.
    max_tokens : int, default 120
        The most tokens of one segment that are read; the rest of it is left out.
    threads : int or None
        How many windows are read at once; None takes the machine's cores, eight at most. Each window
        is read by one thread, so that the number of threads changes no bit.
    """

    def __init__(
        self, graph: bytes, tokenizer: str, *, window: int = 192, max_tokens: int = 120, threads: int | None = None
    ) -> None:
        self.graph = graph
        self.tokenizer = tokenizer
        self.window = window
        self.max_tokens = max_tokens
        self.threads = threads

    def encode(self, sentences: Sequence[str], /) -> FloatArray:
        """Encode each text alone.

        Returns
        -------
        ndarray of shape (n_texts, n_dimensions), float32
        """
        if not len(sentences):
            return np.zeros((0, self.dimension), np.float32)
        return self._run_all([[ids] for ids in self._tokens(sentences)])

    def encode_documents(self, documents: Sequence[Sequence[str]], /) -> list[FloatArray]:
        """Encode the segments of several documents in windows of their neighbours, all windows side by side.

        Returns
        -------
        list of ndarray of shape (n_segments, n_dimensions), float32
            One a document.
        """
        tokens = [self._tokens(segments) for segments in documents]
        windows = [t[a:b] for t in tokens for a, b in pack([len(x) for x in t], self.window)]
        vectors = self._run_all(windows) if windows else np.zeros((0, self.dimension), np.float32)
        return np.split(vectors, np.cumsum([len(t) for t in tokens])[:-1])

    @cached_property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._session.get_outputs()[0].shape[1])

    @cached_property
    def _session(self) -> Any:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return ort.InferenceSession(self.graph, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_str(self.tokenizer)

    @cached_property
    def _marks(self) -> tuple[int, int]:
        return int(self._tokenizer.token_to_id("[CLS]")), int(self._tokenizer.token_to_id("[SEP]"))

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        unknown = int(self._tokenizer.token_to_id("[UNK]"))
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [e.ids[: self.max_tokens] or [unknown] for e in encoded]

    def _run_all(self, windows: Sequence[Sequence[Sequence[int]]]) -> FloatArray:
        self._session  # noqa: B018 - opened here, so that no two threads do.
        # The longest first: whoever is done takes the next, and all end at about the same time.
        order = sorted(range(len(windows)), key=lambda i: -sum(map(len, windows[i])))
        threads = min(self.threads or min(8, os.cpu_count() or 1), len(windows))
        if threads == 1:
            return np.concatenate([self._run(w) for w in windows])
        # A pool of its own for each call costs next to nothing and survives a fork of the process.
        with ThreadPoolExecutor(threads) as pool:
            done = dict(zip(order, pool.map(self._run, [windows[i] for i in order]), strict=True))
        return np.concatenate([done[i] for i in range(len(windows))])

    def _run(self, tokens: Sequence[Sequence[int]]) -> FloatArray:
        """Run one window and average each segment's states."""
        first, last = self._marks
        ids = [first]
        starts, lengths = [], []
        for segment in tokens:
            starts.append(len(ids))
            lengths.append(len(segment))
            ids.extend(segment)
            ids.append(last)
        states = self._session.run(None, {"ids": np.array(ids, np.int64)})[0]
        # Every segment is followed by one separator, which belongs to no segment.
        bounds = np.array([b for s, n in zip(starts, lengths, strict=True) for b in (s, s + n)])
        sums = np.add.reduceat(states, bounds, axis=0)[::2]
        return np.asarray(sums / np.array(lengths, np.float32)[:, None], np.float32)

    def __getstate__(self) -> dict[str, Any]:
        # Sessions cannot be pickled; a worker opens its own from the same bytes.
        return {
            k: v for k, v in self.__dict__.items() if k in ("graph", "tokenizer", "window", "max_tokens", "threads")
        }


def pack(lengths: Sequence[int], window: int) -> Iterator[tuple[int, int]]:
    """Group consecutive segments into windows.

    Parameters
    ----------
    lengths : sequence of int
        Tokens of each segment. One separator a segment and one opening mark are added.
    window : int
        The most tokens of a window; a longer segment gets a window of its own.

    Yields
    ------
    start, end : int
        The segments of a window, ``end`` excluded.

    Examples
    --------
    >>> list(pack([3, 3, 3], window=9))
    [(0, 2), (2, 3)]
    """
    start, used = 0, 1
    for i, length in enumerate(lengths):
        if i > start and used + length + 1 > window:
            yield start, i
            start, used = i, 1
        used += length + 1
    if len(lengths):
        yield start, len(lengths)


def sentence_transformer(name: str, **options: Any) -> Any:
    """Load any sentence-transformers model as an encoder.

    Parameters
    ----------
    name : str
        A model's name or folder, as ``SentenceTransformer`` takes it.
    **options
        Passed on to ``SentenceTransformer``.

    Returns
    -------
    sentence_transformers.SentenceTransformer

    Raises
    ------
    MissingExtraError
        If sentence-transformers is not installed.
    """
    module = require("sentence_transformers", "sentence-transformers", "an encoder by name")
    return module.SentenceTransformer(name, **options)
