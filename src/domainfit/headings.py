"""Headings of résumés and postings: which lines are one, and which section they open."""

from __future__ import annotations

import re

# "Experience with Spark", "Strong analytical skills": a requirement is no heading.
_LEADS_ON = r" (?:with|in|of|as|on|at|for|from|to|using|[a-z]+ing)\b"
_PRAISE = r"(?:strong|excellent|good|great|proven|solid|advanced|exceptional|outstanding|superior|deep|demonstrated|effective|sound)\b"
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
        rf"(?!{_PRAISE})(?:\w+ )*skills?|technologies|tech(?:nical)? (?:stack|expertise|proficienc\w+)|tools|core competencies|competenc\w+|expertise|areas of expertise|top skills|toolbox|programming",
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
        rf"(?:\w+ )?(?:experience|employment|work history|career history)(?!{_LEADS_ON})(?: .*)?|internships?|positions? held|employment history|appointments",
    ),
    (
        "other",
        r"contact|languages|interests|hobbies|references|volunteer\w*.*|activities|extracurricular.*|leadership.*|personal (?:details|information)|declaration|extra.*",
    ),
)
_LEAD = "(?:my |our |key |main |core |selected |relevant |additional )?"
# One pattern for all sections: the name of the group that matched is the section's. Capitals do not count; of
# letters of ASCII it is quicker to take them away first.
_EXACT_ANY = re.compile("|".join(f"(?P<{name}>{_LEAD}(?:{words}))" for name, words in _SECTIONS), re.IGNORECASE)
_OPENS_ANY = re.compile("|".join(rf"(?P<{name}>(?:{words})\b.{{0,40}})" for name, words in _SECTIONS), re.IGNORECASE)
_EXACT, _OPENS = re.compile(_EXACT_ANY.pattern), re.compile(_OPENS_ANY.pattern)
_DECORATION = " \t#*_=~-–—:•|"


def heading(block: str) -> str | None:
    """Return the section that a heading opens, "" for a heading of unknown kind, None for content."""
    words = block.strip(_DECORATION)
    if not words or len(words) > 60 or words[-1] in ".,;" or len(words.split()) > 7:
        return None
    exact = _exact(words)
    if exact:
        return exact.lastgroup
    marked = block.rstrip().endswith(":") or block.lstrip().startswith("#") or (words.isupper() and len(words) > 3)
    if marked:
        opens = _OPENS.match(words.lower()) if words.isascii() else _OPENS_ANY.match(words)
        if opens:
            return opens.lastgroup
        return "" if not any(c.isdigit() for c in words) and "," not in words and "[" not in words else None
    return None


def inline_heading(block: str) -> str | None:
    """Recognise "Requirements: a degree in …", a heading and its content in one line."""
    head, colon, rest = block[:40].partition(":")
    if not colon or not rest.strip():
        return None
    exact = _exact(head.strip(_DECORATION))
    return exact.lastgroup if exact else None


def _exact(words: str) -> re.Match[str] | None:
    return _EXACT.fullmatch(words.lower()) if words.isascii() else _EXACT_ANY.fullmatch(words)
