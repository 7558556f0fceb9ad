import numpy as np
import numpy.typing as npt

def product(x: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]: ...
