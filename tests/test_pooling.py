"""The compiled sums over segments give what the plain ones give, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from domainfit import document_scoring, scoring
from domainfit._compiled import pooling, products
from domainfit.document_scoring import plain_totals, totals
from domainfit.scoring import RUNGS, SegmentScores, plain_scores, product

from .conftest import of_work


def drawn(chance):
    """Draw the odds and the scores of a document of some length, with all, some or none of it work."""
    n, disciplines, sections = chance.integers((1, 2, 1), (120, 9, 9))
    odds = np.exp(chance.normal(size=(n, 3 * disciplines + RUNGS + sections)) * chance.choice([0.1, 3, 20]))
    work = chance.random(n) < chance.choice([0, 0.1, 0.5, 1])
    scores = SegmentScores(*plain_scores(odds, disciplines, RUNGS), work, np.zeros((2, disciplines)))
    return odds, disciplines, scores, chance.random(sections)


@pytest.mark.skipif(pooling is None, reason="the kernels were not compiled here")
def test_scores_and_totals():
    chance = np.random.default_rng(0)
    for _ in range(500):
        odds, disciplines, scores, weight = drawn(chance)
        for got, expected in zip(
            pooling.scores(odds, disciplines, RUNGS), plain_scores(odds, disciplines, RUNGS), strict=True
        ):
            assert np.array_equal(got, expected)
        for got, expected in zip(totals(weight, scores), plain_totals(weight, scores), strict=True):
            assert np.array_equal(got, expected)


@pytest.mark.parametrize("plain", [False, True])
def test_claims_change_nothing_of_the_work(plain, monkeypatch):
    if plain:
        monkeypatch.setattr(document_scoring, "compiled", None)
    chance = np.random.default_rng(1)
    for _ in range(100):
        _, _, scores, weight = drawn(chance)
        with_claims, alone = totals(weight, scores), of_work(scores)
        if len(alone):
            without = totals(weight, alone)
            assert np.array_equal(with_claims.support[1], without.support[1])
            assert np.array_equal(with_claims.strongest[1], without.strongest[1])
            assert np.array_equal(with_claims.deepest, without.deepest)
            assert np.array_equal(with_claims.typical, without.typical)
        assert np.allclose(with_claims.contribution.sum(axis=0), with_claims.support[0])


@pytest.mark.parametrize("plain", [False, True])
def test_a_row_of_a_product_depends_on_that_row_alone(plain, monkeypatch):
    compiled = None if products is None else products.product
    if plain:
        monkeypatch.setattr(scoring, "products", None)
    chance = np.random.default_rng(0)
    for width, columns in ((128, 256), (256, 36), (384, 36), (700, 500), (3, 2)):
        x, weights = (chance.normal(size=s).astype(np.float32) for s in ((300, width), (width, columns)))
        with threadpool_limits(1):
            whole = product(x, weights)
        assert np.allclose(whole, x @ weights, atol=1e-3)
        for start, end in ((0, 1), (3, 4), (5, 12), (7, 290), (41, 300)):
            assert np.array_equal(product(x[start:end], weights), whole[start:end])
        if compiled:
            assert np.array_equal(compiled(x, weights), whole)
        assert product(x[:0], weights).shape == (0, columns)
