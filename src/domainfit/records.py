"""A profile reduced to what tables, stores and other processes pass around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from .exceptions import DomainfitError, InputError
from .results import Evidence, Profile, Status
from .taxonomy import Taxonomy
from .types import Document, Flag, FloatArray, Kind

NUMBERS = ("probability", "share", "strength", "shown", "shown_depth", "depth", "support")
"""The rows of a record's numbers."""
Keep = Literal["numbers", "evidence", "text"]
"""How much of a profile to keep: the last two quote the document, or are the document."""


def column(name: str, discipline: str) -> str:
    """Return a number's column in tables and files: the probability bears the discipline's own name."""
    return discipline if name == "probability" else f"{name}_{discipline}"


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a profile, or of the error in its place.

    Parameters
    ----------
    status : {"ok", "no_discipline", "abstained", "error"}
        As in `Profile`; ``"error"`` where the document could not be read.
    reasons : tuple of str
        Why the numbers may not be used.
    primary : str or None
        The top discipline.
    numbers : ndarray of shape (7, n_disciplines)
        The rows are `NUMBERS`; 0 where there is no profile.
    flags : tuple of Flag
        What a reader should know about the text.
    plausible : tuple of (str or None)
        The primaries that cannot be ruled out.
    evidence : tuple of Evidence
        Quotes the document; empty unless it was asked for.
    document : Document
        The text itself; empty unless it was asked for.
    bundle : str
        The fingerprint of the model that made the profile.
    """

    status: Status | Literal["error"]
    reasons: tuple[str, ...]
    primary: str | None
    numbers: FloatArray
    flags: tuple[Flag, ...] = ()
    plausible: tuple[str | None, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    document: Document = field(default=Document(""))
    bundle: str = ""

    @property
    def usable(self) -> bool:
        """Whether the numbers say anything."""
        return self.status not in ("abstained", "error")


def record_of(result: Profile | DomainfitError, taxonomy: Taxonomy, keep: Keep = "numbers") -> Record:
    """Strip a profile of its text, or of its text but for its evidence, or of nothing."""
    if not isinstance(result, Profile):
        return Record("error", (str(result),), None, np.zeros((len(NUMBERS), len(taxonomy))))
    numbers = np.stack([taxonomy.vector(getattr(result, name)) for name in NUMBERS])
    return Record(
        result.status,
        result.reasons,
        result.primary,
        numbers,
        result.flags,
        result.plausible,
        () if keep == "numbers" else result.evidence,
        result.document if keep == "text" else Document(""),
        result.bundle,
    )


def profile_of(record: Record, kind: Kind, taxonomy: Taxonomy) -> Profile | DomainfitError:
    """Give back the profile that a record was made of, with as much of its text as was kept, or the error."""
    if record.status == "error":
        return InputError(record.reasons[0])
    numbers: dict[str, Any] = {
        name: dict(zip(taxonomy.keys, row, strict=True)) for name, row in zip(NUMBERS, record.numbers, strict=True)
    }
    return Profile(
        kind=kind,
        status=record.status,
        reasons=record.reasons,
        **numbers,
        primary=record.primary,
        plausible=record.plausible,
        evidence=record.evidence,
        flags=record.flags,
        document=record.document,
        bundle=record.bundle,
        taxonomy=taxonomy,
    )


def numbers_of(records: Sequence[Record], taxonomy: Taxonomy) -> FloatArray:
    """Stack the records' numbers, shape (n_records, 7, n_disciplines); NaN where they say nothing."""
    out = np.full((len(records), len(NUMBERS), len(taxonomy)), np.nan)
    for i, record in enumerate(records):
        if record.usable:
            out[i] = record.numbers
    return out
