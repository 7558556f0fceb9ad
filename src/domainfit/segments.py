"""From a document's text to its segments, with exact offsets.

Text arrives in every shape: bullets, wrapped PDF lines, one page-long paragraph, sentences glued
together by a scraper. The steps are always the same: physical lines, lines that continue one
another joined into blocks, headings told from content, long blocks cut into sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import compress, pairwise
from typing import NamedTuple

from ._compiled import cuts
from .headings import heading, inline_heading
from .types import Segment

MAX_WORDS = 45
"""A stretch longer than this is cut at the next best place."""
MIN_WIDTH = 45
"""A line of fewer characters than this ends on purpose, unless a small letter or a comma says otherwise."""
NEAR = 20
"""So many lines before and after a line tell how the text is wrapped there."""

_BULLET = re.compile(
    r"[ \t]*(?:[-–—*+•●○◦▪▫■□→⇒➔➜➢➤►▶‣⁃∗·✓✔»❖§\uf0b7\uf0a7]|\(?\d{1,2}[.)](?=\s)|[ﬀü](?=\s)|[oO](?=\s{1,3}[A-Z]))\s*"
)
_INLINE_BULLET = re.compile(r"(?<!\s)\s*(?=[•●◦▪■➢➤►‣❖✓]\s*\S)|(?<!\s)\s+(?=[*·]\s+[A-Z])")
_ANY_BULLET = re.compile(r"[•●◦▪■➢➤►‣❖✓*·]")
_INLINE_DASH = re.compile(r"(?<!\s)\s+(?=[-–—]\s+[A-Z])")  # A bullet only where a long block has several.
# Each begins with the character that it turns on, so that a search can skip to the next of them.
_SENTENCE = re.compile(r"[.!?][\"')\]]?\s+(?=[\"'(\[]?[A-Z0-9•●\-*])")
_GLUED = re.compile(
    r"""[.!?:;](?<=[a-z)\]].)(?=[A-Z][a-z]+[\s,'’])                        # glued by a scraper: "models.What you"
      | ,(?<=[a-z)],)(?=[A-Z][a-z]+\s[a-z]+\s|\d+\+?\s[Yy]ears)           # "in a team,Has written models"
    """,
    re.VERBOSE,
)
# Words that open a bullet. Where a scraper threw the bullets away, a capital after a word without a stop
# is all that is left of them: "Python skills Experience with Spark Develop reports for".
_WHOLE = (
    "Experience Knowledge Ability Understanding Familiarity Proficiency Proficient Expertise Exposure Background Familiar "
    "Comfort Comfortable Passion Passionate Willing Willingness Responsible Responsibility Capable Capability Aptitude "
    "Mastery Fluent Fluency Hands-on Self-starter Track Interest Degree Years Excellent Strong Solid Good Proven Deep "
    "Extensive Demonstrated Advanced Previous Prior Minimum Preferred Required Must Nice Bonus Bachelor Bachelors "
    "Bachelor' Bachelor’ Bachelor's Bachelor’s Masters Master's Master’s You We Will Our"
).split()
_STEMS = (
    "Work Develop Design Build Deliver Lead Participat Contribut Collaborat Manag Support Creat Provid Ensur Implement "
    "Identif Conduct Perform Analys Analyz Driv Own Partner Communicat Evaluat Research Deploy Maintain Optimis Optimiz "
    "Writ Train Mentor Assist Help Apply Appli Us Utilis Utiliz Improv Monitor Present Prepar Translat Investigat Explor "
    "Integrat Automat Test Document Review Stay Keep Serv Coordinat Establish Execut Oversee Oversaw Produc Propos "
    "Recommend Report Respond Tak Understand Transform Scal Ship Operat Run Defin Achiev Reduc Increas Led Built "
    "Wrote Made Gather Collect Clean Processe Troubleshoot Resolv Interact Interpret Leverag Champion Guid Plan "
    "Publish Prototyp Architect Engineer Fine-tun Enhanc Facilitat Focus"
).split()
_ENDINGS = ("", *"e ed es s y ies ied ing ting ning ted ned".split())
# These make names too, beside another capital: "Machine Learning Research group".
_NAME_LIKE = re.compile(
    r"\w+ing\b|(?:Research|Support|Design|Test|Plan|Report|Engineer|Focus|Interest|Background|Degree|Master|Appl|Advanced"
    r"|Lead|Work|Track|Document|Review|Operat|Monitor|Product|Automat|Deliver|You|We|Our|Us|Years|Good|Deep|Mentor|Partner|Architect)"
)
_OPENERS = {
    word: _NAME_LIKE.match(word) is not None
    for word in (*_WHOLE, *(stem + ending for stem in _STEMS for ending in _ENDINGS))
}
"""The words that open a bullet, and whether each makes names too."""
_OPENER = re.compile(r"([A-Z]\S{1,15})\s+[a-z0-9(&]")  # "… with Spark Develop reports for"
# An opener may stand after a word and a space, or glued to a word or a comma. Few capitals do: a cheap test first.
_AFTER_SPACE = re.compile(r"\s(?<=[a-z0-9)%+#]\s)\s*(?=[A-Z])")
_AFTER_WORD = re.compile(r"(?:,(?=[A-Z])|[A-Z])(?<=[a-z)].)")
_GERUND = re.compile(r"(?<=[a-z]{2})[A-Z][a-z]+ing\s[a-z]")  # "needsBuilding pipelines"
# After these a capital is a name or a title, not a new bullet: "in the Research department".
_LEADS_ON = frozenset(
    "the a an our your their its this that of and or in to for with as at by on from via within is are be will you we i level".split()
)
_LEADING = re.compile(rf"\b(?:{'|'.join(_LEADS_ON)})$", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<!\S)[A-Z]\S*[a-z]\S*$")
_ABBREVIATIONS = frozenset(
    "e.g i.e etc vs incl approx Inc Ltd Co Corp Dr Mr Mrs Ms Prof St No Sr Jr Ph.D B.S B.Sc M.S M.Sc U.S resp cf al Dept Univ Fig".split()
)
_ABBREVIATION = re.compile(rf"\b(?:{'|'.join(map(re.escape, _ABBREVIATIONS))}|[A-Z])\.$")
_OPEN_RANGE = re.compile(r"\d\s?[-–]$")
_LABELLED_LIST = re.compile(r"[^,;|•/:\n]{2,30}:(?:[^,;|•]*[,;|•]){3}")
_WORD = re.compile(r"\S+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_SEPARATOR = re.compile(r"[,;|•/]")
_SOFT_CUT = re.compile(r"(?<=[;:])\s+|(?<=,)\s+|(?<!\s)\s+(?=[|/•–—]\s)|(?<=[|/])\s+")


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
    if cuts is not None:
        found: list[Segment] = cuts.segments(text, Segment, _OPENERS, _LEADS_ON, _ABBREVIATIONS)
        return found
    return list(_segments(text))


def _segments(text: str) -> Iterator[Segment]:
    """Do it in plain Python; the compiled twin gives the same, and this says why."""
    section = "other"
    for span in _blocks(text):
        block = text[span.start : span.end]
        found = heading(block)
        if found is not None:
            section = found or section
            yield Segment(block, span.start, span.end, section, heading=True)
            continue
        section = inline_heading(block) or section
        for start, end in _cut(block):
            yield Segment(block[start:end], span.start + start, span.start + end, section)


def _blocks(text: str) -> Iterator[_Span]:
    """Yield bullets, headings and paragraphs: physical lines, joined where one continues another."""
    lines = [_Span(m.start(), m.end()) for m in re.finditer(r"[^\r\n\f\v\x85\u2028\u2029]+", text)]
    wrapping = _Wrapping([text[s.start : s.end] for s in lines])
    current: _Span | None = None
    for i, line in enumerate(lines):
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
        if current is not None and not bullet and _continues(text, current, here, wrapping, i):
            current = _Span(current.start, here.end)
            continue
        if current is not None:
            yield current
        current = here
    if current is not None:
        yield current


class _Wrapping:
    """How the lines around a line are wrapped: how wide full ones are, and whether any go on at all.

    Only the nearest lines of prose are asked, each different one once: a list, a repeated line or
    another text that was pasted in must not change how the rest is read.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    @cached_property
    def _prose(self) -> list[bool]:
        return [not _is_list(line) for line in self._lines]

    def around(self, i: int) -> tuple[float, bool]:
        """Return the least width of a full line near line `i`, and whether lines of prose go on there."""
        window = slice(max(0, i - NEAR), i + NEAR)
        near = set(compress(self._lines[window], self._prose[window]))
        # Lines of a wrapped text are nearly as wide as its widest ones; shorter lines end on purpose.
        widths = sorted(map(len, near))
        full = 0.72 * widths[int(0.9 * (len(widths) - 1))] if widths else 0.0
        # Where text is wrapped, some lines go on in lower case; where none does, a line is a thing of its own.
        return full, sum([line.lstrip()[:1].islower() for line in near]) >= 0.08 * len(near)


def _is_list(line: str) -> bool:
    return 5 * len(_SEPARATOR.findall(line)) > len(line.split())


def _continues(text: str, before: _Span, here: _Span, wrapping: _Wrapping, i: int) -> bool:
    last_line = max(text.rfind("\n", before.start, before.end) + 1, before.start)
    line = text[here.start : here.end]
    return (
        text.count("\n", before.end, here.start) < 2
        and _runs_on(text, _Span(last_line, before.end), line, wrapping, i)
        and heading(line) is None
        and (last_line > before.start or heading(text[before.start : before.end]) is None)
    )


def _runs_on(text: str, before: _Span, line: str, wrapping: _Wrapping, i: int) -> bool:
    """Tell whether a physical line and the next one, the `i`-th, are one sentence or one list."""
    width, tail = before.end - before.start, text[before.end - 1]
    # A sentence that has ended is not gone on with, though a name in lower case follow.
    if tail in ".!?:" and not _ABBREVIATION.search(text, max(before.start, before.end - 8), before.end):
        return False
    if tail in ",&(/":
        return True
    # A list goes on as a list. One of four and more with a label ("Skills: a, b, c, d") does so even before a small letter.
    listed = _is_list(text[before.start : before.end]) != _is_list(line)
    # An open range of dates ends where it stands: "2019 –".
    if line[0].islower() or (
        tail in ";-–" and not _OPEN_RANGE.search(text, max(before.start, before.end - 8), before.end)
    ):
        return width >= 0.5 * wrapping.around(i)[0] and not (
            listed and tail != "-" and _LABELLED_LIST.match(text, *before)
        )
    if width < MIN_WIDTH or listed:
        return False
    full, goes_on = wrapping.around(i)
    return goes_on and width >= full


def _cut(block: str) -> Iterator[_Span]:
    """Yield the sentences and run-on bullets of a block, the overlong ones cut again at softer places."""
    cuts = [0]
    for start, end, opener in sorted(_marks(block)):
        if start <= cuts[-1] or _ABBREVIATION.search(block, max(0, start - 8), start):
            continue
        if not opener or _opens(block, cuts[-1], start, end):
            cuts.append(end)
    cuts.append(len(block))
    for start, end in pairwise(cuts):
        for piece in _soften(block, start, end):
            if (stripped := _strip(block, *piece)) is not None:
                yield stripped


def _marks(block: str) -> list[tuple[int, int, bool]]:
    """Return where a piece may end and the next begin, and whether only its first word says so."""
    marks = [(m.start() + 1, m.end(), False) for m in _SENTENCE.finditer(block)]
    marks += [(m.end(), m.end(), False) for m in _GLUED.finditer(block)]
    if _ANY_BULLET.search(block):
        marks += [(m.start(), m.end(), False) for m in _INLINE_BULLET.finditer(block)]
    if _is_long(block) and len(dashes := list(_INLINE_DASH.finditer(block))) >= 3:
        marks += [(m.start(), m.end(), False) for m in dashes]
    marks += [(m.start(), m.end(), True) for m in _AFTER_SPACE.finditer(block) if _opener(block, m.end()) is not None]
    for m in _AFTER_WORD.finditer(block):
        start = m.start()
        end = start + (block[start] == ",")
        if _opener(block, end) is not None:
            marks.append((start, end, True))
        elif _GERUND.match(block, start):
            marks.append((start, start, False))
    return marks


def _is_long(block: str) -> bool:
    # Each word takes two characters at least.
    return len(block) > 2 * MAX_WORDS and len(block.split()) > MAX_WORDS


def _opener(block: str, start: int) -> bool | None:
    """Tell whether the word at `start` makes names too; None where it opens no bullet."""
    found = _OPENER.match(block, start)
    return _OPENERS.get(found[1]) if found else None


def _opens(block: str, since: int, end: int, start: int) -> bool:
    """Tell whether the opener at `start`, after a word that ends at `end`, opens a bullet and is not a name."""
    before = block[max(since, end - 40) : end]
    name = _CAPITAL.search(before) and _opener(block, start)
    return len(before.split()) > 2 and not name and not _LEADING.search(before)


def _soften(block: str, start: int, end: int) -> Iterator[_Span]:
    """Cut an overlong sentence at semicolons, commas and bars, near `MAX_WORDS` words apart."""
    if _is_long(block[start:end]):
        words = [m.start() for m in _WORD.finditer(block, start, end)]
        first = 0
        while len(words) - first > MAX_WORDS:
            limit = words[first + MAX_WORDS]
            soft = [
                m.end() for m in _SOFT_CUT.finditer(block, words[first + MAX_WORDS // 2], limit + 1) if m.end() <= limit
            ]
            cut = soft[-1] if soft else limit
            yield _Span(start, cut)
            start, first = cut, bisect_left(words, cut, first)
    yield _Span(start, end)


def _strip(block: str, start: int, end: int) -> _Span | None:
    piece = block[start:end]
    bullet = _BULLET.match(piece)
    start += bullet.end() if bullet and bullet.end() < len(piece) else len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    return _Span(start, end) if start < end and _LETTER_OR_DIGIT.search(block, start, end) else None
