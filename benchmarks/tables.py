"""Tables and stores against a plain loop: python benchmarks/tables.py [--model fast] [--write].

Profiling: rows a second of `profile_frame` by number of processes, over those of a loop that calls
`Model.profile`, on the corpus's whole documents (written for the project; each made different by a
line of its own, so that none is read once for two). Ranking: the time of one role against stored
profiles, best 100, beside a loop of `match_profiles` over as many, which is measured on 2,000 and
scaled; "cold" opens the store first, "each of 100" is one of a hundred roles matched in a row. The
stored profiles are drawn at random (seed 0). Growth: a Parquet file of so many different documents
profiled into a folder (``out=``) in a process of its own, whose workers have been started, with its peak
memory and that of its largest worker. Every process has one thread for matrix products, so
that the ratios are those of the processes. A ratio above one is in our favour.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import domainfit
from domainfit import Model, Profile, ProfileStore
from domainfit.matching import match_profiles
from domainfit.records import Record, profile_of
from domainfit.store.columns import profile_table
from domainfit.training.corpus import load_corpus
from machine import facts
from run import put, table

ROOT = Path(__file__).parent.parent
SIZES = (10**3, 10**4, 10**5, 10**6)
GROWTH = (10**4, 10**5, 10**6)
PART = 1 << 17
LOOP = 2000


def seconds(work: Callable[[], Any], repeats: int = 1) -> float:
    """The least of some runs: what the machine does besides only adds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def profiling(model: Model, rows: int, jobs: list[int]) -> list[dict[str, float]]:
    documents = [d.text for d in load_corpus(ROOT / "data").documents]
    texts = [f"{documents[i % len(documents)]}\n- Wrote {i} reports on it" for i in range(rows)]
    table = pd.DataFrame({"text": texts})
    model.profile(texts[0])
    loop = seconds(lambda: [model.profile(t) for t in texts])
    out = [{"processes": 0, "rows a second": rows / loop, "ratio": 1.0}]
    for n in jobs:
        # The first call starts the processes, which joblib keeps.
        domainfit.profile_frame(table[: 20 * n], model=model, n_jobs=n, progress=False)
        taken = seconds(lambda n=n: domainfit.profile_frame(table, model=model, n_jobs=n, progress=False))
        out.append({"processes": n, "rows a second": rows / taken, "ratio": loop / taken})
    return out


GROW = """
import json, pathlib, resource, sys, time
import domainfit, pandas as pd
source, out, model, jobs = json.load(sys.stdin)
source = pathlib.Path(source)
domainfit.load_bundle(model)
warm = pd.DataFrame({"text": ["Trained a model of churn on the orders of the shop. " * 9 + str(i) for i in range(64)]})
domainfit.profile_frame(warm, model=model, n_jobs=jobs, progress=False)
start = time.perf_counter()
domainfit.profile_frame(source, model=model, out=out, n_jobs=jobs, progress=False)
seconds = time.perf_counter() - start
peak = next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")) / 1024
from joblib.externals.loky import get_reusable_executor
get_reusable_executor().shutdown(wait=True)
print(json.dumps([seconds, peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""


def growth(name: str, sizes: list[int], jobs: int, folder: Path) -> list[dict[str, float]]:
    """Time and memory of a streamed run by the number of documents; the ratio is that of the time a document."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    documents = [d.text for d in load_corpus(ROOT / "data").documents]
    out: list[dict[str, float]] = []
    for n in sizes:
        source = folder / f"{n}.parquet"
        with pq.ParquetWriter(source, pa.schema([("text", pa.string())])) as file:
            for start in range(0, n, 1000):
                rows = range(start, min(n, start + 1000))
                texts = [f"{documents[i % len(documents)]}\n- Wrote {i} reports on it" for i in rows]
                file.write_table(pa.table({"text": texts}))
        given = json.dumps([str(source), str(folder / f"out {n}"), name, jobs])
        done = subprocess.run([sys.executable, "-c", GROW], input=given, capture_output=True, text=True, check=True)
        taken, peak, worker = json.loads(done.stdout.splitlines()[-1])
        first = out[0]["ms a document"] if out else 1000 * taken / n
        out.append(
            {
                "documents": n,
                "seconds": taken,
                "ms a document": 1000 * taken / n,
                "over the first": 1000 * taken / n / first,
                "memory, MB": peak,
                "of a worker, MB": worker,
            }
        )
    return out


