"""From a document's text to its segments, with exact offsets.

Text arrives in every shape: bullets, wrapped PDF lines, one page-long paragraph, sentences glued
together by a scraper. The steps are always the same: physical lines, lines that continue one
another joined into blocks, headings told from content, long blocks cut into sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from .types import Segment

MAX_WORDS = 45
"""A stretch longer than this is cut at the next best place."""

_BULLET = re.compile(r"[ \t]*(?:[-–—*+•●○◦▪▫■□➢➤►▶‣⁃∗·✓✔»❖§\uf0b7\uf0a7]|\(?\d{1,2}[.)](?=\s)|[oO](?=\s{1,3}[A-Z]))\s*")
_INLINE_BULLET = re.compile(r"\s+(?=[•●◦▪■➢➤►‣❖✓]\s*\S)|\s+(?=\*\s+[A-Z])")
_SENTENCE = re.compile(
    r"""(?<=[.!?])["')\]]?\s+(?=["'(\[]?[A-Z0-9•●\-*])   # the usual end of a sentence
      | (?<=[a-z)\]][.!?:;])(?=[A-Z][a-z]+[\s,'’])       # glued by a scraper: "models.What you"
      | (?<=[a-z]{2})(?=[A-Z][a-z]+ing\s[a-z])           # glued bullets: "needsBuilding pipelines"
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|incl|approx|Inc|Ltd|Co|Corp|Dr|Mr|Mrs|Ms|Prof|St|No|Sr|Jr|Ph\.D|B\.S[c]?|M\.S[c]?|U\.S|resp|cf|al|Dept|Univ|Fig|[A-Z])\.$"
)
_WORD = re.compile(r"\S+")
_SOFT_CUT = re.compile(r"(?<=[;:])\s+|(?<=,)\s+|\s+(?=[|/•–—]\s)|(?<=[|/])\s+")

# Headings by their words. The first pattern that matches names the section.
_SECTIONS: tuple[tuple[str, str], ...] = (
    (
        "benefit",
        r"benefits?|perks|what (?:we|you['’]ll) (?:offer|get)|we offer|why (?:join|work)|compensation|salary|pay range|rewards|what['’]s in it for you",
    ),
    (
        "nice_to_have",
        r"nice[- ]to[- ]haves?|preferred|bonus(?: points)?|desirable|desired|good to have|pluses|additional qualifications|stand out",
    ),
    (
        "requirement",
        r"requirements?|qualifications?|what (?:we['’]re looking|you['’]ll (?:bring|need)|you bring|we look|we need|you need|you have)|who you are|your profile|must[- ]haves?|about you|you have|you are|skills (?:and|&) experience|required|basic|minimum|ideal candidate|experience required|what we expect",
    ),
    (
        "responsibility",
        r"responsibilit(?:y|ies)|what you(?:['’]ll| will) (?:do|be doing)|(?:the|your|about the) (?:role|job|position|opportunity|team|mission)|duties|your (?:tasks|role|mission|impact)|key (?:tasks|accountabilities)|job (?:description|summary|purpose)|day[- ]to[- ]day|essential functions|the impact|role overview|tasks|in this role",
    ),
    (
        "company",
        r"about (?:us|the company|our)|who we are|our (?:company|mission|people|values|culture|story|impact)|company (?:overview|description|profile)|the company|overview",
    ),
    (
        "boilerplate",
        r"equal (?:opportunity|employment)|eeo|diversity|privacy|how to apply|application process|disclaimer|legal|accommodations?|additional information|to apply",
    ),
    ("publication", r"publications?|papers|patents?|selected (?:papers|publications)|talks|conferences"),
    ("project", r"(?:\w+ )?projects?|portfolio|open[- ]source|thesis(?: work)?|hackathons?"),
    (
        "skills",
        r"(?:\w+ )*skills?|technologies|tech(?:nical)? (?:stack|expertise|proficienc\w+)|tools|core competencies|competenc\w+|expertise|areas of expertise|top skills|toolbox|programming",
    ),
    (
        "education",
        r"education(?:al)?(?: .*)?|academics?(?: .*)?|certificat\w+|certifications? .*|licenses?(?: .*)?|courses?(?:work)?|relevant coursework|training|qualification|honou?rs.*|awards?.*|achievements?",
    ),
    (
        "summary",
        r"(?:professional |executive |career |personal )?(?:summary|profile|objectives?|statement)|about me|overview|introduction",
    ),
    (
        "experience",
        r"(?:\w+ )?(?:experience|employment|work history|career history)(?: .*)?|internships?|positions? held|employment history|appointments",
    ),
    (
        "other",
        r"contact|languages|interests|hobbies|references|volunteer\w*.*|activities|extracurricular.*|leadership.*|personal (?:details|information)|declaration|extra.*",
    ),
)
_ROLE_ONLY = frozenset({"benefit", "nice_to_have", "requirement", "responsibility", "company", "boilerplate"})
_HEADINGS = [(name, re.compile(rf"(?:{pattern})\b.{{0,40}}", re.IGNORECASE)) for name, pattern in _SECTIONS]
_EXACT = [
    (name, re.compile(rf"(?:my |our |key |main |core |selected |relevant |additional )?(?:{pattern})", re.IGNORECASE))
    for name, pattern in _SECTIONS
]
_DECORATION = " \t#*_=~-–—:•|"


class _Span(NamedTuple):
    start: int
    end: int


