"""What a page's own style sheets say of an element: enough of CSS to tell what is not seen.

Selectors of tags, classes and ids are understood, alone, together and one within another; what asks for
more (attributes, states, places among siblings) is passed over. Sheets that are elsewhere are not fetched.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..exceptions import DocumentError

MOST_RULES = 5000
"""Rules beyond these are not read."""
MOST_TRIED = 2_000_000
"""How often a rule is held against an element before the page is refused: no résumé needs as much."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_BRACE = re.compile(r"([{}])")
# What holds on paper, or for a reading voice, is not what a screen shows.
_ELSEWHERE = re.compile(r"@media\b.{0,200}\b(?:print|speech)\b", re.IGNORECASE | re.DOTALL)
_COMPOUND = re.compile(r"(?:\*|[a-zA-Z][\w-]*)?(?:[.#][\w-]+)*")
_PART = re.compile(r"([.#]?)([\w-]+)")
_WITHIN = re.compile(r"\s*>\s*|\s+")


class _Compound(NamedTuple):
    """One element of a selector: its tag, its id, its classes; None and empty where any will do."""

    tag: str | None
    id: str | None
    classes: frozenset[str]

    def fits(self, element: Any) -> bool:
        return (
            self.tag in (None, element.tag)
            and self.id in (None, element.get("id"))
            and self.classes <= set((element.get("class") or "").split())
        )


class _Rule(NamedTuple):
    weight: tuple[int, int, int]
    within: tuple[_Compound, ...]
    declared: str


class Styles:
    """The styles of a page's elements.

    Parameters
    ----------
    root : lxml element
        The page.
    name : str or None
        What to call the page in an error.
    """

    def __init__(self, root: Any, name: str | None = None) -> None:
        self._name, self._tried = name, 0
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        sheets = [e for e in root.iter("style") if "print" not in (e.get("media") or "").lower()]
        for i, (selector, declared) in enumerate(_rules("\n".join(e.text or "" for e in sheets))):
            if i == MOST_RULES:
                break
            self._add(selector, declared)
        links = (e for e in root.iter("link") if "stylesheet" in (e.get("rel") or "").lower())
        self.whole = next(links, None) is None
        """Whether all of the page's sheets were read; where not, nobody knows what stands on what ground."""

    def of(self, element: Any) -> str:
        """Return an element's own declarations, the last word on each property alone."""
        inline = element.get("style") or ""
        if not self._rules:
            return inline
        rules = [r for key in _keys(element) for r in self._rules.get(key, ())]
        self._tried += len(rules)
        if self._tried > MOST_TRIED:
            message = "the page's style sheets are too large for it: save it as plain text"
            raise DocumentError(message, name=self._name, code="too_large")
        rules = [r for r in rules if _fits(r, element)]
        if not rules:
            return inline
        said = [d for r in sorted(rules, key=lambda r: r.weight) for d in _declarations(r.declared)]
        said += _declarations(inline)
        said.sort(key=lambda d: "!important" in d[1])  # Those come last, and keep their order.
        return "; ".join(f"{name}: {value}" for name, value in dict(said).items())

    def _add(self, selector: str, declared: str) -> None:
        for one in selector.split(","):
            parts = [_compound(p) for p in _WITHIN.split(one.strip())]
            within = tuple(p for p in parts if p is not None)
            if within and len(within) == len(parts):
                last = within[-1]
                key = f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag or "*"
                weight = (
                    sum(p.id is not None for p in within),
                    sum(len(p.classes) for p in within),
                    sum(p.tag is not None for p in within),
                )
                self._rules[key].append(_Rule(weight, within, declared))


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations, those of blocks within blocks too."""
    opened: list[tuple[str, bool]] = []  # What each open block is for, and whether it holds elsewhere.
    told = ""
    for token in _BRACE.split(_COMMENT.sub(" ", sheet)):
        if token == "{":
            elsewhere = bool(opened and opened[-1][1]) or bool(_ELSEWHERE.search(told[-500:]))
            opened.append((told.rpartition(";")[2].strip(), elsewhere))
        elif token == "}" and opened:
            selector, elsewhere = opened.pop()
            if selector and not selector.startswith("@") and not elsewhere:
                yield selector, told
        told = token if token not in ("{", "}") else ""


def _compound(text: str) -> _Compound | None:
    if not text or not _COMPOUND.fullmatch(text):
        return None
    parts = _PART.findall(text.removeprefix("*"))
    named = {sign: [name for s, name in parts if s == sign] for sign in ("", "#", ".")}
    tag, own = (named[sign][0] if named[sign] else None for sign in ("", "#"))
    return _Compound(tag.lower() if tag else None, own, frozenset(named["."]))


def _keys(element: Any) -> list[str]:
    classes = (element.get("class") or "").split()
    return [f"#{element.get('id')}", *(f".{c}" for c in dict.fromkeys(classes)), str(element.tag), "*"]


def _fits(rule: _Rule, element: Any) -> bool:
    """Tell whether an element is what a rule is about: the last of its compounds, within the others in turn."""
    *outer, last = rule.within
    if not last.fits(element):
        return False
    ancestors = element.iterancestors()
    return all(any(compound.fits(a) for a in ancestors) for compound in reversed(outer))


def _declarations(text: str) -> list[tuple[str, str]]:
    pairs = (part.partition(":") for part in text.split(";"))
    return [(name.strip().lower(), value.strip()) for name, colon, value in pairs if colon]
