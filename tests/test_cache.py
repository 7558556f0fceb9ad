"""A cache never answers otherwise than its encoder, whatever happens to the file."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import domainfit
from domainfit import InputError, Model, cache_embeddings
from domainfit.cache import CachedEncoder
from domainfit.fingerprint import fingerprint

from .conftest import LANGUAGE, VISION


class Slow:
    """An encoder that counts what it is asked: a text's vector is made of its characters."""

    fingerprint = "version 1"

    def __init__(self):
        self.seen = []

    def encode(self, sentences, /, scale=1.0):
        self.seen += sentences
        rows = [[scale * sum(map(ord, s)), len(s), *(ord(c) for c in s[:6].ljust(6))] for s in sentences]
        return np.array(rows, np.float32).reshape(-1, 8)


TEXTS = [f"Line {i} of a document" for i in range(40)]


def test_what_was_worked_out_is_looked_up(tmp_path):
    slow = Slow()
    cached = CachedEncoder(slow, tmp_path / "new" / "cache.db")
    expected = Slow().encode([*TEXTS, *TEXTS[:3]])
    assert np.array_equal(cached.encode([*TEXTS, *TEXTS[:3]]), expected)
    assert slow.seen == TEXTS
    again = CachedEncoder(slow, tmp_path / "new" / "cache.db")
    assert np.array_equal(again.encode([*TEXTS[5:], "one more"]), Slow().encode([*TEXTS[5:], "one more"]))
    assert slow.seen == [*TEXTS, "one more"]
    assert again.encode([]).shape == (0, 8)
    assert cached.encode(TEXTS).dtype == np.float32


def test_another_encoder_or_other_options_are_kept_apart(tmp_path):
    first, second = Slow(), Slow()
    second.fingerprint = "version 2"
    CachedEncoder(first, tmp_path / "cache.db").encode(TEXTS)
    CachedEncoder(second, tmp_path / "cache.db").encode(TEXTS)
    assert len(second.seen) == 40
    scaled = CachedEncoder(first, tmp_path / "cache.db", {"scale": 2.0}).encode(TEXTS)
    assert np.array_equal(scaled, first.encode(TEXTS, scale=2.0))


def test_no_text_is_stored_and_nobody_else_may_read_it(tmp_path):
    path = tmp_path / "cache.db"
    CachedEncoder(Slow(), path).encode(["A very private sentence"])
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"private" not in stored
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


def test_a_model_with_a_cache_answers_alike_and_has_the_same_fingerprint(fast, tmp_path):
    width = len(fast.heads.segment.depth) - 1

    class Wide(Slow):
        def encode(self, sentences, /):
            return np.tile(super().encode(sentences) / 500, width)[:, :width]

    model = Model(Wide(), fast.heads, fast.taxonomy, fast.sections)
    cached = cache_embeddings(model, tmp_path / "cache.db")
    assert fingerprint(cached) == fingerprint(model)
    for text in (VISION, LANGUAGE, VISION):
        assert cached.profile(text).to_dict() == model.profile(text).to_dict()
    assert model.encoder is cached.encoder.uncached


def test_encoders_that_read_in_context_are_refused(fast, tmp_path):
    with pytest.raises(InputError, match="in context"):
        cache_embeddings(fast, tmp_path / "cache.db")


def test_a_file_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "letters.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE letters (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="not an embedding cache"):
        CachedEncoder(Slow(), path)
    assert path.read_bytes() == before
    (tmp_path / "a.txt").write_text("Dear reader, " * 100)
    with pytest.raises(InputError, match=r"a\.txt cannot be used .*delete it"):
        CachedEncoder(Slow(), tmp_path / "a.txt")


