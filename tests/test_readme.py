"""The README's and the notebooks' code runs."""

from __future__ import annotations

import re

import pytest

from .conftest import ROOT


def test_the_first_example_of_the_readme_says_what_it_says(capsys):
    block = re.search(
        r"```python\n(import domainfit.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    exec(block.group(1), {})
    assert capsys.readouterr().out.splitlines()[0] == "mismatch"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.name)
def test_notebooks_run(path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
