"""The figures of docs/trust.md: attacks, counterfactuals, risk against coverage, plausible sets.

python benchmarks/trust.py --gold DIR [--only sets risk] [--write]
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np

from domainfit import load_bundle
from domainfit.evaluation.gold import NONE, Gold, load_gold
from domainfit.evaluation.robustness import RobustnessReport, robustness_report
from domainfit.model import Model
from domainfit.results import Profile
from domainfit.training.corpus import load_corpus
from domainfit.training.train import split

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "trust.md"
POOL, SEED = 100, 0
ATTACKED = {"fast": 100, "base": 50}
COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.5)


def robustness(model: Model) -> RobustnessReport:
    documents = list(load_corpus(ROOT / "data").documents)
    random.Random(SEED).shuffle(documents)
    roles = [next(d.text for d in documents if d.source == "role" and d.primary == k) for k in model.taxonomy.keys]
    candidates = [d.text for d in documents if d.source == "candidate"][:POOL]
    return robustness_report(model, roles, candidates, attacked=ATTACKED[model.name], seed=SEED)


def attack_table(reports: list[RobustnessReport]) -> str:
    lines = ["| attack | model | pairs | mean gain of fit | largest | gain ≤ 0.02 | most places won | ≤ 2 places |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    for report in reports:
        lines += [
            f"| {a['attack']} | {report.model} | {a['pairs']} | {a['mean_gain']:+.4f} | {a['largest_gain']:+.3f} "
            f"| {a['held']:.1%} | {a['most_places']} | {a['places_held']:.1%} |"
            for a in (x.to_dict() for x in report.attacks)
        ]
    return "\n".join(lines)


def change_table(reports: list[RobustnessReport]) -> str:
    lines = [
        "| changed | model | pairs | median spread of fit | 95% | largest | ≤ 0.01 |",
        "|---|---|---|---|---|---|---|",
    ]
    for report in reports:
        lines += [
            f"| {c['change']} | {report.model} | {c['pairs']} | {c['median']:.4f} | {c['q95']:.4f} "
            f"| {c['largest']:.3f} | {c['held']:.1%} |"
            for c in (x.to_dict() for x in report.counterfactuals)
        ]
    return "\n".join(lines)


def scored(model: Model, gold: Gold) -> dict[str, list[tuple[tuple[str, ...], Profile]]]:
    out = {}
    for name, kind, documents in (("postings", "role", gold.jobs), ("résumés", "candidate", gold.resumes)):
        pairs = [(d.primary, model.profile(d.text, kind)) for d in documents]
        out[name] = [(allowed, p) for allowed, p in pairs if p.status != "abstained"]
    return out


def risk_table(model: Model, gold: Gold) -> str:
    lines = [
        f"| kept, the surest first | {' | '.join(f'{c:.0%}' for c in COVERAGES)} |",
        "|---|" + "---|" * len(COVERAGES),
    ]
    for name, rows in scored(model, gold).items():
        sure = np.array([max(max(p.probability.values()), 1 - max(p.probability.values())) for _, p in rows])
        wrong = np.array([(p.primary or NONE) not in allowed for allowed, p in rows])[np.argsort(-sure, kind="stable")]
        risks = [wrong[: max(1, round(c * len(wrong)))].mean() for c in COVERAGES]
        lines.append(f"| {name}, {model.name}: wrong | {' | '.join(f'{r:.3f}' for r in risks)} |")
    return "\n".join(lines)


def kept_back(model: Model) -> dict[str, list[tuple[tuple[str, ...], Profile]]]:
    """Authored documents that the encoder has not learned from, with their primaries."""
    out: dict[str, list[tuple[tuple[str, ...], Profile]]] = {"roles kept back": [], "candidates kept back": []}
    for d in split(load_corpus(ROOT / "data"))[1]:
        most = max(d.strengths.values(), default=0)
        allowed = tuple(k for k, v in d.strengths.items() if v == most) if most >= 2 else (NONE,)
        profile = model.profile(d.text, "role" if d.source == "role" else "candidate")
        if profile.status != "abstained":
            out[f"{d.source}s kept back"].append((allowed, profile))
    return out


def set_table(model: Model, gold: Gold) -> str:
    lines = ["| | documents | the true primary is in the set | mean size |", "|---|---|---|---|"]
    for name, rows in {**kept_back(model), **scored(model, gold)}.items():
        if rows:
            held = [any((k or NONE) in allowed for k in p.plausible) for allowed, p in rows]
            sizes = [len(p.plausible) for _, p in rows]
            lines.append(f"| {name}, {model.name} | {len(rows)} | {np.mean(held):.3f} | {np.mean(sizes):.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/trust.md")
    parser.add_argument("--only", nargs="+", choices=("attacks", "changes", "risk", "sets"), help="these tables")
    arguments = parser.parse_args()
    wanted = arguments.only or ("attacks", "changes", "risk", "sets")
    models = [load_bundle(name) for name in ATTACKED]
    gold = load_gold(arguments.gold, models[0].taxonomy.keys)
    tables: dict[str, str] = {}
    if {"attacks", "changes"} & {*wanted}:
        reports = [robustness(m) for m in models]
        tables |= {"attacks": attack_table(reports), "changes": change_table(reports)}
    if {"risk", "sets"} & {*wanted}:
        tables["risk"] = "\n\n".join(risk_table(m, gold) for m in models)
        tables["sets"] = "\n\n".join(set_table(m, gold) for m in models)
    page = PAGE.read_text(encoding="utf-8") if arguments.write else ""
    for name, table in tables.items():
        print(f"## {name}\n\n{table}\n")
        if arguments.write:
            start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
            before, rest = page.split(start)
            page = f"{before}{start}{table}\n{end}{rest.split(end)[1]}"
    if arguments.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
