from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from domainfit import Document, InputError, Model, load_bundle
from domainfit.bundle import BundleInfo, save_bundle
from domainfit.encoders import TransformerEncoder
from domainfit.fingerprint import encoder_fingerprint, fingerprint, hash_values
from domainfit.static import StaticEncoder


def test_a_model_and_its_saved_bundle_have_one_fingerprint(fast, tmp_path):
    save_bundle(tmp_path, fast, BundleInfo("renamed"))
    assert fingerprint(load_bundle(tmp_path)) == fingerprint(fast)


def test_shipped_bundles_differ(fast, base):
    assert fingerprint(fast) != fingerprint(base)


def test_every_head_counts(fast):
    prints = {fingerprint(fast)}
    for part in fields(fast.heads):
        head = getattr(fast.heads, part.name)
        name, values = next(iter(head.arrays().items()))
        heads = replace(fast.heads, **{part.name: replace(head, **{name: values + 1})})
        prints.add(fingerprint(Model(fast.encoder, heads, fast.taxonomy, fast.sections)))
    assert len(prints) == 1 + len(fields(fast.heads))
    untaught = Model(fast.encoder, replace(fast.heads, decision=None), fast.taxonomy, fast.sections)
    assert fingerprint(untaught) not in prints


def test_any_part_of_an_encoder_counts_and_threads_do_not():
    static = {
        "terms": ["a"],
        "table": np.zeros((2, 3), np.int8),
        "scale": np.ones(2),
        "hidden": np.ones((7, 2)),
        "tokenizer": "{}",
    }
    changes = {
        "terms": ["b"],
        "table": np.ones((2, 3), np.int8),
        "scale": np.zeros(2),
        "hidden": np.zeros((7, 2)),
        "tokenizer": "{ }",
    }
    prints = {encoder_fingerprint(StaticEncoder(**static | {k: v})) for k, v in changes.items()}
    assert len(prints | {encoder_fingerprint(StaticEncoder(**static))}) == 6
    transformer = {"graph": b"g", "tokenizer": "{}", "window": 192, "max_tokens": 120}
    changes = {"graph": b"h", "tokenizer": "{ }", "window": 100, "max_tokens": 100}
    prints = {encoder_fingerprint(TransformerEncoder(**transformer | {k: v})) for k, v in changes.items()}
    plain = encoder_fingerprint(TransformerEncoder(**transformer))
    assert len(prints | {plain}) == 5
    assert encoder_fingerprint(TransformerEncoder(**transformer, threads=3)) == plain


class Mine:
    def encode(self, sentences, /):
        return np.zeros((len(sentences), 3))


def test_an_encoder_of_ones_own_says_what_it_is(fast):
    model = Model(Mine(), fast.heads, fast.taxonomy, fast.sections)
    with pytest.raises(InputError, match="attribute 'fingerprint'"):
        fingerprint(model)
    model.encoder.fingerprint = "mine, version 1"
    first = fingerprint(model)
    model.encoder.fingerprint = "mine, version 2"
    assert fingerprint(model) != first


def test_values_are_kept_apart_and_hash_alike_in_every_process():
    groups = [["ab", "c"], ["a", "bc"], [b"ab", "c"], [None, "c"], ["None", "c"], [Path("ab"), "c"], [1, "c"]]
    groups += [[Document("ab"), "c"], [Document("ab", name="n"), "c"], [float("nan"), "c"], ["\ud800", "c"]]
    hashes = [hash_values(g) for g in groups]
    assert len(set(hashes)) == len(groups)
    program = "from domainfit.fingerprint import hash_values; print(hash_values(['ab', 'c']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashes[0]
