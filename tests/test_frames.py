from __future__ import annotations

from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import domainfit
from domainfit import InputError
from domainfit.frames.reading import Reader
from domainfit.frames.tables import open_source
from domainfit.workers import Workers

from .conftest import BACKEND, LANGUAGE, TEACHER, VISION, VISION_ROLE

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")


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


def test_who_copies_the_role_is_found_in_tables_too(fast):
    copycat = BACKEND + VISION_ROLE
    alone = fast.score_match(VISION_ROLE, copycat)
    table = pd.DataFrame({"role": VISION_ROLE, "candidate": [copycat, VISION]})
    scored = domainfit.score_frame(table, model=fast)
    ranked = domainfit.rank(VISION_ROLE, {"bo": copycat, "al": VISION}, model=fast)
    assert scored["fit"][0] == ranked["fit"]["bo"] == alone.fit < 0.2
    assert "copied_role_text" in scored["flags"][0]
    assert "copied_role_text" in ranked["flags"]["bo"]


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


@pytest.mark.parametrize("wrong", ["one text", Path("a.txt").name.encode()])
def test_candidates_must_be_several(fast, wrong):
    with pytest.raises(InputError):
        domainfit.rank(VISION_ROLE, wrong, model=fast)


def test_wrong_calls(fast):
    with pytest.raises(InputError, match="no column"):
        domainfit.profile_frame(pd.DataFrame({"t": []}), model=fast)
    with pytest.raises(InputError, match="floor"):
        domainfit.rank(VISION_ROLE, [VISION], floor=7, model=fast)
    with pytest.raises(InputError, match="no column"):
        domainfit.rank(VISION_ROLE, pd.DataFrame({"t": []}), model=fast)
    with pytest.raises(InputError, match="n_jobs"):
        domainfit.profile_frame(pd.DataFrame({"text": []}), model=fast, n_jobs=0)
    with pytest.raises(InputError, match="chunk"):
        domainfit.profile_frame(pd.DataFrame({"text": []}), model=fast, chunk=0)
    with pytest.raises(InputError, match="pandas, polars"):
        domainfit.profile_frame([VISION], model=fast)
    with pytest.raises(InputError, match="collected"):
        domainfit.profile_frame(pl.LazyFrame({"text": [VISION]}), model=fast)
    with pytest.raises(InputError, match="one name"):
        domainfit.profile_frame(pd.DataFrame([[VISION, VISION]], columns=["text", "text"]), model=fast)


TABLES = {"polars": pl.DataFrame, "pyarrow": pa.table}
TEXTS = [VISION, None, LANGUAGE, "short", VISION]


def plain(table):
    """A table of any kind as a mapping from columns to lists, NaN as None."""
    listed = (
        table.to_dict("list") if isinstance(table, pd.DataFrame) else nw.from_native(table).to_dict(as_series=False)
    )
    return {k: [None if v is None or v is pd.NA or v != v else v for v in vs] for k, vs in listed.items()}


@pytest.fixture(params=["polars", "pyarrow"])
def make(request):
    return TABLES[request.param]


def test_every_kind_of_table_gives_its_own_kind_and_the_same_values(fast, make):
    data = {"id": [5, 4, 3, 2, 1], "text": TEXTS}
    table, reference = make(data), pd.DataFrame(data)
    for carry in (False, True, "id", ["id"]):
        out = domainfit.profile_frame(table, model=fast, carry=carry)
        assert type(out) is type(table)
        assert plain(out) == plain(domainfit.profile_frame(reference, model=fast, carry=carry))
    pairs = {"role": [VISION_ROLE] * 5, "candidate": TEXTS}
    out = domainfit.score_frame(make(pairs), model=fast)
    assert type(out) is type(table)
    assert plain(out) == plain(domainfit.score_frame(pd.DataFrame(pairs), model=fast))
    assert plain(table) == plain(make(data))


def test_ranking_a_table_keeps_its_kind_its_names_and_what_is_carried(fast, make):
    data = {"id": [5, 4, 3, 2, 1], "text": TEXTS}
    reference = domainfit.rank(VISION_ROLE, pd.DataFrame(data, index=list("abcde")), model=fast, carry="id")
    assert list(reference.index) == list("aecbd")
    assert list(reference["id"]) == [5, 1, 3, 4, 2]
    out = domainfit.rank(VISION_ROLE, make(data), model=fast, carry="id", floor=0.0)
    assert type(out) is type(make(data))
    found = plain(out)
    assert found.pop("candidate") == [0, 4, 2, 1, 3]
    assert found == plain(reference)
    assert found["rank"] == [1, 2, 3, None, None]