def test_a_damaged_file_gives_an_error_or_the_right_vectors_and_never_others(tmp_path):
    CachedEncoder(Slow(), tmp_path / "whole.db").encode(TEXTS)
    data = (tmp_path / "whole.db").read_bytes()
    expected = Slow().encode(TEXTS)
    chance = random.Random(0)
    errors = 0
    for i in range(150):
        damaged = bytearray(data)
        if i % 3 == 0:
            del damaged[chance.randrange(len(damaged)) :]
        else:
            for _ in range(chance.randrange(1, 60)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / f"{i}.db").write_bytes(damaged)
        try:
            found = CachedEncoder(Slow(), tmp_path / f"{i}.db").encode(TEXTS)
        except InputError:
            errors += 1
        else:
            assert np.array_equal(found, expected)
    assert 0 < errors < 150


def test_many_may_begin_at_once(tmp_path):
    """The file is made by whoever comes first, and nobody takes it for another's while it is."""
    for i in range(12):
        barrier = threading.Barrier(8)

        def work(_, path=tmp_path / f"{i}.db", barrier=barrier):
            barrier.wait()
            return CachedEncoder(Slow(), path).encode(TEXTS)

        with ThreadPoolExecutor(8) as pool:
            assert all(np.array_equal(found, Slow().encode(TEXTS)) for found in pool.map(work, range(8)))


def test_a_cache_that_is_held_says_so(tmp_path, monkeypatch):
    cached = CachedEncoder(Slow(), tmp_path / "cache.db")
    monkeypatch.setattr("domainfit.cache._WAIT", 0.01)
    with cached._open(write=True), pytest.raises(InputError, match="try again when no other process holds it"):
        cached.encode(TEXTS)


PROGRAM = """
import sys
from tests.test_cache import Slow, TEXTS
from domainfit.cache import CachedEncoder
import numpy as np
cached = CachedEncoder(Slow(), sys.argv[1])
for i in range(int(sys.argv[2]), 100_000, 7):
    texts = [f"{t}, {j}" for t in TEXTS for j in range(i % 50, i % 50 + 3)]
    assert np.array_equal(cached.encode(texts), Slow().encode(texts))
    if i > int(sys.argv[3]):
        break
"""


def start(path, first, last):
    command = [sys.executable, "-c", PROGRAM, str(path), str(first), str(last)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=str(domainfit.__path__[0]) + "/../..")


@pytest.mark.slow
def test_processes_share_a_cache(tmp_path):
    children = [start(tmp_path / "cache.db", i, 300) for i in range(4)]
    for child in children:
        _, errors = child.communicate()
        assert child.returncode == 0, errors
    slow = Slow()
    CachedEncoder(slow, tmp_path / "cache.db").encode([f"{t}, {j}" for t in TEXTS for j in range(52)])
    assert slow.seen == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_a_process_killed_while_writing_leaves_a_good_cache(tmp_path):
    path = tmp_path / "cache.db"
    chance = random.Random(0)
    for i in range(6):
        child = start(path, i, 100_000)
        while not path.exists() and child.poll() is None:
            time.sleep(0.005)
        time.sleep(0.3 + chance.random() / 2)
        child.kill()
        _, errors = child.communicate()
        assert child.returncode == -signal.SIGKILL, errors
        texts = [f"{t}, {j}" for t in TEXTS for j in range(50)]
        assert np.array_equal(CachedEncoder(Slow(), path).encode(texts[i::11]), Slow().encode(texts[i::11]))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_sentence_transformers_model(tmp_path):
    pytest.importorskip("sentence_transformers")
    from domainfit.encoders import sentence_transformer
    from domainfit.fingerprint import encoder_fingerprint
    from domainfit.training.finetune import stock_model

    encoder = sentence_transformer(str(stock_model()), device="cpu")
    first = CachedEncoder(encoder, tmp_path / "cache.db").encode(TEXTS)
    identity = encoder_fingerprint(encoder)
    assert np.allclose(first, encoder.encode(TEXTS), atol=1e-5)
    again = sentence_transformer(str(stock_model()), device="cpu")
    assert encoder_fingerprint(again) == identity
    again.encode = None  # Everything must be found.
    assert np.array_equal(CachedEncoder(again, tmp_path / "cache.db").encode(TEXTS), first)
    with pytest.importorskip("torch").no_grad():
        next(iter(encoder.parameters())).add_(1e-3)
    assert encoder_fingerprint(encoder) != identity
