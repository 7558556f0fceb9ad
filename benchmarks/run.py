"""Speed and memory, side by side with a peer in one run: python benchmarks/run.py [--json].

The peer is what one would write without this library: sentence-transformers with the stock
all-MiniLM-L6-v2 over the same segments, and a logistic regression on the vectors (its weights do
not change the speed, so random ones serve). Every figure is a median; a ratio above one is in our
favour. Texts are written for the project.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
KINDS = ("base", "fast", "peer")

PEER = """
import numpy as np
from sentence_transformers import SentenceTransformer
from domainfit.segments import segment
from domainfit.training.finetune import stock_model
encoder = SentenceTransformer(str(stock_model()), device="cpu")
weights = np.random.default_rng(0).normal(size=(384, 6))
def profile(text):
    vectors = encoder.encode([s.text for s in segment(text)], show_progress_bar=False)
    return (1 / (1 + np.exp(-vectors @ weights))).mean(axis=0)
def match(role, candidate):
    return float(profile(role) @ profile(candidate))
"""
OURS = """
import domainfit
def profile(text):
    return domainfit.profile(text, model={name!r})
def match(role, candidate):
    return domainfit.score_match(role, candidate, model={name!r}).fit
"""
FIRST = """
import time; start = time.perf_counter()
{setup}
import json, sys
role, candidate = json.load(sys.stdin)
match(role, candidate)
seconds = time.perf_counter() - start
peak = next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")) / 1024
print(json.dumps([seconds, peak]))
"""
WARM = """
{setup}
import json, sys, time
pairs, texts = json.load(sys.stdin)
match(*pairs[0])
times = []
for pair in pairs * {repeats}:
    start = time.perf_counter(); match(*pair); times.append(time.perf_counter() - start)
profile(texts[0])
start = time.perf_counter()
for text in texts: profile(text)
print(json.dumps([times, len(texts) / (time.perf_counter() - start)]))
"""


def setup_of(kind: str) -> str:
    return PEER if kind == "peer" else OURS.format(name=kind)


def child(program: str, data: object) -> list:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return json.loads(done.stdout.splitlines()[-1])


def texts_of_typical_length() -> tuple[list[str], list[str]]:
    """Postings and résumés of the corpus nearest to the length of real ones (550 and 530 words)."""
    from domainfit.training.corpus import load_corpus

    documents = load_corpus(ROOT / "data").documents
    picked = []
    for kind, words in (("role", 550), ("candidate", 530)):
        own = [d.text for d in documents if d.source == kind]
        picked.append(sorted(own, key=lambda t: abs(len(t.split()) - words))[:20])
    return picked[0], picked[1]


def measure(repeats: int) -> dict[str, dict[str, float]]:
    roles, candidates = texts_of_typical_length()
    pairs = list(zip(roles[:10], candidates[:10], strict=True))
    out: dict[str, dict[str, float]] = {}
    for kind in KINDS:
        first = [child(FIRST.format(setup=setup_of(kind)), pairs[0]) for _ in range(repeats)]
        times, rate = child(WARM.format(setup=setup_of(kind), repeats=repeats), [pairs, candidates])
        out[kind] = {
            "fresh process: import and first match, s": statistics.median(f[0] for f in first),
            "peak memory of that process, MB": statistics.median(f[1] for f in first),
            "warm match, ms": 1000 * statistics.median(times),
            "résumés a second, one process": rate,
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    start = time.perf_counter()
    result = measure(arguments.repeats)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    if arguments.json:
        print(json.dumps({"machine": machine, "results": result}, indent=2))
        return
    print(f"{machine}; medians of {arguments.repeats} runs, {time.perf_counter() - start:.0f} s\n")
    print(f"{'':<44}{'base':>10}{'fast':>10}{'peer':>10}   base gain  fast gain")
    for name in result["base"]:
        base, fast, peer = (result[k][name] for k in KINDS)
        # More is better for a rate, less for all else; a ratio above one is in our favour.
        gain = [ours / peer if "a second" in name else peer / ours for ours in (base, fast)]
        print(f"{name:<44}{base:>10.4g}{fast:>10.4g}{peer:>10.4g}   {gain[0]:>9.3g}  {gain[1]:>9.3g}")


if __name__ == "__main__":
    main()
