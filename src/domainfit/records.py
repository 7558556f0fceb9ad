"""A profile without its text: what tables, stores and other processes pass around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .exceptions import DomainfitError, InputError
from .results import Evidence, Profile, Status
from .taxonomy import Taxonomy
from .types import Flag, FloatArray, Kind

NUMBERS = ("probability", "share", "strength", "depth", "support")
"""The rows of a record's numbers."""


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
    numbers : ndarray of shape (5, n_disciplines)
        The rows are `NUMBERS`; 0 where there is no profile.
    flags : tuple of Flag
        What a reader should know about the text.
    evidence : tuple of Evidence
        Quotes the document; empty unless it was asked for.
    """

    status: Status | Literal["error"]
    reasons: tuple[str, ...]
    primary: str | None
    numbers: FloatArray
    flags: tuple[Flag, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether the numbers say anything."""
        return self.status not in ("abstained", "error")


def record_of(result: Profile | DomainfitError, taxonomy: Taxonomy, *, evidence: bool = False) -> Record:
    """Strip a profile of its document, and of its evidence unless that is asked for."""
    if not isinstance(result, Profile):
        return Record("error", (str(result),), None, np.zeros((len(NUMBERS), len(taxonomy))))
    numbers = np.stack([taxonomy.vector(getattr(result, name)) for name in NUMBERS])
    quoted = result.evidence if evidence else ()
    return Record(result.status, result.reasons, result.primary, numbers, result.flags, quoted)


def profile_of(record: Record, kind: Kind, taxonomy: Taxonomy) -> Profile | DomainfitError:
    """Give back the profile that a record was made of, without its document, or the error."""
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
        evidence=record.evidence,
        flags=record.flags,
        taxonomy=taxonomy,
    )


def numbers_of(records: Sequence[Record], taxonomy: Taxonomy) -> FloatArray:
    """Stack the records' numbers, shape (n_records, 5, n_disciplines); NaN where they say nothing."""
    out = np.full((len(records), len(NUMBERS), len(taxonomy)), np.nan)
    for i, record in enumerate(records):
        if record.usable:
            out[i] = record.numbers
    return out
