"""Lines whose label a model that has not seen them finds unlikely: python benchmarks/label_noise.py.

The corpus is cut into folds of whole documents; static vectors learn from all folds but one and judge
the lines of that one. What is printed is for a person to read: a label may be wrong, or the line hard.
The method is the self-confidence ranking of Northcutt et al. (JAIR 2021), on expected strength.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from domainfit.encoders import encode_segments
from domainfit.scoring import LEVELS, cumulative_strengths
from domainfit.training.as_read import as_read
from domainfit.training.corpus import Corpus, Line, load_corpus
from domainfit.training.distil import StaticOptions, train_static
from domainfit.training.work_lines import fit_work_head

ROOT = Path(__file__).parent.parent
FOLDS = 3


def judged(corpus: Corpus, options: StaticOptions) -> Iterator[tuple[float, str, str, Line]]:
    """Yield each line's greatest gap between label and expected strength, its place, what was expected, and the line."""
    keys = corpus.taxonomy.keys
    for fold in range(FOLDS):
        learn = dataclasses.replace(
            corpus,
            documents=tuple(d for d in corpus.documents if _fold(d.id) != fold),
            segments=tuple(s for s in corpus.segments if _fold(s.text) != fold),
        )
        encoder, head = train_static(learn, fit_work_head(learn), options, None)
        blocks = [(d.id, as_read(d)) for d in corpus.documents if _fold(d.id) == fold]
        blocks += [("single line", [s]) for s in corpus.segments if _fold(s.text) == fold]
        for name, lines in blocks:
            vectors = encode_segments(encoder, [line.text for line in lines])
            expected = cumulative_strengths(head, vectors).reshape(len(lines), -1, LEVELS).sum(axis=2)
            for line, strength in zip(lines, expected, strict=True):
                gap = np.abs(strength - corpus.taxonomy.vector(line.strengths)).max()
                guess = ", ".join(f"{k} {x:.1f}" for k, x in zip(keys, strength, strict=True) if x >= 0.5)
                yield float(gap), name, guess or "none", line


def _fold(key: str) -> int:
    return int(hashlib.sha256(f"fold {key}".encode()).hexdigest(), 16) % FOLDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--top", type=int, default=200, help="how many lines to print")
    arguments = parser.parse_args()
    found = sorted(judged(load_corpus(ROOT / "data"), StaticOptions()), key=lambda f: -f[0])
    for gap, name, guess, line in found[: arguments.top]:
        labels = ", ".join(f"{k} {v}" for k, v in line.strengths.items()) or "none"
        print(f"{gap:.1f} | {name} | {line.section} | labelled {labels} | expected {guess} | {line.text}")
    print(f"{sum(g >= 2 for g, *_ in found)} of {len(found)} lines are two or more strengths from what was expected")


if __name__ == "__main__":
    main()
