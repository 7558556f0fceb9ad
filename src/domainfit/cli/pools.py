"""``domainfit floor``, ``audit`` and ``drift``: what one asks of a pool, and not of one candidate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bundle import load_bundle
from ..exceptions import InputError
from ._common import NAME_COLUMNS, OK, PARTLY, TEXT_COLUMNS, print_json
from .placements import documents

if TYPE_CHECKING:
    import pandas as pd


def add(commands: Any) -> None:
    """Add the commands."""
    floor = commands.add_parser("floor", help="the fit under which a pool may be left unread, with its promise")
    floor.add_argument("placements", type=Path, help="past candidates and how they did: a CSV or Parquet file")
    floor.add_argument("-o", "--output", type=Path, help="write it as JSON, for 'domainfit rank --floor'")
    floor.add_argument("--keep", type=float, default=0.95, help="the part of the successes to keep (default: 0.95)")
    floor.add_argument("--confidence", type=float, help="promise it for these placements, with this confidence")
    floor.add_argument("--success", type=float, help="from which grade on an outcome is a success")
    floor.add_argument("--texts", type=Path, help="a folder whose files the ids name")
    floor.add_argument("--work", type=Path, help="where to remember scores, so that an interrupted run goes on")
    floor.add_argument("--pool", type=Path, help="a table with the column 'fit' of the pool that it is for")
    floor.add_argument("--model", default="base")
    floor.set_defaults(run=_floor)

    audit = commands.add_parser("audit", help="how groups fare: selection and scoring rates, impact ratios, tests")
    audit.add_argument("scores", type=Path, help="a CSV or Parquet file with a row a candidate")
    audit.add_argument("--group", action="append", required=True, help="a column with groups; give it once for each")
    audit.add_argument("--score", default="fit", help="the column with scores (default: fit)")
    audit.add_argument("--selected", help="the column that says who was selected, instead of scores")
    audit.add_argument("--outcome", help="a column that says who did well, for error rates")
    audit.add_argument("--least", type=float, default=0.0, help="leave out groups below this part, such as 0.02")
    audit.add_argument("-o", "--output", type=Path, help="write the report as HTML")
    audit.add_argument("--json", action="store_true", help="print JSON")
    audit.set_defaults(run=_audit)

    drift = commands.add_parser("drift", help="how a new pool differs from an old one")
    drift.add_argument("reference", type=Path, help="a CSV or Parquet file with the texts of the old pool")
    drift.add_argument("new", type=Path, help="the same of the new one")
    drift.add_argument("--text-column", help=f"by default one of {', '.join(TEXT_COLUMNS)}")
    drift.add_argument("--kind", choices=("candidate", "role"), default="candidate")
    drift.add_argument("--work", type=Path, help="where to remember profiles, so that an interrupted run goes on")
    drift.add_argument("--model", default="base")
    drift.add_argument("--json", action="store_true", help="print JSON")
    drift.set_defaults(run=_drift)


def _floor(arguments: argparse.Namespace) -> int:
    from ..floors import floor
    from ..frames.tables import read_table

    found = floor(
        arguments.model,
        arguments.placements,
        arguments.keep,
        confidence=arguments.confidence,
        pool=None if arguments.pool is None else _numbers(read_table(arguments.pool)),
        success=arguments.success,
        texts=documents(arguments.texts),
        work=arguments.work,
    )
    print(found.statement)
    for warning in found.warnings:
        print(f"  ! {warning}")
    if arguments.output:
        found.save(arguments.output)
        print(f"wrote {arguments.output}")
    return OK if found.cutoff > 0 else PARTLY


def _audit(arguments: argparse.Namespace) -> int:
    from ..evaluation.fairness import audit
    from ..frames.tables import read_table

    found = audit(
        read_table(arguments.scores),
        arguments.group,
        score=arguments.score,
        selected=arguments.selected,
        outcome=arguments.outcome,
        least=arguments.least,
    )
    if arguments.output:
        arguments.output.write_text(found.to_html(), encoding="utf-8")
        print(f"wrote {arguments.output}")
    if arguments.json:
        print_json(found.to_dict())
    elif not arguments.output:
        print(found)
    return OK


def _drift(arguments: argparse.Namespace) -> int:
    from ..evaluation.drift import drift
    from ..frames.tables import read_table

    tables = [read_table(p) for p in (arguments.reference, arguments.new)]
    old, new = (
        _texts(t, p, arguments.text_column) for t, p in zip(tables, (arguments.reference, arguments.new), strict=True)
    )
    scored = all("fit" in t for t in tables)
    fits = (_numbers(tables[0])["fit"], _numbers(tables[1])["fit"]) if scored else None
    found = drift(load_bundle(arguments.model), old, new, kind=arguments.kind, fits=fits, work=arguments.work)
    if arguments.json:
        print_json(found.to_dict())
    else:
        print(found)
    return OK


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    if "fit" not in table:
        raise InputError(f"the pool needs a column 'fit'; there are {list(table.columns)}")
    return table.assign(fit=pd.to_numeric(table["fit"], errors="coerce"))


def _texts(table: pd.DataFrame, path: Path, column: str | None) -> list[str]:
    named = column or next((c for c in TEXT_COLUMNS if c in table and c not in NAME_COLUMNS), None)
    if named not in table:
        raise InputError(f"{path} has no column of texts: name it with --text-column; there are {list(table.columns)}")
    return list(table[named].astype(str))
