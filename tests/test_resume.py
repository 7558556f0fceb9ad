"""A run that writes to a folder: killed anywhere, run again, nothing lost and nothing doubled."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import domainfit
from domainfit import DataError, InputError
from domainfit.document_scoring import DocumentHead

from .conftest import LANGUAGE, VISION, VISION_ROLE

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")


@pytest.fixture
def df():
    texts = [f"{VISION}\n- Wrote {i} reports on the cameras" for i in range(23)]
    return pd.DataFrame({"text": [*texts, None, ""], "id": range(25)}, index=pd.Index(range(100, 125), name="key"))


def run(df, out, fast, **options):
    return domainfit.profile_frame(df, **({"model": fast, "out": out, "carry": "id", "chunk": 4} | options))


def read(out):
    return pd.read_parquet(sorted(out.glob("part-*.parquet")))


def test_a_folder_holds_what_the_table_holds(df, fast, tmp_path):
    assert run(df, tmp_path / "out", fast) == tmp_path / "out"
    expected = domainfit.profile_frame(df, model=fast, carry="id")
    pd.testing.assert_frame_equal(read(tmp_path / "out"), expected, check_exact=True, check_dtype=False)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["parts"], manifest["complete"], manifest["rows"]) == (7, True, 25)


@pytest.mark.parametrize("make", [pl.from_pandas, pa.Table.from_pandas])
def test_polars_and_pyarrow_write_the_same(df, fast, tmp_path, make):
    run(make(df), tmp_path / "out", fast)
    expected = domainfit.profile_frame(df, model=fast, carry="id").reset_index(drop=True)
    found = read(tmp_path / "out")
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected, check_exact=True, check_dtype=False)


def test_every_part_has_one_schema(fast, tmp_path):
    df = pd.DataFrame({"text": [VISION, None, "", LANGUAGE], "note": [None, "x", None, None]}, index=list("abcd"))
    run(df, tmp_path / "out", fast, carry="note", chunk=1)
    schemas = [pa.parquet.read_schema(p).remove_metadata() for p in sorted((tmp_path / "out").glob("*.parquet"))]
    assert all(s == schemas[0] for s in schemas)
    assert list(read(tmp_path / "out").index) == list("abcd")
    assert read(tmp_path / "out")["note"].isna().tolist() == [True, False, True, True]


def test_files_are_read_piece_by_piece(df, fast, tmp_path):
    df.to_csv(tmp_path / "in.csv", index=False)
    df.to_parquet(tmp_path / "in.parquet", row_group_size=6)
    (tmp_path / "many").mkdir()
    df[:10].to_parquet(tmp_path / "many" / "a.parquet")
    df[10:].to_parquet(tmp_path / "many" / "b.parquet")
    expected = domainfit.profile_frame(df, model=fast)["primary"].tolist()
    for name in ("in.csv", "in.parquet", "many"):
        out = read(run(tmp_path / name, tmp_path / f"out_{name}", fast))
        assert [x if isinstance(x, str) else None for x in out["primary"]] == [
            x if isinstance(x, str) else None for x in expected
        ]
        assert [int(i) for i in out["id"]] == list(range(25))
    with pytest.raises(InputError, match="out="):
        domainfit.profile_frame(tmp_path / "in.csv", model=fast)
    with pytest.raises(InputError, match="no table"):
        run(tmp_path / "none.parquet", tmp_path / "out", fast)


def test_what_is_done_is_not_done_again(df, fast, tmp_path, monkeypatch):
    out = run(df, tmp_path / "out", fast)
    (out / "part-000003.parquet").unlink()
    calls = []
    original = type(fast).profile
    monkeypatch.setattr(type(fast), "profile", lambda self, *a: calls.append(a) or original(self, *a))
    run(df, out, fast)
    assert len(calls) == 4
    assert len(read(out)) == 25


def other_bundle(fast):
    import dataclasses

    weights = fast.heads.candidate
    changed = DocumentHead(**{**weights.arrays(), "probability": weights.probability + 1e-9})
    heads = dataclasses.replace(fast.heads, candidate=changed)
    return domainfit.Model(fast.encoder, heads, fast.taxonomy, fast.sections)


def test_another_run_is_refused_and_the_fix_named(df, fast, tmp_path):
    out = run(df, tmp_path / "out", fast)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    changed = df.copy()
    changed.iloc[0, 0] = LANGUAGE
    moved = df.copy()
    moved.index = moved.index + 1
    for what, call in {
        "another bundle": lambda: run(df, out, other_bundle(fast)),
        "other options": lambda: run(df, out, fast, kind="role"),
        "other options.*": lambda: run(df, out, fast, chunk=5),
        "another input": lambda: run(df[:-1], out, fast),
        r"another input \(part-000000": lambda: run(changed, out, fast),
        "another input .part-000000": lambda: run(moved, out, fast),
    }.items():
        with pytest.raises(InputError, match=f"{what}.*(another folder|out=)"):
            call()
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_a_folder_of_something_else_is_left_alone(df, fast, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="not empty"):
        run(df, tmp_path, fast)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(InputError, match="is a file"):
        run(df, tmp_path / "letter.txt", fast)


def test_damage_is_named_with_its_remedy(df, fast, tmp_path):
    out = run(df, tmp_path / "out", fast)
    (out / "part-000002.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(DataError, match=r"part-000002.parquet is damaged: delete it and run again"):
        run(df, out, fast)
    (out / "manifest.json").write_text("{")
    with pytest.raises(DataError, match=r"manifest\.json"):
        run(df, out, fast)


def test_a_column_that_parquet_cannot_hold_is_named(fast, tmp_path):
    df = pd.DataFrame({"text": [VISION], "odd": [object()]})
    with pytest.raises(InputError, match="leave it out of carry"):
        run(df, tmp_path / "out", fast, carry="odd")


def test_score_frame_writes_too(fast, tmp_path):
    df = pd.DataFrame({"role": [VISION_ROLE] * 5, "candidate": [VISION, LANGUAGE, None, VISION, LANGUAGE]})
    domainfit.score_frame(df, model=fast, out=tmp_path / "out", chunk=2)
    expected = domainfit.score_frame(df, model=fast)
    assert np.array_equal(read(tmp_path / "out")["fit"], expected["fit"], equal_nan=True)


PROGRAM = """
import sys, pandas as pd, domainfit
from pathlib import Path
domainfit.profile_frame(Path(sys.argv[1]), model="fast", carry="id", chunk=5, out=sys.argv[2], n_jobs=int(sys.argv[3]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_run_killed_at_random_points_is_completed(fast, tmp_path, n_jobs):
    texts = [f"{VISION if i % 2 else LANGUAGE}\n- Wrote {i} reports on the cameras" for i in range(600)]
    df = pd.DataFrame({"text": texts, "id": range(len(texts))})
    df.to_parquet(tmp_path / "in.parquet")
    out = tmp_path / "out"
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "in.parquet"), str(out), str(n_jobs)]
    chance = random.Random(n_jobs)
    killed = 0
    for _ in range(4):
        start = len(list(out.glob("part-*")))
        child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wanted = start + chance.randrange(1, 25)
        while child.poll() is None and len(list(out.glob("part-*"))) < wanted:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.02)
        child.kill()
        killed += child.wait() == -signal.SIGKILL
    assert killed >= 3
    assert not json.loads((out / "manifest.json").read_text())["complete"]
    subprocess.run(command, check=True, capture_output=True)
    found = read(out)
    assert list(found["id"]) == list(range(600))
    expected = domainfit.profile_frame(df, model=fast, carry="id")
    pd.testing.assert_frame_equal(found, expected, check_exact=True, check_dtype=False)
    assert not list(out.glob(".*"))
