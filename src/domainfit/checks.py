"""Is this text fit to be scored? Too short, not English, or broken in extraction is said, not scored."""

from __future__ import annotations

import re

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
    words = _WORD.findall(text)
    if len(words) < MIN_WORDS:
        return (f"too short: {len(words)} words, at least {MIN_WORDS} are needed",)
    broken = _broken(text, words)
    if broken is not None:
        return (f"unreadable: {broken}; the file may need another export or OCR",)
    if not _is_english(words):
        return ("not English: only English text can be scored",)
    return ()


# What UTF-8 becomes when it is read as Windows-1252: "â€™" for an apostrophe, "Ã©" for é.
_MOJIBAKE = re.compile("â€.|[ÃÂ][\u0080-\u00bf€-™]")
# Letters and digits or signs in turn inside a word, as bad recognition leaves them: "c0mputer", "v|sion".
_MISREAD = re.compile(r"\b[a-z]+(?:[01358][a-z]+|[|\\^~<>{}\[\]!$€£¢§¥©®][a-z]+)", re.IGNORECASE)
# Each of those has one of these in its middle, which is found at once.
_WITHIN = re.compile(r"[01358|\\^~<>{}\[\]!$€£¢§¥©®](?<=[a-z].)(?=[a-z])", re.IGNORECASE)
_WIDEST = 400
_TWO_COLUMNS = re.compile(r"\S \S+ \S.* {4,}\S+ \S+ \S")


def _broken(text: str, words: list[str]) -> str | None:
    if text.count("\ufffd") > 0.01 * len(text):
        return "many characters could not be decoded"
    if not text.isascii() and len(_MOJIBAKE.findall(text)) > 0.1 * len(words):
        return "the text was decoded with the wrong encoding"
    limit = 0.1 * len(words)
    if len(_WITHIN.findall(text)) > limit and len(_MISREAD.findall(text)) > limit:
        return "many words hold digits or signs, as bad OCR leaves them"
    lines = [line[:_WIDEST] for line in text.split("\n") if line.strip()]
    apart = [line for line in lines if "    " in line]
    if sum(_TWO_COLUMNS.search(line) is not None for line in apart) > 0.6 * len(lines) > 4:
        return "two columns run into each other"
    lengths = list(map(len, words))
    if lengths.count(1) > 0.5 * len(words):
        return "letters stand apart"
    if max(lengths) > 25 and sum(n > 25 for n in lengths) > 0.2 * len(words):
        return "words run together"
    letters = sum(lengths)
    if letters < 0.35 * len(text) and letters < 0.35 * len("".join(text.split())):
        return "more signs than letters"
    return None


def _is_english(words: list[str]) -> bool:
    text = " ".join(words)
    if not text.isascii() and sum(w[0] < "\u0250" for w in words) < 0.7 * len(words):
        return False
    lower = text.lower().split()
    english, other = sum(map(_ENGLISH.__contains__, lower)), sum(map(_OTHER.__contains__, lower))
    return other < 8 or english > 1.5 * other
