"""``domainfit profile``, ``score`` and ``rank``."""

from __future__ import annotations

import argparse
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..exceptions import DomainfitError, InputError
from ..model import Model
from ..results import Match, Profile
from ._common import (
    NAME_COLUMNS,
    OK,
    TEXT_COLUMNS,
    list_files,
    load_model,
    model_options,
    or_default,
    painter,
    print_csv,
    print_json,
    progress,
    report,
)


def add(commands: Any) -> None:
    """Add the commands."""
    common = model_options()
    profile = commands.add_parser("profile", parents=[common], help="which disciplines a document is about")
    profile.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files or folders")
    profile.add_argument("--kind", choices=("candidate", "role"), default="candidate")
    profile.add_argument("--csv", action="store_true", help="print a table as CSV")
    profile.add_argument("--marked", action="store_true", help="print the text with its evidence marked")
    profile.set_defaults(run=_profile)

    score = commands.add_parser("score", parents=[common], help="match one candidate against one role")
    score.add_argument("role", type=Path)
    score.add_argument("candidate", type=Path)
    score.set_defaults(run=_score)

    rank = commands.add_parser("rank", parents=[common], help="rank candidates for a role")
    rank.add_argument("role", type=Path)
    rank.add_argument(
        "candidates",
        nargs="*",
        type=Path,
        help="files, folders, or a CSV with one candidate a row; with --store, more roles",
    )
    rank.add_argument("--store", type=Path, help="rank the candidates of a store that 'domainfit index' made")
    rank.add_argument(
        "--text-column", help=f"the CSV's column with the texts (by default one of {', '.join(TEXT_COLUMNS)})"
    )
    rank.add_argument("--top", type=int, metavar="N", help="show the best N only (with --store: 100)")
    rank.add_argument("--floor", metavar="FIT|FILE", help="mark who reaches this fit, or what 'domainfit floor' wrote")
    rank.add_argument("--csv", action="store_true", help="print a table as CSV")
    rank.add_argument("--report", type=Path, metavar="FILE", help="write one HTML page, to read and to print, as well")
    rank.set_defaults(run=_rank)


def _profile(arguments: argparse.Namespace) -> int:
    model = load_model(arguments)
    results: list[tuple[str, Profile | DomainfitError]] = []
    for path in progress(list_files(arguments.files)):
        try:
            results.append((str(path), model.profile(path, arguments.kind)))
        except DomainfitError as error:
            results.append((str(path), error))
    if arguments.json:
        print_json(
            [
                {"file": n, **(p.to_dict() if isinstance(p, Profile) else {"status": "error", "reasons": [str(p)]})}
                for n, p in results
            ]
        )
    elif arguments.csv:
        print_csv([_profile_cells(n, p) for n, p in results])
    else:
        paint = painter(arguments)
        profiles = [p for _, p in results if isinstance(p, Profile)]
        shown = [paint.profile(p, evidence=or_default(arguments.evidence, 6)) for p in profiles]
        if arguments.marked:
            shown = [f"{said}\n\n{paint.marked(p)}" for said, p in zip(shown, profiles, strict=True)]
        print("\n\n".join(shown))
    return report(results)


def _score(arguments: argparse.Namespace) -> int:
    match = load_model(arguments).score_match(arguments.role, arguments.candidate)
    if arguments.json:
        print_json(match.to_dict())
    else:
        print(painter(arguments).match(match, evidence=or_default(arguments.evidence, 6)))
    return OK


def _rank(arguments: argparse.Namespace) -> int:
    model = load_model(arguments)
    arguments.floor = _floor(arguments.floor, model)
    rankings = _rank_files(arguments, model) if arguments.store is None else _rank_store(arguments, model)
    if arguments.report is not None:
        _write_report(rankings, arguments)
    if arguments.json:
        values = [_ranking_json(r, arguments) for r in rankings]
        print_json(values if len(values) > 1 else values[0])
    elif arguments.csv:
        print_csv([cells for r in rankings for cells in _ranking_cells(r, arguments, several=len(rankings) > 1)])
    else:
        paint, evidence = painter(arguments), or_default(arguments.evidence, 1)
        print("\n\n".join(paint.ranking(r.role, r.shown, evidence=evidence) for r in rankings))
    return report([(str(n), m) for r in rankings for n, m in r.matches])


