"""What the commands share: exit codes, finding documents, and printing tables, JSON and colour."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..bundle import load_bundle
from ..documents import SUFFIXES
from ..exceptions import DomainfitError
from ..model import Model
from ..terminal import Painter

OK, PARTLY, FAILED = 0, 1, 2
TEXT_COLUMNS = ("text", "resume", "resume_text", "content", "document")
NAME_COLUMNS = ("name", "id", "candidate", "file")
"""What a table's columns are usually called, where none is named."""


def model_options() -> argparse.ArgumentParser:
    """Return the options of every command that reads documents."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--model", default="base", help="base (default), fast, or a bundle's folder")
    add_cache_option(options)
    options.add_argument("--json", action="store_true", help="print JSON")
    options.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    options.add_argument("--evidence", type=int, default=None, metavar="N", help="how many stretches of text to show")
    return options


def add_cache_option(options: Any) -> None:
    """Add the option of a file that remembers embeddings."""
    options.add_argument(
        "--embedding-cache",
        type=Path,
        metavar="FILE",
        help="where a bundle with a sentence-transformers encoder keeps its vectors; no text is stored",
    )


def load_model(arguments: argparse.Namespace) -> Model:
    """Load the model that the options name."""
    if arguments.embedding_cache is None:
        return load_bundle(arguments.model)
    from ..cache import cache_embeddings

    return cache_embeddings(arguments.model, arguments.embedding_cache)


def painter(arguments: argparse.Namespace) -> Painter:
    """Return a painter that follows ``--color``, NO_COLOR and whether a person is watching."""
    plain = os.environ.get("NO_COLOR") is not None or not sys.stdout.isatty()
    return Painter(arguments.color == "always" or (arguments.color == "auto" and not plain))


def list_files(paths: Iterable[Path]) -> list[Path]:
    """List the files given, and those of a kind we read in the folders given, in name order."""
    out: list[Path] = []
    for path in paths:
        out += (
            sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if path.is_dir()
            else [path]
        )
    return out


def progress(items: list[Path]) -> Iterable[Path]:
    """Show a bar where there is much to do and somebody is watching."""
    from tqdm import tqdm

    bar: Iterable[Path] = tqdm(items, unit="doc", disable=None if len(items) > 10 else True)
    return bar


def report(results: Sequence[tuple[str, Any]]) -> int:
    """Name what could not be read on the error stream, and choose the exit code."""
    failed = [(name, r) for name, r in results if isinstance(r, DomainfitError)]
    for name, error in failed:
        text = str(error)
        print(f"domainfit: {text if Path(name).name in text else f'{name}: {text}'}", file=sys.stderr)
    return OK if not failed else FAILED if len(failed) == len(results) else PARTLY


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_csv(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows as CSV, with every column that any of them has."""
    columns = list(dict.fromkeys(k for row in rows for k in row))
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)


def or_default(value: int | None, default: int) -> int:
    """Return the value, or the default where none was given."""
    return default if value is None else value
