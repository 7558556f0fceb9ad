from __future__ import annotations

import numpy as np
import pytest

from domainfit import InputError
from domainfit.matching import match_profiles
from domainfit.records import NUMBERS, numbers_of, profile_of, record_of

from .conftest import BACKEND, LANGUAGE, TEACHER, VISION, VISION_ROLE


@pytest.mark.parametrize("text", [VISION, LANGUAGE, BACKEND, TEACHER, "short"])
def test_a_record_keeps_every_number_and_no_text(fast, text):
    profile = fast.profile(text)
    back = profile_of(record_of(profile, fast.taxonomy), "candidate", fast.taxonomy)
    assert back.to_dict(evidence=False) == profile.to_dict(evidence=False)
    assert (back.evidence, back.document.text) == ((), "")
    kept = profile_of(record_of(profile, fast.taxonomy, "evidence"), "candidate", fast.taxonomy)
    assert (kept.evidence, kept.document.text) == (profile.evidence, "")
    assert profile_of(record_of(profile, fast.taxonomy, "text"), "candidate", fast.taxonomy) == profile


@pytest.mark.parametrize("text", [VISION, LANGUAGE, BACKEND, TEACHER, "short"])
def test_only_the_questions_need_the_text(fast, text):
    role, candidate = fast.profile(VISION_ROLE, "role"), fast.profile(text)
    slim = profile_of(record_of(candidate, fast.taxonomy), "candidate", fast.taxonomy)
    full, found = (match_profiles(fast.heads.match, role, c).to_dict(evidence=False) for c in (candidate, slim))
    for match in (full, found):
        assert len(match.pop("questions")) == len(match.pop("interview"))
    assert str(found) == str(full)  # As text, NaN equals itself.


def test_an_error_stays_an_error(fast):
    record = record_of(InputError("the value is missing"), fast.taxonomy)
    assert (record.status, record.usable) == ("error", False)
    assert str(profile_of(record, "candidate", fast.taxonomy)) == "the value is missing"


def test_numbers_are_nan_where_they_say_nothing(fast):
    records = [record_of(fast.profile(t), fast.taxonomy) for t in (VISION, "short")]
    numbers = numbers_of(records, fast.taxonomy)
    assert numbers.shape == (2, len(NUMBERS), 6)
    assert np.isnan(numbers[1]).all()
    assert numbers[0, NUMBERS.index("depth"), 0] == fast.profile(VISION).depth["computer_vision"]
