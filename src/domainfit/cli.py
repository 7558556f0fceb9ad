"""The command line: profile, score, rank, train, evaluate, corpus, info.

Exit codes: 0 all done; 1 some documents could not be read, the rest is done; 2 nothing could be
done (a wrong call, an unreadable role, a damaged bundle).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

from .bundle import bundle_info, load_bundle
from .documents import SUFFIXES
from .exceptions import DomainfitError, InputError
from .results import Match, Profile
from .terminal import Painter

OK, PARTLY, FAILED = 0, 1, 2
_TEXT_COLUMNS = ("text", "resume", "resume_text", "content", "document")
_NAME_COLUMNS = ("name", "id", "candidate", "file")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; the process's by default.

    Returns
    -------
    int
        The exit code.
    """
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except DomainfitError as error:
        print(f"domainfit: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # The reader of a pipe, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="domainfit", description=__doc__.split("\n\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--model", default="base", help="base (default), fast, or a bundle's folder")
    common.add_argument("--json", action="store_true", help="print JSON")
    common.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    common.add_argument("--evidence", type=int, default=None, metavar="N", help="how many stretches of text to show")

    profile = commands.add_parser("profile", parents=[common], help="which disciplines a document is about")
    profile.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files or folders")
    profile.add_argument("--kind", choices=("candidate", "role"), default="candidate")
    profile.add_argument("--csv", action="store_true", help="print a table as CSV")
    profile.set_defaults(run=_profile)

    score = commands.add_parser("score", parents=[common], help="match one candidate against one role")
    score.add_argument("role", type=Path)
    score.add_argument("candidate", type=Path)
    score.set_defaults(run=_score)

    rank = commands.add_parser("rank", parents=[common], help="rank candidates for a role")
    rank.add_argument("role", type=Path)
    rank.add_argument("candidates", nargs="+", type=Path, help="files, folders, or a CSV with one candidate a row")
    rank.add_argument(
        "--text-column", help=f"the CSV's column with the texts (by default one of {', '.join(_TEXT_COLUMNS)})"
    )
    rank.add_argument("--top", type=int, metavar="N", help="show the best N only")
    rank.add_argument("--floor", type=float, help="mark who reaches this fit")
    rank.add_argument("--csv", action="store_true", help="print a table as CSV")
    rank.set_defaults(run=_rank)

    train = commands.add_parser("train", help="train a bundle from labelled text")
    train.add_argument("recipe", help="base, fast, or the name or folder of a sentence-transformers model")
    train.add_argument("-o", "--output", type=Path, required=True, help="the bundle's folder")
    train.add_argument("--data", type=Path, default=Path("data"), help="the corpus folder (default: data)")
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
    return parser


def _painter(arguments: argparse.Namespace) -> Painter:
    plain = os.environ.get("NO_COLOR") is not None or not sys.stdout.isatty()
    return Painter(arguments.color == "always" or (arguments.color == "auto" and not plain))


def _profile(arguments: argparse.Namespace) -> int:
    model = load_bundle(arguments.model)
    results: list[tuple[str, Profile | DomainfitError]] = []
    for path in _progress(_files(arguments.files)):
        try:
            results.append((str(path), model.profile(path, arguments.kind)))
        except DomainfitError as error:
            results.append((str(path), error))
    if arguments.json:
        _print_json(
            [
                {"file": n, **(p.to_dict() if isinstance(p, Profile) else {"status": "error", "reasons": [str(p)]})}
                for n, p in results
            ]
        )
    elif arguments.csv:
        _print_csv([_profile_cells(n, p) for n, p in results])
    else:
        painter = _painter(arguments)
        shown = [painter.profile(p, evidence=_or(arguments.evidence, 6)) for _, p in results if isinstance(p, Profile)]
        print("\n\n".join(shown))
    return _report(results)


def _score(arguments: argparse.Namespace) -> int:
    match = load_bundle(arguments.model).score_match(arguments.role, arguments.candidate)
    if arguments.json:
        _print_json(match.to_dict())
    else:
        print(_painter(arguments).match(match, evidence=_or(arguments.evidence, 6)))
    return OK


def _rank(arguments: argparse.Namespace) -> int:
    from .frames import rank_matches

    model = load_bundle(arguments.model)
    role = model.profile(arguments.role, "role")
    candidates = _candidates(arguments)
    if not candidates:
        raise InputError("no candidates were found: give files, a folder with documents, or a CSV")
    if arguments.floor is not None and not 0 <= arguments.floor <= 1:
        raise InputError(f"--floor is a cut-off on fit and must lie in [0, 1], not {arguments.floor}")
    matches = rank_matches(role, candidates, model=model)
    shown = matches[: arguments.top] if arguments.top is not None else matches
    if arguments.json:
        _print_json({"role": role.to_dict(), "ranking": [_match_json(n, m, arguments.floor) for n, m in shown]})
    elif arguments.csv:
        _print_csv([_match_cells(i, n, m, arguments.floor) for i, (n, m) in enumerate(shown, 1)])
    else:
        print(_painter(arguments).ranking(role, shown, evidence=_or(arguments.evidence, 1)))
    return _report([(str(n), m) for n, m in matches])


def _train(arguments: argparse.Namespace) -> int:
    from .training.train import train

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
        teacher=arguments.teacher,
        checkpoints=arguments.checkpoints,
        options=options,
    )
    print(f"wrote {arguments.output}")
    return _info(argparse.Namespace(model=str(arguments.output)))


