"""The files of a store, changed in one step however many they are.

store/
  manifest.json           bundle, taxonomy, which parts there are
  profiles/part-*.parquet one row a candidate
  evidence/part-*.parquet one row a stretch of text; only where it was asked for

New parts are written under hidden names. Writing the manifest is the step that counts; then the new
parts get their names and the old ones go. A process that dies in between leaves work that the next
writer finishes, and readers look under both names.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._optional import require
from ..exceptions import DataError, InputError
from ..files import read_json, remove_unfinished, write_json, write_whole

MANIFEST = "manifest.json"
PROFILES, EVIDENCE = "profiles", "evidence"
ROW_GROUP = 4096
"""Rows read together when a few are wanted."""


class StoreFiles:
    """The parts of a store.

    Parameters
    ----------
    folder : Path
        The store.
    """

    def __init__(self, folder: Path) -> None:
        require("pyarrow", "tables", "a profile store")
        self.folder = folder

    def create(self, manifest: Mapping[str, Any]) -> None:
        """Begin an empty store in a new or empty folder."""
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise InputError(f"{self.folder} is not empty and holds no store: give a new folder")
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self.folder / MANIFEST, {**manifest, "parts": []})

    def manifest(self) -> dict[str, Any]:
        """Read what the store says of itself."""
        if not (self.folder / MANIFEST).exists():
            raise InputError(f"there is no store in {self.folder}: make one with domainfit index ... -o {self.folder}")
        found = read_json(self.folder / MANIFEST)
        parts = found.get("parts")
        if not isinstance(parts, list) or any(not isinstance(p, str) or Path(p).name != p for p in parts):
            raise DataError(f"{self.folder / MANIFEST} is damaged: 'parts' must list file names")
        return found

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store for one writer, and finish what a killed one left."""
        filelock = require("filelock", "tables", "writing to a profile store")
        try:
            with filelock.FileLock(self.folder / ".lock", timeout=0):
                self._settle()
                yield
        except filelock.Timeout:
            raise InputError(f"another process is writing to {self.folder}: wait until it is done") from None

    def path(self, part: str, kind: str = PROFILES) -> Path:
        """Return where a part's file is."""
        path = self.folder / kind / part
        return path if path.exists() else _hidden(path)

    def commit(self, added: Sequence[Mapping[str, Any]], dropped: Sequence[str] = ()) -> None:
        """Add parts and drop others, all or nothing.

        Parameters
        ----------
        added : sequence of mapping
            The tables of each new part, by kind: `PROFILES` and perhaps `EVIDENCE`.
        dropped : sequence of str
            The parts to drop.
        """
        names = [f"part-{uuid.uuid4().hex}.parquet" for _ in added]
        for name, tables in zip(names, added, strict=True):
            for kind, table in tables.items():
                _write_part(_hidden(self.folder / kind / name), table)
        manifest = self.manifest()
        kept = [p for p in manifest["parts"] if p not in set(dropped)]
        write_json(self.folder / MANIFEST, {**manifest, "parts": [*kept, *names]})
        self._settle()

    def _settle(self) -> None:
        """Make the files agree with the manifest."""
        remove_unfinished(self.folder)
        parts = set(self.manifest()["parts"])
        for kind in (PROFILES, EVIDENCE):
            folder = self.folder / kind
            for path in [*folder.glob(".part-*.new"), *folder.glob("part-*"), *folder.glob(".*.tmp")]:
                name = path.name.removeprefix(".").removesuffix(".new")
                if name not in parts:
                    path.unlink(missing_ok=True)
                elif path.suffix == ".new":
                    path.replace(folder / name)


def _hidden(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _write_part(path: Path, table: Any) -> None:
    from pyarrow import parquet

    text = [n for n in table.schema.names if n in ("status", "primary", "discipline", "section")]
    path.parent.mkdir(exist_ok=True)
    # Fitted numbers hardly compress, and plain ones are read at the speed of memory.
    write_whole(
        path,
        lambda p: parquet.write_table(table, p, row_group_size=ROW_GROUP, compression="none", use_dictionary=text),
    )
