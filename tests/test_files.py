from __future__ import annotations

import os

import pytest

from domainfit import DataError
from domainfit.files import read_json, remove_unfinished, write_json, write_whole


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"é": 1})
    write_json(path, {"é": 2})
    assert read_json(path) == {"é": 2}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_whatever_step_fails_the_old_file_stays(tmp_path, monkeypatch, step):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*a, **k):
        raise OSError("no space left")

    if step != "write":
        owner = os if step == "fsync" else type(path)
        monkeypatch.setattr(owner, step, fail)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, fail if step == "write" else lambda p: p.write_text("new"))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_leftovers_of_killed_writers_go_and_nothing_else(tmp_path):
    for name in (".a.json.123.tmp", "b.tmp", ".hidden"):
        (tmp_path / name).write_text("x")
    remove_unfinished(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".hidden", "b.tmp"]


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"'])
def test_damaged_json_is_named(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError, match=r"a\.json"):
        read_json(tmp_path / "a.json")
    with pytest.raises(DataError, match=r"none\.json"):
        read_json(tmp_path / "none.json")
