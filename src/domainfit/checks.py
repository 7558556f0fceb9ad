"""Is this text fit to be scored? Too short, not English, or broken in extraction is said, not scored."""

from __future__ import annotations

import re
from typing import NamedTuple

from ._compiled import letters

MIN_WORDS = 25
"""Fewer words than this say too little about anyone."""

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    "the of and to in for with on at by from as is are was were an or that this you we your our their it be have has "
    "will can who using used which into over not all through across within between about more new work team".split()
)
# Function words of the other languages postings and résumés come in; words shared with English are left out.
_OTHER = (
    frozenset(
        "und der die das mit für von wir sie ist ein eine einer den dem im auf zu bei als oder nicht werden sowie "
        "le la les des du et une pour dans avec sur vous nous est sont au aux en par que qui votre notre "
        "el los las y del una con por para que se su sus como es son nuestro "
        "il di e per con una gli che del della sono nel "
        "o os da do das dos em um uma para com no na ao não seu sua "
        "het een van voor met en wij je jij zijn naar bij deze "
        "och att det som på av för med är vi till ett "
        "w z na do oraz jest się dla nie "
        "ve bir ile için bu olarak".split()
    )
    - _ENGLISH
    - {
        "no",
        "do",
        "as",
        "in",
        "on",
        "an",
        "me",
        "die",
        "den",
        "son",
        "per",
        "se",
        "av",
        "vi",
        "e",
        "o",
        "w",
        "z",
        "y",
        "en",
        "es",
        "bu",
        "na",
    }
)
_FUNCTION_WORDS = letters.Words(_ENGLISH, _OTHER) if letters is not None else None


def abstention_reasons(text: str) -> tuple[str, ...]:
    """Say why a text cannot be scored.

    Parameters
    ----------
    text : str
        The document's text.

    Returns
    -------
    tuple of str
        Plain sentences; empty when the text can be scored.

    Examples
    --------
    >>> abstention_reasons("Python, PyTorch")
    ('too short: 2 words, at least 25 are needed',)
    """
    counts = Counts(*letters.count(text, _FUNCTION_WORDS, _WIDEST)) if letters is not None else _count(text)
    if counts.words < MIN_WORDS:
        return (f"too short: {counts.words} words, at least {MIN_WORDS} are needed",)
    broken = _broken(text, counts)
    if broken is not None:
        return (f"unreadable: {broken}; the file may need another export or OCR",)
    if not _is_english(counts):
        return ("not English: only English text can be scored",)
    return ()


# What UTF-8 becomes when it is read as Windows-1252: "â€™" for an apostrophe, "Ã©" for é.
_MOJIBAKE = re.compile("â€.|[ÃÂ][\u0080-\u00bf€-™]")
# Letters and digits or signs in turn inside a word, as bad recognition leaves them: "c0mputer", "v|sion".
_MISREAD = re.compile(r"\b[a-z]+(?:[01358][a-z]+|[|\\^~<>{}\[\]!$€£¢§¥©®][a-z]+)", re.IGNORECASE)
# Each of those has one of these in its middle, which is found at once.
_WITHIN = re.compile(r"[01358|\\^~<>{}\[\]!$€£¢§¥©®](?<=[a-z].)(?=[a-z])", re.IGNORECASE)
_RUN_TOGETHER = 25  # A word of more letters is several that lost their spaces.
_WIDEST = 400
_GAP = " " * 4
_TWO_COLUMNS = re.compile(r"\S \S+ \S.* {4,}\S+ \S+ \S")


class Counts(NamedTuple):
    """What the rules ask of a text's words, characters and lines."""

    words: int
    letters: int
    lone: int
    """Words of one letter."""
    joined: int
    """Words of more than 25 letters."""
    latin: int
    """Words that begin with a Latin letter."""
    english: int
    other: int
    """Function words of English, and of the other languages."""
    misread: int
    """Places that `_WITHIN` finds; there are no more misread words than these."""
    garbled: int
    """Letters that `_MOJIBAKE` begins with; it finds no more places than these."""
    lost: int
    """Characters that could not be decoded."""
    lines: int
    """Lines that are not empty."""
    apart: int
    """Those of them with a wide gap."""


def _count(text: str) -> Counts:
    words = _WORD.findall(text)
    lengths = list(map(len, words))
    lower = " ".join(words).lower().split()
    lines = [line[:_WIDEST] for line in text.split("\n") if line.strip()]
    return Counts(
        words=len(words),
        letters=sum(lengths),
        lone=lengths.count(1),
        joined=sum(n > _RUN_TOGETHER for n in lengths),
        latin=sum(w[0] < "\u0250" for w in words),
        english=sum(map(_ENGLISH.__contains__, lower)),
        other=sum(map(_OTHER.__contains__, lower)),
        misread=len(_WITHIN.findall(text)),
        garbled=sum(map(text.count, "âÃÂ")),
        lost=text.count("\ufffd"),
        lines=len(lines),
        apart=sum(_GAP in line for line in lines),
    )


def _broken(text: str, counts: Counts) -> str | None:
    limit = 0.1 * counts.words
    if counts.lost > 0.01 * len(text):
        return "many characters could not be decoded"
    if counts.garbled > limit and len(_MOJIBAKE.findall(text)) > limit:
        return "the text was decoded with the wrong encoding"
    if counts.misread > limit and len(_MISREAD.findall(text)) > limit:
        return "many words hold digits or signs, as bad OCR leaves them"
    if counts.apart > 0.6 * counts.lines > 4 and _two_columns(text) > 0.6 * counts.lines:
        return "two columns run into each other"
    if counts.lone > 0.5 * counts.words:
        return "letters stand apart"
    if counts.joined > 0.2 * counts.words:
        return "words run together"
    if counts.letters < 0.35 * len(text) and counts.letters < 0.35 * len("".join(text.split())):
        return "more signs than letters"
    return None


def _two_columns(text: str) -> int:
    """Count the lines with a wide gap between two words and two words."""
    lines = (line[:_WIDEST] for line in text.split("\n"))
    return sum(_TWO_COLUMNS.search(line) is not None for line in lines if _GAP in line)


def _is_english(counts: Counts) -> bool:
    if counts.latin < 0.7 * counts.words:
        return False
    return counts.other < 8 or counts.english > 1.5 * counts.other
