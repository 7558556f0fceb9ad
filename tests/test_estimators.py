"""Every estimator keeps scikit-learn's contract: ours for all, scikit-learn's own where input is numeric."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from domainfit import InputError
from domainfit.classifier import DocumentClassifier, SegmentClassifier
from domainfit.matcher import Matcher
from domainfit.scoring import SegmentScores

RNG = np.random.default_rng(0)


def segment_data():
    X = RNG.normal(size=(120, 5))
    return X, np.clip(np.rint(2 * X[:, :3] + 1), 0, 3)


def document_data():
    scores, strengths = [], []
    for _ in range(40):
        y = RNG.integers(0, 4, 3)
        level = np.clip(RNG.normal(y / 4, 0.1, (RNG.integers(3, 12), 3)), 0, 1)
        scores.append(
            SegmentScores(
                level,
                level,
                RNG.uniform(0, 4, len(level)),
                np.full((len(level), 2), 0.5),
                np.ones(len(level), bool),
                np.random.default_rng(1).normal(y - 1.5, 1.0, (2, 3)),
            )
        )
        strengths.append(y)
    return scores, np.array(strengths)


def match_data():
    X = np.concatenate([RNG.dirichlet(np.ones(6), 80), RNG.uniform(0, 3, (80, 6)), RNG.uniform(0, 4, (80, 6))], axis=1)
    return X, (X[:, 6:12] * X[:, :6]).sum(axis=1) > 1.4


CASES = [
    (SegmentClassifier(C=0.5), segment_data),
    (DocumentClassifier(prior=2.0), document_data),
    (Matcher(prior=0.2), match_data),
]
cases = pytest.mark.parametrize(("estimator", "data"), CASES, ids=lambda x: type(x).__name__)


@cases
def test_parameters_are_bare_and_survive_a_clone(estimator, data):
    params = estimator.get_params()
    copy = clone(estimator)
    assert copy is not estimator
    assert all(copy.get_params()[k] is v or copy.get_params()[k] == v for k, v in params.items())
    name, value = next(iter(params.items()))
    assert copy.set_params(**{name: value}) is copy
    assert not [a for a in vars(copy) if a.endswith("_")]


@cases
def test_fit_returns_itself_leaves_parameters_alone_and_is_deterministic(estimator, data):
    X, y = data()
    first, second = clone(estimator), clone(estimator)
    before = first.get_params()
    assert first.fit(X, y) is first
    second.fit(X, y)
    assert first.get_params() == before
    assert any(a.endswith("_") for a in vars(first))
    assert np.array_equal(first.predict_proba(X), second.predict_proba(X))
    assert first.fit(X, y).predict_proba(X).tobytes() == second.predict_proba(X).tobytes()


@cases
def test_probabilities_are_probabilities_and_say_something(estimator, data):
    X, y = data()
    fitted = clone(estimator).fit(X, y)
    p = fitted.predict_proba(X)
    assert np.isfinite(p).all()
    assert ((p >= 0) & (p <= 1)).all()
    positive = np.asarray(y) >= 2 if np.asarray(y).dtype != bool else np.stack([~np.asarray(y), y], axis=1)
    assert p[positive].mean() > p[~positive].mean() + 0.2
    assert len(fitted.predict(X)) == len(X)


@cases
def test_unfitted_says_so(estimator, data):
    with pytest.raises(NotFittedError):
        clone(estimator).predict_proba(data()[0])


def test_wrong_input_is_named():
    scores, y = document_data()
    with pytest.raises(InputError, match="40 documents, y has 39"):
        DocumentClassifier().fit(scores, y[:-1])
    with pytest.raises(InputError, match="no document"):
        DocumentClassifier().fit([], y)
    with pytest.raises(InputError, match=r"X\[0\]"):
        DocumentClassifier().fit([None], y[:1])
    X, y = match_data()
    with pytest.raises(InputError, match="6 disciplines need 18"):
        Matcher().fit(X[:, :-1], y)
    with pytest.raises(InputError, match=r"\[0, 1\]"):
        Matcher().fit(X, 2.0 * y)


def test_the_matcher_never_learns_that_evidence_hurts():
    X, y = match_data()
    assert (Matcher().fit(X, ~y).head_.fit[:-1] >= 0).all()


@parametrize_with_checks([SegmentClassifier(max_iter=50)])
def test_scikit_learn_agrees(estimator, check):
    check(estimator)
