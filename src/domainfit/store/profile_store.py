"""`ProfileStore`: profile once, rank for any number of roles."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..bundle import ModelLike, load_bundle
from ..exceptions import DataError, DomainfitError, InputError
from ..fingerprint import fingerprint
from ..frames.pool import Pool
from ..frames.ranking import check_top, cutoff, ranking_columns
from ..frames.rows import match_results
from ..frames.tables import pandas_table
from ..matching import has_demand
from ..records import Record, profile_of
from ..results import Match, Profile
from .arrays import StoreArrays, best, load_arrays
from .files import StoreFiles
from .indexing import Indexed, Indexing, batches, without
from .lookup import read_rows

FORMAT = 1


class ProfileStore:
    """Profiles of many candidates in a folder of Parquet files.

    A store holds numbers, names and hashes. It holds stretches of the candidates' texts only if it
    was made with ``evidence=True``. It belongs to the bundle that made it. ``profiles/*.parquet``
    can be read as it is by DuckDB, polars or pandas.

    Parameters
    ----------
    folder : path
        A store.
    model : {"base", "fast"}, path or Model
        The model that made it.

    Raises
    ------
    InputError
        If there is no store, or it was made with another bundle.
    MissingExtraError
        If pyarrow is not installed (extra ``tables``).
    """

    def __init__(self, folder: str | os.PathLike[str], model: ModelLike = "base") -> None:
        self.model = load_bundle(model)
        self._files = StoreFiles(Path(folder))
        self._arrays: StoreArrays | None = None
        manifest = self._files.manifest()
        if not isinstance(manifest.get("format"), int) or manifest["format"] > FORMAT:
            raise InputError(f"{folder} was made by a newer version of domainfit: upgrade domainfit")
        if manifest.get("bundle") != fingerprint(self.model):
            raise InputError(
                f"{folder} was made with another bundle ({manifest.get('name')!r}, not {self.model.name!r}): "
                "give that one as the model, or index the candidates anew into another folder"
            )
        self.has_evidence = bool(manifest.get("evidence"))

    @classmethod
    def create(
        cls, folder: str | os.PathLike[str], model: ModelLike = "base", *, evidence: bool = False
    ) -> ProfileStore:
        """Begin an empty store.

        Parameters
        ----------
        folder : path
            A new or empty folder.
        model : {"base", "fast"}, path or Model
            The model that profiles the candidates.
        evidence : bool, default False
            Whether to keep the stretches of text that carry each discipline. They quote the
            candidates' documents, and go on disk unencrypted.

        Raises
        ------
        InputError
            If the folder is not empty.
        """
        from .. import __version__

        chosen = load_bundle(model)
        manifest = {
            "format": FORMAT,
            "domainfit": __version__,
            "bundle": fingerprint(chosen),
            "name": chosen.name,
            "taxonomy": chosen.taxonomy.to_dict(),
            "evidence": evidence,
        }
        StoreFiles(Path(folder)).create(manifest)
        return cls(folder, chosen)

    def __len__(self) -> int:
        return len(self._current().usable)

    def __repr__(self) -> str:
        return f"ProfileStore({str(self._files.folder)!r}, model={self.model.name!r})"

    def add(
        self,
        candidates: Any,
        *,
        text: str = "text",
        name: str | None = None,
        n_jobs: int = 1,
        progress: bool | None = None,
    ) -> Indexed:
        """Add candidates; those whose text has changed are profiled again.

        A call that was stopped, however, is completed by the same call: what was written is not
        done again.

        Parameters
        ----------
        candidates : mapping, Series, sequence, table or path
            As for `rank`; also the path of a Parquet or CSV file, which is read piece by piece.
        text : str, default "text"
            The column with the documents, where it is a table or a file.
        name : str, optional
            The column with the names; by default a pandas table's index.
        n_jobs : int, default 1
            Processes, as joblib counts them: -1 is one a core.
        progress : bool, optional
            Whether to show a progress bar; by default where somebody is watching.

        Returns
        -------
        Indexed
            What was added, replaced, left as it was, and not read.

        Raises
        ------
        InputError
            If nothing names the candidates, a column is missing, or another process is writing.
        """
        pieces, total = batches(candidates, text, name)
        with self._files.writing():
            run = Indexing(self._files, self.model, evidence=self.has_evidence)
            return run.run(pieces, total, n_jobs=n_jobs, progress=progress)

    def remove(self, names: Iterable[str]) -> int:
        """Remove candidates, their evidence with them; return how many there were."""
        before = len(self)
        with self._files.writing():
            rewritten, dropped = without(self._files, list(names))
            if dropped:
                self._files.commit(rewritten, dropped)
        return before - len(self)

    def rank(self, role: Any, top: int | None = 100, *, floor: Any = None) -> pd.DataFrame:
        """Rank the stored candidates for a role, best first.

        Parameters
        ----------
        role : str, path, bytes, Document or Profile
            The role.
        top : int or None, default 100
            How many to give back; None for all of them, which takes a millisecond or so each.
        floor : float or Floor, optional
            A cut-off on ``fit``; ``above_floor`` tells who reaches it.

        Returns
        -------
        DataFrame
            As `domainfit.rank` gives, number for number.
        """
        reach = cutoff(floor, self.model)
        found = self.matches(role, top)
        results = ranking_columns([m for _, m in found], reach)
        return pandas_table(results, pd.Index([n for n, _ in found], name="candidate"))

    def rank_many(self, roles: Any, top: int | None = 100, *, floor: Any = None) -> pd.DataFrame:
        """Rank the stored candidates for each of many roles.

        Parameters
        ----------
        roles : mapping, Series or sequence
            The roles, by name.
        top, floor
            As in `rank`.

        Returns
        -------
        DataFrame
            As `rank` gives, indexed by role and candidate. A role that cannot be read has one row
            of status ``"error"``, whose candidate is the empty text.
        """
        floor = cutoff(floor, self.model)
        pool = Pool.of(roles, "text")
        tables = [self._ranked(role, top, floor) for role in pool.documents]
        if not tables:
            raise InputError("no roles were given: give a list, a mapping from names, or a Series")
        return pd.concat(tables, keys=pool.names, names=["role", "candidate"])

    def _ranked(self, role: Any, top: int | None, floor: float | None) -> pd.DataFrame:
        try:
            return self.rank(role, top, floor=floor)
        except DomainfitError as error:
            results = ranking_columns([InputError(f"role: {error}")], floor)
            return pandas_table(results, pd.Index([""], name="candidate"))

    def matches(self, role: Any, top: int | None = 100) -> list[tuple[str, Match | DomainfitError]]:
        """Rank like `rank`, and return the names with the whole matches."""
        check_top(top)
        need, taxonomy = self.model.profile(role, "role"), self.model.taxonomy
        found = self._best(need, top)
        return [(n, match_results(self.model, need, profile_of(r, "candidate", taxonomy))) for n, r in found]

    def _best(self, role: Profile, top: int | None) -> list[tuple[str, Record]]:
        while True:
            arrays = self._current()
            rows = best(self._fit(arrays, role), top)
            try:
                found = read_rows(self._files, arrays, rows, self.model.taxonomy, evidence=self.has_evidence)
                return [(name, replace(record, bundle=self.model.fingerprint)) for name, record in found]
            except DataError:
                # Another process may just have put other parts in the place of these.
                if arrays.parts == self._parts():
                    raise

    def _fit(self, arrays: StoreArrays, role: Profile) -> npt.NDArray[np.float64]:
        if not has_demand(role):
            return np.full(len(arrays.usable), np.nan)
        return np.asarray(arrays.fit(self.model.heads.match, self.model.taxonomy.vector(role.share)))

    def _current(self) -> StoreArrays:
        """Return the arrays, read anew if any process has changed the store."""
        while self._arrays is None or self._arrays.parts != self._parts():
            parts = self._parts()
            try:
                paths = {p: self._files.path(p) for p in parts}
                self._arrays = load_arrays(paths, self.model.heads.match, self.model.taxonomy)
            except DataError:
                if parts == self._parts():
                    raise
        return self._arrays

    def _parts(self) -> tuple[str, ...]:
        return tuple(self._files.manifest()["parts"])