def _evaluate(arguments: argparse.Namespace) -> int:
    from .evaluation import evaluate

    result = evaluate(load_bundle(arguments.model), arguments.gold, resamples=arguments.resamples)
    if arguments.json:
        _print_json(result.to_dict())
    else:
        print(result)
    return OK


def _corpus(arguments: argparse.Namespace) -> int:
    from .training.corpus import load_corpus
    from .training.datasheet import datasheet_tables

    print(datasheet_tables(load_corpus(arguments.data)))
    return OK


def _info(arguments: argparse.Namespace) -> int:
    info = bundle_info(arguments.model)
    _print_json({"name": info.name, "training": dict(info.training), "metrics": dict(info.metrics)})
    return OK


def _files(paths: Iterable[Path]) -> list[Path]:
    """List the files given, and those of a kind we read in the folders given, in name order."""
    out: list[Path] = []
    for path in paths:
        out += (
            sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if path.is_dir()
            else [path]
        )
    return out


def _candidates(arguments: argparse.Namespace) -> dict[Hashable, Any]:
    out: dict[Hashable, Any] = {}
    for path in arguments.candidates:
        if path.suffix.lower() == ".csv":
            out |= _csv_candidates(path, arguments.text_column)
        else:
            files = _files([path])
            out |= {str(p.relative_to(path)) if path.is_dir() else str(p): p for p in files}
    return out


def _csv_candidates(path: Path, column: str | None) -> dict[Hashable, Any]:
    import pandas as pd

    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}") from None
    text = column or next((c for c in _TEXT_COLUMNS if c in table.columns), None)
    if text not in table.columns:
        raise InputError(
            f"{path} has no column {text or ' or '.join(_TEXT_COLUMNS)!r}: "
            f"name it with --text-column; there are {list(table.columns)}"
        )
    named = next((c for c in _NAME_COLUMNS if c in table.columns and c != text), None)
    names = list(table[named]) if named else [f"row {i}" for i in range(1, len(table) + 1)]
    out: dict[Hashable, Any] = {}
    for i, (name, value) in enumerate(zip(names, table[text], strict=True), 1):
        key = name if name and name not in out else f"{name or 'row'} {i}"
        out[key] = value
    return out


def _progress(items: list[Path]) -> Iterable[Path]:
    from tqdm import tqdm

    bar: Iterable[Path] = tqdm(items, unit="doc", disable=None if len(items) > 10 else True)
    return bar


def _report(results: Sequence[tuple[str, Any]]) -> int:
    """Name what could not be read on the error stream, and choose the exit code."""
    failed = [(name, r) for name, r in results if isinstance(r, DomainfitError)]
    for name, error in failed:
        text = str(error)
        print(f"domainfit: {text if Path(name).name in text else f'{name}: {text}'}", file=sys.stderr)
    return OK if not failed else FAILED if len(failed) == len(results) else PARTLY


def _profile_cells(name: str, profile: Profile | DomainfitError) -> dict[str, Any]:
    if not isinstance(profile, Profile):
        return {"file": name, "status": "error", "reason": str(profile)}
    cells = {
        "file": name,
        "status": profile.status,
        "reason": "; ".join(profile.reasons),
        "primary": profile.primary or "",
    }
    numbers = {k: f"{v:.4f}" for k, v in profile.probability.items()}
    return cells | numbers | {f"depth_{k}": f"{v:.2f}" for k, v in profile.depth.items()}


def _match_cells(place: int, name: Hashable, match: Match | DomainfitError, floor: float | None) -> dict[str, Any]:
    if not isinstance(match, Match):
        return {"rank": "", "candidate": name, "status": "error", "reason": str(match)}
    scored = match.status == "ok"
    return {
        "rank": place if scored else "",
        "candidate": name,
        "status": match.status,
        "reason": "; ".join(match.reasons),
        "fit": f"{match.fit:.4f}" if scored else "",
        "mismatch": f"{match.mismatch:.4f}" if scored else "",
        "verdict": match.verdict,
        "primary": match.candidate.primary or "",
        "gaps": " ".join(g.discipline for g in match.gaps),
        "above_floor": "" if floor is None else str(scored and match.fit >= floor).lower(),
    }


def _match_json(name: Hashable, match: Match | DomainfitError, floor: float | None) -> dict[str, Any]:
    if not isinstance(match, Match):
        return {"candidate": str(name), "status": "error", "reasons": [str(match)]}
    value = match.to_dict()
    value.pop("role")
    return {
        "candidate": str(name),
        "above_floor": None if floor is None else bool(match.fit >= floor),
        **{k: v for k, v in value.items() if k != "candidate"},
        "profile": value["candidate"],
    }


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _print_csv(rows: Sequence[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(k for row in rows for k in row))
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


if __name__ == "__main__":
    sys.exit(main())
