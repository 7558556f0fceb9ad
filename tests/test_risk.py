"""The cut-offs keep what they promise, whatever the distribution."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import domainfit
from domainfit import DataError, Floor, InputError
from domainfit.risk import allowed_below, drift_p_value, risk_cutoff, successes_needed

from .conftest import BACKEND, LANGUAGE, TEACHER, VISION, VISION_ROLE


def beta_fits(source, n):
    return source.beta(5, 2, n)


def tied_fits(source, n):
    return source.integers(0, 6, n) / 5


@pytest.mark.parametrize("draw", [beta_fits, tied_fits])
@pytest.mark.parametrize(("n", "keep"), [(19, 0.95), (60, 0.9), (200, 0.95), (37, 0.8)])
def test_on_average_enough_future_successes_stay(draw, n, keep):
    source = np.random.default_rng(7)
    kept = []
    for _ in range(1500):
        cutoff = risk_cutoff(draw(source, n), keep)
        kept.append((draw(source, 50) >= cutoff).mean())
    assert np.mean(kept) >= keep - 3 * np.std(kept) / np.sqrt(len(kept))


@pytest.mark.parametrize(("n", "keep"), [(60, 0.95), (150, 0.9)])
def test_with_confidence_it_holds_for_nearly_every_past(n, keep):
    source = np.random.default_rng(11)
    uniform = [risk_cutoff(source.random(n), keep, confidence=0.9) for _ in range(3000)]
    broken = np.mean(np.array(uniform) > 1 - keep)  # The part below a cut-off of uniform fits is the cut-off.
    assert broken <= 0.1 + 3 * np.sqrt(0.09 / 3000)
    assert broken > 0.01  # Not by promising next to nothing.


def test_no_promise_from_too_few():
    assert successes_needed(0.95) == 19
    assert successes_needed(0.95, 0.95) == 59
    assert successes_needed(0.9, 0.95) == 29  # 0.9^29 < 0.05, the rule of Wilks.
    assert risk_cutoff(np.full(18, 0.9), 0.95) == 0.0
    assert risk_cutoff(np.full(19, 0.9), 0.95) == 0.9
    assert risk_cutoff(np.array([]), 0.5) == 0.0
    assert allowed_below(0, 0.5) == -1


def test_a_higher_promise_never_raises_the_cutoff():
    fits = np.random.default_rng(0).random(300)
    cutoffs = [risk_cutoff(fits, k) for k in (0.5, 0.8, 0.9, 0.95, 0.99)]
    assert cutoffs == sorted(cutoffs, reverse=True)
    assert risk_cutoff(fits, 0.9, confidence=0.99) <= risk_cutoff(fits, 0.9)


def test_bad_values_are_named():
    with pytest.raises(InputError, match="keep"):
        risk_cutoff(np.array([0.5]), 1.0)
    with pytest.raises(InputError, match="confidence"):
        risk_cutoff(np.array([0.5]), 0.5, confidence=95)
    with pytest.raises(InputError, match="not scored"):
        risk_cutoff(np.array([np.nan]), 0.5)
    assert np.isnan(drift_p_value(np.ones(3), np.ones(9)))


def past(n=200, seed=0, late=0.0):
    source = np.random.default_rng(seed)
    success = np.arange(n) % 2 == 0
    shift = np.where(np.arange(n) >= n / 2, late, 0.0)
    fit = np.clip(np.where(success, source.beta(6, 3, n), source.beta(3, 6, n)) - shift, 0, 1)
    dates = pd.date_range("2022-01-01", periods=n).astype(str)
    return pd.DataFrame({"fit": fit, "outcome": np.where(success, "success", "failure"), "date": dates})


def test_a_floor_from_placements(fast, tmp_path):
    table = past()
    found = domainfit.floor(fast, table, keep=0.9)
    succeeded = table.loc[table["outcome"] == "success", "fit"]
    assert (succeeded >= found.cutoff).mean() >= 0.9
    assert found.cutoff in set(succeeded)
    assert (found.successes, found.placements, found.warnings) == (100, 200, ())
    assert found.review_low < found.review_load < found.review_high
    assert f"{found.cutoff:.3f}" in found.statement
    assert found.statement in found._repr_html_()
    found.save(tmp_path / "floor.json")
    assert Floor.load(tmp_path / "floor.json") == found
    ranked = domainfit.rank(VISION_ROLE, {"al": VISION, "bo": TEACHER}, found, model=fast)
    assert list(ranked["above_floor"]) == [True, False]
    with pytest.raises(InputError, match="another model"):
        domainfit.rank(VISION_ROLE, {"al": VISION}, found, model="base")
    (tmp_path / "floor.json").write_text('{"cutoff": 3}')
    with pytest.raises(DataError, match="is no floor"):
        Floor.load(tmp_path / "floor.json")


def test_a_floor_scores_texts_where_no_fit_is_given(fast, tmp_path):
    texts = [VISION, LANGUAGE, BACKEND, TEACHER] * 6
    table = pd.DataFrame({"role": VISION_ROLE, "candidate": texts, "outcome": [1, 0, 0, 0] * 6})
    found = domainfit.floor(fast, table, keep=0.8)
    assert domainfit.floor(fast, table, keep=0.8, work=tmp_path / "work") == found
    assert (tmp_path / "work" / "part-000000.parquet").exists()
    assert found.cutoff == fast.score_match(VISION_ROLE, VISION).fit
    assert any("same fit" in w for w in found.warnings)


def test_broken_exchangeability_is_shown_and_warned_of(fast):
    calibration, pool = past(), past(seed=1, late=0.0)
    shifted = pool.assign(fit=np.clip(pool["fit"] - 0.3, 0, 1))
    found = domainfit.floor(fast, calibration, keep=0.9, pool=shifted)
    lost = shifted.loc[shifted["outcome"] == "success", "fit"] < found.cutoff
    assert lost.mean() > 0.3  # The promise is broken ...
    assert any("does not carry over" in w for w in found.warnings)  # ... and it says so.
    assert domainfit.floor(fast, calibration, keep=0.9, pool=pool).warnings == ()
    drifting = domainfit.floor(fast, past(late=0.35), keep=0.9)
    assert any("over time" in w for w in drifting.warnings)


def test_too_few_successes_say_how_many_are_needed(fast):
    found = domainfit.floor(fast, past(n=20))
    assert found.cutoff == 0.0
    assert "at least 19 are needed" in found.statement
