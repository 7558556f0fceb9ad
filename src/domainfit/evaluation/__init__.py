"""How right a model is on labelled text."""

from __future__ import annotations

from .gold import Gold, load_gold
from .report import Evaluation, Row, evaluate

__all__ = ["Evaluation", "Gold", "Row", "evaluate", "load_gold"]
