"""Write the tables of data.md anew: python docs/update_data.py."""

from __future__ import annotations

from pathlib import Path

from domainfit.training.corpus import load_corpus
from domainfit.training.datasheet import datasheet_tables

HERE = Path(__file__).parent
MARK = "<!-- domainfit corpus -->"


def main() -> None:
    """Replace everything after the mark."""
    page = HERE / "data.md"
    head, _, _ = page.read_text(encoding="utf-8").partition(MARK)
    page.write_text(f"{head}{MARK}\n\n{datasheet_tables(load_corpus(HERE.parent / 'data'))}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
