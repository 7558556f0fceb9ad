from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import brier_score_loss, cohen_kappa_score, f1_score, ndcg_score, recall_score, roc_auc_score

from domainfit import metrics as m

RNG = np.random.default_rng(0)
UNIT = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


@st.composite
def labelled_scores(draw, most=30):
    """Classes and scores with many ties."""
    n = draw(st.integers(1, most))
    return draw(hnp.arrays(bool, n)), draw(hnp.arrays(float, n, elements=UNIT))


# --- the top discipline


def test_top_is_the_largest_and_the_first_among_equals():
    assert m.top(np.array([[0.1, 0.9, 0.2], [0.2, 0.5, 0.5]])).tolist() == [1, 1]


def test_a_row_that_says_nothing_has_no_top():
    assert m.top(np.array([[0.0, 0.0], [np.nan, 0.3], [0.0, 0.1]])).tolist() == [-1, -1, 1]


def test_the_only_discipline_is_the_top():
    assert m.top(np.array([[0.4], [0.0]])).tolist() == [0, 0]


def test_top_allowed_by_hand():
    scores = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.2, 0.7], [0.5, 0.4, 0.3]])
    allowed = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 1], [0, 0, 0]], dtype=bool)
    # Right, wrong, right (either of two will do), left out (no discipline is right).
    assert m.top_allowed(scores, allowed) == pytest.approx(2 / 3)


def test_an_unscored_row_is_wrong_whichever_discipline_is_right():
    nothing = np.array([[np.nan] * 2, [np.nan] * 2, [0.0, 0.0], [0.0, 0.0]])
    allowed = np.array([[True, False], [False, True]] * 2)
    assert m.top_allowed(nothing, allowed) == 0.0
    assert m.top_unsubstantial(nothing, 3.0 * np.ones((4, 2)), np.ones(4, bool)) == 1.0


def test_top_unsubstantial_by_hand():
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.2, 0.8], [0.9, 0.1]])
    strengths = np.array([[3, 0], [3, 1], [3, 1.5], [0, 0]])
    assert m.top_unsubstantial(scores, strengths, np.array([True, True, True, False])) == pytest.approx(1 / 3)


# --- classes


def test_macro_f1_and_recall_agree_with_scikit_learn():
    guess, truth = RNG.integers(-1, 5, 100), RNG.integers(0, 4, 100)
    there = [0, 1, 2, 3]
    assert m.macro_f1(guess, truth) == pytest.approx(f1_score(truth, guess, average="macro", labels=there))
    expected = recall_score(truth, guess, average=None, labels=there)
    assert [m.recall(guess, truth, k) for k in there] == pytest.approx(expected)


def test_macro_f1_by_hand():
    # Class 0: one hit, one false alarm, F1 2/3. Class 1: one hit, one miss, F1 2/3. Class 2: missed, 0.
    assert m.macro_f1(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 2])) == pytest.approx(4 / 9)


# --- ranking


@given(labelled_scores())
def test_auroc_agrees_with_scikit_learn_ties_included(drawn):
    y, s = drawn
    if y.all() or not y.any():
        assert np.isnan(m.auroc(y, s))
    else:
        assert m.auroc(y, s) == pytest.approx(roc_auc_score(y, s))


@given(labelled_scores())
def test_comparisons_are_those_counted_one_by_one(drawn):
    y, s = drawn
    difference = s[y][:, None] - s[~y][None, :]
    assert m.comparisons(y, s) == ((difference > 0).sum() + 0.5 * (difference == 0).sum(), difference.size)


@given(labelled_scores())
def test_turning_the_scores_round_turns_the_auroc_round(drawn):
    y, s = drawn
    if y.any() and not y.all():
        assert m.auroc(y, -s) == pytest.approx(1 - m.auroc(y, s))


def test_ndcg_by_hand():
    # Ranked gains 1, 3, 0 against 3, 1, 0; discounts 1, 1/log2(3), 1/2.
    second = 1 / np.log2(3)
    assert m.ndcg(np.array([3.0, 1.0, 0.0]), np.array([0.5, 0.9, 0.1])) == pytest.approx(
        (1 + 3 * second) / (3 + second)
    )


@given(
    st.integers(2, 12).flatmap(
        lambda n: st.tuples(
            hnp.arrays(float, n, elements=st.sampled_from([0, 0.5, 1, 2, 3])), hnp.arrays(float, n, elements=UNIT)
        )
    )
)
def test_ndcg_agrees_with_scikit_learn_ties_included(drawn):
    gain, score = drawn
    if gain.any():
        assert m.ndcg(gain, score) == pytest.approx(ndcg_score([gain], [score]))
    else:
        assert np.isnan(m.ndcg(gain, score))


def test_the_order_of_the_file_cannot_earn_anything():
    gain = np.array([3.0, 2.0, 1.0, 0.0])
    assert m.ndcg(gain, np.zeros(4)) == pytest.approx(m.ndcg(gain[::-1], np.zeros(4)))
    assert m.ndcg(gain, np.zeros(4)) < 0.9


# --- probabilities


