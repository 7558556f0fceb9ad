"""A store ranks as `rank` does, survives being killed, and keeps no text unless told to."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import domainfit
from domainfit import InputError, ProfileStore
from domainfit.exceptions import DataError
from domainfit.matching import match_profiles
from domainfit.records import Record, profile_of
from domainfit.store import arrays, indexing
from domainfit.store.arrays import best

from .conftest import BACKEND, LANGUAGE, TEACHER, VISION, VISION_ROLE
from .test_resume import other_bundle

pa = pytest.importorskip("pyarrow")
pytest.importorskip("filelock")

POOL = {"al": VISION, "bo": LANGUAGE, "cy": BACKEND, "di": TEACHER, "ed": "short", "fy": VISION + "- Led two people\n"}


@pytest.fixture
def store(fast, tmp_path):
    made = ProfileStore.create(tmp_path / "store", fast)
    made.add(POOL)
    return made


def parts(store):
    return sorted((store._files.folder / "profiles").iterdir())


def test_a_store_with_evidence_says_who_copied_the_role(fast, tmp_path):
    kept = ProfileStore.create(tmp_path / "kept", fast, evidence=True)
    kept.add({"bo": BACKEND + VISION_ROLE, "al": VISION})
    flags = kept.rank(VISION_ROLE)["flags"]
    assert "copied_role_text" in flags["bo"]
    assert "copied_role_text" not in flags["al"]


def names(store):
    """What anyone who reads the files sees."""
    paths = parts(store)
    return sorted(n for p in paths for n in pa.parquet.read_table(p, columns=["candidate"]).column(0).to_pylist())


def test_a_store_ranks_as_the_texts_do(fast, store):
    expected = domainfit.rank(VISION_ROLE, POOL, floor=0.5, model=fast)
    pd.testing.assert_frame_equal(store.rank(VISION_ROLE, floor=0.5), expected, check_exact=True)
    pd.testing.assert_frame_equal(domainfit.rank(VISION_ROLE, store, 0.5), expected, check_exact=True)
    pd.testing.assert_frame_equal(store.rank(VISION_ROLE, 2, floor=0.5), expected[:2], check_exact=True)
    opened = ProfileStore(store._files.folder, fast)
    pd.testing.assert_frame_equal(opened.rank(VISION_ROLE, floor=0.5), expected, check_exact=True)
    assert len(store.rank(VISION_ROLE, 0)) == 0


def test_many_roles_at_once(store):
    roles = {"vision": VISION_ROLE, "odd": None, "none": TEACHER}
    out = store.rank_many(roles, 2)
    pd.testing.assert_frame_equal(out.loc["vision"], store.rank(VISION_ROLE, 2))
    assert out.loc[("odd", ""), "status"] == "error"
    assert len(out) == 5


def random_records(n, seed, keys):
    chance = np.random.default_rng(seed)
    probability, support = chance.beta(0.4, 1, (2, n, len(keys)))
    strength, depth = 3 * chance.beta(0.4, 1, (n, len(keys))), 4 * chance.beta(0.5, 1, (n, len(keys)))
    share = chance.dirichlet(np.ones(len(keys)) * 0.3, n)
    shown, shown_depth = strength * chance.random(strength.shape), chance.permutation(depth)
    numbers = np.stack([probability, share, strength, shown, shown_depth, depth, support], 1)
    return [Record("ok" if i % 7 else "abstained", (), keys[i % len(keys)], x) for i, x in enumerate(numbers)]


def test_matching_all_at_once_is_the_same_to_the_bit(fast, tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 100)
    records = random_records(1500, 0, fast.taxonomy.keys)
    store = ProfileStore.create(tmp_path / "store", fast)
    table = indexing.profile_table([str(i) for i in range(1500)], [""] * 1500, records, fast.taxonomy)
    with store._files.writing():
        store._files.commit([{"profiles": table[:700]}, {"profiles": table[700:]}])
    for role in random_records(8, 1, fast.taxonomy.keys)[1:7]:
        need = profile_of(role, "role", fast.taxonomy)
        one_by_one = [
            match_profiles(fast.heads.match, need, profile_of(r, "candidate", fast.taxonomy)).fit for r in records
        ]
        assert np.array_equal(store._fit(store._current(), need), one_by_one, equal_nan=True)
        top = store.matches(need, 40)
        assert [n for n, _ in top] == [str(i) for i in np.argsort(-np.array(one_by_one), kind="stable")[:40]]
        assert [m.fit for _, m in top] == [one_by_one[int(n)] for n, _ in top]


def test_the_best_are_the_first_of_a_stable_sort():
    chance = np.random.default_rng(0)
    for _ in range(200):
        fit = chance.integers(0, 5, chance.integers(1, 30)) / 5
        fit[chance.random(len(fit)) < 0.3] = np.nan
        top = int(chance.integers(0, 35))
        assert list(best(fit, top)) == list(np.argsort(-fit, kind="stable")[:top])
    assert list(best(np.array([]), 5)) == []


def test_adding_again_profiles_only_what_changed(store, fast, monkeypatch):
    calls = []
    original = type(fast).profile
    monkeypatch.setattr(type(fast), "profile", lambda self, *a: calls.append(a) or original(self, *a))
    done = store.add(POOL | {"bo": BACKEND, "gu": LANGUAGE, "hy": None})
    assert (done.added, done.replaced, done.unchanged) == (1, 1, 5)
    assert done.failed == {"hy": "the value is missing"}
    assert len(calls) == 2
    assert names(store) == ["al", "bo", "cy", "di", "ed", "fy", "gu"]
    expected = domainfit.rank(VISION_ROLE, POOL | {"bo": BACKEND, "gu": LANGUAGE}, model=fast)
    same_but_for_ties(store.rank(VISION_ROLE), expected)


def same_but_for_ties(found, expected):
    """Equal fits stand in the store's order, which is not the order they were given in."""
    pd.testing.assert_frame_equal(*(t.sort_index().drop(columns="rank") for t in (found, expected)), check_exact=True)
    assert list(found["fit"].dropna()) == list(expected["fit"].dropna())


