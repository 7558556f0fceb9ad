"""The compiled loops over words give what the plain ones give, to the bit."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import string
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domainfit import described
from domainfit._compiled import words as compiled
from domainfit.reading import as_given
from domainfit.segments import segment
from domainfit.static import StaticEncoder, words

from .conftest import ROOT


@pytest.mark.skipif(
    os.environ.get("DOMAINFIT_PURE") == "1" or not shutil.which("cc"), reason="turned off, or no C compiler is here"
)
def test_the_kernels_are_compiled_where_a_compiler_is():
    assert compiled is not None


kernels = pytest.mark.skipif(compiled is None, reason="the kernels were not compiled here")

PARTS = (
    "model drift python c++ c# node.js r&d a/b x- -.- 3d 0 12 ٣ ² Ⅷ ß ſ İ GİVİNG K\u212aelvin ﬁ é éa1b ñ Ǆ ϒ • , ; : | / ( ) + # ' ’ _ "
    "leave parental break gap between jobs stay-at-home CARE caring for my mother built shipped the of \0 \ud800 \udfff 😀 \u0301"
).split(" ")
LINES = st.lists(st.sampled_from([*PARTS, " ", " ", "  "]) | st.text(max_size=3), max_size=12).map("".join)
TEXTS = st.lists(LINES, max_size=8)


def check(fast, texts):
    encoder, head = fast.encoder, fast.heads.work
    assert np.array_equal(encoder._vocabulary.vectors(texts), encoder._plain_own(texts))
    if texts:
        (*quick, quick_hashes), (*plain, plain_hashes) = (
            described._quick_sums(head, texts),
            described._sums(head, texts),
        )
        for got, expected in zip([*quick, *quick_hashes], [*plain, *plain_hashes], strict=True):
            assert np.array_equal(got, expected)
    with pytest.MonkeyPatch.context() as patch:
        got = described.repeats([*texts, *texts[::2]])
        patch.setattr(described, "compiled", None)
        assert np.array_equal(got, described.repeats([*texts, *texts[::2]]))
    role = " ".join(texts[::3])
    assert np.array_equal(described.copied(role, texts), described.copied(frozenset(described._triples(role)), texts))


@kernels
def test_on_all_documents(fast, corpus):
    for document in corpus.documents:
        check(fast, as_given(segment(document.text)))


@kernels
@given(TEXTS)
def test_on_any_text(fast, texts):
    check(fast, texts)


@kernels
def test_on_very_long_lines(fast):
    check(fast, ["a" * 200_000, "a " * 50_000, "é1" * 50_000, "\0" * 1000, "ab, " * 30_000])


@kernels
def test_letters_that_look_like_others_hide_no_life(fast):
    lines = [
        "Years of CAREGİVİNG for my father",
        "ſabbatical of a whole year then",
        "A career breaK at home",
        "Café leave it",
    ]
    check(fast, lines)
    assert np.isneginf(described.work_log_odds(fast.heads.work, lines[:3])).all()


@kernels
def test_words_are_split_as_the_tokenizer_does(fast, corpus):
    chance, signs = random.Random(0), string.ascii_lowercase + string.digits + "+#-./'&"
    found = {word for d in corpus.documents[::10] for word in words(d.text)}
    found |= {"".join(chance.choices(signs, k=chance.randint(1, 14))) for _ in range(5000)}
    found |= {n * "a" for n in (99, 100, 101)} | {40 * "the", f"the-{120 * 'q'}-the", "résumé", "ﬁt", "۳"}
    pieces = fast.encoder._make_pieces()
    for word in found:
        got = pieces.split(word)
        assert got == fast.encoder._split(word) if word.isascii() else got is None, word


@kernels
def test_a_tokenizer_of_another_kind_splits_words_itself(fast):
    given = json.loads(fast.encoder.tokenizer)
    given["normalizer"]["lowercase"] = False
    parts = [getattr(fast.encoder, name) for name in ("terms", "table", "scale", "hidden")]
    encoder = StaticEncoder(*parts, json.dumps(given))
    assert encoder._make_pieces() is None
    texts = ["Zyxwvut blorptified the quxotron."]
    assert np.array_equal(encoder._vocabulary.vectors(texts), encoder._plain_own(texts))
    assert np.array_equal(encoder.encode(texts), fast.encoder.encode(texts))


def test_sums_are_exact_in_any_order(fast):
    encoder = fast.encoder
    # Twenty digits of the scale and seven of a value, over the range of all scales and 2^18 rows a line.
    assert 20 + 7 + np.log2(encoder._units.max() / encoder._units.min()) + 18 < 53
    assert np.allclose(encoder._units, encoder.scale, rtol=2**-20, atol=0)


@kernels
def test_terms_no_text_has_do_no_harm():
    terms = ["a", "a b", "c  d", " x", "y ", "", "a b c", "b", "d e"]
    table = np.arange(len(terms) * 2, dtype=np.int8).reshape(-1, 2)
    encoder = StaticEncoder(terms, table, np.ones(len(terms)), np.zeros((5, 3)), "")
    encoder.__dict__["_pieces"] = {"c": [3], "d": [], "e": [4], "x": [0], "y": [1]}
    encoder._vocabulary.vectors([""])
    kernel = compiled.Vocabulary(terms, 0, table, np.ones(len(terms)), lambda: None, encoder._pieces.__getitem__)
    texts = ["a b a b", "c d e", "x y", "", "e d e", "b a"]
    assert np.array_equal(kernel.vectors(texts), encoder._plain_own(texts))


@kernels
@pytest.mark.parametrize("wrong", [{"scale": np.ones(1)}, {"first": 2}])
def test_a_table_that_is_too_small_is_refused(wrong):
    sizes = {"first": 0, "table": np.zeros((2, 4), np.int8), "scale": np.ones(2)}
    given = {"terms": ["a", "b"], **sizes, "pieces": lambda: None, "split": list}
    with pytest.raises(ValueError, match="a row and a scale for each term"):
        compiled.Vocabulary(**{**given, **wrong})


@kernels
def test_kernels_are_not_pickled(fast):
    again = pickle.loads(pickle.dumps(fast))
    texts = ["Built forecasts of demand in Python", "Skills: SQL"]
    assert np.array_equal(again.encoder.encode_document(texts), fast.encoder.encode_document(texts))
    assert np.array_equal(
        described.work_log_odds(again.heads.work, texts), described.work_log_odds(fast.heads.work, texts)
    )


TOLD = """
import hashlib, json, sys
import domainfit
from domainfit.training.corpus import load_corpus
model = domainfit.load_bundle("fast")
documents = load_corpus(sys.argv[1]).documents
role = model.profile(next(d.text for d in documents if d.source == "role"), "role")
told = hashlib.sha256()
for d in documents:
    profile = model.profile(d.text, d.source)
    told.update(json.dumps(profile.to_dict()).encode())
    if d.source == "candidate":
        told.update(json.dumps(model.match(role, profile).to_dict()).encode())
print(told.hexdigest())
"""


@kernels
@pytest.mark.slow
def test_profiles_and_matches_are_the_same_without_kernels():
    told = {
        subprocess.run(
            [sys.executable, "-c", TOLD, str(ROOT / "data")],
            env={**os.environ, "DOMAINFIT_PURE": pure},
            capture_output=True,
            check=True,
        ).stdout
        for pure in ("0", "1")
    }
    assert len(told) == 1
