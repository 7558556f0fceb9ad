"""Placements: read with every fault named, grouped by person, learned from without harm."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score

import domainfit
from domainfit import DataError, InputError, PlacementModel, read_placements
from domainfit.cli import main
from domainfit.match_scoring import MatchHead
from domainfit.placements import compare_models, fit_placements, save_fit
from domainfit.placements.features import Numbers, pair_features
from domainfit.placements.guards import label_noise, leakage_warnings, person_groups, split_placements
from domainfit.placements.judging import judge, losses, regressions
from domainfit.placements.model import fit_head, head_probability
from domainfit.placements.schema import retained
from domainfit.training.placements_example import PLANTED_DEPTH, example_placements

from .conftest import BACKEND, LANGUAGE, ROOT, TEACHER, VISION, VISION_ROLE


@pytest.fixture(scope="module")
def example(corpus):
    table, truth = example_placements(corpus)
    return read_placements(table, texts={d.id: d.text for d in corpus.documents}), truth


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def numbers(fast, example, work):
    return pair_features(fast, example[0], work=work, progress=False)


@pytest.fixture(scope="module")
def found(fast, example, numbers, work):
    return fit_placements(example[0], fast, work=work, progress=False)


@pytest.fixture
def table():
    texts = [VISION, LANGUAGE, BACKEND, TEACHER]
    return pd.DataFrame({"role": VISION_ROLE, "candidate": texts, "outcome": ["success", "0", "No", "unknown"]})


def test_outcomes_in_words_grades_and_months(table):
    found = read_placements(table)
    assert found.outcome[:3].tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(found.outcome[3])
    graded = read_placements(table.assign(outcome=[3, 2, 1, None]), success=2)
    assert graded.outcome[:3].tolist() == [1.0, 1.0, 0.0]
    assert np.isnan(graded.outcome[3])
    kept = table.drop(columns="outcome").assign(months=[14, 3, 6, 20], censored=["no", "no", "yes", "yes"])
    with pytest.raises(DataError, match="row 0, column 'censored'"):
        read_placements(kept)
    months = read_placements(kept.assign(censored=[False, False, True, True]))
    assert months.outcome[[0, 1, 3]].tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(months.outcome[2])


def test_files_and_ids(table, tmp_path):
    for name, text in {"r": VISION_ROLE, "al": VISION, "bo": LANGUAGE}.items():
        (tmp_path / f"{name}.txt").write_text(text)
    ids = pd.DataFrame({"role_id": "r", "candidate_id": ["al", "bo"], "outcome": [1, 0]})
    found = read_placements(ids, texts=tmp_path)
    assert found.candidates == [tmp_path / "al.txt", tmp_path / "bo.txt"]
    table.to_csv(tmp_path / "t.csv", index=False)
    assert read_placements(tmp_path / "t.csv").outcome[0] == 1.0
    table.to_parquet(tmp_path / "t.parquet")
    assert read_placements(tmp_path / "t.parquet").candidates[1] == LANGUAGE
    with pytest.raises(DataError, match="row 1, column 'candidate_id': names no text"):
        read_placements(ids.assign(candidate_id=["al", "xy"]), texts=tmp_path)
    with pytest.raises(InputError, match="cannot read"):
        read_placements(tmp_path / "none.csv")


def test_every_fault_is_named_and_no_text_is_quoted(table):
    broken = table.assign(
        outcome=["success", "great", "0", "1"],
        candidate=[VISION, "", LANGUAGE, None],
        date=["2024-02-30", "2024-03-01", "soon", "2024-03-02"],
        label_nlp=[0, 1, 9, "x"],
    )
    with pytest.raises(DataError) as caught:
        read_placements(broken)
    said = str(caught.value)
    for fault in (
        "row 1, column 'outcome'",
        "row 1, column 'candidate'",
        "row 3, column 'candidate'",
        "row 0, column 'date'",
        "row 2, column 'date'",
        "row 2, column 'label_nlp'",
        "row 3, column 'label_nlp'",
    ):
        assert fault in said
    assert "pallets" not in said
    with pytest.raises(InputError, match="'outcome' or 'months'"):
        read_placements(table.drop(columns="outcome"))
    with pytest.raises(InputError, match="'role' or 'role_id'"):
        read_placements(table.drop(columns="role"))
    with pytest.raises(DataError, match="and 10 more"):
        read_placements(pd.DataFrame({"fit": [2.0] * 30, "outcome": 1}))


def test_weights_stand_for_those_lost_from_sight():
    source = np.random.default_rng(0)
    n = 4000
    months, looked = source.exponential(20, n), source.uniform(0, 30, n)
    lost = looked < months
    outcome, weight = retained(np.minimum(months, looked), lost, 12.0)
    known = ~np.isnan(outcome)
    assert weight[~known].sum() == 0
    assert weight.sum() == pytest.approx(n, rel=0.05)
    truth = np.exp(-12 / 20)
    assert np.average(outcome[known], weights=weight[known]) == pytest.approx(truth, abs=0.03)
    assert abs(outcome[known].mean() - truth) > 0.05  # Without the weights it would be wrong.


def test_one_person_under_several_texts():
    long = VISION + LANGUAGE
    texts = [
        long,
        long + "Speaks Danish.\n",
        LANGUAGE,
        "Ada, +45 11 22 33 44 55. Paints.",
        "Cooks. +45 1122 334455",
        TEACHER,
    ]
    group = person_groups(texts)
    assert group[0] == group[1]
    assert group[3] == group[4]
    assert len(set(group)) == 4
    assert person_groups([VISION, TEACHER, VISION]).tolist()[0] == person_groups([VISION, TEACHER, VISION]).tolist()[2]


def test_no_person_on_both_sides(example):
    placements, _ = example
    group = person_groups(placements.candidates)
    learn, test, how = split_placements(placements, group)
    assert how == "person"  # Nearly everyone comes again late: a split by date would leave too little.
    assert not set(group[learn]) & set(group[test])
    once = placements.rows(np.unique(group, return_index=True)[1])
    learn, test, how = split_placements(once, person_groups(once.candidates))
    assert how == "date"
    assert once.dates[learn].max() <= once.dates[test].min()


def test_what_leaks_is_said(table):
    rows = pd.concat([table.assign(outcome=[1, 0, 0, 0], hr_code=["A", "B", "B", "B"])] * 6, ignore_index=True)
    rows.loc[1, "candidate"] = LANGUAGE + "\nShe was hired in May."
    found = read_placements(rows)
    said = " ".join(leakage_warnings(found, person_groups(found.candidates)))
    assert "1 candidates' texts speak of how it went" in said
    assert "repeat a role and a person" in said
    assert "'hr_code' tells the outcome by itself" in said


def test_numbers_are_worked_out_once_and_hold_no_text(fast, tmp_path, monkeypatch, table):
    found = read_placements(table)
    first = pair_features(fast, found, work=tmp_path)
    assert first.shape == (4, 18)
    stored = next(tmp_path.iterdir()).read_text()
    assert "pallets" not in stored
    monkeypatch.setattr(Numbers, "_numbers", None)
    assert np.array_equal(pair_features(fast, found, work=tmp_path), first)


def test_the_head_is_found_again():
    """Features and outcomes from a known head: with many placements the fit comes near it, with none it stays."""
    source = np.random.default_rng(2)
    n, size = 3, 20_000
    centre = MatchHead(np.eye(n), np.array([0, 0, 0.6, 0.9, 1.0]), np.array([3.0, 3.0, -3.0]))
    adjacency = np.eye(n)
    adjacency[0, 1], adjacency[2, 0] = 0.6, 0.3
    true = MatchHead(adjacency, np.array([0, 0.1, 0.3, 0.9, 1.0]), np.array([4.0, 2.0, -2.5]))
    X = np.concatenate(
        [source.dirichlet(np.ones(n) * 0.4, size), 3 * source.beta(0.5, 0.7, (size, n)), 4 * source.random((size, n))],
        1,
    )
    y = (source.random(size) < head_probability(true, X)).astype(float)
    found = fit_head(centre, X, y, np.ones(size))
    assert np.abs(found.adjacency - adjacency).max() < 0.12
    assert np.abs(found.depth - true.depth).max() < 0.08
    assert np.all(np.diff(found.depth) >= 0)
    held = fit_head(centre, X[:40], y[:40], np.ones(40), prior=1e6)
    assert np.allclose(held.adjacency, centre.adjacency, atol=1e-3)
    assert np.allclose(held.fit, centre.fit, atol=1e-2)


def test_more_of_what_is_needed_never_lowers_it(fast, example, numbers):
    placements, _ = example
    known = ~np.isnan(placements.outcome) & ~np.isnan(numbers).any(axis=1)
    head = fit_head(fast.heads.match, numbers[known], placements.outcome[known], placements.weight[known])
    base = numbers[known][:300]
    before = head_probability(head, base)
    for column in range(6, 18):
        more = base.copy()
        more[:, column] = np.minimum(more[:, column] + 0.5, 3.0 if column < 12 else 4.0)
        assert (head_probability(head, more) >= before - 1e-12).all()


def test_the_planted_effect_comes_back(fast, example, numbers, found):
    placements, truth = example
    known = np.flatnonzero(~np.isnan(placements.outcome) & ~np.isnan(numbers).any(axis=1))
    near, far = known[truth["cover"][known] >= 0.7], known[truth["cover"][known] <= 0.2]
    assert placements.outcome[near].mean() > placements.outcome[far].mean() + 0.5
    p = head_probability(found.model.heads.match, numbers)
    assert p[near].mean() > p[far].mean() + 0.4
    assert abs(found.model.heads.match.depth[2] - PLANTED_DEPTH[2]) < abs(fast.heads.match.depth[2] - PLANTED_DEPTH[2])
    # Planted label noise: the suspects hold far more of it than chance would.
    flipped = truth["flipped"].to_numpy()
    assert flipped[found.suspect].mean() > 3 * flipped.mean()
    assert flipped[found.suspect].sum() > 0.5 * flipped[known].sum()


def test_fifty_do_not_hurt_and_thousands_help(found):
    curve = found.curve["log_loss"]
    assert curve[50] <= curve[0] + 0.01
    assert curve.iloc[-1] < curve[0] - 0.03
    assert curve.iloc[-1] < curve[50]
    assert found.regressed == ()
    assert "synthetic" in str(found.record)


def test_a_bundle_with_its_card(fast, example, found, tmp_path):
    save_fit(found, tmp_path / "b", "fast")
    loaded = domainfit.load_bundle(tmp_path / "b")
    match = loaded.score_match(VISION_ROLE, VISION)
    assert match.fit == pytest.approx(found.model.score_match(VISION_ROLE, VISION).fit, abs=1e-6)
    assert match.candidate.probability == fast.profile(VISION).probability
    record = json.loads((tmp_path / "b" / "bundle.json").read_text())
    assert record["training"]["placement_fit"]["held_out_by"] == "person"
    assert record["training"]["data_sha256"]
    card = (tmp_path / "b" / "MODEL_CARD.md").read_text()
    assert "synthetic" in card
    assert "not for turning anybody down unread" in card
    assert "| nlp | new |" in card
    assert "| group_sex | n | rate |" in card
    assert "| female & under 40 |" in card
    table = compare_models([fast, loaded], example[0].rows(slice(0, 400)), progress=False)
    assert table.loc[("all", "2 fast-placements"), "change"] < 0


def test_what_is_worse_is_refused(fast, numbers, example, found, tmp_path):
    placements, _ = example
    known = ~np.isnan(placements.outcome) & ~np.isnan(numbers).any(axis=1)
    X, y, w = numbers[known], placements.outcome[known], placements.weight[known]
    bad = MatchHead(fast.heads.match.adjacency, fast.heads.match.depth, np.array([0.0, 0.0, -3.0]))
    table = judge({"current": fast.heads.match, "new": bad}, X, y, w, fast.taxonomy.keys)
    worse = regressions(table, "new")
    assert "nlp" in worse
    found = replace(found, regressed=worse)
    with pytest.raises(InputError, match="--force"):
        save_fit(found, tmp_path / "b", "fast")
    assert not (tmp_path / "b").exists()
    save_fit(found, tmp_path / "b", "fast", force=True)
    assert (tmp_path / "b" / "MODEL_CARD.md").exists()


def test_scikit_learn_takes_it(fast, numbers, example):
    placements, _ = example
    known = ~np.isnan(placements.outcome) & ~np.isnan(numbers).any(axis=1)
    X, y = numbers[known][:400], placements.outcome[known][:400].astype(bool)
    assert PlacementModel("fast", prior=2.0).get_params()["prior"] == 2.0
    assert cross_val_score(PlacementModel("fast"), X, y, scoring="roc_auc", cv=3).mean() > 0.7
    search = GridSearchCV(PlacementModel("fast"), {"prior": [0.3, 3.0]}, cv=3, scoring="neg_log_loss").fit(X, y)
    assert search.best_estimator_.predict_proba(X).shape == (400, 2)
    one = PlacementModel("fast").fit(
        pd.DataFrame({"role": VISION_ROLE, "candidate": [VISION, TEACHER] * 9, "outcome": [1, 0] * 9})
    )
    table = pd.DataFrame({"role": [VISION_ROLE] * 2, "candidate": [VISION, TEACHER], "outcome": ""})
    assert one.predict(table).tolist() == [True, False]
    with pytest.raises(InputError, match="nothing can be learned"):
        PlacementModel("fast").fit(X, np.ones(400))
    with pytest.raises(InputError, match="18 columns"):
        PlacementModel("fast").fit(X[:, :5], y)
    with pytest.raises(InputError, match="too few"):
        fit_placements(table.assign(outcome=[1, 0]), fast)


def test_figures_by_hand():
    assert losses(np.array([0.5, 0.8]), np.array([1.0, 0.0])) == pytest.approx(-np.log([0.5, 0.2]))
    assert label_noise(np.array([1.0, 1, 0, 0]), np.array([0.9, 0.1, 0.2, 0.85])).tolist() == [1, 3]
    assert label_noise(np.array([1.0, np.nan]), np.array([0.5, 0.5])).tolist() == []


def test_the_shipped_example_is_made_again_from_the_corpus(corpus, tmp_path):
    table, _ = example_placements(corpus)
    table.to_csv(tmp_path / "again.csv", index=False, lineterminator="\n")
    assert (tmp_path / "again.csv").read_bytes() == (ROOT / "data" / "placements" / "synthetic.csv").read_bytes()
    assert len(table) >= 2000
    assert set(table["source"]) == {"synthetic"}


def test_from_the_command_line(tmp_path, capsys, table, fast):
    rows = pd.concat([table.assign(outcome=[1, 0, 0, 0])] * 20, ignore_index=True)
    rows["candidate"] = [f"{t}\nReference {i} of {i * i}.\n" for i, t in enumerate(rows["candidate"])]
    rows.to_csv(tmp_path / "p.csv", index=False)
    assert main(["fit", str(tmp_path / "p.csv"), "--model", "fast", "-o", str(tmp_path / "b")]) == 2
    assert "of different people" in capsys.readouterr().err  # Eighty texts of four people are four people.
    assert (
        main(["floor", str(tmp_path / "p.csv"), "--model", "fast", "--keep", "0.8", "-o", str(tmp_path / "f.json")])
        == 0
    )
    assert "at least 80%" in capsys.readouterr().out
    (tmp_path / "role.txt").write_text(VISION_ROLE)
    (tmp_path / "al.txt").write_text(VISION)
    args = ["rank", str(tmp_path / "role.txt"), str(tmp_path / "al.txt"), "--model", "fast", "--csv"]
    assert main([*args, "--floor", str(tmp_path / "f.json")]) == 0
    assert "true" in capsys.readouterr().out