def test_calibration_error_by_hand():
    assert m.calibration_error(np.array([0.8] * 10), np.array([True] * 5 + [False] * 5), 1) == pytest.approx(0.3)
    # Two bins of two: |0.15 - 0| and |0.75 - 0.5|, half the mass each.
    p, y = np.array([0.7, 0.1, 0.8, 0.2]), np.array([True, False, False, False])
    assert m.calibration_error(p, y, 2) == pytest.approx((0.15 + 0.25) / 2)


def test_bins_hold_equal_mass_not_equal_width():
    p = np.array([0.01, 0.02, 0.03, 0.04])
    y = np.array([True, False, False, False])
    # One bin of equal width would hold all four, and give |0.025 - 0.25|.
    assert m.calibration_error(p, y, 4) == pytest.approx((0.99 + 0.02 + 0.03 + 0.04) / 4)


@given(labelled_scores(), st.integers(1, 12), st.randoms(use_true_random=False))
def test_calibration_error_stays_in_its_range_and_ignores_the_order(drawn, bins, rnd):
    y, p = drawn
    order = np.array(rnd.sample(range(len(p)), len(p)))
    error = m.calibration_error(p, y, bins)
    assert 0 <= error <= 1
    assert m.calibration_error(p[order], y[order], bins) == pytest.approx(error)


@given(labelled_scores())
def test_claiming_the_truth_is_calibrated_and_the_reverse_is_not(drawn):
    y, _ = drawn
    assert m.calibration_error(y.astype(float), y) == 0.0
    assert m.calibration_error((~y).astype(float), y) <= m.brier((~y).astype(float), y) == 1.0


def test_brier_agrees_with_scikit_learn_over_all_columns():
    p, y = RNG.random((20, 3)), RNG.random((20, 3)) < 0.4
    assert m.brier(p, y) == pytest.approx(brier_score_loss(y.ravel(), p.ravel()))


# --- agreement


def test_kappa_agrees_with_scikit_learn():
    a = RNG.integers(0, 5, 100)
    b = np.clip(a + RNG.integers(-1, 2, 100), 0, 4)
    expected = cohen_kappa_score(a, b, weights="quadratic", labels=range(5))
    assert 0.3 < expected < 1
    assert m.quadratic_kappa(a, b, 5) == pytest.approx(expected)


def test_kappa_by_hand():
    # Observed squared distances 0 + 0 + 1 + 1 = 2; by chance each truth against each guess, 24 / 4.
    truth, guess = np.array([0, 0, 2, 2]), np.array([0, 0, 1, 1])
    by_chance = sum((t - g) ** 2 for t in truth for g in guess) / 4
    assert m.quadratic_kappa(truth, guess, 3) == pytest.approx(1 - 2 / by_chance)


def test_a_guess_that_never_varies_earns_nothing():
    assert m.quadratic_kappa(np.array([0, 1, 2]), np.array([1, 1, 1]), 5) == pytest.approx(0.0)


# --- nothing to measure


@pytest.mark.parametrize(
    "measure",
    [
        lambda: m.mean_or_nan([]),
        lambda: m.mean_or_nan([np.nan]),
        lambda: m.top_allowed(np.ones((2, 2)), np.zeros((2, 2), bool)),
        lambda: m.top_unsubstantial(np.ones((2, 2)), np.zeros((2, 2)), np.zeros(2, bool)),
        lambda: m.recall(np.array([0, 1]), np.array([0, 1]), 2),
        lambda: m.macro_f1(np.array([], int), np.array([], int)),
        lambda: m.auroc(np.array([True, True]), np.array([0.1, 0.2])),
        lambda: m.auroc(np.array([], bool), np.array([])),
        lambda: m.ndcg(np.zeros(3), np.ones(3)),
        lambda: m.ndcg(np.array([]), np.array([])),
        lambda: m.calibration_error(np.array([]), np.array([])),
        lambda: m.brier(np.array([]), np.array([])),
        lambda: m.quadratic_kappa(np.array([1, 1]), np.array([1, 1]), 5),
        lambda: m.quadratic_kappa(np.array([1, 1]), np.array([1, 2]), 5),
        lambda: m.quadratic_kappa(np.array([], int), np.array([], int), 5),
    ],
)
def test_empty_and_one_class_groups_are_nan_and_never_perfect(measure):
    assert np.isnan(measure())


# --- intervals


def test_the_interval_is_the_middle_of_the_resamples():
    draws = np.arange(101)[:, None]
    assert m.bootstrap_interval(lambda units: float(units[0]), draws) == pytest.approx((2.5, 97.5))


def test_the_interval_of_a_mean_is_about_two_standard_errors_each_way():
    x = RNG.normal(size=400)
    draws = np.random.default_rng(1).integers(0, 400, (2000, 400))
    low, high = m.bootstrap_interval(lambda i: float(x[i].mean()), draws)
    assert (high - low) / 2 == pytest.approx(1.96 * x.std() / 20, rel=0.1)
    assert low < x.mean() < high


def test_undefined_resamples_are_left_out_and_all_undefined_is_nan():
    draws = np.arange(10)[:, None]
    low, high = m.bootstrap_interval(lambda u: 1.0 if u[0] < 5 else np.nan, draws)
    assert (low, high) == (1.0, 1.0)
    assert np.isnan(m.bootstrap_interval(lambda u: np.nan, draws)).all()
    assert np.isnan(m.bootstrap_interval(lambda u: 1.0, draws[:0])).all()
