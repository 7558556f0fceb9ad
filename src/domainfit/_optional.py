"""Import what only some users need, with an error that names the extra to install."""

from __future__ import annotations

import importlib
from typing import Any

from .exceptions import MissingExtraError


def require(module: str, extra: str, purpose: str) -> Any:
    """Import a module of an optional dependency.

    Parameters
    ----------
    module : str
        The module to import, such as ``"pypdfium2"``.
    extra : str
        The extra of domainfit that brings it.
    purpose : str
        What it is needed for, as the subject of a sentence: ``"reading PDF files"``.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != module.split(".")[0]:
            raise
        raise MissingExtraError(
            f'{purpose} needs the package {module.split(".")[0]!r}: pip install "domainfit[{extra}]"'  # cmd.exe too
        ) from None
