"""The public functions: one call from a text to a profile, from two texts to a match."""

from __future__ import annotations

import os
from typing import Any

from .bundle import load_bundle
from .decisions import DecisionAssessment
from .model import Model
from .results import Match, Profile
from .types import Kind


def profile(document: Any, kind: Kind = "candidate", *, model: str | os.PathLike[str] | Model = "base") -> Profile:
    """Tell which AI disciplines a résumé or a job description is about, how deep, and on what evidence.

    Parameters
    ----------
    document : str, path, bytes or Document
        The text itself, or a file (txt, Markdown, HTML, PDF, DOCX, JSON Resume). A plain string is
        always text; give a `pathlib.Path` for a file.
    kind : {"candidate", "role"}, default "candidate"
        What the document is.
    model : {"base", "fast"}, path or Model, default "base"
        The model to use.

    Returns
    -------
    Profile

    Raises
    ------
    DocumentError
        If the document cannot be read.
    BundleError
        If the model cannot be loaded.

    Examples
    --------
    >>> import domainfit
    >>> p = domainfit.profile(
    ...     "Computer vision engineer. Trained a YOLO detector on 40,000 images of weld seams and deployed it on "
    ...     "the line, where it now inspects every part. Calibrated the stereo cameras and wrote the tracking code.",
    ...     model="fast",
    ... )
    >>> p.primary
    'computer_vision'
    """
    return load_bundle(model).profile(document, kind)


def score_match(role: Any, candidate: Any, *, model: str | os.PathLike[str] | Model = "base") -> Match:
    """Say how far a candidate's shown work meets a role's need.

    Parameters
    ----------
    role, candidate : str, path, bytes, Document or Profile
        The two sides. A plain string is always text; give a `pathlib.Path` for a file.
    model : {"base", "fast"}, path or Model, default "base"
        The model to use.

    Returns
    -------
    Match

    Raises
    ------
    DocumentError
        If either side cannot be read.
    BundleError
        If the model cannot be loaded.
    """
    return load_bundle(model).score_match(role, candidate)


def assess_decision(
    account: Any, role: Any = None, *, model: str | os.PathLike[str] | Model = "base"
) -> DecisionAssessment:
    """Rate a candidate's written account of a recent technical decision, with the sentences it rests on.

    Parameters
    ----------
    account : str, path, bytes or Document
        The account. A plain string is always text; give a `pathlib.Path` for a file.
    role : str, path, bytes, Document or Profile, optional
        The role that the candidate applies for; an account of another field is flagged. It changes
        no rating.
    model : {"base", "fast"}, path or Model, default "base"
        The model to use.

    Returns
    -------
    DecisionAssessment
        Eight dimensions and the whole, 0 to 4. How well it agrees with a person is measured by
        ``python benchmarks/decisions.py``.

    Raises
    ------
    DocumentError
        If the account or the role cannot be read.
    BundleError
        If the model cannot be loaded, or has not learned to rate accounts.
    """
    return load_bundle(model).assess_decision(account, role)
