"""Where the time of a match goes, stage by stage: python benchmarks/stages.py [--write].

Twenty résumés of typical length, one role that is known, one core. Each stage is run by itself over
all of them, several times; the quickest run counts, as all else that the machine does only adds.
`--write` puts the table into benchmarks/README.md.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import domainfit
from domainfit import Model
from domainfit.bag_of_words import bag_log_odds
from domainfit.checks import abstention_reasons
from domainfit.described import copied, repeats, work_log_odds
from domainfit.encoders import encode_groups
from domainfit.hostile import text_flags
from domainfit.matching import match_profiles
from domainfit.reading import as_given, read_lines
from domainfit.scoring import score_segments
from domainfit.segments import segment
from machine import facts
from run import put, table, texts_near

ROOT = Path(__file__).parent.parent


def milliseconds(work: Callable[[Any], Any], inputs: list[Any], runs: int) -> float:
    """Return the time of one input in the quickest run."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        for given in inputs:
            work(given)
        times.append(time.perf_counter() - start)
    return 1000 * min(times) / len(inputs)


def stages(model: Model, runs: int) -> dict[str, float]:
    role = model.profile(texts_near(550, 1, "role")[0], "role")
    texts = texts_near(530, 20)
    profiles = [model.profile(t) for t in texts]
    cut = [segment(t) for t in texts]
    lines = [as_given(own) for own in cut]
    read = [read_lines(model.heads.work, t, "candidate") for t in texts]
    # The two groups of lines that are read apart, as `reading.read_segments` has them.
    work = [work_log_odds(model.heads.work, own) >= 0 for own in lines]
    groups = [
        [[x for x, w in zip(own, kept, strict=True) if w == flag] for flag in (True, False)]
        for own, kept in zip(lines, work, strict=True)
    ]
    groups = [[g for g in own if g] for own in groups]
    vectors = [np.concatenate(encode_groups(model.encoder, own)) for own in groups]
    readings = [model.read(t, "candidate") for t in texts]
    described = [[e.text for e in p.evidence if e.described] for p in profiles]

    def scored(own: Any) -> None:
        score_segments(model.heads.segment, own, np.ones(len(own), bool))

    out = {
        "flags: hidden characters, orders to a model": milliseconds(text_flags, texts, runs),
        "checks: too short, not English, broken": milliseconds(abstention_reasons, texts, runs),
        "segments": milliseconds(segment, texts, runs),
        "spelling and spaces": milliseconds(as_given, cut, runs),
        "work or claim": milliseconds(lambda own: work_log_odds(model.heads.work, own), lines, runs),
        "all words together": milliseconds(lambda x: bag_log_odds(model.heads.bag, x.hashes, x.work), read, runs),
        "said before": milliseconds(repeats, lines, runs),
        "vectors": milliseconds(lambda own: encode_groups(model.encoder, own), groups, runs),
        "segment classifier": milliseconds(scored, vectors, runs),
        "profile and evidence": milliseconds(
            lambda pair: model._scored(pair[0].document, "candidate", pair[1]),
            list(zip(profiles, readings, strict=True)),
            runs,
        ),
        "the role's own words": milliseconds(lambda own: copied(role.triples, own), described, runs),
        "match": milliseconds(lambda p: match_profiles(model.heads.match, role, p), profiles, runs),
    }
    out["all of it, as `score_match` runs it"] = milliseconds(lambda t: model.score_match(role, t), texts, runs)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    fast, base = stages(domainfit.load_bundle("fast"), 20), stages(domainfit.load_bundle("base"), 3)
    head = [f"milliseconds a résumé; {facts()}", "fast", "base"]
    text = table(head, [[name, f"{fast[name]:.2f}", f"{base[name]:.2f}"] for name in fast])
    print(text)
    if arguments.write:
        put(text, "stages", ROOT / "benchmarks" / "README.md")


if __name__ == "__main__":
    main()
