"""``domainfit decision`` and ``domainfit teach-decisions``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ._common import OK, PARTLY, load_model, model_options, painter, print_json


def add(commands: Any) -> None:
    """Add the commands."""
    decision = commands.add_parser(
        "decision", parents=[model_options()], help="rate a candidate's written account of a technical decision"
    )
    decision.add_argument("account", type=Path, metavar="FILE", help="the account")
    decision.add_argument("--role", type=Path, help="the role that the candidate applies for")
    decision.set_defaults(run=_decision)

    teach = commands.add_parser("teach-decisions", help="let a bundle learn to rate accounts of decisions")
    teach.add_argument("bundle", type=Path, help="the bundle's folder; only its decision head is replaced")
    teach.add_argument("--data", type=Path, default=Path("data"), help="the corpus folder (default: data)")
    teach.set_defaults(run=_teach)


def _decision(arguments: argparse.Namespace) -> int:
    assessment = load_model(arguments).assess_decision(arguments.account, arguments.role)
    if arguments.json:
        print_json(assessment.to_dict())
    else:
        print(painter(arguments).decision(assessment))
    return OK if assessment.status == "ok" else PARTLY


def _teach(arguments: argparse.Namespace) -> int:
    from ..training.decisions import teach_decisions

    teach_decisions(arguments.bundle, arguments.data)
    print(f"wrote {arguments.bundle}")
    return OK
