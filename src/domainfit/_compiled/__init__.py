"""Compiled twins of the loops over characters, words and numbers; each gives what its plain twin gives.

A kernel that was not compiled, or is turned off by ``DOMAINFIT_PURE=1``, is None here, and the plain
function beside each use takes over.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType


def _kernel(name: str) -> ModuleType | None:
    if os.environ.get("DOMAINFIT_PURE") == "1":
        return None
    try:
        return import_module(f"{__name__}.{name}")
    except ImportError:
        return None


cuts, letters, pooling, products, words = map(_kernel, ("cuts", "letters", "pooling", "products", "words"))
