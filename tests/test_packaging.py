"""What is handed out: a wheel and a source archive that are whole, and a site without a broken link."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile

import pytest

from .conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_the_wheel_works_from_another_folder(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as z:
        names = z.namelist()
        z.extractall(tmp_path / "installed")
    for needed in (
        "domainfit/py.typed",
        "domainfit/bundles/base/encoder.onnx",
        "domainfit/bundles/fast/static.safetensors",
        "domainfit/assets/taxonomy.json",
        "domainfit/service/page/index.html",
    ):
        assert needed in names
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert any(n.endswith("licenses/NOTICE") for n in names)
    assert not [n for n in names if n.startswith(("tests/", "data/")) or n.endswith((".pkl", ".pickle"))]
    assert wheel.stat().st_size < 60e6
    code = (
        "import domainfit; assert 'installed' in domainfit.__file__; "
        "print(domainfit.score_match('You train detectors on camera images for our belts. ' * 5, "
        "'Trained a detector for pallets on images and shipped it to forklifts. ' * 4).verdict)"
    )
    clean = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True)
    assert done.stdout.strip() == "fit", done.stderr


def test_the_source_archive_builds_the_same_package(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as t:
        names = [n.partition("/")[2] for n in t.getnames()]
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE"} <= set(names)
    assert "src/domainfit/bundles/base/encoder.onnx" in names


def test_every_extra_is_named_where_it_is_missing():
    """`require` is called with extras that exist, so that the remedy it names is one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = set(project["optional-dependencies"])
    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src" / "domainfit").rglob("*.py"))
    named = set(re.findall(r'require\(\s*"[\w.]+",\s*"([\w-]+)"', text))
    assert named
    assert named <= extras


def test_the_site_is_built_without_a_broken_link(tmp_path):
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    reference = (tmp_path / "reference" / "index.html").read_text(encoding="utf-8")
    assert "The candidate's evidence for what the role needs" in reference
