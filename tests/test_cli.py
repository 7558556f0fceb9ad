from __future__ import annotations

import csv
import io
import json

import pytest

from domainfit.cli import main

from .conftest import LANGUAGE, ROOT, VISION, VISION_ROLE

EXAMPLES = ROOT / "examples"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "role.txt").write_text(VISION_ROLE)
    pool = tmp_path / "pool"
    pool.mkdir()
    (pool / "ada.txt").write_text(VISION)
    (pool / "bo.md").write_text(LANGUAGE)
    (pool / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    return tmp_path


def run(capsys, *arguments):
    code = main([str(a) for a in arguments])
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_rank_reports_the_unreadable_and_ranks_the_rest(capsys, folder):
    code, out, err = run(capsys, "rank", folder / "role.txt", folder / "pool", "--model", "fast")
    assert code == 1
    assert out.index("ada.txt") < out.index("bo.md") < out.index("broken.pdf")
    assert err.count("broken.pdf") == 1
    assert "\x1b" not in out


def test_rank_as_json_and_csv(capsys, folder):
    (folder / "pool" / "broken.pdf").unlink()
    code, out, _ = run(
        capsys, "rank", folder / "role.txt", folder / "pool", "--model", "fast", "--json", "--floor", "0.5"
    )
    assert code == 0
    ranking = json.loads(out)["ranking"]
    assert [r["candidate"] for r in ranking] == ["ada.txt", "bo.md"]
    assert [r["above_floor"] for r in ranking] == [True, False]
    code, out, _ = run(capsys, "rank", folder / "role.txt", folder / "pool", "--model", "fast", "--csv", "--top", "1")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["rank"], r["candidate"], r["primary"]) for r in rows] == [("1", "ada.txt", "computer_vision")]


def test_rank_from_a_csv(capsys, folder):
    table = folder / "pool.csv"
    with table.open("w", newline="") as f:
        csv.writer(f).writerows([["id", "resume_text"], ["x", LANGUAGE], ["y", VISION], ["y", ""]])
    code, out, err = run(
        capsys, "rank", folder / "role.txt", table, "--model", "fast", "--csv", "--text-column", "resume_text"
    )
    assert code == 1
    assert [r["candidate"] for r in csv.DictReader(io.StringIO(out))] == ["y", "x", "y 3"]
    assert "y 3" in err
    code, _, err = run(capsys, "rank", folder / "role.txt", table, "--model", "fast", "--text-column", "cv")
    assert code == 2
    assert "--text-column" in err


def test_score_and_profile(capsys, folder):
    code, out, _ = run(capsys, "score", folder / "role.txt", folder / "pool" / "bo.md", "--model", "fast")
    assert code == 0
    assert "Verdict: mismatch" in out
    assert "Ask" in out
    code, out, _ = run(capsys, "profile", folder / "pool" / "ada.txt", "--model", "fast", "--color", "always")
    assert code == 0
    assert "\x1b[" in out
    code, out, err = run(capsys, "profile", folder / "pool", "--model", "fast", "--json")
    assert code == 1
    assert [p["status"] for p in json.loads(out)] == ["ok", "ok", "error"]
    assert "broken.pdf" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("rank", "nobody.txt", "."),
        ("score", "nobody.txt", "nobody.txt"),
        ("profile", "nobody.txt"),
        ("info", "no-such-bundle"),
        ("evaluate", "--gold", "no-such-folder"),
    ],
)
def test_nothing_done_is_exit_code_two(capsys, arguments):
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert err.startswith("domainfit: ")


def test_the_bundled_examples_rank_as_a_person_would(capsys):
    for model in ("base", "fast"):
        code, out, _ = run(capsys, "rank", EXAMPLES / "role.md", EXAMPLES / "resumes", "--csv", "--model", model)
        assert code == 0
        assert next(iter(csv.DictReader(io.StringIO(out))))["candidate"] == "ada_perception.md"


def test_info(capsys):
    code, out, _ = run(capsys, "info", "fast")
    assert code == 0
    assert json.loads(out)["training"]["data_sha256"]
