"""Speed, memory and cost beside what else one could run, in one go: python benchmarks/run.py [--write].

The contestants read the same texts (written for the project) in processes of their own:

- base, fast: this library, from text to profile with evidence, and to match;
- minilm: sentence-transformers with the stock all-MiniLM-L6-v2 over the same segments, and a
  logistic regression on the vectors (its weights do not change the speed: random ones serve);
- model2vec: the same with static vectors of that library (random ones, 256 wide, likewise);
- tfidf: scikit-learn's TF-IDF and logistic regression on whole documents, fitted on the corpus; no
  segments, no evidence, no depth;
- tokenizer: the bare Rust tokenizer over the whole text, and nothing more: the physical yardstick.

"One core" is a process held to one core; "two cores" is two of them, each with half of the texts.
Contestants take turns, so that a machine that is slower for a while is so for all; rates are medians
over the turns. A match is measured on texts that the process has not seen, after others of their kind. A ratio is our rate over theirs, or their time over ours: above one
is in our favour. `--write` puts the tables into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from machine import facts

ROOT = Path(__file__).parent.parent
OURS = ("fast", "base")
PEERS = ("minilm", "model2vec", "tfidf", "tokenizer")
KINDS = (*OURS, *PEERS)
LENGTHS = {"short (150 words)": 150, "typical (530 words)": 530, "long (1,060 words)": 1060}
PRICE = 0.04
"""Dollars for an hour of one core, about what the large clouds ask for a general-purpose one."""

_HEAD = """
import numpy as np
weights = np.random.default_rng(0).normal(size=({width}, 6))
def profile(text):
    vectors = encode([s.text for s in segment(text)])
    return (1 / (1 + np.exp(-vectors @ weights))).mean(axis=0)
"""
SETUPS = {
    "ours": """
import domainfit
model = domainfit.load_bundle({name!r})
profile = model.profile
def known(role):
    return model.profile(role, "role")
match = model.score_match
""",
    "minilm": """
from sentence_transformers import SentenceTransformer
from domainfit.segments import segment
from domainfit.training.finetune import stock_model
encoder = SentenceTransformer(str(stock_model()), device="cpu")
def encode(texts):
    return encoder.encode(texts, show_progress_bar=False)
"""
    + _HEAD.format(width=384),
    "model2vec": """
import numpy
from model2vec import StaticModel
from tokenizers import Tokenizer
from domainfit.bundle import load_bundle
from domainfit.segments import segment
tokenizer = Tokenizer.from_str(load_bundle("base").encoder.tokenizer)
vectors = numpy.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 256)).astype("float32")
static = StaticModel(vectors, tokenizer)
def encode(texts):
    return static.encode(texts)
"""
    + _HEAD.format(width=256),
    "tfidf": """
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from domainfit.training.corpus import load_corpus
documents = load_corpus("data").documents
pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(max_iter=200))
pipeline.fit([d.text for d in documents], [str(d.primary) for d in documents])
def profile(text):
    return pipeline.predict_proba([text])[0]
""",
    "tokenizer": """
from tokenizers import Tokenizer
from domainfit.bundle import load_bundle
tokenizer = Tokenizer.from_str(load_bundle("base").encoder.tokenizer)
tokenizer.no_truncation()
profile = tokenizer.encode
""",
}
PEER_MATCH = """
known = profile
def match(role, candidate):
    return float(np.dot(role, profile(candidate)))
"""
# At every turn, a line of input, each length's texts are gone through, on from where it was, for half a second.
RATES = """
import itertools, json, os, sys, time
core, texts = json.loads(sys.stdin.readline())
os.sched_setaffinity(0, {{core}})
{setup}
for own in texts.values():
    for text in own: profile(text)
endless = {{name: itertools.cycle(own) for name, own in texts.items()}}
print("{{}}", flush=True)
for _ in sys.stdin:
    rates = {{}}
    for name, own in endless.items():
        done, start = 0, time.perf_counter()
        while (taken := time.perf_counter() - start) < 0.5:
            for text in itertools.islice(own, 4): profile(text)
            done += 4
        rates[name] = done / taken
    print(json.dumps(rates), flush=True)
"""
LATENCY = """
import time; begin = time.perf_counter()
{setup}
import json, sys
role, candidates, warm = json.loads(sys.stdin.readline())
need = known(role)
match(need, candidates[0])
first = time.perf_counter() - begin
peak = next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")) / 1024
for candidate in warm: match(need, candidate)
times = []
for candidate in candidates:
    start = time.perf_counter(); match(need, candidate); times.append(time.perf_counter() - start)
