"""Past role-candidate pairs with their outcome: reading them, learning from them."""

from .comparing import compare_models
from .fitting import PlacementFit, fit_placements, save_fit
from .model import PlacementModel
from .schema import Placements, read_placements

__all__ = [
    "PlacementFit",
    "PlacementModel",
    "Placements",
    "compare_models",
    "fit_placements",
    "read_placements",
    "save_fit",
]