def random_records(n: int, chance: np.random.Generator, keys: tuple[str, ...]) -> list[Record]:
    shape = (n, len(keys))
    probability, support = chance.beta(0.4, 1, (2, *shape))
    share = chance.dirichlet(np.full(len(keys), 0.3), n)
    strength, depth = 3 * chance.beta(0.4, 1, shape), 4 * chance.beta(0.5, 1, shape)
    shown, shown_depth = strength * chance.random(shape), depth * chance.random(shape)
    numbers = np.stack([probability, share, strength, shown, shown_depth, depth, support], axis=1)
    return [Record("ok", (), keys[int(x[0].argmax())], x) for x in numbers]


def fill(store: ProfileStore, n: int, chance: np.random.Generator) -> list[Record]:
    """Write n random profiles as `add` would, and give some of them back."""
    taxonomy = store.model.taxonomy
    some: list[Record] = []
    with store._files.writing():
        for start in range(0, n, PART):
            records = random_records(min(PART, n - start), chance, taxonomy.keys)
            names = [f"candidate {start + i}" for i in range(len(records))]
            store._files.commit([{"profiles": profile_table(names, [""] * len(records), records, taxonomy)}])
            some = some or records[:LOOP]
    return some


def ranking(model: Model, n: int, folder: Path) -> dict[str, float]:
    chance = np.random.default_rng(0)
    some = fill(ProfileStore.create(folder, model), n, chance)
    roles = [profile_of(r, "role", model.taxonomy) for r in random_records(100, chance, model.taxonomy.keys)]
    roles = [r for r in roles if isinstance(r, Profile)]
    candidates = [profile_of(r, "candidate", model.taxonomy) for r in some]
    loop = seconds(lambda: [match_profiles(model.heads.match, roles[0], c) for c in candidates], 3) * n / len(some)
    cold = seconds(lambda: ProfileStore(folder, model).rank(roles[0], 100), 3)
    store = ProfileStore(folder, model)
    store.rank(roles[0], 100)
    each = seconds(lambda: [store.rank(r, 100) for r in roles]) / len(roles)
    return {
        "profiles": n,
        "loop, s": loop,
        "cold, s": cold,
        "cold ratio": loop / cold,
        "each of 100, s": each,
        "warm ratio": loop / each,
    }


def show(rows: list[dict[str, float]]) -> str:
    cells = [[f"{v:,}" if isinstance(v, int) else f"{v:.3g}" for v in row.values()] for row in rows]
    return table(list(rows[0]), cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", default="fast")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="sizes of stores to rank")
    parser.add_argument("--growth", type=int, nargs="*", default=GROWTH, help="numbers of documents to profile")
    parser.add_argument("--only", choices=("processes", "growth", "stores"), nargs="+", help="these tables alone")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    arguments = parser.parse_args()
    wanted = arguments.only or ("processes", "growth", "stores")
    model = domainfit.load_bundle(arguments.model)
    jobs = sorted({1, 2, os.cpu_count() or 1})
    machine = f"{facts()}, `{arguments.model}`. "
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            if name == "processes":
                title = f"`profile_frame`, {arguments.rows:,} rows (0 processes: the plain loop):"
                rows = profiling(model, arguments.rows, jobs)
            elif name == "growth":
                title = f"`profile_frame(path, out=...)`, {max(jobs)} processes:"
                rows = growth(arguments.model, arguments.growth, max(jobs), Path(folder))
            else:
                title = "One role against a store, best 100:"
                rows = [ranking(model, n, Path(folder) / f"store {n}") for n in arguments.sizes]
            text = f"{machine}{title}\n\n{show(rows)}"
            print(text, end="\n\n", flush=True)
            if arguments.write:
                put(text, name, ROOT / "docs" / "performance.md")


if __name__ == "__main__":
    main()
