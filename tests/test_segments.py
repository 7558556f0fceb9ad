from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domainfit.segments import MAX_WORDS, segment

LINES = st.lists(
    st.sampled_from(
        [
            "Experience",
            "- built a thing, and then another",
            "SKILLS:",
            "",
            "●",
            "Python, SQL | Go",
            "It works. It ships! Does it?",
            "•  a • b",
            "x" * 300,
            "word " * 120,
            "e.g. Dr. No. 5",
            "\t indented",
            "ünïcode – dash",
            "1. first",
            "#",
        ]
    ),
    max_size=25,
)


@given(st.one_of(st.text(max_size=400), LINES.map("\n".join)))
def test_segments_quote_the_text_in_order(text):
    segments = segment(text)
    assert all(text[s.start : s.end] == s.text and s.text.strip() for s in segments)
    assert all(a.end <= b.start for a, b in itertools.pairwise(segments))


@given(st.text(alphabet="ab cd,.;\n-•", max_size=600))
def test_no_segment_is_endless(text):
    assert all(len(s.text.split()) <= MAX_WORDS for s in segment(text))


def pieces(text):
    return [s.text for s in segment(text) if not s.heading]


def test_bullets_headings_and_sections():
    found = segment("PROFESSIONAL EXPERIENCE\n• Trained a model\n• Shipped it\n\nEducation:\nBSc Physics")
    assert [(s.section, s.heading) for s in found] == [
        ("experience", True),
        ("experience", False),
        ("experience", False),
        ("education", True),
        ("education", False),
    ]


def test_a_bullet_alone_on_its_line_belongs_to_the_next():
    assert pieces("●\nTrained a model\n●\nShipped it") == ["Trained a model", "Shipped it"]


def test_wrapped_lines_are_one_segment():
    text = "- Built the ranking service that orders search results for the whole\n  marketplace, and measured it with interleaving over several months\n- Next"
    assert len(pieces(text)) == 2


def test_sentences_of_a_paragraph_and_glued_sentences():
    assert len(pieces("We sell tea. You will train models. You report to the lead.")) == 3
    assert pieces("You know Python and statistics.What you will do is train models.") == [
        "You know Python and statistics.",
        "What you will do is train models.",
    ]


def test_abbreviations_do_not_end_a_sentence():
    assert pieces("Worked with Dr. Able on imaging, e.g. Segmentation of cells, for a year") == [
        "Worked with Dr. Able on imaging, e.g. Segmentation of cells, for a year"
    ]


def test_run_on_skills_are_cut_at_commas():
    parts = pieces("Skills: " + ", ".join(f"tool{i}" for i in range(100)))
    assert len(parts) >= 3
    assert all(p.rstrip(",").split()[-1].startswith("tool") for p in parts)


def test_a_heading_with_its_content_names_the_section():
    assert [s.section for s in segment("Requirements: a degree in computing and patience with people")] == [
        "requirement"
    ]


def test_nothing_from_nothing():
    assert segment("") == segment(" \n\t\n•\n") == []


def test_bullets_that_a_scraper_ran_together_come_apart():
    assert pieces("Strong Python and SQL skills Experience with Spark Develop reports for the board") == [
        "Strong Python and SQL skills",
        "Experience with Spark",
        "Develop reports for the board",
    ]
    assert pieces("all that is agreed in requirementsBuild models for sales,Ship them to clients.• Keep logs") == [
        "all that is agreed in requirements",
        "Build models for sales,",
        "Ship them to clients.",
        "Keep logs",
    ]
    assert pieces("Tasks of the day: · Plan the week · Call suppliers") == [
        "Tasks of the day:",
        "Plan the week",
        "Call suppliers",
    ]


def test_capitals_of_names_do_not_open_bullets():
    for text in (
        "Worked in the Research department of the Machine Learning Support group as a guest",
        "Bachelor of Science in Computer Engineering with distinction",
    ):
        assert pieces(text) == [text]


def test_sentences_glued_by_commas_come_apart_and_lists_do_not():
    assert pieces("Write back-end code in a team,Has strong opinions about tests,4+ years in industry") == [
        "Write back-end code in a team,",
        "Has strong opinions about tests,",
        "4+ years in industry",
    ]
    assert pieces("Python,Java,Spark,New York,Boston") == ["Python,Java,Spark,New York,Boston"]


WRAPPED = """Built the settlement file parsers for nine acquirers with property-based tests and
cut the month-end closing from four days to one.
Idempotency keys and outbox pattern across eleven services; double charges went from forty a
month to none since the spring.
Sharding plan of the ledger by merchant with a live migration of two terabytes in nine nights
and no minute of downtime.
"""


def test_a_text_pasted_far_away_does_not_change_how_lines_are_joined() -> None:
    plain = [s.text for s in segment(WRAPPED * 6)]
    pasted = "\n\n" + "A paragraph of a posting that is one long line, as pages on the web have them. " * 8
    there = [s.text for s in segment(WRAPPED * 6 + pasted * 3)]
    assert there[: len(plain) - 15] == plain[: len(plain) - 15]


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        (
            "Skills: word2vec, GloVe, BM25, T5, LDA, spaCy, CRF, fastText, Kaldi, NLTK",
            "Introduced contract tests here.",
            False,
        ),
        (
            "Skills: word2vec, GloVe, BM25, T5, LDA, spaCy, CRF, fastText, Kaldi, NLTK",
            "Airflow, Docker, Kafka, Redis, SQL",
            True,
        ),
        ("Removed the cache from the hot path of the booking service in May.", "gRPC everywhere in the team.", False),
        ("Removed the cache from the hot path of the booking service, i.e.", "the one that grew too large.", True),
        ("Removed the cache from the hot path of the booking service and", "the one that grew too large.", True),
    ],
)
def test_a_list_goes_on_as_a_list_and_an_ended_sentence_not_at_all(before: str, after: str, joined: bool) -> None:
    text = f"{WRAPPED}{before}\n{after}\n{WRAPPED}"
    assert any(f"{before}\n{after}" in s.text for s in segment(text)) == joined


def test_arrows_open_bullets_and_open_ranges_of_dates_end_a_line():
    lines = ["→ Trained ranking models for the shop and for its mail", "→ moved the whole training to the cluster"]
    assert [s.text for s in segment("\n".join(lines))] == [line[2:] for line in lines]
    jobs = ["Machine Learning Engineer at a maker of industrial pumps, 2019 –", "Built forecasts of wear for pumps."]
    assert [s.text for s in segment("\n".join(jobs))] == jobs
