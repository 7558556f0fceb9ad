from ..types import Segment

def segments(
    text: str, make: type[Segment], openers: dict[str, bool], leads_on: frozenset[str], abbreviations: frozenset[str]
) -> list[Segment]: ...
