"""Which lines of a candidate's text describe work, and which only claim skill.

A list of tools, praise of oneself, a course, a certificate or a textbook exercise says what
somebody names, not what they did. Such lines are recognised one by one, from their own words, so
that nothing pasted beside an honest line can change how that line is read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._compiled import words as compiled
from .scoring import Head, unit
from .types import FloatArray

BUCKETS = 2**15
"""Words and word pairs are hashed into this many weights."""
MIN_WORDS = 4
"""A shorter line names something, or somebody; it describes nothing."""
MIN_ITEMS, ITEM_WORDS = 4, 3
"""A line of so many items and more, none of more words, is nothing but a list."""

_TOKEN = re.compile(r"[a-z][a-z0-9+#-]*|\d+|[,;:•|/()]")
_SEPARATORS = frozenset(",;:•|/")
_ITEM = re.compile(r"[,;|]")
_LETTERS = re.compile(r"[^\W\d_]+")
# What happens in a life is nobody's work and nobody's fault: it must not weigh in any way.
_LIFE = re.compile(
    r"\b(?:parental|maternity|paternity|family|adoption|medical|sick|bereavement)\s+leave\b|\bcareer\s+(?:break|gap)\b|"
    r"\bemployment\s+gap\b|\bgap\s+year\b|\bsabbatical\b|\bunemployed\b|\bbetween\s+jobs\b|\bchild\s?care\b|"
    r"\bcare\s?giv(?:er|ing)\b|\bstay[- ]at[- ]home\b|\bfull[- ]time\s+(?:parent|mother|father|care)\b|"
    r"\b(?:care|caring|cared|looking|looked)\s+(?:for|of|after)\s+(?:an?\s|my\s|our\s|two\s|three\s|the\s)?"
    r"(?:\w+\s)?(?:parents?|mother|father|child(?:ren)?|son|daughter|relatives?|family|grand\w+|twins|partner|wife|husband)\b|"
    r"\b(?:military|national|civil|community)\s+service\b|\b(?:illness|recovery\s+from)\b",
    re.IGNORECASE,
)

# The rarer words of those: in a line without any of them there is nothing to look for.
_LIFE_WORDS = frozenset((
    "leave", "break", "gap", "sabbatical", "unemployed", "jobs", "child", "childcare", "giver", "giving", "caregiver",
    "caregiving", "home", "parent", "mother", "father", "care", "caring", "cared",
    "looking", "looked", "service", "illness", "recovery",
))  # fmt: skip

Triple = tuple[str, str, str]


class Hashes(NamedTuple):
    """The CRC-32 of every word, word pair and shape of lines; see `term_hashes`.

    Parameters
    ----------
    values : ndarray of shape (n_terms,), uint32
        Line by line.
    ends : ndarray of shape (n_lines,), int64
        Where each line's end.
    """

    values: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.int64]


_Sums = tuple[FloatArray, npt.NDArray[np.bool_], Hashes]


@dataclass(frozen=True)
class WorkHead(Head):
    """A logistic regression from a line's words and word pairs to P(describes work).

    Parameters
    ----------
    weights : ndarray of shape (32768,)
        One weight a bucket of hashed words and word pairs.
    intercept : ndarray of shape (1,)
        The log-odds of a line without words.
    """

    weights: FloatArray
    intercept: FloatArray

    @cached_property
    def one(self) -> float:
        """So many units make a log-odds of one."""
        return unit(self.weights, 30)

    @cached_property
    def units(self) -> npt.NDArray[np.int32]:
        """The weights in whole units: they add up to the same in any order."""
        return np.asarray(np.rint(self.weights * self.one), np.int32)

    @cached_property
    def sums(self) -> Any:
        """The kernel that adds up a line's weights; None where there is none."""
        return compiled.WorkSums(self.units, self.one, _LIFE_WORDS) if compiled is not None else None

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:  # noqa: D102
        return {"weights": (BUCKETS,), "intercept": (1,)}


class _Hashes(dict[str, int]):
    """The CRC-32 of each term: a memo of words and word pairs, not of texts, kept in memory only."""

    MOST = 2**18

    def __missing__(self, term: str) -> int:
        if len(self) >= self.MOST:
            self.clear()
        value = self[term] = zlib.crc32(term.encode("utf-8", "replace"))
        return value


_hash = _Hashes().__getitem__


