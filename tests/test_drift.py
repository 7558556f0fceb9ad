"""Two pools beside one another: found where they differ, quiet where they do not, nobody's words shown."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from domainfit import InputError
from domainfit.cli import main
from domainfit.evaluation.drift import PRIVATE, drift, permutation_p


@pytest.fixture(scope="module")
def pools(corpus):
    texts = {k: [] for k in ("computer_vision", "nlp")}
    for d in corpus.documents:
        if d.source == "candidate" and d.primary in texts:
            texts[d.primary].append(d.text)
    return {k: v[:40] for k, v in texts.items()}


def test_another_discipline_is_a_shift(fast, pools):
    found = drift(fast, pools["computer_vision"], pools["nlp"], progress=False)
    assert {"computer_vision", "nlp"} <= set(found.shifted)
    assert found.table.loc["nlp", "new"] > found.table.loc["nlp", "reference"] + 0.3
    assert "abstained" not in found.shifted
    assert (found.new_words["new"] * 40 >= PRIVATE - 1e-9).all()
    assert (found.new_words["new"] > found.new_words["reference"]).all()
    assert json.loads(json.dumps(found.to_dict()))["shifted"] == list(found.shifted)
    assert "nlp" in str(found)


def test_halves_of_one_pool_do_not_differ(fast, pools, tmp_path):
    texts = pools["computer_vision"]
    found = drift(fast, texts[::2], texts[1::2], permutations=199, progress=False)
    assert found.shifted == ()
    again = drift(fast, texts[::2], texts[1::2], permutations=199, work=tmp_path, progress=False)
    assert str(again) == str(found)
    assert (tmp_path / "new" / "part-000000.parquet").exists()


def test_texts_that_cannot_be_scored_are_counted(fast, pools):
    texts = pools["nlp"][:10]
    found = drift(fast, texts, [*texts[:5], *["too short"] * 5], permutations=199, progress=False)
    assert found.table.loc["abstained", ["reference", "new"]].tolist() == [0.0, 0.5]
    with pytest.raises(InputError, match="at least two"):
        drift(fast, texts, texts[:1])


def test_a_shift_of_fits_is_seen(fast, pools):
    texts = pools["nlp"]
    low, high = np.linspace(0.1, 0.4, len(texts)), np.linspace(0.5, 0.9, len(texts))
    found = drift(fast, texts, texts, fits=(low, np.append(high[:-1], np.nan)), progress=False)
    assert "fit" in found.shifted
    assert "nlp" not in found.shifted
    assert found.table.loc["fit", "distance"] == 1.0


def test_from_the_command_line(pools, tmp_path, capsys):
    for name, texts, fit in (("old", pools["nlp"], 0.2), ("new", pools["computer_vision"], 0.8)):
        pd.DataFrame({"resume": texts, "fit": fit}).to_csv(tmp_path / f"{name}.csv", index=False)
    arguments = ["drift", str(tmp_path / "old.csv"), str(tmp_path / "new.csv"), "--model", "fast", "--json"]
    assert main(arguments) == 0
    assert {"fit", "nlp"} <= set(json.loads(capsys.readouterr().out)["shifted"])


def test_the_permutation_test_is_uniform_without_a_difference():
    source = np.random.default_rng(5)
    p = [permutation_p(source.normal(size=12), source.normal(size=9), 99, i) for i in range(300)]
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.05)
    assert permutation_p(np.zeros(8), np.ones(8), 99, 0) == 0.01