def _floor(given: str | None, model: Model) -> float | None:
    """Take a number, or the file of a floor that was made for the model."""
    from ..floors import Floor
    from ..frames.ranking import cutoff

    if given is None:
        return None
    try:
        value: Any = float(given)
    except ValueError:
        value = Floor.load(given)
    return cutoff(value, model)


@dataclass(frozen=True)
class _Ranking:
    """A role, its candidates best first, and those of them to show."""

    file: Path
    model: Model
    role: Profile
    matches: list[tuple[Hashable, Match | DomainfitError]]
    shown: list[tuple[Hashable, Match | DomainfitError]]


def _write_report(rankings: list[_Ranking], arguments: argparse.Namespace) -> None:
    from ..report import save_report

    if len(rankings) > 1:
        raise InputError(f"--report is a page about one role, and there are {len(rankings)}: give them one by one")
    r = rankings[0]
    save_report(arguments.report, r.role, r.matches, model=r.model, floor=arguments.floor, top=arguments.top)


def _rank_files(arguments: argparse.Namespace, model: Model) -> list[_Ranking]:
    from ..frames import rank_matches

    role = model.profile(arguments.role, "role")
    candidates = _candidates(arguments)
    if not candidates:
        raise InputError("no candidates were found: give files, a folder with documents, a CSV, or --store")
    matches = rank_matches(role, candidates, model=model)
    return [_Ranking(arguments.role, model, role, matches, matches[: arguments.top])]


def _rank_store(arguments: argparse.Namespace, model: Model) -> list[_Ranking]:
    from ..store import ProfileStore

    store = ProfileStore(arguments.store, model)
    out = []
    for file in list_files([arguments.role, *arguments.candidates]):
        role = store.model.profile(file, "role")
        found: list[tuple[Hashable, Match | DomainfitError]] = [*store.matches(role, or_default(arguments.top, 100))]
        out.append(_Ranking(file, store.model, role, found, found))
    return out


def _candidates(arguments: argparse.Namespace) -> dict[Hashable, Any]:
    out: dict[Hashable, Any] = {}
    for path in arguments.candidates:
        if path.suffix.lower() == ".csv":
            out |= _csv_candidates(path, arguments.text_column)
        else:
            files = list_files([path])
            out |= {str(p.relative_to(path)) if path.is_dir() else str(p): p for p in files}
    return out


def _csv_candidates(path: Path, column: str | None) -> dict[Hashable, Any]:
    from ..frames.tables import read_table

    table = read_table(path)
    text = column or next((c for c in TEXT_COLUMNS if c in table.columns), None)
    if text not in table.columns:
        raise InputError(
            f"{path} has no column {text or ' or '.join(TEXT_COLUMNS)!r}: "
            f"name it with --text-column; there are {list(table.columns)}"
        )
    named = next((c for c in NAME_COLUMNS if c in table.columns and c != text), None)
    names = list(table[named]) if named else [f"row {i}" for i in range(1, len(table) + 1)]
    out: dict[Hashable, Any] = {}
    for i, (name, value) in enumerate(zip(names, table[text], strict=True), 1):
        key = name if name and name not in out else f"{name or 'row'} {i}"
        out[key] = value
    return out


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


def _ranking_cells(ranking: _Ranking, arguments: argparse.Namespace, *, several: bool) -> list[dict[str, Any]]:
    role = {"role": str(ranking.file)} if several else {}
    return [role | _match_cells(i, n, m, arguments.floor) for i, (n, m) in enumerate(ranking.shown, 1)]


def _ranking_json(ranking: _Ranking, arguments: argparse.Namespace) -> dict[str, Any]:
    matches = [_match_json(n, m, arguments.floor) for n, m in ranking.shown]
    return {"role": ranking.role.to_dict(), "ranking": matches}


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
