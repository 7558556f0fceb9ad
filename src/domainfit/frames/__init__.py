"""Tables in, tables out: the one batch door, used by notebooks, the command line and services."""

from .profiling import profile_frame, score_frame
from .ranking import rank, rank_matches

__all__ = ["profile_frame", "rank", "rank_matches", "score_frame"]
