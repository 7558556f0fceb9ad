from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest

from domainfit import InputError, workers
from domainfit.workers import SharedModel, Workers

from .conftest import LANGUAGE, TEACHER, VISION


@pytest.mark.parametrize("name", ["fast", "base"])
def test_a_shared_model_answers_alike_in_another_process(name, request, tmp_path):
    model = request.getfixturevalue(name)
    (tmp_path / "model").write_bytes(pickle.dumps(SharedModel(model)))
    (tmp_path / "text").write_text(VISION)
    program = (
        "import pickle, pathlib, sys; folder = pathlib.Path(sys.argv[1])\n"
        "model = pickle.loads((folder / 'model').read_bytes()).open()\n"
        "print(model.profile((folder / 'text').read_text()).to_dict())"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(model.profile(VISION).to_dict())


def test_weights_are_views_of_one_read_only_block(fast):
    shared = SharedModel(fast)
    shared.block.flags.writeable = False  # As joblib's memory map is.
    workers._OPENED.clear()
    model = shared.open()
    assert model.encoder.table.base is not None
    assert not model.encoder.table.flags.writeable
    assert np.array_equal(model.encoder.table, fast.encoder.table)
    assert model.encoder.hidden.ctypes.data % 64 == shared.block.ctypes.data % 64
    assert shared.open() is model


def test_a_worker_keeps_few_models_open(fast, base, monkeypatch):
    monkeypatch.setattr(workers, "_KEPT", 1)
    first = SharedModel(fast).open()
    assert SharedModel(base).open().name == "base"
    assert len(workers._OPENED) == 1
    assert SharedModel(fast).open() is not first


class Mine:
    """An encoder that only this module knows."""

    fingerprint = "of the tests"

    def encode(self, sentences, /):
        return np.ones((len(sentences), 128), np.float32)


def test_any_encoder_and_any_number_of_processes(fast):
    from domainfit import Model

    width = len(fast.heads.segment.depth) - 1
    encoder = Mine()
    encoder.encode = lambda sentences, /: np.ones((len(sentences), width), np.float32)
    model = Model(encoder, fast.heads, fast.taxonomy, fast.sections)
    values = [VISION, LANGUAGE, TEACHER, None, "short"] * 20
    with Workers(model) as one, Workers(model, 2) as two:
        for a, b in zip(one.records(values, "candidate"), two.records(values, "candidate"), strict=True):
            assert a.status == b.status
            assert a.numbers.tobytes() == b.numbers.tobytes()


@pytest.mark.parametrize("n_jobs", [0, 1.5, "two"])
def test_processes_are_counted(fast, n_jobs):
    with pytest.raises(InputError, match="n_jobs"):
        Workers(fast, n_jobs)
