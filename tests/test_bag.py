"""All words of a document together: the kernel is exact, claims are capped, and described work is read alone."""

from __future__ import annotations

import numpy as np
import pytest

from domainfit import bag_of_words
from domainfit.bag_of_words import BUCKETS, BagHead, bag_log_odds
from domainfit.described import Hashes, read_words, term_hashes
from domainfit.reading import read_lines
from domainfit.training.corpus import load_corpus
from domainfit.training.recompose import lengthened

from .conftest import ROOT


def hashes(fast, lines):
    return read_words(fast.heads.work, lines)[1]


def test_hashes_are_those_of_the_plain_function(fast):
    lines = ["Trained C++ models, 12 of them; (deployed)", "", "Café • ٣ \ud800 done", "SQL"]
    found = hashes(fast, lines)
    starts = [0, *found.ends.tolist()]
    for i, line in enumerate(lines):
        assert sorted(found.values[starts[i] : starts[i + 1]].tolist()) == sorted(term_hashes(line))


@pytest.mark.skipif(bag_of_words.compiled is None, reason="the kernels were not compiled here")
def test_the_kernel_gives_what_the_plain_function_gives(fast, corpus):
    head = fast.heads.bag
    for document in corpus.documents[::5]:
        lines = read_lines(fast.heads.work, document.text, document.source)
        for got, expected in zip(
            head.sums.of(*lines.hashes, lines.work.view(np.uint8)),
            bag_of_words._sums(head, lines.hashes, lines.work),
            strict=True,
        ):
            assert np.array_equal(got, expected)


def test_claims_count_up_to_the_cap_and_never_in_described_work(fast):
    weights, owner = np.zeros((BUCKETS, 2)), np.full(BUCKETS, -1.0)
    filler = [f"w{i}" for i in range(50)]
    for word, own in (("alpha", [1.0, 0.0]), ("omega", [0.0, 1.0]), *((word, [0.0, 0.0]) for word in filler)):
        value = term_hashes(word)[0]
        weights[value % BUCKETS], owner[value % BUCKETS] = own, value // BUCKETS
    head = BagHead(weights, owner, np.array([-1.0, -1.0]))
    work = np.array([True, False])
    alone = bag_log_odds(head, hashes(fast, ["alpha", ""]), work)
    listed = bag_log_odds(head, hashes(fast, ["alpha", "omega"]), work)
    buried = bag_log_odds(head, hashes(fast, ["alpha", "omega " + " ".join(filler)]), work)
    assert np.array_equal(alone[1], listed[1])
    assert np.array_equal(alone[1], buried[1])
    assert alone[0, 1] < listed[0, 1]
    # A long list shares what two described words would have.
    assert buried[0, 1] < listed[0, 1]
    assert alone[1].tolist() == [0.0, -1.0]


def test_a_document_without_words_has_the_intercept(fast):
    head = fast.heads.bag
    assert np.array_equal(bag_log_odds(head, hashes(fast, []), np.zeros(0, bool)), np.stack([head.intercept] * 2))


def test_a_word_that_no_document_had_is_unknown_whatever_its_bucket(fast):
    head = fast.heads.bag
    values = [value for i in range(100) if head.owners[(value := term_hashes(f"qzx{i}")[0]) % BUCKETS] >= 0]
    assert len(values) > 20  # By the lower half of their hash alone they would be known.
    given = Hashes(np.array(values, np.uint32), np.array([len(values)]))
    assert np.array_equal(bag_log_odds(head, given, np.ones(1, bool)), np.stack([head.intercept] * 2))


def test_lengthened_documents_keep_their_labels_and_lines():
    documents = load_corpus(ROOT / "data").documents[:60]
    longer = lengthened(documents, seed=3)
    assert [d.id for d in longer] == [d.id for d in lengthened(documents, seed=3)]
    assert [d.lines for d in longer] == [d.lines for d in lengthened(documents, seed=3)]
    assert [d.lines for d in longer] != [d.lines for d in lengthened(documents, seed=4)]
    for before, after in zip(documents, longer, strict=True):
        assert (after.strengths, after.depths, after.source) == (before.strengths, before.depths, before.source)
        assert len(after.lines) > len(before.lines)
        kept = iter(after.lines)
        assert all(line in kept for line in before.lines)
        added = [line for line in after.lines if line not in before.lines]
        assert not any(any(line.strengths.values()) for line in added)
