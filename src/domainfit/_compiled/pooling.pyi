import numpy as np
import numpy.typing as npt

_Float = npt.NDArray[np.float64]

def scores(odds: _Float, disciplines: int, rungs: int) -> list[_Float]: ...
def totals(
    section_weight: _Float, level: _Float, depth: _Float, section: _Float, work: npt.NDArray[np.uint8], cap: float
) -> tuple[_Float, _Float]: ...
