from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from domainfit import BundleError, load_bundle
from domainfit.bundle import BundleInfo, bundle_info, save_bundle
from domainfit.model import Model
from domainfit.training.corpus import load_corpus

from .conftest import ROOT, VISION

SHIPPED = Path(str(files("domainfit") / "bundles"))


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(SHIPPED / "fast", tmp_path / "fast")
    return tmp_path / "fast"


@pytest.mark.parametrize("name", ["base", "fast"])
def test_saving_and_loading_changes_nothing(name, tmp_path):
    model = load_bundle(name)
    save_bundle(tmp_path, model, BundleInfo(name))
    assert load_bundle(tmp_path).profile(VISION).to_dict() == model.profile(VISION).to_dict()


def test_arrays_come_back_whatever_their_memory_layout(tmp_path, fast):
    import dataclasses

    strength = np.asfortranarray(fast.heads.segment.strength)
    heads = dataclasses.replace(fast.heads, segment=dataclasses.replace(fast.heads.segment, strength=strength))
    save_bundle(tmp_path, Model(fast.encoder, heads, fast.taxonomy, fast.sections), BundleInfo("x"))
    assert np.array_equal(load_bundle(tmp_path).heads.segment.strength, strength)


@pytest.mark.parametrize("name", ["base", "fast"])
def test_shipped_bundles_are_small_and_say_where_they_come_from(name):
    size = sum(f.stat().st_size for f in (SHIPPED / name).iterdir())
    assert size < {"base": 45e6, "fast": 15e6}[name]
    assert "Apache" in (SHIPPED / name / "NOTICE").read_text()
    assert bundle_info(name).training["versions"]


def test_shipped_bundles_were_trained_on_the_text_in_data():
    fingerprint = load_corpus(ROOT / "data").fingerprint()
    assert {bundle_info(n).training["data_sha256"] for n in ("base", "fast")} == {fingerprint}


@pytest.mark.parametrize("file", ["heads.safetensors", "static.safetensors", "terms.txt", "tokenizer.json"])
def test_a_changed_or_missing_file_is_named(copy, file):
    data = bytearray((copy / file).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / file).write_bytes(data)
    with pytest.raises(BundleError, match=f"{file} is damaged"):
        load_bundle(copy)
    (copy / file).unlink()
    with pytest.raises(BundleError, match=f"{file} is missing"):
        load_bundle(copy)


def rewrite(folder, **changes):
    path = folder / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_newer_bundle_asks_for_an_upgrade(copy):
    rewrite(copy, format=99)
    with pytest.raises(BundleError, match="upgrade domainfit"):
        load_bundle(copy)


def test_file_names_cannot_leave_the_folder(copy):
    rewrite(copy, files={"../secret": {"sha256": ""}})
    with pytest.raises(BundleError, match="plain file names"):
        load_bundle(copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{not json", '{"format": 1}'])
def test_a_damaged_manifest(copy, text):
    (copy / "bundle.json").write_text(text)
    with pytest.raises(BundleError):
        load_bundle(copy)


def test_what_is_no_bundle(tmp_path):
    with pytest.raises(BundleError, match="no bundle"):
        load_bundle("bsae")
    with pytest.raises(BundleError, match="not a bundle"):
        load_bundle(tmp_path)


def test_wrong_shapes_are_refused(tmp_path, fast):
    import dataclasses

    heads = dataclasses.replace(fast.heads, match=dataclasses.replace(fast.heads.match, depth=np.zeros(3)))
    save_bundle(tmp_path, Model(fast.encoder, heads, fast.taxonomy, fast.sections), BundleInfo("x"))
    with pytest.raises(BundleError, match=r"match.depth has shape \(3,\)"):
        load_bundle(tmp_path)


def test_an_unknown_encoder_cannot_be_saved(tmp_path, fast):
    class Mine:
        def encode(self, sentences, /):
            return np.zeros((len(sentences), 3))

    with pytest.raises(BundleError, match="cannot be stored"):
        save_bundle(tmp_path, Model(Mine(), fast.heads, fast.taxonomy, fast.sections), BundleInfo("x"))
