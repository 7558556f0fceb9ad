"""The compiled segmenter gives what the plain one gives, for any text."""

from __future__ import annotations

import random
from re import _parser as parser  # type: ignore[attr-defined]
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domainfit._compiled import cuts
from domainfit.headings import _LEAD, _SECTIONS, heading
from domainfit.segments import _ABBREVIATIONS, _OPENERS, _opener, _segments, segment

pytestmark = pytest.mark.skipif(cuts is None, reason="the kernel `cuts` was not compiled, or is turned off")


def assert_same(text):
    found, plain = segment(text), list(_segments(text))
    assert found == plain, ascii(text)
    assert [s.text for s in found] == [s.text for s in plain]


def every_third_joined(text):
    return "".join(line + (" " if i % 3 == 2 else "\n") for i, line in enumerate(text.split("\n")))


@pytest.mark.parametrize(
    "change",
    [
        str,
        str.upper,
        every_third_joined,
        lambda text: text.replace("\n", " "),
        lambda text: "\n".join(part for line in text.split("\n") for part in wrap(line, 60) or [""]),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" ", "\xa0"),
        lambda text: "• " + text.replace("\n", "\n• "),
        lambda text: text.replace(". ", ".").replace(", ", ","),
    ],
    ids=["as it is", "capitals", "joined", "one line", "wrapped", "\\r\\n", "nbsp", "bullets", "glued"],
)
def test_documents_are_cut_the_same(corpus, change):
    for document in corpus.documents:
        assert_same(change(document.text))


BULLETS = [*"-–—*+•●▪→►·✓»§\uf0b7oO", "ﬀ", "1.", "12)", "(3)", "123.", "٣.", "１２)", "1.x", "o A", "O  B", "o    C"]
SPACES = [" "] * 12 + [*"\t\xa0\u2003\u3000\x1c\x1f", "  ", "    "]
BREAKS = ["\n"] * 6 + [*"\r\f\v\x85\u2028\u2029\x1c\x1e", "\r\n", "\n\n", "\n\r"]
HEADINGS = """Experience|EXPERIENCE|Skills:|# Notes|my work history|Key skills|Requirements: a degree|eeo:|JOHN SMITH|ABCD
ǅABC|ÄÖÜß|ſkills|s\u212aılls|İNTERESTS|=== Projects ===|-\xa0#x|AB:\xa0-|Awards 2019|About:|What you’ll do""".replace(
    "\n", "|"
).split("|")
WORDS = """the in within level thıs thiſ İn of \u212a working Delta models, Python SQL gRPC é ß İ ı ǅungla ªb ½ x٣ ３ e\u0301 😀
𝟘 a_b Machine Learning needsBuilding dataUse 5+\xa0years,4+ 4 Years Xy;Go a.What you,Has no I) c: 2019 – 3- & ( / | ; ,""".split()
PARTS = st.one_of(
    st.sampled_from([*WORDS, "\ud800", "\x00", "\u200b", "Hands-on", "Master’s", "of its", "alpha beta gamma " * 4]),
    st.sampled_from(sorted(_OPENERS)),
    st.sampled_from(sorted(_ABBREVIATIONS)).map(lambda word: f"{word}. "),
    st.sampled_from([*BULLETS, *HEADINGS, *'.!?,;:"’)]%+#_', *BREAKS]),
    st.characters(codec=None),
)
GLUE = st.sampled_from([*SPACES, *SPACES, *BREAKS, "", "", "", ". ", "; ", ",", ".", '." ', " - ", " • ", " | ", " * "])
COMPOSED = st.lists(st.tuples(PARTS, GLUE).map("".join), max_size=120).map("".join)


@settings(max_examples=400)
@given(COMPOSED)
def test_composed_texts_are_cut_the_same(text):
    assert_same(text)


EDGES = [
    "ǅABC DEF",
    "-Aaaaaaaaaaaaa bbbbbbbbbbbbb, ccccccccccccc ddddddddd eeeee\nThen we go on for a while here\nand end",
    *(f"{'=' * n}Skills:{' ' * m}Go" for n in range(28, 36) for m in range(3)),
    f"{'w ' * 9}{'y' * 18} {'z' * 19} Plan it",  # Forty letters are looked back: three words, and here two.
    f"{'w ' * 9}{'y' * 19} {'z' * 19} Plan it",
    *(
        f"{bullet}{space * n}{word}"
        for bullet in BULLETS
        for space in " \xa0"
        for n in range(5)
        for word in ("Go", "go")
    ),
    *(f"Works at {word}. Then" for word in (*_ABBREVIATIONS, "xe.g", "xxB.Sc", "_Co", "éA", "A", "Z.Sc", "approxx")),
    *(f"One two thr{end} Research it" for end in ("ee", "ee)", "ee%", "e+", "e#", "ee]", "ee –", "É")),
    *(f"{'w ' * n}a; b, c | d {'w ' * m}" for n in (20, 21, 22, 23, 42, 44, 45) for m in (1, 20, 40, 90)),
    *(f"{'word ' * 43}{' - Xx' * n}" for n in range(5)),
    *(
        f"{start}{'word ' * 11}{end}\n{then}"
        for start in ("", "-")
        for end in ("2019 –", "9-", "e.g.", "x;", "x")
        for then in "xXé"
    ),
]


