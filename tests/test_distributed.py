"""Spark and Dask give what one process gives, to the bit, also where a worker dies."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import domainfit
from domainfit import BundleError, InputError, Model, distributed
from domainfit.workers import NamedModel

from .conftest import LANGUAGE, TEACHER, VISION, VISION_ROLE

pytestmark = pytest.mark.filterwarnings("default")
SOURCE = str(Path(domainfit.__file__).parent.parent)


@pytest.fixture(scope="module")
def df(corpus):
    texts = [d.text for d in corpus.documents[:60]]
    bad = [None, "", "short", TEACHER, VISION, VISION]
    table = pd.DataFrame({"text": [*texts, *bad], "id": range(66), "role": VISION_ROLE})
    return table.assign(candidate=table["text"])


@pytest.fixture(scope="module")
def environment():
    """What workers need to find this copy of the package and the same interpreter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([SOURCE, os.environ.get("PYTHONPATH", "")]))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        yield


@pytest.fixture(scope="module")
def spark(environment):
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, and there is none: apt-get install default-jre-headless")
    settings = {"ui.enabled": "false", "driver.host": "127.0.0.1", "driver.bindAddress": "127.0.0.1"}
    builder = sql.SparkSession.builder.master("local[2]")
    for key, value in settings.items():
        builder = builder.config(f"spark.{key}", value)
    session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def cluster(environment):
    module = pytest.importorskip("distributed")
    with (
        module.LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None, host="127.0.0.1") as local,
        module.Client(local) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ray(environment):
    module = pytest.importorskip("ray", reason="ray is not installed")
    pytest.importorskip("ray.data")
    module.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    module.data.DataContext.get_current().enable_progress_bars = False
    yield module
    module.shutdown()


def nulls(table):
    """A table with one value for what is missing, and types by content."""
    return table.astype(object).where(table.notna(), None).reset_index(drop=True)


@pytest.mark.slow
def test_spark_gives_what_one_process_gives(spark, df, fast):
    table = spark.createDataFrame(nulls(df), "text string, id long, role string, candidate string").repartition(4)
    for found, expected in (
        (
            distributed.profile_frame(table, model="fast", carry="id"),
            domainfit.profile_frame(df, model=fast, carry="id"),
        ),
        (distributed.score_frame(table, model="fast", carry="id"), domainfit.score_frame(df, model=fast, carry="id")),
    ):
        collected = found.toPandas().sort_values("id")
        pd.testing.assert_frame_equal(nulls(collected), nulls(expected), check_exact=True)


@pytest.mark.slow
def test_spark_sends_a_model_of_ones_own_and_opens_it_once_a_worker(spark, fast, tmp_path):
    table = spark.createDataFrame(pd.DataFrame({"text": [VISION, LANGUAGE] * 20})).repartition(8)
    model = counting(fast, tmp_path / "opened")
    found = distributed.profile_frame(table, model=model).toPandas()
    assert len(found) == 40
    assert set(found["status"]) <= {"no_discipline", "ok"}
    opened = (tmp_path / "opened").read_text().split()
    assert len(opened) == len(set(opened)) <= 2


def counting(fast, path):
    """A model that writes down which process opens it; of a class that only this process knows."""
    width = len(fast.heads.segment.depth) - 1

    class Mine:
        fingerprint = f"mine, {path}"

        def encode(self, sentences, /):
            return np.ones((len(sentences), width), np.float32)

        def __setstate__(self, state):
            with path.open("a") as file:
                file.write(f"{os.getpid()}\n")

        def __getstate__(self):
            return {"some": "state"}

    return Model(Mine(), fast.heads, fast.taxonomy, fast.sections)


@pytest.mark.slow
def test_dask_gives_what_one_process_gives(cluster, df, fast):
    dd = pytest.importorskip("dask.dataframe")
    table = dd.from_pandas(df, npartitions=5)
    for found, expected in (
        (
            distributed.profile_frame(table, model="fast", carry="id"),
            domainfit.profile_frame(df, model=fast, carry="id"),
        ),
        (distributed.score_frame(table, model="fast"), domainfit.score_frame(df, model=fast)),
    ):
        collected = found.compute()
        assert list(collected.index) == list(df.index)
        assert list(found.columns) == list(collected.columns)
        pd.testing.assert_frame_equal(nulls(collected), nulls(expected), check_exact=True)


