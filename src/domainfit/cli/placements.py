"""``domainfit fit``, ``compare`` and ``placements-example``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..exceptions import InputError
from ._common import OK


def add(commands: Any) -> None:
    """Add the commands."""
    fit = commands.add_parser(
        "fit", parents=[_reading()], help="learn from placements what adjacency and depth are worth"
    )
    fit.add_argument("placements", type=Path, help="a CSV or Parquet file; the documentation lists its columns")
    fit.add_argument("-o", "--output", type=Path, required=True, help="the new bundle's folder")
    fit.add_argument("--model", default="base", help="the current model: base (default), fast, or a bundle's folder")
    fit.add_argument("--prior", type=float, default=1.0, help="how strongly to hold to the current model (default: 1)")
    fit.add_argument("--seed", type=int, default=0)
    fit.add_argument("--force", action="store_true", help="write it even where it is worse in some discipline")
    fit.set_defaults(run=_fit)

    compare = commands.add_parser("compare", parents=[_reading()], help="measure bundles side by side on placements")
    compare.add_argument("models", nargs="+", help="names or folders; the first is what the others are compared with")
    compare.add_argument("--placements", type=Path, required=True, help="placements that none of them learned from")
    compare.set_defaults(run=_compare)

    example = commands.add_parser("placements-example", help="write the synthetic placements of data/ anew")
    example.add_argument("-o", "--output", type=Path, required=True, help="a CSV file")
    example.add_argument("--data", type=Path, default=Path("data"), help="the corpus folder (default: data)")
    example.set_defaults(run=_example)


def _reading() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--texts", type=Path, help="what ids stand for: a folder of files, or of a corpus' .jsonl files"
    )
    options.add_argument("--success", type=float, help="from which grade on an outcome is a success")
    options.add_argument("--horizon", type=float, default=12.0, help="from how many months on it is one (default: 12)")
    options.add_argument(
        "--work", type=Path, help="where to remember profiles' numbers, so that an interrupted run goes on"
    )
    return options


def _fit(arguments: argparse.Namespace) -> int:
    from ..placements.fitting import fit_placements, save_fit

    found = fit_placements(
        arguments.placements,
        arguments.model,
        texts=documents(arguments.texts),
        success=arguments.success,
        horizon=arguments.horizon,
        prior=arguments.prior,
        work=arguments.work,
        seed=arguments.seed,
    )
    print(found)
    path = save_fit(found, arguments.output, arguments.model, force=arguments.force)
    print(f"\nwrote {path}, with its card in {path / 'MODEL_CARD.md'}")
    return OK


def _compare(arguments: argparse.Namespace) -> int:
    from ..placements.comparing import compare_models
    from ..placements.schema import read_placements

    given = read_placements(
        arguments.placements,
        texts=documents(arguments.texts),
        success=arguments.success,
        horizon=arguments.horizon,
    )
    print(compare_models(arguments.models, given, work=arguments.work).round(3).to_string())
    return OK


def _example(arguments: argparse.Namespace) -> int:
    from ..training.corpus import load_corpus
    from ..training.placements_example import example_placements

    table, _ = example_placements(load_corpus(arguments.data))
    table.to_csv(arguments.output, index=False, lineterminator="\n")
    print(f"wrote {len(table)} synthetic placements to {arguments.output}")
    return OK


def documents(folder: Path | None) -> Any:
    """Take a folder of documents, or of a corpus' files, as what ids stand for."""
    from ..training.corpus import load_corpus

    if folder is None or not folder.is_dir():
        if folder is not None:
            raise InputError(f"--texts {folder} is no folder")
        return None
    files = sorted(folder.glob("*.jsonl"))
    return {d.id: d.text for d in load_corpus(documents=files, segments=[]).documents} if files else folder
