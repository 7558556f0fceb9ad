"""``domainfit robustness``."""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

from ..bundle import load_bundle
from ._common import OK, print_json


def add(commands: Any) -> None:
    """Add the commands."""
    robustness = commands.add_parser(
        "robustness", help="can the score be played? attacks and counterfactuals, measured"
    )
    robustness.add_argument("--model", default="base", help="base (default), fast, or a bundle's folder")
    robustness.add_argument("--data", type=Path, default=Path("data"), help="the corpus folder (default: data)")
    robustness.add_argument("--candidates", type=int, default=100, help="how large a pool is (default: 100)")
    robustness.add_argument("--attacked", type=int, help="how many of them are attacked (default: all)")
    robustness.add_argument("--seed", type=int, default=0)
    robustness.add_argument("--json", action="store_true", help="print JSON")
    robustness.set_defaults(run=_robustness)


def _robustness(arguments: argparse.Namespace) -> int:
    from ..evaluation.robustness import robustness_report
    from ..training.corpus import load_corpus

    model = load_bundle(arguments.model)
    documents = list(load_corpus(arguments.data).documents)
    random.Random(arguments.seed).shuffle(documents)
    roles = [d for d in documents if d.source == "role"]
    # One role a discipline: the attack goes for what the role needs.
    chosen = [next((r.text for r in roles if r.primary == k), None) for k in model.taxonomy.keys]
    candidates = [d.text for d in documents if d.source == "candidate"][: arguments.candidates]
    report = robustness_report(
        model, [r for r in chosen if r], candidates, attacked=arguments.attacked, seed=arguments.seed
    )
    if arguments.json:
        print_json(report.to_dict())
    else:
        print(report)
    return OK