@pytest.mark.slow
def test_dask_opens_a_model_once_a_worker(cluster, fast, tmp_path):
    dd = pytest.importorskip("dask.dataframe")
    table = dd.from_pandas(pd.DataFrame({"text": [VISION, LANGUAGE] * 20}), npartitions=8)
    distributed.profile_frame(table, model=counting(fast, tmp_path / "opened")).compute()
    opened = (tmp_path / "opened").read_text().split()
    assert len(opened) == len(set(opened)) <= 2


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_dask_survives_the_death_of_a_worker(cluster, df, fast):
    dd = pytest.importorskip("dask.dataframe")
    big = pd.concat([df.assign(text=df["text"] + f"\n- Wrote {i} reports") for i in range(12)], ignore_index=True)
    future = cluster.compute(distributed.profile_frame(dd.from_pandas(big, npartitions=40), model="fast"))
    victim = next(iter(cluster.run(os.getpid).values()))
    deadline = time.monotonic() + 60
    while not any(cluster.processing().values()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not future.done()
    os.kill(victim, signal.SIGKILL)
    found = future.result()
    pd.testing.assert_frame_equal(nulls(found), nulls(domainfit.profile_frame(big, model=fast)), check_exact=True)
    cluster.wait_for_workers(2)
    assert victim not in cluster.run(os.getpid).values()


@pytest.mark.slow
def test_ray_gives_what_one_process_gives(ray, df, fast):
    table = ray.data.from_pandas(df).repartition(5)
    for found, expected in (
        (
            distributed.profile_frame(table, model="fast", carry="id"),
            domainfit.profile_frame(df, model=fast, carry="id"),
        ),
        (distributed.score_frame(table, model="fast", carry="id"), domainfit.score_frame(df, model=fast, carry="id")),
    ):
        collected = found.to_pandas().sort_values("id")
        assert list(collected.columns) == list(expected.columns)
        pd.testing.assert_frame_equal(nulls(collected), nulls(expected), check_exact=True)


@pytest.mark.slow
def test_ray_opens_a_model_once_a_worker(ray, fast, tmp_path):
    table = ray.data.from_pandas(pd.DataFrame({"text": [VISION, LANGUAGE] * 20})).repartition(8)
    found = distributed.profile_frame(table, model=counting(fast, tmp_path / "opened")).to_pandas()
    assert len(found) == 40
    opened = (tmp_path / "opened").read_text().split()
    assert len(opened) == len(set(opened))


def test_the_schema_of_a_dask_table_is_known_before_it_is_computed(fast):
    dd = pytest.importorskip("dask.dataframe")
    table = dd.from_pandas(pd.DataFrame({"text": [VISION, None], "id": [1, 2]}), npartitions=2)
    out = distributed.profile_frame(table, model=fast, carry="id")
    computed = out.compute(scheduler="sync")
    assert (out.dtypes == computed.dtypes).all()


def test_wrong_calls(fast):
    dd = pytest.importorskip("dask.dataframe")
    with pytest.raises(InputError, match=r"domainfit\.profile_frame takes tables in memory"):
        distributed.profile_frame(pd.DataFrame({"text": [VISION]}), model=fast)
    table = dd.from_pandas(pd.DataFrame({"text": [VISION], "status": ["x"]}), npartitions=1)
    with pytest.raises(InputError, match="no column"):
        distributed.score_frame(table, model=fast)
    with pytest.raises(InputError, match="names of results"):
        distributed.profile_frame(table, model=fast, carry=True)


def test_a_worker_with_another_bundle_refuses(fast, monkeypatch):
    named = NamedModel("fast")
    assert named.open().name == "fast"
    named.key = "of another version"
    with pytest.raises(BundleError, match="one version of domainfit"):
        named.open()
