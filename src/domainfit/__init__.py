"""domainfit: which AI discipline a résumé or a job description is really about, and where two do not meet."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .api import assess_decision, profile, score_match
from .bundle import load_bundle
from .decisions import DecisionAssessment, Rating
from .documents import read
from .exceptions import BundleError, DataError, DocumentError, DomainfitError, InputError, MissingExtraError
from .model import Model
from .results import Evidence, Gap, Match, Profile, Question
from .taxonomy import Taxonomy, default_taxonomy
from .types import Document, Flag, Segment

if TYPE_CHECKING:
    from .cache import cache_embeddings
    from .floors import Floor, floor
    from .frames import profile_frame, rank, score_frame
    from .placements import PlacementModel, Placements, read_placements
    from .report import write_report
    from .store import ProfileStore

__version__ = "0.1.0"

__all__ = [
    "BundleError",
    "DataError",
    "DecisionAssessment",
    "Document",
    "DocumentError",
    "DomainfitError",
    "Evidence",
    "Flag",
    "Floor",
    "Gap",
    "InputError",
    "Match",
    "MissingExtraError",
    "Model",
    "PlacementModel",
    "Placements",
    "Profile",
    "ProfileStore",
    "Question",
    "Rating",
    "Segment",
    "Taxonomy",
    "assess_decision",
    "cache_embeddings",
    "default_taxonomy",
    "floor",
    "load_bundle",
    "profile",
    "profile_frame",
    "rank",
    "read",
    "read_placements",
    "score_frame",
    "score_match",
    "write_report",
]

_LATER = {
    "Floor": "floors",
    "floor": "floors",
    "PlacementModel": "placements",
    "Placements": "placements",
    "ProfileStore": "store",
    "cache_embeddings": "cache",
    "profile_frame": "frames",
    "rank": "frames",
    "read_placements": "placements",
    "score_frame": "frames",
    "write_report": "report",
}


def __getattr__(name: str) -> Any:
    # Tables bring pandas along; a service that scores one pair does not need it.
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
