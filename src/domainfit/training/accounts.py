"""The accounts of decisions in ``data/``: read, checked, and told from others by their hash."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..decision_scoring import DIMENSIONS, HIGHEST
from ..exceptions import DataError
from .corpus import read_rows

CLAIMS = "segments/claims.jsonl"
"""Praise of oneself and lists of tools, written for the segment classifier; they carry nothing."""


@dataclass(frozen=True)
class Account:
    """A rated account of a decision.

    Parameters
    ----------
    id, text, style : str
        What it is called, what it says, and the manner in which it was written.
    ratings : tuple of 9 int
        The eight dimensions and the whole, 0 to 4.
    carries : tuple of (int, int, dict)
        Stretches of the text, and what each carries: dimension to 1, 2 or 3.
    """

    id: str
    text: str
    style: str
    ratings: tuple[int, ...]
    carries: tuple[tuple[int, int, dict[str, int]], ...]


def load_accounts(folder: str | Path = "data/decisions") -> tuple[Account, ...]:
    """Read and check rated accounts.

    Parameters
    ----------
    folder : path
        A folder of ``.jsonl`` files, one account a line.

    Raises
    ------
    DataError
        If there is none, or a row is malformed; the message names file, line and field.
    """
    files = sorted(Path(folder).glob("*.jsonl"))
    accounts = tuple(_account(row) for row in read_rows(files))
    if not accounts:
        raise DataError(f"no accounts in {folder}: expected .jsonl files there")
    return accounts


def _account(row: Any) -> Account:
    text = row.text("text")
    ratings = row.labels("ratings", HIGHEST, DIMENSIONS)
    carries = []
    for i, sentence in enumerate(row.rows("sentences")):
        start, end = sentence.integer("start", 0, len(text)), sentence.integer("end", 0, len(text))
        if end <= start:
            raise DataError(f"{row.where}, sentences[{i}]: 'end' must lie behind 'start'")
        carries.append((start, end, {k: n for k, n in sentence.labels("carries", 3, DIMENSIONS).items() if n}))
    return Account(
        row.text("id"),
        text,
        row.text("style"),
        (*(ratings.get(d, 0) for d in DIMENSIONS), row.integer("overall", 0, HIGHEST)),
        tuple(carries),
    )


def load_silent(data: str | os.PathLike[str] = "data") -> tuple[str, ...]:
    """Read the sentences that carry nothing of any dimension."""
    return tuple(row.text("text") for row in read_rows([Path(data) / CLAIMS]))


def decisions_hash(data: str | os.PathLike[str] = "data") -> str:
    """Return a SHA-256 over the files that the head is learned from."""
    files = [*sorted((Path(data) / "decisions").glob("*.jsonl")), Path(data) / CLAIMS]
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()
