"""Text to vectors without a transformer: sums of stored vectors of words, word pairs and word pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ._compiled import words as compiled
from .encoders import GroupEncoder
from .scoring import product
from .types import FloatArray

_WORD = re.compile(r"[a-z0-9]+(?:[+#]+|(?:[-./'&][a-z0-9]+)+)?|[^\W\d_]+")
_PIECES_A_WORD = 4


def words(text: str) -> list[str]:
    """Split a text into lower-case words; ``c++``, ``a/b`` and ``scikit-learn`` stay whole.

    Examples
    --------
    >>> words("Fine-tuned C++ and A/B tests.")
    ['fine-tuned', 'c++', 'and', 'a/b', 'tests']
    """
    return _WORD.findall(text.lower())


class StaticEncoder(GroupEncoder):
    """Sums of stored vectors, a segment's beside its document's, through one hidden layer.

    A text is its words and pairs of neighbouring words; their vectors are summed and divided by the
    square root of their number. A word the vocabulary lacks stands as its word pieces; a pair it
    lacks is left out. The mean over the document's segments is the only context a segment sees.

    Parameters
    ----------
    terms : sequence of str
        The words and word pairs (with one space) that have a vector.
    table : ndarray of shape (n_pieces + n_terms, n_dimensions), int8
        First the word pieces' vectors, then the terms', each row in units of its scale.
    scale : ndarray of shape (n_pieces + n_terms,)
        What one unit of a row is worth.
    hidden : ndarray of shape (2 * n_dimensions + 1, n_hidden)
        The hidden layer's weights and, in the last row, biases; what is negative after it becomes 0.
    tokenizer : str
        The word-piece tokenizer, as the JSON of the ``tokenizers`` package.
    """

    def __init__(
        self,
        terms: Sequence[str],
        table: npt.NDArray[np.int8],
        scale: FloatArray,
        hidden: FloatArray,
        tokenizer: str,
    ) -> None:
        self.terms = terms
        self.table = table
        self.scale = scale
        self.hidden = hidden
        self.tokenizer = tokenizer

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self.hidden.shape[1])

    def encode(self, sentences: Sequence[str], /) -> FloatArray:
        """Encode each text alone, as a document of one segment.

        Returns
        -------
        ndarray of shape (n_texts, n_dimensions), float32
        """
        own = self._own(sentences)
        mixed, shift = self._mixed(own, own)
        mixed += shift
        return np.asarray(np.maximum(mixed, np.float32(0), out=mixed))

    def encode_documents(self, documents: Sequence[Sequence[str]], /) -> list[FloatArray]:
        """Encode the segments of several documents, each beside its own document's mean.

        Returns
        -------
        list of ndarray of shape (n_segments, n_dimensions), float32
            One a document.
        """
        own = self._own([text for segments in documents for text in segments])
        ends = list(accumulate(map(len, documents), initial=0))
        parts = [slice(start, end) for start, end in pairwise(ends)]
        means = [np.add.reduce(own[part], axis=0) / np.float32(max(1, part.stop - part.start)) for part in parts]
        mixed, shift = self._mixed(own, np.array(means))
        for part, row in zip(parts, shift, strict=True):
            mixed[part] += row
        np.maximum(mixed, np.float32(0), out=mixed)
        return [mixed[part] for part in parts]

    def _mixed(self, own: FloatArray, whole: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what the hidden layer is told by segments, and by documents: their sums go in."""
        n, weights = own.shape[1], self._weights
        return product(own, weights[:n]), product(whole, weights[n:-1]) + weights[-1]

    def _own(self, texts: Sequence[str]) -> FloatArray:
        return self._plain_own(texts) if self._vocabulary is None else np.asarray(self._vocabulary.vectors(texts))

    def _plain_own(self, texts: Sequence[str]) -> FloatArray:
        """Add up the rows of each text, as the kernel does: the sums are exact, and so the same in any order."""
        rows = [self.rows(words(text)) for text in texts]
        sums = np.zeros((len(rows), self.table.shape[1]))
        lengths = np.array([len(r) for r in rows], np.int64)
        filled = lengths > 0
        if filled.any():
            flat = np.array([x for r in rows for x in r])
            starts = (np.cumsum(lengths) - lengths)[filled]
            sums[filled] = np.add.reduceat(self.table[flat] * self._units[flat, None], starts, axis=0)
        return np.asarray(sums / np.sqrt(np.maximum(lengths, 1))[:, None], np.float32)

    def rows(self, tokens: Sequence[str]) -> list[int]:
        """Return the rows of the table that a text's words and word pairs stand for."""
        row_of = self._index.get
        found = [row for row in map(row_of, tokens) if row is not None]
        if len(found) < len(tokens):
            found = [x for word in tokens for x in self._known(word)]
        found += [row for row in map(row_of, pairs(tokens)) if row is not None]
        return found

    def _known(self, word: str) -> Sequence[int]:
        """Return a word's own row, or those of the pieces that stand for a word without one."""
        row = self._index.get(word)
        if row is not None:
            return (row,)
        if word not in self._pieces:
            self._pieces[word] = self._split(word)
        return self._pieces[word]

    def _split(self, word: str) -> list[int]:
        return list(self._tokenizer.encode(word, add_special_tokens=False).ids[:_PIECES_A_WORD])

    @cached_property
    def _units(self) -> FloatArray:
        """The scale in twenty binary digits: its products with 8-bit values add up without rounding, in any order."""
        mantissa, exponent = np.frexp(np.asarray(self.scale, np.float64))
        return np.asarray(np.ldexp(np.rint(mantissa * 2**20), exponent - 20))

    @cached_property
    def _weights(self) -> FloatArray:
        return np.asarray(self.hidden, np.float32, order="C")

    @cached_property
    def _vocabulary(self) -> Any:
        if compiled is None:
            return None
        first = len(self.table) - len(self.terms)
        return compiled.Vocabulary(self.terms, first, self.table, self._units, self._make_pieces, self._split)

    def _make_pieces(self) -> Any:
        """Return the kernel that splits words as the tokenizer does; None where there is none for its kind."""
        given = json.loads(self.tokenizer)
        if compiled is None or not _is_berts(given):
            return None
        vocabulary = given["model"]["vocab"]
        unknown, most = vocabulary[given["model"]["unk_token"]], given["model"]["max_input_chars_per_word"]
        return compiled.Pieces(vocabulary, unknown, most)

    @cached_property
    def _index(self) -> dict[str, int]:
        first = len(self.table) - len(self.terms)
        return {term: first + i for i, term in enumerate(self.terms)}

    @cached_property
    def _pieces(self) -> dict[str, list[int]]:
        """What unknown words were split into; a memo of words, not of texts, kept in memory only."""
        return {}

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_str(self.tokenizer)

    def __getstate__(self) -> dict[str, Any]:
        # Tokenizers and memos stay behind; a worker rebuilds them from the same parameters.
        return {k: self.__dict__[k] for k in ("terms", "table", "scale", "hidden", "tokenizer")}


def _is_berts(tokenizer: dict[str, Any]) -> bool:
    """Tell whether a tokenizer is of BERT's kind, lower-casing, as the kernel is."""
    model, normalizer, cutter = (tokenizer.get(k) or {} for k in ("model", "normalizer", "pre_tokenizer"))
    return bool(
        normalizer.get("type") == "BertNormalizer"
        and normalizer.get("lowercase")
        and cutter.get("type") == "BertPreTokenizer"
        and model.get("type") == "WordPiece"
        and model.get("continuing_subword_prefix") == "##"
        and model.get("unk_token") in model.get("vocab", ())
        # No word has a bracket, so that none of these is found in one.
        and all(token["content"].startswith("[") for token in tokenizer.get("added_tokens") or ())
    )


def pairs(tokens: Sequence[str]) -> Iterable[str]:
    """Yield the pairs of neighbouring words.

    Examples
    --------
    >>> list(pairs(["model", "drift", "alerts"]))
    ['model drift', 'drift alerts']
    """
    return map(" ".join, pairwise(tokens))