def segment(text: str) -> list[Segment]:
    r"""Cut a text into segments in reading order.

    Parameters
    ----------
    text : str
        Any text; nothing in it makes this raise.

    Returns
    -------
    list of Segment
        Segments in order, without overlap, none of them blank, with
        ``text[s.start:s.end] == s.text``.

    Examples
    --------
    >>> [(s.section, s.heading, s.text) for s in segment("SKILLS\n- PyTorch, CUDA\n- Go")]
    [('skills', True, 'SKILLS'), ('skills', False, 'PyTorch, CUDA'), ('skills', False, 'Go')]
    """
    out: list[Segment] = []
    section = "other"
    for span in _blocks(text):
        block = text[span.start : span.end]
        found = _heading(block)
        if found is not None:
            section = found or section
            out.append(Segment(block, span.start, span.end, section, heading=True))
            continue
        head = _inline_heading(block)
        if head is not None:
            section = head
        for start, end in _cut(block):
            piece = block[start:end]
            out.append(Segment(piece, span.start + start, span.start + end, section))
    return out


def _blocks(text: str) -> Iterator[_Span]:
    """Yield bullets, headings and paragraphs: physical lines, joined where one continues another."""
    lines = [_Span(m.start(), m.end()) for m in re.finditer(r"[^\r\n\f\v\x85\u2028\u2029]+", text)]
    lengths = sorted(s.end - s.start for s in lines)
    # Lines of a wrapped text are nearly as wide as its widest ones; shorter lines end on purpose.
    full = 0.72 * lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    current: _Span | None = None
    for line in lines:
        raw = text[line.start : line.end]
        bullet = _BULLET.match(raw)
        start = line.start + (bullet.end() if bullet else len(raw) - len(raw.lstrip()))
        end = line.start + len(raw.rstrip())
        if start >= end:
            # A bullet alone on its line announces the next line; a blank line ends the block.
            if current is not None:
                yield current
            current = None
            continue
        here = _Span(start, end)
        if current is not None and not bullet and _continues(text, current, here, full):
            current = _Span(current.start, here.end)
            continue
        if current is not None:
            yield current
        current = here
    if current is not None:
        yield current


def _continues(text: str, before: _Span, here: _Span, full: float) -> bool:
    gap = text[before.end : here.start]
    if len(re.findall(r"\n", gap)) > 1:
        return False
    last_line = max(text.rfind("\n", before.start, before.end) + 1, before.start)
    width, tail = before.end - last_line, text[before.end - 1]
    line = text[here.start : here.end]
    if _heading(line) is not None or (
        last_line == before.start and _heading(text[before.start : before.end]) is not None
    ):
        return False
    if tail in ",;&(/-–" or line[0].islower():
        return width >= 0.5 * full or tail in ",&(/"
    return width >= max(full, 45) and tail not in ".!?:"


def _heading(block: str) -> str | None:
    """Return the section that a heading opens, "" for a heading of unknown kind, None for content."""
    words = block.strip(_DECORATION)
    if not words or len(words) > 60 or words[-1] in ".,;" or len(words.split()) > 7:
        return None
    for name, pattern in _EXACT:
        if pattern.fullmatch(words):
            return name
    marked = block.rstrip().endswith(":") or block.lstrip().startswith("#") or (words.isupper() and len(words) > 3)
    if marked:
        for name, pattern in _HEADINGS:
            if pattern.match(words):
                return name
        return "" if not any(c.isdigit() for c in words) and "," not in words and "[" not in words else None
    return None


def _inline_heading(block: str) -> str | None:
    """Recognise "Requirements: a degree in …", a heading and its content in one line."""
    head, colon, rest = block[:40].partition(":")
    if not colon or not rest.strip():
        return None
    return next((name for name, pattern in _EXACT if pattern.fullmatch(head.strip(_DECORATION))), None)


def _cut(block: str) -> Iterator[_Span]:
    """Yield the sentences of a block, the overlong ones cut again at softer places."""
    cuts = [0]
    for match in sorted((*_SENTENCE.finditer(block), *_INLINE_BULLET.finditer(block)), key=lambda m: m.start()):
        if match.start() > cuts[-1] and not _ABBREVIATION.search(block, max(0, match.start() - 8), match.start()):
            cuts.append(match.end())
    cuts.append(len(block))
    for start, end in pairwise(cuts):
        yield from (s for piece in _soften(block, start, end) if (s := _strip(block, *piece)) is not None)


def _soften(block: str, start: int, end: int) -> Iterator[_Span]:
    """Cut an overlong sentence at semicolons, commas and bars, near `MAX_WORDS` words apart."""
    words = [m.start() for m in _WORD.finditer(block, start, end)]
    while len(words) > MAX_WORDS:
        limit = words[MAX_WORDS]
        soft = [m.end() for m in _SOFT_CUT.finditer(block, words[MAX_WORDS // 2], limit + 1) if m.end() <= limit]
        cut = soft[-1] if soft else limit
        yield _Span(start, cut)
        start, words = cut, [w for w in words if w >= cut]
    yield _Span(start, end)


def _strip(block: str, start: int, end: int) -> _Span | None:
    piece = block[start:end]
    bullet = _BULLET.match(piece)
    start += bullet.end() if bullet and bullet.end() < len(piece) else len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    return _Span(start, end) if start < end and any(c.isalnum() for c in block[start:end]) else None
