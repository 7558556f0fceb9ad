"""Profiles of many candidates in a folder of Parquet files, matched against roles without their texts."""

from .indexing import Indexed
from .profile_store import ProfileStore

__all__ = ["Indexed", "ProfileStore"]