def test_edges_are_cut_the_same():
    for text in EDGES:
        assert_same(text)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028"], ids=ascii)
@pytest.mark.parametrize("seed", range(8))
def test_wrapped_texts_are_cut_the_same(seed, line_break):
    rng = random.Random(seed)
    lines = []
    for i in range(120):
        far = i - rng.randint(18, 41)
        new = rng.choice("aBc") + "".join(rng.choices("abcde   ,", k=rng.randint(44, 100))) + "e"
        lines.append(lines[far] if far >= 0 and rng.random() < 0.5 else new)
    assert_same(line_break.join(lines))


@settings(max_examples=200)
@given(st.text(st.characters(codec=None), max_size=300) | st.text("aB .,•-–\n\r1o*:;|)'é", max_size=300))
def test_any_text_is_cut_the_same(text):
    assert_same(text)


def test_every_kind_of_character_is_taken_the_same():
    form = "{0} Xyz\nab{0} Use this {0}Use one two th{0} Xx {0}aa. {0}Bb.{0}Cc dd,{0} ee i{0}e.{0} Then,{0}5 years\nS{0}ills"
    codes = [*range(0x3100), *range(0xD800, 0x10000, 17), *range(0xF000, 0xFB10), *range(0x10000, 0x110000, 1009)]
    for i in range(0, len(codes), 16):
        assert_same("\n".join(form.format(chr(code)) for code in codes[i : i + 16]))


def examples(pattern):
    """Yield texts that a parsed pattern matches: each way through it, what repeats taken a few times."""
    if not pattern:
        yield ""
        return
    (kind, value), rest = pattern[0], pattern[1:]
    match str(kind):
        case "LITERAL":
            firsts = [chr(value)]
        case "IN":
            firsts = ["w" if str(k) == "CATEGORY" else chr(v) for k, v in value]
        case "ANY":
            firsts = ["x"]
        case "ASSERT_NOT":
            firsts = [""]
        case "SUBPATTERN":
            firsts = list(examples(list(value[3])))
        case "BRANCH":
            firsts = [text for branch in value[1] for text in examples(list(branch))]
        case "MAX_REPEAT":
            few, many, inner = value
            once = list(examples(list(inner)))
            firsts = [text * n for n in range(few, min(many, 2) + 1) for text in once]
    for first in dict.fromkeys(firsts):
        for then in examples(rest):
            yield first + then


def test_no_heading_slips_through_the_cheap_test():
    leads = list(examples(list(parser.parse(_LEAD))))
    for _, pattern in _SECTIONS:
        for words in set(examples(list(parser.parse(pattern)))):
            for lead in leads:
                text = (lead + words).strip()
                assert heading(text) is not None or len(text) > 60 or len(text.split()) > 7
                assert_same(text)
                assert_same(f"{text.title()}: and more")
            assert_same(f"{words} and more:\n{words.upper()} AND MORE")


def test_every_opener_is_one():
    assert all(_opener(f"{word} it", 0) == makes_names for word, makes_names in _OPENERS.items())


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        " ",
        "\n",
        "\r",
        "•",
        "a ",
        "a\n",
        "and,\r",
        "=\r",
        "#",
        "aA",
        "aUse b ",
        "e.g. A",
        "w, ",
        "— A ",
        "😀",
        "\x00",
        "\ud800",
    ],
)
def test_monotone_texts_are_cut_the_same(unit):
    for length in (1, 2, 39, 91, 4_000):
        assert_same((unit * length)[:length])


def test_fifty_megabytes_of_one_character():
    assert [(s.start, s.end) for s in segment("a" * 50_000_000)] == [(0, 50_000_000)]
    assert segment("\n" * 50_000_000) == segment("•" * 50_000_000) == []


def test_what_is_no_plain_string():
    class Text(str):
        __slots__ = ()

    assert segment(Text("SKILLS\n- Go")) == segment("SKILLS\n- Go")
    for value in (None, b"SKILLS", 3):
        with pytest.raises(TypeError):
            segment(value)
