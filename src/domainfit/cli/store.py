"""``domainfit index``: profile candidates once, to rank them for any number of roles."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..exceptions import InputError
from ._common import FAILED, NAME_COLUMNS, OK, PARTLY, TEXT_COLUMNS, add_cache_option, list_files, load_model


def add(commands: Any) -> None:
    """Add the command."""
    index = commands.add_parser("index", help="profile candidates into a store, for 'domainfit rank --store'")
    index.add_argument(
        "inputs", nargs="*", type=Path, help="files, folders, or a CSV or Parquet table with one candidate a row"
    )
    index.add_argument("-o", "--output", type=Path, required=True, metavar="STORE", help="the store's folder")
    index.add_argument("--model", default="base", help="base (default), fast, or a bundle's folder")
    add_cache_option(index)
    index.add_argument("--evidence", action="store_true", help="keep the stretches of text behind each profile")
    index.add_argument("--remove", nargs="+", default=[], metavar="NAME", help="candidates to remove")
    index.add_argument("--text-column", help="a table's column with the texts")
    index.add_argument("--name-column", help="a table's column with the candidates' names")
    index.add_argument("--jobs", type=int, default=1, help="processes; -1 is one a core")
    index.set_defaults(run=_index)


def _index(arguments: argparse.Namespace) -> int:
    from ..store import ProfileStore

    if not arguments.inputs and not arguments.remove:
        raise InputError("nothing to do: give files, folders or a table to index, or --remove NAME")
    model = load_model(arguments)
    if (arguments.output / "manifest.json").exists():
        store = ProfileStore(arguments.output, model)
        if arguments.evidence and not store.has_evidence:
            raise InputError(f"{arguments.output} keeps no evidence: index into a new folder with --evidence")
    else:
        store = ProfileStore.create(arguments.output, model, evidence=arguments.evidence)
    failed: dict[str, str] = {}
    for candidates, columns in _inputs(arguments):
        done = store.add(candidates, **columns, n_jobs=arguments.jobs)
        failed |= done.failed
        print(f"{done.added} added, {done.replaced} replaced, {done.unchanged} unchanged, {len(done.failed)} not read")
    if arguments.remove:
        print(f"{store.remove(arguments.remove)} removed")
    for name, reason in failed.items():
        print(f"domainfit: {reason if Path(name).name in reason else f'{name}: {reason}'}", file=sys.stderr)
    print(f"{arguments.output} holds {len(store)} candidates")
    return OK if not failed else PARTLY if len(store) else FAILED


def _inputs(arguments: argparse.Namespace) -> list[tuple[Any, dict[str, Any]]]:
    """Tell tables from documents; all documents are added together."""
    tables = [p for p in arguments.inputs if p.suffix.lower() in (".csv", ".parquet")]
    files: dict[str, Path] = {}
    for path in arguments.inputs:
        if path not in tables:
            files |= {str(p.relative_to(path)) if path.is_dir() else str(p): p for p in list_files([path])}
    out: list[tuple[Any, dict[str, Any]]] = [(p, _columns(p, arguments)) for p in tables]
    return [*out, (files, {})] if files else out


def _columns(path: Path, arguments: argparse.Namespace) -> dict[str, str]:
    from ..frames.tables import open_source

    there = open_source(path).columns
    return {
        "text": arguments.text_column or _first(TEXT_COLUMNS, there, path, "--text-column"),
        "name": arguments.name_column or _first(NAME_COLUMNS, there, path, "--name-column"),
    }


def _first(usual: Sequence[str], there: Sequence[str], path: Path, option: str) -> str:
    found = next((c for c in usual if c in there), None)
    if found is None:
        raise InputError(f"{path} has no column {' or '.join(usual)}: name it with {option}; there are {list(there)}")
    return found
