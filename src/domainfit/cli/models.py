"""``domainfit train``, ``corpus``, ``evaluate`` and ``info``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..bundle import bundle_info, load_bundle
from ..exceptions import InputError
from ..files import read_json
from ._common import OK, print_json


def add(commands: Any) -> None:
    """Add the commands."""
    train = commands.add_parser("train", help="train a bundle from labelled text")
    train.add_argument("recipe", help="base, fast, or the name or folder of a sentence-transformers model")
    train.add_argument("-o", "--output", type=Path, required=True, help="the bundle's folder")
    train.add_argument("--data", type=Path, default=Path("data"), help="the corpus folder (default: data)")
    train.add_argument(
        "--segments", nargs="+", type=Path, metavar="FILE", help="labelled lines, instead of the folder's"
    )
    train.add_argument("--documents", nargs="+", type=Path, metavar="FILE", help="labelled documents, likewise")
    train.add_argument("--taxonomy", type=Path, metavar="FILE", help="the disciplines, as JSON (default: the six)")
    train.add_argument("--teacher", help="for fast: the bundle that teaches it")
    train.add_argument("--checkpoints", type=Path, help="for base: where an interrupted run goes on")
    train.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a training option, such as epochs=1"
    )
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="measure a model on labelled documents and pairs")
    evaluate.add_argument(
        "--gold", type=Path, required=True, help="a folder with jobs.jsonl, resumes.jsonl, pairs.jsonl"
    )
    evaluate.add_argument("--model", default="base")
    evaluate.add_argument("--json", action="store_true")
    evaluate.add_argument("--resamples", type=int, default=1000)
    evaluate.set_defaults(run=_evaluate)

    corpus = commands.add_parser("corpus", help="check labelled text and count its labels")
    corpus.add_argument("--data", type=Path, default=Path("data"), help="the corpus folder (default: data)")
    corpus.set_defaults(run=_corpus)

    info = commands.add_parser("info", help="what a bundle says of itself")
    info.add_argument("model", nargs="?", default="base")
    info.set_defaults(run=_info)


def _train(arguments: argparse.Namespace) -> int:
    from ..training.train import train

    options = {}
    for item in arguments.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise InputError(f"--set takes NAME=VALUE, not {item!r}")
        options[name] = _number(value)
    train(
        arguments.recipe,
        arguments.output,
        data=arguments.data,
        corpus=_own_corpus(arguments),
        teacher=arguments.teacher,
        checkpoints=arguments.checkpoints,
        options=options,
    )
    print(f"wrote {arguments.output}")
    return _info(argparse.Namespace(model=str(arguments.output)))


def _own_corpus(arguments: argparse.Namespace) -> Any:
    """Read the labelled text that the options name; None where it is the folder's."""
    from ..taxonomy import Taxonomy
    from ..training.corpus import load_corpus

    if not (arguments.segments or arguments.documents or arguments.taxonomy):
        return None
    taxonomy = None if arguments.taxonomy is None else Taxonomy.from_dict(read_json(arguments.taxonomy))
    named = bool(arguments.segments or arguments.documents)
    return load_corpus(
        arguments.data,
        segments=arguments.segments or ([] if named else None),
        documents=arguments.documents or ([] if named else None),
        taxonomy=taxonomy,
    )


def _evaluate(arguments: argparse.Namespace) -> int:
    from ..evaluation import evaluate

    result = evaluate(load_bundle(arguments.model), arguments.gold, resamples=arguments.resamples)
    if arguments.json:
        print_json(result.to_dict())
    else:
        print(result)
    return OK


def _corpus(arguments: argparse.Namespace) -> int:
    from ..training.corpus import load_corpus
    from ..training.datasheet import datasheet_tables

    print(datasheet_tables(load_corpus(arguments.data)))
    return OK


def _info(arguments: argparse.Namespace) -> int:
    info = bundle_info(arguments.model)
    print_json({"name": info.name, "training": dict(info.training), "metrics": dict(info.metrics)})
    return OK


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
