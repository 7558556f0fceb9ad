"""Pictures, each a function that draws on axes and returns them. Needs the extra ``plots``.

A discipline has one colour (its taxonomy's) and one hatch in every picture. Nothing here touches
pyplot or matplotlib's settings: axes made here belong to a figure of their own, ``axes.figure``,
which is gone when nobody holds it. A notebook shows them as a picture.
"""

from .audit import plot_impact_ratios, plot_selection_rates
from .confusion import plot_confusion
from .curves import plot_learning_curve, plot_reliability, plot_risk_coverage
from .evidence import plot_evidence
from .matches import plot_match, plot_ranking
from .profiles import plot_profile, plot_radar

__all__ = [
    "plot_confusion",
    "plot_evidence",
    "plot_impact_ratios",
    "plot_learning_curve",
    "plot_match",
    "plot_profile",
    "plot_radar",
    "plot_ranking",
    "plot_reliability",
    "plot_risk_coverage",
    "plot_selection_rates",
]
