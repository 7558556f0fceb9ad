"""What the HTTP service carries: throughput and latency on loopback, at rising numbers of callers.

    python benchmarks/service.py [--model fast base] [--seconds 6] [--write]

Starts `domainfit serve` as a process of its own and lets wrk (apt-get install wrk) ask `/v1/match` with
authored résumés for one role. Beside it, in the same run, the same matches in this process, one after
the other: what HTTP costs is the ratio. `--write` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

import domainfit
from domainfit.training.corpus import load_corpus
from run import put

CALLERS = (1, 4, 16, 24)  # No more than the service lets wait; what more of them get is tested, not timed.


def start(model: str) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [sys.executable, "-m", "domainfit.cli", "serve", "--model", model, "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    while True:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return process, url
        except httpx.TransportError:
            time.sleep(0.1)


def carried(url: str, bodies: Path, callers: int, seconds: float) -> dict[str, float]:
    """Let callers ask as fast as they are answered."""
    script = Path(__file__).with_name("match.lua")
    command = ["wrk", "-t1", f"-c{callers}", f"-d{seconds:g}s", "--timeout", "60s", "-s", str(script), url]
    done = subprocess.run(
        command, env={**os.environ, "BODIES": str(bodies)}, capture_output=True, text=True, check=True
    )
    said = [float(x) for x in done.stdout.rpartition("said ")[2].split()]
    answers, microseconds, refused, failed, p50, p95, p99 = said
    a_second = (answers - refused) / microseconds * 1e6
    return {"a second": a_second, "p50": p50, "p95": p95, "p99": p99, "not answered": refused + failed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=["fast", "base"])
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.error("this needs wrk: apt-get install wrk")
    documents = load_corpus("data").documents
    role = next(d.text for d in documents if d.source == "role" and d.primary == "nlp")
    texts = [d.text for d in documents if d.source == "candidate"][:100]
    lines = [
        f"{os.cpu_count()} cores, Python {platform.python_version()}; `/v1/match`, {len(texts)} authored résumés, one role; "
        f'wrk, {arguments.seconds:g} s each. Milliseconds. "of direct" is the throughput over that of plain calls of '
        "`score_match`, one after the other, in the same run.",
        "",
        "| model | callers | answers a second | of direct | p50 | p95 | p99 | without an answer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    bodies = Path(tempfile.mkdtemp()) / "bodies.jsonl"
    bodies.write_text("\n".join(json.dumps({"role": role, "candidate": t}) for t in texts), encoding="utf-8")
    for name in arguments.model:
        model = domainfit.load_bundle(name)
        began, n = time.perf_counter(), 0
        while time.perf_counter() - began < arguments.seconds:
            model.score_match(role, texts[n % len(texts)])
            n += 1
        direct = n / (time.perf_counter() - began)
        for callers in CALLERS:
            # A service of its own each time: what wrk leaves unanswered at its end must not wait before the next.
            process, url = start(name)
            try:
                r = carried(url, bodies, callers, arguments.seconds)
            finally:
                process.terminate()
                process.wait()
            lines.append(
                f"| {name} | {callers} | {r['a second']:.0f} | {r['a second'] / direct:.2f} | {r['p50']:.1f} | "
                f"{r['p95']:.1f} | {r['p99']:.1f} | {r['not answered']:.0f} |"
            )
            print(lines[-1], flush=True)
    shutil.rmtree(bodies.parent)
    print("\n".join(lines))
    if arguments.write:
        put("\n".join(lines), "service", Path("docs/performance.md"))


if __name__ == "__main__":
    main()
