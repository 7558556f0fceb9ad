"""The service as a process: swapped and stopped under load, with no wrong and no half answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

import domainfit
from domainfit.bundle import BundleInfo, save_bundle

from .conftest import LANGUAGE, VISION, VISION_ROLE

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")
pytest.importorskip("fastapi")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP here")]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def served(fast, tmp_path):
    save_bundle(tmp_path / "b", fast, BundleInfo("first"))
    port = free_port()
    log = (tmp_path / "log").open("w+")
    source = os.pathsep.join([str(domainfit.__path__[0]).removesuffix("domainfit"), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "domainfit.cli", "serve", "--model", str(tmp_path / "b"), "--port", str(port)],
        stderr=log,
        env={**os.environ, "PYTHONPATH": source},
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                break
        except httpx.TransportError:
            assert process.poll() is None, "the service ended"
        time.sleep(0.1)
    yield process, url, tmp_path
    process.kill()
    process.wait()
    log.close()


def load(url, stop, answers, lost):
    """Ask until told to stop; keep every answer, and every connection that was refused."""
    texts = {"al": VISION, "bo": LANGUAGE}
    while not stop.is_set():
        for name, text in texts.items():
            try:
                answer = httpx.post(f"{url}/v1/match", json={"role": VISION_ROLE, "candidate": text}, timeout=30)
            except httpx.ConnectError:
                lost.append(name)
                return
            except httpx.TransportError as error:
                answers.append((name, type(error).__name__, None))
                return
            answers.append((name, answer.status_code, answer.json().get("fit")))


def under_load(url, act):
    stop, answers, lost = threading.Event(), [], []
    threads = [threading.Thread(target=load, args=(url, stop, answers, lost)) for _ in range(4)]
    for t in threads:
        t.start()
    while len(answers) < 20:
        time.sleep(0.01)
    act(answers)
    stop.set()
    for t in threads:
        t.join(60)
    return answers, lost


def test_the_bundle_is_swapped_under_load(served, fast):
    process, url, folder = served
    truth = {n: fast.score_match(VISION_ROLE, t).fit for n, t in (("al", VISION), ("bo", LANGUAGE))}

    def swap(answers):
        save_bundle(folder / "new", fast, BundleInfo("second"))
        (folder / "b").rename(folder / "old")
        (folder / "new").rename(folder / "b")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while httpx.get(f"{url}/v1/model").json()["name"] != "second":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        enough = len(answers) + 20
        while len(answers) < enough:
            time.sleep(0.01)

    answers, lost = under_load(url, swap)
    assert lost == []
    assert {status for _, status, _ in answers} == {200}
    assert all(fit == pytest.approx(truth[name], abs=1e-9) for name, _, fit in answers)
    assert VISION[20:60] not in (folder / "log").read_text()


def test_it_ends_in_order_under_load(served, fast):
    process, url, _ = served
    answers, _ = under_load(url, lambda answers: process.send_signal(signal.SIGTERM))
    assert process.wait(60) in (0, -signal.SIGTERM)  # uvicorn ends in order, and then by the signal itself.
    # Every answer that came is whole and right; nobody was cut off in the middle of one.
    assert {status for _, status, _ in answers} == {200}
    assert len({(name, fit) for name, _, fit in answers}) == 2