print(json.dumps([first, peak, times]))
"""


def setup_of(kind: str) -> str:
    return SETUPS["ours"].format(name=kind) if kind in OURS else SETUPS[kind]


def started(program: str, data: object, *, threads: int | None = None) -> subprocess.Popen[str]:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OPENBLAS_NUM_THREADS": "1"}
    if threads:
        environment |= {"OMP_NUM_THREADS": str(threads), "RAYON_NUM_THREADS": str(threads)}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(data) + "\n")
    process.stdin.flush()
    return process


def answer(process: subprocess.Popen[str]) -> list | dict:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit("a contestant failed; its message is above")
    return json.loads(line)


def texts_near(words: int, count: int, kind: str = "candidate") -> list[str]:
    """Corpus texts nearest to a length; longer ones than there are, two by two."""
    from domainfit.training.corpus import load_corpus

    own = [d.text for d in load_corpus(ROOT / "data").documents if d.source == kind]
    if words > 800:
        halves = texts_near(words // 2, 2 * count, kind)
        return [f"{a}\n\n{b}" for a, b in zip(halves[::2], halves[1::2], strict=True)]
    return sorted(own, key=lambda t: abs(len(t.split()) - words))[:count]


def rates(repeats: int, cores: int) -> dict[str, dict[str, float]]:
    """Texts a second by contestant and length, on so many cores at once."""
    texts = {name: texts_near(words, 20) for name, words in LENGTHS.items()}
    shares = [{name: own[i::cores] for name, own in texts.items()} for i in range(cores)]
    contestants = {}
    for kind in KINDS:
        program = RATES.format(setup=setup_of(kind))
        contestants[kind] = [started(program, [i, share], threads=1) for i, share in enumerate(shares)]
        for process in contestants[kind]:
            answer(process)  # It is ready.
    found = {kind: [] for kind in KINDS}
    for _ in range(repeats):
        for kind, processes in contestants.items():
            for process in processes:
                print(file=process.stdin, flush=True)
            turns = [answer(process) for process in processes]
            found[kind].append({name: sum(t[name] for t in turns) for name in texts})
    for process in (p for processes in contestants.values() for p in processes):
        process.communicate()
    return {kind: {name: statistics.median(t[name] for t in turns) for name in texts} for kind, turns in found.items()}


def latency(repeats: int) -> dict[str, dict[str, float]]:
    role, candidates = texts_near(550, 1, "role")[0], texts_near(530, 60)
    given = [role, candidates[::2], candidates[1::2]]
    out, runs = {}, {kind: [] for kind in (*OURS, "minilm")}
    for _ in range(repeats):
        for kind in runs:
            process = started(LATENCY.format(setup=setup_of(kind) + ("" if kind in OURS else PEER_MATCH)), given)
            runs[kind].append(answer(process))
            process.communicate()
    for kind, own in runs.items():
        times = sorted(1000 * t for run in own for t in run[2])
        out[kind] = {
            "fresh process to first score, s": statistics.median(run[0] for run in own),
            "peak memory, MB": statistics.median(run[1] for run in own),
            **{f"match, p{q}, ms": times[min(len(times) - 1, len(times) * q // 100)] for q in (50, 95, 99)},
        }
    return out


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def put(text: str, name: str, page: Path) -> None:
    """Set a text between a page's two marks of a name."""
    before, mark, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    if not mark or not end:
        raise SystemExit(f"{page} has no place for the {name} table")
    page.write_text(f"{before}{mark}\n{text}\n{end}{after}", encoding="utf-8")


def report(by_cores: dict[int, dict[str, dict[str, float]]], waits: dict[str, dict[str, float]], price: float) -> str:
    machine = facts()
    parts = [f"{machine}. Ratios above one are in our favour; what the contestants are says `benchmarks/run.py`."]
    for cores, found in by_cores.items():
        head = [f"texts a second, {cores} core{'s' if cores > 1 else ''}", *KINDS]
        rows = [[name, *(f"{found[k][name]:,.0f}" for k in KINDS)] for name in LENGTHS]
        rows += [
            [
                f"{ours} over each, typical",
                *(f"{found[ours]['typical (530 words)'] / found[k]['typical (530 words)']:.3g}" for k in KINDS),
            ]
            for ours in OURS
        ]
        parts.append(table(head, rows))
    most = max(by_cores)
    hours = {k: 1e6 / by_cores[most][k]["typical (530 words)"] / 3600 for k in KINDS}
    parts.append(
        table(
            [f"a million typical texts, {most} cores", *KINDS],
            [
                ["hours", *(f"{hours[k]:.3g}" for k in KINDS)],
                [f"dollars, at {price} an hour of a core", *(f"{hours[k] * most * price:.2g}" for k in KINDS)],
            ],
        )
    )
    kinds = list(waits)
    parts.append(
        table(
            ["a typical résumé against a known role", *kinds, "fast ratio", "base ratio"],
            [
                [
                    name,
                    *(f"{waits[k][name]:.3g}" for k in kinds),
                    *(f"{waits['minilm'][name] / waits[k][name]:.3g}" for k in OURS),
                ]
                for name in waits["fast"]
            ],
        )
    )
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--price", type=float, default=PRICE, help="dollars for an hour of one core")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    start = time.perf_counter()
    by_cores = {n: rates(arguments.repeats, n) for n in (1, 2) if n <= (os.cpu_count() or 1)}
    text = report(by_cores, latency(arguments.repeats), arguments.price)
    print(f"{text}\n\n{time.perf_counter() - start:.0f} s")
    if arguments.write:
        put(text, "speed", ROOT / "docs" / "performance.md")


if __name__ == "__main__":
    main()
