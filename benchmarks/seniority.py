"""How well years and titles tell the level that the corpus' authors gave: python benchmarks/seniority.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from domainfit.metrics import quadratic_kappa
from domainfit.seniority import LEVELS, estimate_seniority
from domainfit.training.corpus import load_corpus

ROOT = Path(__file__).parent.parent


def main() -> None:
    documents = load_corpus(ROOT / "data").documents
    for kind in ("candidate", "role"):
        own = [d for d in documents if d.source == kind]
        found = [(d.seniority, estimate_seniority(d.text, kind).level) for d in own]
        told = np.array([(a, LEVELS.index(b)) for a, b in found if b is not None])
        gold, guess = told.T
        print(
            f"{kind:<10} {len(told)} of {len(own)} estimated, quadratic kappa {quadratic_kappa(gold, guess, len(LEVELS)):.3f}, "
            f"exact {np.mean(gold == guess):.2f}, within one level {np.mean(abs(gold - guess) <= 1):.2f}"
        )


if __name__ == "__main__":
    main()
