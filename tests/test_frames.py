from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import domainfit
from domainfit import InputError

from .conftest import BACKEND, LANGUAGE, TEACHER, VISION, VISION_ROLE


def test_profile_frame_keeps_index_and_input(fast):
    df = pd.DataFrame({"text": [VISION, TEACHER, None, "", "short"], "x": range(5)}, index=list("edcba"))
    before = df.copy()
    out = domainfit.profile_frame(df, model=fast)
    pd.testing.assert_frame_equal(df, before)
    assert list(out.index) == list("edcba")
    assert list(out.columns[:6]) == list(fast.taxonomy.keys)
    assert list(out["status"]) == ["ok", "no_discipline", "error", "error", "abstained"]
    assert out.loc["e", "primary"] == "computer_vision"
    assert out.loc["c", "reason"] == "the value is missing"
    assert out.loc["c":"a", "nlp"].isna().all()
    assert out.loc["e", "nlp"] == fast.profile(VISION).probability["nlp"]


def test_score_frame_agrees_with_score_match(fast):
    df = pd.DataFrame({"role": [VISION_ROLE] * 3, "candidate": [VISION, LANGUAGE, np.nan]})
    out = domainfit.score_frame(df, model=fast)
    assert out["fit"][0] == fast.score_match(VISION_ROLE, VISION).fit
    assert out["fit"][0] > out["fit"][1]
    assert out["status"][2] == "error"
    assert out["reason"][2] == "candidate: the value is missing"


def test_equal_texts_are_read_once(fast, monkeypatch):
    calls = []
    original = type(fast).profile
    monkeypatch.setattr(type(fast), "profile", lambda self, *a: calls.append(a) or original(self, *a))
    domainfit.profile_frame(pd.DataFrame({"text": [VISION] * 50}), model=fast)
    assert len(calls) == 1


def test_rank(fast):
    out = domainfit.rank(VISION_ROLE, {"bo": LANGUAGE, "al": VISION, "cy": "?", "di": BACKEND}, floor=0.5, model=fast)
    assert next(iter(out.index)) == "al"
    assert list(out.index)[-1] == "cy"
    assert list(out["rank"][:3]) == [1, 2, 3]
    assert out["rank"].isna()["cy"]
    assert list(out["above_floor"]) == [True, False, False, False]


def test_rank_names_files_and_positions(fast, tmp_path):
    (tmp_path / "a.txt").write_text(VISION)
    out = domainfit.rank(VISION_ROLE, [tmp_path / "a.txt", tmp_path / "none.txt", LANGUAGE], model=fast)
    assert list(out.index) == ["a.txt", 2, "none.txt"]
    assert "no such file" in out["reason"]["none.txt"]


def test_an_empty_pool_is_an_empty_table(fast):
    assert list(domainfit.rank(VISION_ROLE, [], model=fast).index) == []
    assert len(domainfit.profile_frame(pd.DataFrame({"text": []}), model=fast)) == 0


@pytest.mark.parametrize("wrong", ["one text", Path("a.txt").name.encode(), pd.DataFrame({"text": []})])
def test_candidates_must_be_several(fast, wrong):
    with pytest.raises(InputError):
        domainfit.rank(VISION_ROLE, wrong, model=fast)


def test_wrong_calls(fast):
    with pytest.raises(InputError, match="no column"):
        domainfit.profile_frame(pd.DataFrame({"t": []}), model=fast)
    with pytest.raises(InputError, match="floor"):
        domainfit.rank(VISION_ROLE, [VISION], floor=7, model=fast)
