from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import cohen_kappa_score, f1_score, ndcg_score, roc_auc_score

from domainfit import metrics as m

RNG = np.random.default_rng(0)


def test_auroc_agrees_with_scikit_learn_ties_included():
    y = RNG.random(200) < 0.3
    s = np.round(RNG.random(200) + 0.5 * y, 1)
    assert m.auroc(y, s) == pytest.approx(roc_auc_score(y, s))


def test_kappa_and_f1_agree_with_scikit_learn():
    a, b = RNG.integers(0, 5, 100), RNG.integers(0, 5, 100)
    assert m.quadratic_kappa(a, b, 5) == pytest.approx(cohen_kappa_score(a, b, weights="quadratic", labels=range(5)))
    assert m.macro_f1(a, b, 5) == pytest.approx(f1_score(b, a, average="macro"))


def test_ndcg_agrees_with_scikit_learn_in_each_group():
    gain, score = RNG.integers(0, 4, 12).astype(float), RNG.random(12)
    group = np.repeat([0, 1], 6)
    expected = np.mean([ndcg_score([gain[:6]], [score[:6]]), ndcg_score([gain[6:]], [score[6:]])])
    # scikit-learn's discount is the same; its gain is linear too.
    assert m.ndcg_within(gain, score, group) == pytest.approx(expected)


def test_within_a_group_by_hand():
    good, score, group = np.array([True, False, True, False]), np.array([0.9, 0.1, 0.2, 0.8]), ["a", "a", "b", "b"]
    assert m.auroc_within(good, score, group) == 0.5


def test_calibration_error_by_hand():
    assert m.calibration_error(np.array([0.0, 0.0, 1.0, 1.0]), np.array([False, False, True, True]), 2) == 0.0
    assert m.calibration_error(np.array([0.8] * 10), np.array([True] * 5 + [False] * 5), 1) == pytest.approx(0.3)


def test_top_allowed_leaves_out_rows_without_a_right_answer():
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.4]])
    allowed = np.array([[True, False], [True, False], [False, False]])
    assert m.top_allowed(scores, allowed) == 0.5
    assert m.top_unsubstantial(scores, np.array([[3, 0], [3, 1], [0, 0]]), allowed.any(axis=1)) == 0.5


@pytest.mark.parametrize(
    "value",
    [
        m.auroc(np.array([True, True]), np.array([0.1, 0.2])),
        m.auroc_within(np.array([True]), np.array([0.1]), ["a"]),
        m.ndcg_within(np.zeros(3), np.ones(3), ["a"] * 3),
        m.quadratic_kappa(np.array([1, 1]), np.array([1, 1]), 5),
        m.calibration_error(np.array([]), np.array([])),
        m.macro_f1(np.array([], int), np.array([], int), 3),
        m.top_allowed(np.zeros((2, 2)), np.zeros((2, 2), bool)),
    ],
)
def test_empty_groups_are_nan_and_never_perfect(value):
    assert np.isnan(value)


@given(hnp.arrays(float, st.integers(1, 40), elements=st.floats(0, 1)), st.randoms())
def test_calibration_error_stays_in_its_range(p, rnd):
    y = np.array([rnd.random() < 0.5 for _ in p])
    assert 0 <= m.calibration_error(p, y) <= 1