def test_a_candidate_that_can_no_longer_be_read_stays(store):
    done = store.add({"al": ""})
    assert "al" in done.failed
    assert names(store) == sorted(POOL)


def test_one_name_for_two_candidates_is_reported(fast, tmp_path):
    store = ProfileStore.create(tmp_path / "s", fast)
    done = store.add(pd.Series([VISION, LANGUAGE], index=["al", "al"]))
    assert "several" in done.failed["al"]
    assert store.rank(VISION_ROLE)["candidate_primary"].to_dict() == {"al": "computer_vision"}


def test_removing(store):
    assert store.remove(["bo", "nobody"]) == 1
    assert store.remove([]) == 0
    assert names(store) == ["al", "cy", "di", "ed", "fy"]
    assert len(store) == 5
    assert store.remove(POOL) == 5
    assert parts(store) == []
    assert len(store.rank(VISION_ROLE)) == 0


def test_a_store_that_another_process_changed_is_read_anew(store, fast):
    reader = ProfileStore(store._files.folder, fast)
    assert "gu" not in reader.rank(VISION_ROLE).index
    store.add({"gu": VISION})
    assert "gu" in reader.rank(VISION_ROLE).index


def test_tables_of_every_kind(fast, tmp_path):
    pl = pytest.importorskip("polars")
    data = {"id": list(POOL), "text": list(POOL.values())}
    frame = pd.DataFrame(data)
    frame.to_csv(tmp_path / "pool.csv", index=False)
    frame.to_parquet(tmp_path / "pool.parquet")
    tables = [frame, pl.DataFrame(data), pa.table(data), tmp_path / "pool.csv", tmp_path / "pool.parquet"]
    for i, table in enumerate(tables):
        store = ProfileStore.create(tmp_path / f"s{i}", fast)
        assert store.add(table, name="id").added == 6
        assert names(store) == sorted(POOL)
    store = ProfileStore.create(tmp_path / "s", fast)
    store.add(frame.set_index("id"))
    assert names(store) == sorted(POOL)
    for table in tables[1:]:
        with pytest.raises(InputError, match="name="):
            store.add(table)


