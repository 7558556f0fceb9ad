"""One progress bar for everything that may take longer than a person waits."""

from __future__ import annotations

import sys
from typing import Any

FEW = 20
"""Fewer things than this are done before a bar could be read."""


def progress_bar(label: str, total: int | None, *, shown: bool | None = None, unit: str = "doc") -> Any:
    """Open a progress bar; use it as a context and call ``update(n)``.

    Parameters
    ----------
    label : str
        What is being done.
    total : int or None
        How many things there are to do; None where nobody knows.
    shown : bool, optional
        Whether to show it; by default where there is much to do and somebody is watching, in a
        terminal or a notebook.
    unit : str, default "doc"
        What the things are.

    Returns
    -------
    tqdm.tqdm
    """
    from tqdm.auto import tqdm

    if shown is None:
        # A notebook's streams are no terminals, and yet somebody is watching.
        watched = sys.stderr.isatty() or "ipykernel" in sys.modules
        shown = watched and (total is None or total >= FEW)
    return tqdm(desc=label, total=total, unit=unit, disable=not shown)
