from __future__ import annotations

import io
import sys

import pytest

from domainfit.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "kernel", "total", "shown", "visible"),
    [
        (Terminal, False, 100, None, True),
        (Terminal, False, None, None, True),
        (Terminal, False, 3, None, False),
        (io.StringIO, False, 100, None, False),
        (io.StringIO, True, 100, None, True),
        (io.StringIO, False, 3, True, True),
        (Terminal, True, 100, False, False),
    ],
)
def test_a_bar_is_shown_where_somebody_is_watching(monkeypatch, stream, kernel, total, shown, visible):
    monkeypatch.setattr(sys, "stderr", stream())
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    if kernel:
        monkeypatch.setitem(sys.modules, "ipykernel", None)
    with progress_bar("reading", total, shown=shown) as bar:
        bar.update(2)
    assert ("reading" in sys.stderr.getvalue()) == visible
