from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domainfit import InputError
from domainfit.encoders import DocumentEncoder, TransformerEncoder, encode_segments, pack
from domainfit.types import Encoder

LINES = [
    "Trained a detector on images",
    "Wrote the billing service",
    "EXPERIENCE",
    "Measured the uplift of a campaign",
    "",
]


@given(st.lists(st.integers(1, 60), max_size=40), st.integers(10, 80))
def test_windows_cover_every_segment_once_and_stay_within_the_limit(lengths, window):
    found = list(pack(lengths, window))
    assert [i for a, b in found for i in range(a, b)] == list(range(len(lengths)))
    assert all(b - a == 1 or 1 + sum(n + 1 for n in lengths[a:b]) <= window for a, b in found)


@pytest.mark.parametrize("name", ["base", "fast"])
def test_shapes_context_and_pickling(name, request):
    encoder = request.getfixturevalue(name).encoder
    assert isinstance(encoder, DocumentEncoder)
    alone, together = encoder.encode(LINES), encoder.encode_document(LINES)
    assert alone.shape == together.shape == (5, encoder.dimension)
    assert alone.dtype == np.float32
    assert not np.allclose(alone[0], together[0])
    assert np.array_equal(alone[:1], encoder.encode(LINES[:1]))
    assert np.array_equal(pickle.loads(pickle.dumps(encoder)).encode_document(LINES), together)
    assert encoder.encode([]).shape == encoder.encode_document([]).shape == (0, encoder.dimension)


def test_a_text_has_the_same_vector_whatever_is_encoded_beside_it(base):
    encoder = base.encoder
    assert np.array_equal(encoder.encode(LINES[::-1])[::-1], encoder.encode(LINES))


def test_the_number_of_threads_changes_no_bit(base):
    lines = [f"Trained model {i} on the {i * 37} documents of the archive, and checked it twice" for i in range(40)]
    encoder = base.encoder
    alone, many = (
        TransformerEncoder(encoder.graph, encoder.tokenizer, window=encoder.window, threads=n) for n in (1, 5)
    )
    assert np.array_equal(alone.encode_document(lines), many.encode_document(lines))


def test_white_space_does_not_matter(fast):
    a = encode_segments(fast.encoder, ["Trained a\n  detector"])
    assert np.array_equal(a, encode_segments(fast.encoder, ["Trained a detector"]))


def test_long_segments_are_cut_and_not_refused(base):
    assert base.encoder.encode_document(["word " * 2000, "end"]).shape[0] == 2


@pytest.mark.parametrize("answer", [np.zeros((1, 3)), np.zeros(5), np.full((5, 2), np.nan)])
def test_a_faulty_encoder_is_named(answer):
    class Faulty:
        def encode(self, sentences, /):
            return answer

    with pytest.raises(InputError, match="Faulty returned"):
        encode_segments(Faulty(), LINES)


@pytest.mark.slow
def test_a_sentence_transformers_model_is_an_encoder():
    pytest.importorskip("sentence_transformers")
    from domainfit.encoders import sentence_transformer
    from domainfit.training.finetune import stock_model

    encoder = sentence_transformer(str(stock_model()), device="cpu")
    assert isinstance(encoder, Encoder)
    assert encode_segments(encoder, LINES).shape == (5, 384)