def test_ranking_a_column_of_another_library(fast):
    for column in (pl.Series(TEXTS), pa.chunked_array([TEXTS])):
        assert list(domainfit.rank(VISION_ROLE, column, model=fast).index) == [0, 4, 2, 1, 3]


def test_carrying_refuses_what_would_be_there_twice_or_is_not_there(fast):
    df = pd.DataFrame({"text": [VISION], "status": ["new"]})
    with pytest.raises(InputError, match=r"\['status'\] are names of results"):
        domainfit.profile_frame(df, model=fast, carry=True)
    with pytest.raises(InputError, match="no column"):
        domainfit.profile_frame(df, model=fast, carry="id")
    out = domainfit.profile_frame(df, model=fast, carry="text")
    assert list(out.columns[:2]) == ["text", "computer_vision"]


def test_a_column_has_one_type_whatever_it_holds(fast):
    """Else a partition of bad rows could not be put below one of good rows."""
    for texts in ([VISION], [None], [], ["short"]):
        out = domainfit.profile_frame(pd.DataFrame({"text": pd.Series(texts, dtype=object)}), model=fast)
        full = domainfit.profile_frame(pd.DataFrame({"text": TEXTS}), model=fast)
        assert (out.dtypes == full.dtypes).all()


def test_several_indexes_and_odd_column_names(fast):
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 1)], names=["x", "y"])
    df = pd.DataFrame({0: [VISION, LANGUAGE], "text": [VISION, LANGUAGE]}, index=index)
    out = domainfit.profile_frame(df, model=fast)
    assert out.index.equals(index)
    assert list(out["primary"]) == ["computer_vision", "nlp"]
    assert list(domainfit.profile_frame(df, text=0, model=fast)["primary"]) == ["computer_vision", "nlp"]


def test_chunks_and_processes_change_no_bit(fast, corpus):
    """Whatever the chunk, the order of the work or the process that does it."""
    texts = [d.text for d in corpus.documents[:90]]
    df = pd.DataFrame({"text": [*texts, None, *texts[:20]]})
    one = domainfit.profile_frame(df, model=fast)
    pd.testing.assert_frame_equal(domainfit.profile_frame(df, model=fast, chunk=7), one, check_exact=True)
    many = domainfit.profile_frame(df, model=fast, chunk=50, n_jobs=2)
    pd.testing.assert_frame_equal(many, one, check_exact=True)
    ranked = domainfit.rank(VISION_ROLE, df["text"], model=fast)
    pd.testing.assert_frame_equal(
        domainfit.rank(VISION_ROLE, df["text"], model=fast, n_jobs=2), ranked, check_exact=True
    )


def test_the_unreadable_of_other_processes_are_rows_too(fast, tmp_path):
    df = pd.DataFrame({"text": [tmp_path / "none.txt", pd.NA, VISION, 3.5, b"%PDF-1.4 broken"]})
    one = domainfit.profile_frame(df, model=fast)
    assert list(one["status"]) == ["error", "error", "ok", "error", "error"]
    pd.testing.assert_frame_equal(domainfit.profile_frame(df, model=fast, n_jobs=2), one)


def test_equal_texts_are_read_once_across_chunks(fast, monkeypatch):
    calls = []
    original = type(fast).profile
    monkeypatch.setattr(type(fast), "profile", lambda self, *a: calls.append(a) or original(self, *a))
    domainfit.profile_frame(pd.DataFrame({"text": [VISION, LANGUAGE] * 25}), model=fast, chunk=3)
    assert len(calls) == 2


def test_what_is_remembered_has_a_bound(fast, monkeypatch):
    monkeypatch.setattr("domainfit.frames.reading.REMEMBERED", dict.fromkeys(("numbers", "evidence", "text"), 2))
    reader = Reader(Workers(fast), "candidate")
    for i in range(9):
        reader.read([f"text {i}", VISION])
        assert len(reader._seen) <= 2


@pytest.mark.parametrize("group", [1000, 40_000])
def test_a_long_file_is_read_in_little_memory(tmp_path, group):
    parquet = pytest.importorskip("pyarrow.parquet")
    texts = [f"{i} {'x' * 1000}{i}" for i in range(40_000)]
    parquet.write_table(pa.table({"text": texts}), tmp_path / "long.parquet", row_group_size=group, compression="none")
    before, most, rows = pa.total_allocated_bytes(), 0, 0
    for frame in open_source(tmp_path / "long.parquet").chunks(1000, ["text"]):
        most = max(most, pa.total_allocated_bytes() - before)
        rows += len(frame)
    assert rows == len(texts)
    assert most < 10e6 < (tmp_path / "long.parquet").stat().st_size