def test_other_programs_read_it_as_it_is(store, fast):
    duckdb, pl = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    files = str(store._files.folder / "profiles" / "*.parquet")
    rows = duckdb.sql(
        f"select candidate, nlp, status from '{files}' where nlp is not null order by nlp desc"
    ).fetchall()
    assert rows[0] == ("bo", fast.profile(LANGUAGE).probability["nlp"], "ok")
    assert len(rows) == 5
    found = pl.read_parquet(files).filter(pl.col("candidate") == "ed").to_dicts()[0]
    assert (found["status"], found["nlp"], found["primary"]) == ("abstained", None, None)


def content(folder):
    return b"".join(p.read_bytes() for p in Path(folder).rglob("*") if p.is_file())


def test_no_text_is_kept_unless_it_was_asked_for(store, fast, tmp_path):
    assert b"forklifts" not in content(store._files.folder)
    assert store.matches(VISION_ROLE)[0][1].evidence == ()
    kept = ProfileStore.create(tmp_path / "kept", fast, evidence=True)
    kept.add(POOL)
    assert b"forklifts" in content(tmp_path / "kept")
    name, match = kept.matches(VISION_ROLE, 1)[0]
    assert match.evidence == fast.score_match(VISION_ROLE, POOL[name]).evidence
    kept.remove(["al", "fy"])
    assert b"forklifts" not in content(tmp_path / "kept")


def test_a_store_of_another_bundle_is_refused_and_the_fix_named(store, fast, tmp_path):
    folder = store._files.folder
    with pytest.raises(InputError, match=r"another bundle \('fast', not 'custom'\): give that one .*another folder"):
        ProfileStore(folder, other_bundle(fast))
    with pytest.raises(InputError, match="no store"):
        ProfileStore(tmp_path / "none", fast)
    with pytest.raises(InputError, match="not empty"):
        ProfileStore.create(folder, fast)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(InputError, match="upgrade"):
        ProfileStore(folder, fast)
    (folder / "manifest.json").write_text(json.dumps(manifest | {"parts": ["../part"]}))
    with pytest.raises(DataError, match="damaged"):
        ProfileStore(folder, fast)


def test_a_damaged_part_is_named(store, fast):
    parts(store)[0].write_bytes(b"PAR1")
    with pytest.raises(DataError, match="missing or damaged"):
        ProfileStore(store._files.folder, fast).rank(VISION_ROLE)


def test_wrong_calls(store):
    for wrong in (-1, 2.5):
        with pytest.raises(InputError, match="top"):
            store.rank(VISION_ROLE, wrong)
    with pytest.raises(InputError, match="floor"):
        store.rank(VISION_ROLE, floor=2)
    with pytest.raises(InputError, match="several"):
        store.rank_many(VISION_ROLE)
    with pytest.raises(InputError, match="no roles"):
        store.rank_many([])


def test_only_one_process_writes(store):
    with store._files.writing(), pytest.raises(InputError, match="another process is writing"):
        store.add({"gu": VISION})


def test_small_parts_are_merged(fast, tmp_path, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 3)
    monkeypatch.setattr(indexing, "COMMIT_ROWS", 3)
    monkeypatch.setattr(indexing, "PART_ROWS", 8)
    pool = {f"n{i:02d}": f"{VISION}\n- Wrote {i} reports" for i in range(20)}
    store = ProfileStore.create(tmp_path / "s", fast, evidence=True)
    store.add(pool)
    sizes = [pa.parquet.read_metadata(p).num_rows for p in parts(store)]
    assert sum(sizes) == 20
    assert max(sizes) <= 8
    assert len(sizes) <= 4
    assert names(store) == sorted(pool)
    assert all(m.evidence for _, m in store.matches(VISION_ROLE))


