"""What the HTTP service carries: throughput and latency on loopback, at rising numbers of callers.

    python benchmarks/service.py [--model fast base] [--seconds 6] [--write]

Starts `domainfit serve` as a process of its own and asks `/v1/match` with authored résumés for one
role. Beside it, in the same run, the same matches in this process, one after the other: what HTTP
costs is the ratio. `--write` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np

import domainfit
from domainfit.training.corpus import load_corpus

CALLERS = (1, 4, 16, 64)


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


async def carried(url: str, role: str, texts: list[str], callers: int, seconds: float) -> dict[str, float]:
    """Let callers ask as fast as they are answered."""
    taken: list[float] = []
    refused = 0
    end = time.perf_counter() + seconds

    async def caller(http: httpx.AsyncClient, first: int) -> None:
        nonlocal refused
        i = first
        while time.perf_counter() < end:
            began = time.perf_counter()
            answer = await http.post("/v1/match", json={"role": role, "candidate": texts[i % len(texts)]})
            if answer.status_code == 503:
                refused += 1
                await asyncio.sleep(float(answer.headers["retry-after"]))
            else:
                taken.append(time.perf_counter() - began)
            i += callers

    async with httpx.AsyncClient(base_url=url, timeout=120, limits=httpx.Limits(max_connections=callers)) as http:
        await asyncio.gather(*(caller(http, i) for i in range(callers)))
    p50, p95, p99 = 1000 * np.percentile(taken, [50, 95, 99])
    return {"callers": callers, "a second": len(taken) / seconds, "p50": p50, "p95": p95, "p99": p99, "503": refused}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=["fast", "base"])
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    documents = load_corpus("data").documents
    role = next(d.text for d in documents if d.source == "role" and d.primary == "nlp")
    texts = [d.text for d in documents if d.source == "candidate"][:100]
    lines = [
        f"{os.cpu_count()} cores, Python {platform.python_version()}; `/v1/match`, {len(texts)} authored résumés, one role; "
        f'{arguments.seconds:g} s each. Milliseconds. "of direct" is the throughput over that of plain calls of '
        "`score_match`, one after the other, in the same run.",
        "",
        "| model | callers | answers a second | of direct | p50 | p95 | p99 | sent away (503) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in arguments.model:
        model = domainfit.load_bundle(name)
        began, n = time.perf_counter(), 0
        while time.perf_counter() - began < arguments.seconds:
            model.score_match(role, texts[n % len(texts)])
            n += 1
        direct = n / (time.perf_counter() - began)
        process, url = start(name)
        try:
            for callers in CALLERS:
                r = asyncio.run(carried(url, role, texts, callers, arguments.seconds))
                lines.append(
                    f"| {name} | {callers} | {r['a second']:.0f} | {r['a second'] / direct:.2f} | {r['p50']:.1f} | "
                    f"{r['p95']:.1f} | {r['p99']:.1f} | {r['503']:.0f} |"
                )
                print(lines[-1], flush=True)
        finally:
            process.terminate()
            process.wait()
    print("\n".join(lines))
    if arguments.write:
        page = Path("docs/performance.md")
        before, _, rest = page.read_text(encoding="utf-8").partition("<!-- service -->")
        _, _, after = rest.partition("<!-- end of service -->")
        body = "\n".join(lines)
        page.write_text(f"{before}<!-- service -->\n{body}\n<!-- end of service -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
