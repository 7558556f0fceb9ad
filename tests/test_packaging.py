"""What is handed out: a wheel and a source archive that are whole, and a site without a broken link."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

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
    assert [n for n in names if n.startswith("domainfit/_compiled/words.") and n.endswith((".so", ".pyd"))]
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert any(n.endswith("licenses/NOTICE") for n in names)
    assert not [n for n in names if n.startswith(("tests/", "data/")) or n.endswith((".pkl", ".pickle"))]
    assert wheel.stat().st_size < 60e6
    code = (
        "import domainfit; assert 'installed' in domainfit.__file__; "
        "print(domainfit.score_match('You train detectors on camera images for our belts. ' * 5, "
        "'Trained a detector for pallets on images and shipped it to forklifts. ' * 4).verdict)"
    )
    for pure in ("0", "1"):  # With its kernels and without.
        clean = {**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "DOMAINFIT_PURE": pure}
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True)
        assert done.stdout.strip() == "fit", done.stderr


def pythons():
    """Yield the interpreters found here that the project says it supports, one a minor version."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(11, 20):
        found = [shutil.which(f"python3.{minor}"), *map(str, sorted(kept.glob(f"3.{minor}.*/bin/python")))]
        asked = ["import venv, ensurepip, sys; print(sys.version_info[1])"]
        for python in filter(None, found):
            done = subprocess.run([python, "-c", *asked], capture_output=True, text=True)
            if done.stdout.strip() == str(minor):
                yield pytest.param(python, id=f"3.{minor}")
                break


@pytest.mark.parametrize("python", list(pythons()))
def test_a_new_environment_of_each_python_found(python, built, tmp_path):
    """Install the package as a user does, check what pip brought, and use it from another folder."""
    # The wheel is for the Python that built it; another one compiles the source archive.
    tag = subprocess.run([python, "-c", "import sys; print('cp%d%d' % sys.version_info[:2])"], capture_output=True)
    (package,) = [*built.glob(f"*{tag.stdout.decode().strip()}*.whl"), *built.glob("*none-any.whl")] or built.glob(
        "*.tar.gz"
    )
    subprocess.run([python, "-m", "venv", str(tmp_path / "env")], check=True)
    own = tmp_path / "env" / "bin" / "python"
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}

    def run(*command):
        done = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    install = (own, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    assert run(*install, str(package))[0] == 0
    code, out = run(own, "-m", "pip", "check")
    assert code == 0, out
    example = tmp_path / "resume.pdf"
    example.write_bytes(b"%PDF-1.4 empty")
    code, out = run(tmp_path / "env" / "bin" / "domainfit", "profile", str(example))
    assert 'pip install "domainfit[readers]"' in out
    for text in (ROOT / "examples" / "resumes").glob("*.md"):
        shutil.copy(text, tmp_path)
    role = shutil.copy(ROOT / "examples" / "role.md", tmp_path / "role.txt")
    names = sorted(p.name for p in tmp_path.glob("*.md"))
    code, out = run(tmp_path / "env" / "bin" / "domainfit", "rank", role, *names)
    assert code == 0, out
    assert out.split("1  ", 1)[1].startswith("ada_perception.md")


def test_the_list_of_parts_names_all_that_a_user_gets(tmp_path):
    copy = tmp_path / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "dist", "data", "tests", "notebooks"))
    done = subprocess.run(["make", "-s", "sbom", f"PYTHON={sys.executable}"], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    bom = json.loads((copy / "dist" / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert bom["bomFormat"] == "CycloneDX"
    assert bom["metadata"]["component"]["name"] == "domainfit"
    parts = {c["name"].lower(): c for c in bom["components"]}
    licences = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in (*project["dependencies"], *project["optional-dependencies"]["readers"]):
        part = parts[re.match(r"[\w.-]+", requirement).group().lower()]
        assert part["version"]
        assert (
            part.get("licenses") or f"| {part['name']} |" in licences
        )  # Some say it in words that the list leaves out.


def test_the_page_of_licences_names_all_that_can_come_along():
    for package in ("torch", "pyspark", "dask", "fastapi", "httpx", "matplotlib"):
        pytest.importorskip(package)
    spec = importlib.util.spec_from_file_location("update_licences", ROOT / "docs" / "update_licences.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (\S+) \| (.*?) \|", text, re.MULTILINE))
    # What others need in turn changes with their releases; what this project asks for does not.
    direct = {name for name, _ in module.requirements("domainfit")}
    assert direct <= set(told)
    assert not [n for n, licence in told.items() if re.search(r"\bA?GPL|not said|not installed", licence)]


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
