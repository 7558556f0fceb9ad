"""The disciplines as data: their names, their order, and how near they lie to one another."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from .exceptions import DataError
from .types import FloatArray

COLORS = ("#0072B2", "#009E73", "#D55E00", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
"""For disciplines that are given no colour, in order: those of Okabe and Ito, "Color universal design" (2008)."""
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Discipline:
    """One discipline of a taxonomy.

    Parameters
    ----------
    key : str
        The name used in code, columns and files.
    name : str
        The name shown to people.
    description : str
        What the work is, in one sentence.
    color : str
        Its colour in every picture, as ``#RRGGBB``.

    Raises
    ------
    DataError
        If the colour is written otherwise: it goes into pages and terminals as it stands.
    """

    key: str
    name: str
    description: str = ""
    color: str = "#777777"

    def __post_init__(self) -> None:
        if not _COLOR.fullmatch(self.color):
            raise DataError(f"the color of the discipline {self.key!r} must be written as #RRGGBB")


@dataclass(frozen=True)
class Taxonomy:
    """An ordered set of disciplines with the credit that each gives for another.

    Parameters
    ----------
    disciplines : tuple of Discipline
        In the order of every array and column.
    adjacency : ndarray of shape (n_disciplines, n_disciplines)
        ``adjacency[i, j]`` in [0, 1] is the part of a need in discipline ``i`` that full command
        of discipline ``j`` covers; the diagonal is 1.
    name : str
        What the taxonomy is called in bundles and errors.
    """

    disciplines: tuple[Discipline, ...]
    adjacency: FloatArray = field(repr=False, compare=False)
    name: str = "custom"

    @property
    def keys(self) -> tuple[str, ...]:
        """The disciplines' keys, in order."""
        return tuple(d.key for d in self.disciplines)

    def __len__(self) -> int:
        return len(self.disciplines)

    def __getitem__(self, key: str) -> Discipline:
        try:
            return self.disciplines[self.keys.index(key)]
        except ValueError:
            raise KeyError(f"no discipline {key!r}; there are {', '.join(self.keys)}") from None

    def vector(self, values: Mapping[str, float]) -> FloatArray:
        """Lay a mapping out in the taxonomy's order, 0 where it has no entry.

        Raises
        ------
        DataError
            If it names a discipline that the taxonomy does not have.
        """
        unknown = sorted(set(values) - set(self.keys))
        if unknown:
            raise DataError(f"unknown disciplines {unknown}; the taxonomy {self.name!r} has {list(self.keys)}")
        return np.array([float(values.get(k, 0.0)) for k in self.keys])

    def to_dict(self) -> dict[str, Any]:
        """Give the taxonomy as plain values that JSON can hold; `from_dict` reads them back."""
        return {
            "name": self.name,
            "disciplines": [
                {"key": d.key, "name": d.name, "description": d.description, "color": d.color} for d in self.disciplines
            ],
            "adjacency": {
                a: {b: float(self.adjacency[i, j]) for j, b in enumerate(self.keys) if j != i}
                for i, a in enumerate(self.keys)
            },
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Taxonomy:
        """Build a taxonomy from plain values.

        Parameters
        ----------
        value : mapping
            ``name``; ``disciplines``, a list of ``{key, name, description, color}``, of which only
            the key must be given; and ``adjacency``, ``{need: {have: credit}}``. A pair given in
            one direction only counts in both; a pair not given has credit 0.

        Raises
        ------
        DataError
            If keys are missing or given twice, a colour is not ``#RRGGBB``, or a credit is outside
            [0, 1].
        """
        try:
            disciplines = tuple(
                Discipline(
                    str(d["key"]),
                    str(d.get("name", d["key"])),
                    str(d.get("description", "")),
                    str(d.get("color", COLORS[i] if i < len(COLORS) else "#777777")),
                )
                for i, d in enumerate(value["disciplines"])
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"a taxonomy needs 'disciplines', each with a 'key': {error!r}") from None
        keys = [d.key for d in disciplines]
        if len(set(keys)) != len(keys) or not keys:
            raise DataError(f"a taxonomy's keys must be unique and at least one: {keys}")
        return cls(disciplines, _adjacency(keys, value.get("adjacency", {})), str(value.get("name", "custom")))


def _adjacency(keys: list[str], credit: Mapping[str, Mapping[str, float]]) -> FloatArray:
    given = {(a, b): float(c) for a, row in credit.items() for b, c in row.items()}
    unknown = sorted({k for pair in given for k in pair} - set(keys))
    if unknown:
        raise DataError(f"adjacency names unknown disciplines {unknown}; there are {keys}")
    out = np.eye(len(keys))
    for i, a in enumerate(keys):
        for j, b in enumerate(keys):
            if i != j:
                out[i, j] = given.get((a, b), given.get((b, a), 0.0))
    if not ((out >= 0) & (out <= 1)).all():
        raise DataError("every credit in 'adjacency' must lie in [0, 1]")
    return out


@cache
def default_taxonomy() -> Taxonomy:
    """Return the six AI disciplines the shipped bundles know.

    Examples
    --------
    >>> default_taxonomy().keys
    ('computer_vision', 'nlp', 'mlops', 'llm_integration', 'data_science', 'classical_ml')
    """
    text = files("domainfit").joinpath("assets", "taxonomy.json").read_text(encoding="utf-8")
    return Taxonomy.from_dict(json.loads(text))