def term_hashes(text: str) -> list[int]:
    """Return the CRC-32 of a line's words, word pairs and shape.

    Digits are all alike, and the line's beginning and end count as words: what a sentence opens
    with tells a deed ("Trained ...") from a claim ("Proficient in ..."). The shape is how many words
    stand between two separators: few, in a list.
    """
    words = ["0" if t.isdigit() else t for t in _TOKEN.findall(text.lower())]
    pairs = [f"{a} {b}" for a, b in zip(("^", *words), (*words, "$"), strict=True)]
    shape = min(9, (len(words) + 2) // (sum(map(_SEPARATORS.__contains__, words)) + 1))
    terms = [term for both in zip(words, pairs, strict=False) for term in both]
    return [*map(_hash, terms), _hash(pairs[-1]), _hash(f"#{shape}")]


def buckets(text: str) -> list[int]:
    """Return the buckets of a line's terms, each once, in rising order."""
    return sorted({value % BUCKETS for value in term_hashes(text)})


def work_log_odds(head: WorkHead, texts: Sequence[str]) -> FloatArray:
    """Tell how probably each line describes work, as log-odds.

    Parameters
    ----------
    head : WorkHead
        The fitted weights.
    texts : sequence of str
        The lines.

    Returns
    -------
    ndarray of shape (n_texts,)
        ``-inf`` for a line of fewer than four words, and for one about leave, care or a gap. Each
        depends on its own line alone.
    """
    return read_words(head, texts)[0]


def read_words(head: WorkHead, texts: Sequence[str]) -> tuple[FloatArray, Hashes]:
    """Return `work_log_odds`, and the hashes that it came upon."""
    if not len(texts):
        return np.zeros(0), Hashes(np.zeros(0, np.uint32), np.zeros(0, np.int64))
    sums, told, hashes = _quick_sums(head, texts) if head.sums is not None else _sums(head, texts)
    return np.where(told, sums + head.intercept[0], -np.inf), hashes


def _quick_sums(head: WorkHead, texts: Sequence[str]) -> _Sums:
    sums, words, plain, values, ends = head.sums.of(texts)
    told = words >= MIN_WORDS
    for i in np.flatnonzero(told > plain).tolist():
        told[i] = not _LIFE.search(texts[i])
    return sums, told, Hashes(values, ends)


def _sums(head: WorkHead, texts: Sequence[str]) -> _Sums:
    """Return the sum of each line's weights over the root of their number, and whether it may be work at all."""
    hashed = list(map(term_hashes, texts))
    found = [sorted({value % BUCKETS for value in own}) for own in hashed]
    lengths = np.array(list(map(len, found)))
    # Each line has a bucket for its shape at least, so that no stretch is empty.
    units = head.units[[b for line in found for b in line]].astype(np.int64)
    sums = np.add.reduceat(units, np.cumsum(lengths) - lengths)
    hashes = Hashes(
        np.array([value for own in hashed for value in own], np.uint32), np.cumsum([len(own) for own in hashed])
    )
    may_be_work = np.array([_may_be_work(text) for text in texts], bool)
    return sums / head.one / np.sqrt(lengths), may_be_work, hashes


def _may_be_work(text: str) -> bool:
    words = _LETTERS.findall(text)
    # The pattern takes some letters for those of ASCII that look alike.
    plain = all(map(str.isascii, words)) and _LIFE_WORDS.isdisjoint(map(str.lower, words))
    return len(words) >= MIN_WORDS and (plain or not _LIFE.search(text))


def bare_lists(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell which lines are nothing but a list: four items or more, none of more than three words.

    Such a line names, whatever it names; no choice or order of words makes a deed of it.

    Parameters
    ----------
    texts : sequence of str
        The lines.

    Returns
    -------
    ndarray of shape (n_texts,), bool
    """
    return np.array([_is_bare(text) for text in texts], bool)


def _is_bare(text: str) -> bool:
    if text.count(",") + text.count(";") + text.count("|") < MIN_ITEMS - 1:
        return False
    items = [item.split() for item in _ITEM.split(text)]
    return sum(map(bool, items)) >= MIN_ITEMS and max(map(len, items)) <= ITEM_WORDS


def copied(role: Any, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell which lines repeat the role's own words.

    Parameters
    ----------
    role : str or triples
        The role's text, or what `triples` made of it.
    texts : sequence of str
        The candidate's lines.

    Returns
    -------
    ndarray of shape (n_texts,), bool
        True where at least half of a line's word triples, and at least three of them, stand in the
        role as well, or all of a short line's. Words are compared by their first five letters: a
        duty put into the past is still the role's.
    """
    known = triples(role) if isinstance(role, str) else role
    if isinstance(known, frozenset):
        own = [_triples(text) for text in texts]
        of = np.array([len(o) for o in own], np.int64)
        shared = np.array([sum(map(known.__contains__, o)) for o in own], np.int64)
    else:
        shared, of = known.shared(texts)
    return np.asarray((2 * shared >= of) & (of > 0) & (shared >= np.minimum(3, of)))


def triples(text: str) -> Any:
    """Return a text's runs of three words, each word by its first five letters: a frozenset, or a kernel's set."""
    if compiled is None:
        return frozenset(_triples(text))
    known = compiled.Triples()
    known.add(text)
    return known


def _triples(text: str) -> list[Triple]:
    stems = [w[:5] for w in _LETTERS.findall(text.casefold())]
    return list(zip(stems, stems[1:], stems[2:], strict=False))


def repeats(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell which lines say again what earlier lines said.

    Parameters
    ----------
    texts : sequence of str
        The lines in reading order.

    Returns
    -------
    ndarray of shape (n_texts,), bool
        True where four fifths of a line's word triples have been read before, or where it is an
        earlier line, letter for letter. Digits, signs and word endings do not count.
    """
    if compiled is not None:
        return np.asarray(compiled.Triples().again(texts))
    seen: set[tuple[str, ...]] = set()
    again = np.zeros(len(texts), bool)
    for i, text in enumerate(texts):
        own: list[tuple[str, ...]] = [*_triples(text)] or [tuple(_LETTERS.findall(text.casefold()))]
        again[i] = sum(map(seen.__contains__, own)) >= 0.8 * len(own)
        seen.update(own)
    return again
