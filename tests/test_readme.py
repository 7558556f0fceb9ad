"""The README's and the notebooks' code runs."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from domainfit.cli import main

from .conftest import ROOT


def test_the_first_example_of_the_readme_says_what_it_says(capsys):
    block = re.search(
        r"```python\n(import domainfit.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    exec(block.group(1), {})
    assert capsys.readouterr().out.splitlines()[0] == "mismatch"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    "name",
    [
        "index.md",
        "tables.md",
        "pictures.md",
        "decisions.md",
        "placements.md",
        "floor.md",
        "audit.md",
        "drift.md",
        "extending.md",
    ],
)
def test_documents_say_what_runs(name, tmp_path, monkeypatch, capsys):
    """Run a document's ``python`` and ``console`` blocks in order; ``py`` blocks need what a test has not."""
    for package in ("polars", "duckdb", "dask.dataframe", "pyarrow", "torch"):
        pytest.importorskip(package)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    names = {}
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(python|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    (tmp_path / "account.txt").write_text(
        re.sub(r'" *\n *"|"', "", text.partition("account = (")[2].partition(")\n")[0])
    )
    for language, block in blocks:
        if language == "python":
            exec(block, names)
            printed = capsys.readouterr().out.splitlines()
            promised = re.findall(r"print\(.*\)  # (.*)", block)
            for line, promise in zip(printed, promised, strict=True) if promised else ():
                assert line.startswith(promise.removesuffix(" ..."))
        else:
            for line in block.splitlines():
                assert main(shlex.split(line)[1:]) == 0
            capsys.readouterr()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.name)
def test_notebooks_run(path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