class Killed(BaseException):
    """What a test raises where a process might be killed."""


def dying(method, when, count):
    def step(self, *a, **k):
        count[0] += 1
        if count[0] == when:
            raise Killed
        return method(self, *a, **k)

    return step


@pytest.mark.slow
def test_whatever_step_a_writer_dies_at_the_store_holds_the_old_or_the_new(fast, tmp_path, monkeypatch):
    made = ProfileStore.create(tmp_path / "store", fast, evidence=True)
    made.add({k: POOL[k] for k in ("al", "bo", "cy")})
    old, new = ["al", "bo", "cy"], ["al", "bo", "cy", "gu"]
    before, after = fast.profile(LANGUAGE).probability["nlp"], fast.profile(BACKEND).probability["nlp"]
    states = set()
    for when in range(1, 40):
        shutil.copytree(tmp_path / "store", tmp_path / f"s{when}")
        store = ProfileStore(tmp_path / f"s{when}", fast)
        count = [0]
        with monkeypatch.context() as patch:
            for name in ("replace", "unlink"):
                patch.setattr(Path, name, dying(getattr(Path, name), when, count))
            try:
                store.add({"bo": BACKEND, "gu": VISION})
            except Killed:
                pass
            else:
                break
        found = ProfileStore(tmp_path / f"s{when}", fast).rank(VISION_ROLE)
        assert sorted(found.index) in (old, new)
        states.add(len(found))
        with store._files.writing():
            pass
        assert names(store) == sorted(found.index)
        probability = {r["candidate"]: r["nlp"] for p in parts(store) for r in pa.parquet.read_table(p).to_pylist()}
        assert probability["bo"] == (before if len(found) == 3 else after)
        assert not list((tmp_path / f"s{when}").rglob("*.new"))
        store.add({"bo": BACKEND, "gu": VISION})
        assert names(store) == new
    assert states == {3, 4}
    assert 5 < when < 39


PROGRAM = """
import sys, pathlib, domainfit
from domainfit.store import indexing
indexing.BATCH = indexing.COMMIT_ROWS = 5
indexing.PART_ROWS = 60
folder = pathlib.Path(sys.argv[2])
make = domainfit.ProfileStore if (folder / "manifest.json").exists() else domainfit.ProfileStore.create
make(folder, "fast").add(pathlib.Path(sys.argv[1]), name="id")
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_indexing_killed_at_random_points_is_completed(fast, tmp_path):
    texts = {f"n{i:03d}": f"{VISION if i % 2 else LANGUAGE}\n- Wrote {i} reports" for i in range(300)}
    pd.DataFrame({"id": texts.keys(), "text": texts.values()}).to_csv(tmp_path / "pool.csv", index=False)
    folder = tmp_path / "store"
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "pool.csv"), str(folder)]
    chance = random.Random(0)
    killed = 0
    for _ in range(5):
        start = len(list((folder / "profiles").glob("part-*"))) if folder.exists() else 0
        child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wanted = start + chance.randrange(1, 9)
        while child.poll() is None and len(list(folder.glob("profiles/part-*"))) < wanted:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.03)
        child.kill()
        killed += child.wait() == -signal.SIGKILL
        if (folder / "manifest.json").exists():
            assert len(ProfileStore(folder, fast)) < 300
    assert killed >= 4
    subprocess.run(command, check=True, capture_output=True)
    store = ProfileStore(folder, fast)
    assert names(store) == sorted(texts)
    same_but_for_ties(store.rank(VISION_ROLE, None), domainfit.rank(VISION_ROLE, texts, model=fast))
