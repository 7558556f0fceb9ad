"""How well accounts of decisions are rated, and whether anything but their content moves a rating.

    python benchmarks/decisions.py [--model base|fast] [--write]

Agreement is measured out of fold: every account is rated by a head that did not learn from it. The
attacks are made on the shipped head, with sentences that it has not seen. `--write` puts the tables
into docs/decisions.md.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import domainfit
from domainfit.decision_scoring import DIMENSIONS
from domainfit.metrics import quadratic_kappa
from domainfit.training.accounts import Account, load_accounts, load_silent
from domainfit.training.decisions import fit_decision_head

PRAISE = (
    "I am a motivated and passionate expert with an outstanding track record.",
    "Everyone said that it was brilliant work.",
    "I am known for excellent communication and for my attention to detail.",
    "Thank you very much for reading my application.",
    "I love hard problems and always go the extra mile.",
)
BUZZWORDS = (
    "We leveraged cutting-edge, best-in-class, scalable AI synergies to drive transformational impact.",
    "State-of-the-art deep learning, transformers, agents and microservices were used throughout.",
    "This was a truly innovative and groundbreaking solution.",
    "Python, PyTorch, TensorFlow, Spark, Airflow, Docker, AWS, GCP, Azure.",
    "We believe in thinking big, moving fast and delivering value.",
)
ATTACKS: dict[str, Callable[[str, random.Random], str]] = {
    "flattery behind": lambda text, r: text + "\n\n" + " ".join(r.choices(PRAISE, k=5)),
    "flattery before": lambda text, r: " ".join(r.choices(PRAISE, k=5)) + "\n\n" + text,
    "buzzwords": lambda text, r: text + "\n\n" + " ".join(r.choices(BUZZWORDS, k=5)),
    "length (20 empty sentences)": lambda text, r: text + "\n\n" + " ".join(r.choices(PRAISE + BUZZWORDS, k=20)),
    "repetition (the whole twice)": lambda text, r: text + "\n\n" + text,
}


def agreement(ratings: np.ndarray, found: np.ndarray) -> list[list[str]]:
    """One row a dimension."""
    rows = []
    for d, name in enumerate((*DIMENSIONS, "overall")):
        kappa = quadratic_kappa(ratings[:, d].astype(int), np.rint(found[:, d]).astype(int), 5)
        off = np.abs(found[:, d] - ratings[:, d])
        rows.append([name.replace("_", "-"), f"{kappa:.2f}", f"{off.mean():.2f}", f"{(off <= 1).mean():.0%}"])
    return rows


def by_style(accounts: Sequence[Account], found: np.ndarray) -> list[list[str]]:
    """How far the overall rating is off by the manner of writing, where there are ten accounts or more."""
    rows = []
    for style in sorted({a.style for a in accounts}):
        own = [i for i, a in enumerate(accounts) if a.style == style]
        off = np.array([found[i, -1] - accounts[i].ratings[-1] for i in own])
        if len(own) >= 10:
            rows.append([style.replace("_", " "), str(len(own)), f"{off.mean():+.2f}", f"{np.abs(off).mean():.2f}"])
    return rows


def attacks(model: domainfit.Model, accounts: Sequence[Account], n: int) -> list[list[str]]:
    """What each attack adds to a rating, over accounts and over all dimensions and the whole."""
    chance = random.Random(0)
    chosen = chance.sample(list(accounts), n)
    before = [values(model.assess_decision(a.text)) for a in chosen]
    rows = []
    for name, attack in ATTACKS.items():
        after = [values(model.assess_decision(attack(a.text, chance))) for a in chosen]
        gain = np.array(after) - np.array(before)
        rows.append(
            [name, f"{np.nanmean(gain[:, -1]):+.3f}", f"{np.nanmax(gain[:, -1]):+.3f}", f"{np.nanmax(gain):+.3f}"]
        )
    return rows


def values(assessment: domainfit.DecisionAssessment) -> list[float]:
    return [*(r.value for r in assessment.ratings.values()), assessment.overall.value]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=["base", "fast"])
    parser.add_argument("--attacked", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    accounts = load_accounts("data/decisions")
    ratings = np.array([a.ratings for a in accounts], float)
    parts = []
    for name in arguments.model:
        model = domainfit.load_bundle(name)
        _, found = fit_decision_head(model.encoder, accounts, load_silent("data"))
        parts += [
            f"### `{name}`, {len(accounts)} accounts",
            table(["dimension", "QWK", "mean distance", "within 1"], agreement(ratings, found)),
            "By the manner of writing (overall; + is rated too high):",
            table(["manner", "accounts", "mean difference", "mean distance"], by_style(accounts, found)),
            f"What attacks add to ratings from 0 to 4, {arguments.attacked} accounts:",
            table(
                ["attack", "overall, mean", "overall, most", "any dimension, most"],
                attacks(model, accounts, arguments.attacked),
            ),
        ]
        print("\n\n".join(parts[-6:]), flush=True)
    if arguments.write:
        page = Path("docs/decisions.md")
        before, _, rest = page.read_text(encoding="utf-8").partition("<!-- measured -->")
        _, _, after = rest.partition("<!-- end -->")
        body = "\n\n".join(parts)
        page.write_text(f"{before}<!-- measured -->\n\n{body}\n\n<!-- end -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
