from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import domainfit
from domainfit.matching import match_profiles
from domainfit.questions import MOST, PER_NEED, Need, question_bank, questions_for
from domainfit.results import Evidence

from .conftest import BACKEND, LANGUAGE, VISION, VISION_ROLE

KEYS = domainfit.default_taxonomy().keys


def test_every_discipline_and_rung_has_three_questions_for_anybody():
    bank = question_bank()
    for key in KEYS:
        for depth in (1, 2, 3, 4):
            assert sum(not q.presumes for q in bank[key, depth]) >= PER_NEED, (key, depth)


def test_no_question_stands_in_the_bank_twice():
    texts = [q.text for questions in question_bank().values() for q in questions]
    assert len(set(texts)) == len(texts) >= 240
    assert all(q.text.rstrip().endswith(("?", ".")) and q.good_answer for qs in question_bank().values() for q in qs)


@pytest.mark.parametrize("n", range(7))
def test_two_or_three_for_each_need_and_never_more_than_the_most(n):
    needs = [Need(k, depth, "gap") for k, depth in zip(KEYS[:n], (0, 0.7, 1.2, 2.4, 3.9, 4.0), strict=False)]
    asked = questions_for(needs)
    assert len(asked) <= MOST
    assert len({q.text for q in asked}) == len(asked)
    assert set(Counter(q.discipline for q in asked).values()) <= {2, 3}
    assert list(dict.fromkeys(q.discipline for q in asked)) == list(KEYS[:n])


@pytest.mark.parametrize(("depth", "rung"), [(0.0, 1), (0.49, 1), (0.5, 2), (1.49, 2), (2.0, 3), (2.6, 4), (4.0, 4)])
def test_the_rung_above_the_one_shown(depth, rung):
    assert {q.depth for q in questions_for([Need("mlops", depth, "thin")])} == {rung}


def test_nothing_is_presumed_that_the_text_does_not_name():
    silent = questions_for([Need("computer_vision", 0.2, "gap")], candidate="Cooked for forty guests.")
    assert not any("SLAM" in q.text or "OCR" in q.text for q in silent)
    named = questions_for([Need("computer_vision", 0.2, "thin")], candidate="Skills: SLAM, C++")
    assert "SLAM" in named[0].text
    # A word that only begins alike elsewhere does not count: "Islam" holds "slam", and does not begin with it.
    assert silent == questions_for([Need("computer_vision", 0.2, "gap")], candidate="Taught the history of Islam.")
    nervous = questions_for([Need("nlp", 0.2, "gap")], candidate="Worked in the fields of nerve repair and ragtime.")
    assert nervous == questions_for([Need("nlp", 0.2, "gap")])


def test_what_the_role_is_about_comes_first_among_questions_for_anybody():
    need = [Need("computer_vision", 3.0, "thin")]
    first = questions_for(need, role="You keep the monitoring of our cameras.")[0]
    assert first.text != questions_for(need)[1].text
    assert "What has changed in the images since" in first.text


def test_an_unknown_discipline_gets_none():
    assert questions_for([Need("basket_weaving", 1.0, "gap")]) == ()


def thin(profile, **changes):
    """Give a profile other depths in one discipline."""
    return replace(profile, **{k: {**getattr(profile, k), **v} for k, v in changes.items()})


@pytest.fixture(scope="module")
def role(fast):
    return fast.profile(VISION_ROLE, "role")


@pytest.fixture(scope="module")
def head(fast):
    return fast.heads.match


def test_a_gap_is_asked_about(fast, role):
    match = fast.score_match(role, BACKEND)
    assert match.interview[0].discipline == match.gaps[0].discipline == "computer_vision"
    assert {q.discipline for q in match.interview} >= {g.discipline for g in match.gaps}
    assert match.questions == tuple(q.text for q in match.interview)


def test_a_need_that_is_only_named_is_a_thin_claim(fast, head, role):
    candidate = fast.profile(VISION)
    named = thin(candidate, depth={"computer_vision": 1.0})
    asked = [q for q in match_profiles(head, role, named).interview if q.discipline == "computer_vision"]
    assert len(asked) >= 2
    assert {q.reason for q in asked} == {"thin"}
    shown = match_profiles(head, role, thin(candidate, depth={"computer_vision": 3.5}))
    assert not [q for q in shown.interview if q.reason == "thin"]


def test_a_claim_without_work_is_asked_about(fast, head, role):
    candidate = thin(fast.profile(VISION), depth={"computer_vision": 3.0}, strength={"computer_vision": 2.9})

    def reasons(described, depth):
        evidence = Evidence("computer_vision", "x", 0, 1, "experience", depth, 0.1, described)
        match = match_profiles(head, role, replace(candidate, evidence=(evidence,)))
        return {q.reason for q in match.interview if q.discipline == "computer_vision"}

    assert reasons(False, 3.0) == reasons(True, 1.0) == {"unsupported"}
    assert "unsupported" not in reasons(True, 3.0)


def test_a_discipline_that_the_role_does_not_need_is_not_asked_about(fast, head, role):
    candidate = thin(fast.profile(LANGUAGE), depth={"nlp": 1.0})
    assert role.share["nlp"] < 0.1
    assert "nlp" not in {q.discipline for q in match_profiles(head, role, candidate).interview}


def test_an_undecided_match_asks_nothing(fast, role):
    assert fast.score_match(role, "Too short.").interview == ()


def test_shown_and_written_out(fast, role):
    match = fast.score_match(role, BACKEND)
    assert match.to_dict()["interview"][0]["good_answer"]
    assert match.to_dict()["questions"] == list(match.questions)
    assert "A good answer:" in match._repr_html_()
