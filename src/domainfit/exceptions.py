"""Every error the library raises on purpose.

DomainfitError
├── InputError (ValueError)      what was handed in cannot be used
│   ├── DocumentError            a file or text cannot be read
│   └── DataError                a table, corpus or gold folder is malformed
├── BundleError                  a model folder is damaged, newer, or not one
└── MissingExtraError (ImportError)  an optional dependency is not installed
"""

from __future__ import annotations


class DomainfitError(Exception):
    """Base of all errors that domainfit raises on purpose."""


class InputError(DomainfitError, ValueError):
    """What was handed in cannot be used; the message names the input and the remedy."""


class DocumentError(InputError):
    """A document cannot be read.

    Parameters
    ----------
    message : str
        What is wrong and what to do about it. It never quotes the document.
    name : str, optional
        The document's name, put before the message.
    code : str, default "unreadable"
        A stable, machine-readable reason: ``"empty"``, ``"encrypted"``, ``"image_only"``,
        ``"corrupt"``, ``"too_large"``, ``"too_many_pages"``, ``"unsupported"``, ``"missing"``,
        ``"unreadable"``.
    """

    def __init__(self, message: str, *, name: str | None = None, code: str = "unreadable") -> None:
        super().__init__(f"{name}: {message}" if name else message)
        self.name = name
        self.code = code


class DataError(InputError):
    """A table, a corpus file or a gold folder is malformed; the message names file, row and field."""


class BundleError(DomainfitError):
    """A model bundle is damaged, incomplete, of a newer format, or not a bundle at all."""


class MissingExtraError(DomainfitError, ImportError):
    """An optional dependency is needed and not installed."""
