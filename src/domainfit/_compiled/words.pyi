from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

_Whole = npt.NDArray[np.int64]
_Float = npt.NDArray[np.float64]
_Truth = npt.NDArray[np.bool_]

class Pieces:
    def __init__(self, vocabulary: dict[str, int], unknown: int, most: int) -> None: ...
    def split(self, word: str) -> list[int] | None: ...

class Vocabulary:
    def __init__(
        self,
        terms: Sequence[str],
        first: int,
        table: npt.NDArray[np.int8],
        scale: _Float,
        pieces: Callable[[], Pieces | None],
        split: Callable[[str], list[int]],
    ) -> None: ...
    def vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...

class WorkSums:
    def __init__(self, weights: npt.NDArray[np.int32], one: float, rare: Collection[str]) -> None: ...
    def of(self, texts: Sequence[str]) -> tuple[_Float, _Whole, _Truth, npt.NDArray[np.uint32], _Whole]: ...

class BagSums:
    def __init__(self, weights: npt.NDArray[np.int16], owner: npt.NDArray[np.int32]) -> None: ...
    def of(
        self, hashes: npt.NDArray[np.uint32], ends: _Whole, work: npt.NDArray[np.uint8]
    ) -> tuple[_Whole, _Whole]: ...

class Triples:
    def add(self, text: str) -> None: ...
    def shared(self, texts: Sequence[str]) -> tuple[_Whole, _Whole]: ...
    def again(self, texts: Sequence[str]) -> _Truth: ...
