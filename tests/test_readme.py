"""The README's and the notebooks' code runs."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil

import pandas as pd
import pytest

from domainfit.cli import main, parser

from .conftest import BACKEND, LANGUAGE, ROOT, VISION, VISION_ROLE, serving

DOCUMENTS = [
    "index.md",
    "tables.md",
    "pictures.md",
    "decisions.md",
    "placements.md",
    "floor.md",
    "audit.md",
    "drift.md",
    "extending.md",
]


def test_the_first_example_of_the_readme_says_what_it_says(capsys):
    block = re.search(
        r"```python\n(import domainfit.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    exec(block.group(1), {})
    assert capsys.readouterr().out.splitlines()[0] == "mismatch"


def test_every_block_of_code_is_of_a_kind_that_is_run():
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        kinds = set(re.findall(r"^```(\w+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        run = {"README.md": {"python"}, "service.md": {"py"}}.get(path.name, {"python", "console"})
        assert kinds <= run, path.name
        assert not kinds or path.name in {"README.md", "service.md", *DOCUMENTS}


def test_what_the_readme_shows_of_the_functions():
    import domainfit

    block = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[2].partition("```")[0]
    names = {
        "domainfit": domainfit,
        "text": VISION,
        "role": VISION_ROLE,
        "text_a": VISION,
        "text_b": LANGUAGE,
        "df": pd.DataFrame({"text": [VISION, LANGUAGE], "role": VISION_ROLE, "candidate": [VISION, BACKEND]}),
    }
    exec(block, names)
    assert names["profile"].primary == "computer_vision"


def test_the_commands_shown_are_understood():
    """What they do is tested elsewhere."""
    lines = []
    for name in ("README.md", "docs/service.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        lines += re.findall(r"^(domainfit [a-z].*?)(?: +#.*)?$", text, re.MULTILINE)
    assert len(lines) > 10
    for line in lines:
        parser().parse_args(shlex.split(line)[1:])


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_client_as_the_service_page_shows_it(fast, tmp_path, monkeypatch):
    pytest.importorskip("httpx")
    shutil.copytree(ROOT / "examples", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```py\n(.*?)```", (ROOT / "docs" / "service.md").read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    with serving(fast) as address:
        exec(block.group(1).replace("http://localhost:8000", address), names)
    assert names["ranking"]["ranking"][0]["name"] == "ada_perception.md"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_say_what_runs(name, tmp_path, monkeypatch, capsys):
    """Run a document's ``python`` and ``console`` blocks in order; Spark's needs Java."""
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
        if "pyspark" in block and shutil.which("java") is None and "JAVA_HOME" not in os.environ:
            continue
        if "import ray" in block and importlib.util.find_spec("ray") is None:  # There are none for some systems.
            continue
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
