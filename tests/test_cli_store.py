from __future__ import annotations

import csv
import io
import json

import pytest

from domainfit.cli import main

from .conftest import LANGUAGE, VISION, VISION_ROLE

pytest.importorskip("pyarrow")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "role.txt").write_text(VISION_ROLE)
    (tmp_path / "other.txt").write_text(VISION_ROLE + "You also read papers.\n")
    pool = tmp_path / "pool"
    pool.mkdir()
    (pool / "ada.txt").write_text(VISION)
    (pool / "bo.md").write_text(LANGUAGE)
    return tmp_path


def run(capsys, *arguments):
    code = main([str(a) for a in arguments])
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_index_and_rank(capsys, folder):
    store = folder / "store"
    code, out, _ = run(capsys, "index", folder / "pool", "-o", store, "--model", "fast")
    assert (code, out.splitlines()[0]) == (0, "2 added, 0 replaced, 0 unchanged, 0 not read")
    code, out, _ = run(capsys, "rank", folder / "role.txt", "--store", store, "--model", "fast")
    assert code == 0
    assert out.index("ada.txt") < out.index("bo.md")
    code, out, _ = run(capsys, "rank", folder / "role.txt", "--store", store, "--model", "fast", "--json")
    stored = json.loads(out)["ranking"]
    code, out, _ = run(capsys, "rank", folder / "role.txt", folder / "pool", "--model", "fast", "--json")
    assert [r["fit"] for r in json.loads(out)["ranking"]] == [r["fit"] for r in stored]


def test_many_roles_and_the_best_of_each(capsys, folder):
    store = folder / "store"
    run(capsys, "index", folder / "pool", "-o", store, "--model", "fast")
    roles = (folder / "role.txt", folder / "other.txt")
    code, out, _ = run(capsys, "rank", *roles, "--store", store, "--model", "fast", "--top", "1", "--csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["role"], r["candidate"]) for r in rows] == [(str(r), "ada.txt") for r in roles]


def test_index_again_reports_what_it_did(capsys, folder):
    store = folder / "store"
    run(capsys, "index", folder / "pool", "-o", store, "--model", "fast")
    (folder / "pool" / "bo.md").write_text(VISION)
    (folder / "pool" / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    code, out, err = run(capsys, "index", folder / "pool", "-o", store, "--model", "fast")
    assert (code, out.splitlines()[0]) == (1, "0 added, 1 replaced, 1 unchanged, 1 not read")
    assert err.count("broken.pdf") == 1
    code, out, _ = run(capsys, "index", "-o", store, "--model", "fast", "--remove", "ada.txt", "nobody")
    assert (code, out.splitlines()[0]) == (0, "1 removed")


def test_index_a_table(capsys, folder):
    with (folder / "pool.csv").open("w", newline="") as f:
        csv.writer(f).writerows([["id", "resume_text"], ["x", LANGUAGE], ["y", VISION]])
    store = folder / "store"
    code, out, _ = run(
        capsys, "index", folder / "pool.csv", "-o", store, "--model", "fast", "--jobs", "2", "--evidence"
    )
    assert (code, out.splitlines()[-1]) == (0, f"{store} holds 2 candidates")
    code, out, _ = run(capsys, "rank", folder / "role.txt", "--store", store, "--model", "fast", "--color", "never")
    assert any(words in out for words in ("stereo cameras", "warehouse images"))  # a stretch of the stored evidence
    code, _, err = run(capsys, "index", folder / "pool.csv", "-o", store, "--model", "fast", "--text-column", "cv")
    assert code == 2
    assert "cv" in err


def test_what_cannot_be_done_says_why(capsys, folder):
    store = folder / "store"
    run(capsys, "index", folder / "pool", "-o", store, "--model", "fast")
    for words, arguments in {
        "another bundle": ("index", folder / "pool", "-o", store, "--model", "base"),
        "keeps no evidence": ("index", folder / "pool", "-o", store, "--model", "fast", "--evidence"),
        "in context": ("rank", folder / "role.txt", folder / "pool", "--embedding-cache", folder / "c.db"),
        "nothing to do": ("index", "-o", store),
        "no store": ("rank", folder / "role.txt", "--store", folder / "none", "--model", "fast"),
        "--store": ("rank", folder / "role.txt", "--model", "fast"),
    }.items():
        code, _, err = run(capsys, *arguments)
        assert code == 2
        assert words in err
