from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from domainfit import InputError
from domainfit.points import reliability_points, risk_coverage_points, wilson_interval


def test_reliability_of_a_calibrated_forecast_lies_on_the_diagonal():
    rng = np.random.default_rng(3)
    p = rng.random(40_000)
    points = reliability_points(p, rng.random(40_000) < p)
    assert points.size.tolist() == [4000] * 10
    assert np.abs(points.predicted - points.observed).max() < 0.03
    assert ((points.low < points.observed) & (points.observed < points.high)).all()


def test_equal_predictions_are_never_parted_and_order_has_no_say():
    p, y = np.array([0.1, 0.5, 0.5, 0.5, 0.5, 0.9]), np.array([0, 1, 0, 1, 0, 1], bool)
    points = reliability_points(p, y, bins=3)
    assert points.predicted.tolist() == [0.1, pytest.approx((4 * 0.5 + 0.9) / 5)]
    shuffled = np.random.default_rng(0).permutation(6)
    for a, b in zip(points, reliability_points(p[shuffled], y[shuffled], bins=3), strict=True):
        np.testing.assert_allclose(a, b)


@pytest.mark.parametrize(("hits", "count"), [(0, 5), (3, 7), (40, 50), (9, 9)])
def test_wilson_interval_is_scipys(hits, count):
    low, high = wilson_interval(np.array([hits]), np.array([count]))
    expected = binomtest(hits, count).proportion_ci(method="wilson")
    assert low[0] == pytest.approx(expected.low, abs=1e-6)
    assert high[0] == pytest.approx(expected.high, abs=1e-6)


def test_risk_at_full_coverage_is_the_error_rate_and_a_good_order_lowers_it():
    rng = np.random.default_rng(0)
    sure = rng.random(500)
    wrong = rng.random(500) > sure
    coverage, risk = risk_coverage_points(sure, wrong)
    assert coverage[-1] == 1.0
    assert risk[-1] == pytest.approx(wrong.mean())
    assert risk[:250].mean() < risk[-1]


@pytest.mark.parametrize("pair", [([], []), ([0.1], [True, False]), ([np.nan], [True])])
def test_wrong_arrays(pair):
    with pytest.raises(InputError):
        reliability_points(*pair)
    with pytest.raises(InputError):
        risk_coverage_points(*pair)


def test_a_probability_lies_between_zero_and_one():
    with pytest.raises(InputError, match=r"\[0, 1\]"):
        reliability_points([1.2], [True])
