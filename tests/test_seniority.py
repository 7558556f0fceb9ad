import pytest

from domainfit import Document, Flag, load_bundle
from domainfit.seniority import estimate_seniority

from .conftest import VISION

JOBS = """[NAME]
{title}, Alder Freight, {first} - present
- Built the routing of parcels between forty depots.
Data Engineer, Beck & Sons, 2014 - 2018
- Kept the warehouse of the group running.
Education
University of Ghent, 2004 - 2010
Updated 2024
"""


@pytest.mark.parametrize(
    ("title", "first", "level"),
    [("Head of Data", 2018, "lead"), ("Senior Data Engineer", 2018, "senior"), ("Data Engineer", 2021, "mid")],
)
def test_titles_and_years_make_the_level(title, first, level):
    assert estimate_seniority(JOBS.format(title=title, first=first)).level == level


def test_years_are_of_jobs_and_overlaps_count_once():
    found = estimate_seniority(JOBS.format(title="Engineer", first=2016))
    assert found.years == pytest.approx(10.5)  # 2014 to the latest year that is named; no study
    text = JOBS.format(title="Engineer", first=2016)
    assert all("20" in text[a:b] or "Engineer" in text[a:b] for a, b in found.evidence)


def test_where_nothing_is_told_nothing_is_said():
    found = estimate_seniority("Wrote a parser and a linker. Likes tea.")
    assert (found.level, found.years, found.evidence) == (None, None, ())


def test_a_role_is_read_for_what_it_asks():
    assert (
        estimate_seniority("Data Scientist\nAt least 7 years of experience with experiments.", "role").level == "senior"
    )
    assert estimate_seniority("Junior Data Scientist\nYou bring 1 year of practice.", "role").level == "junior"


RAIL = """Principal Engineer, Perception, Lynx Rail, 2009 - present
- Designed the obstacle detection of 300 locomotives: stereo cameras, a segmentation network, tracking.
- Trained detectors on 2 million labelled frames and released them to operation after a year of tests.
- Calibrated camera rigs in the depot and wrote the pose estimation for coupling.
- Published on depth estimation in rain; the code runs on every train today.
"""
ROLE = """Data Scientist, Experimentation
You design A/B tests of prices and promotions, analyse their outcome with causal inference, and advise product managers.
You define metrics, build dashboards, and present findings to leadership.
You estimate lift with difference-in-differences where no experiment is possible.
"""


@pytest.mark.parametrize("name", ["fast", "base"])
def test_a_senior_person_of_another_field_is_flagged_and_not_scored_for_it(name):
    model = load_bundle(name)
    match = model.score_match(ROLE, RAIL)
    assert match.verdict == "mismatch"
    assert "senior_elsewhere" in {f.code for f in match.flags}
    junior = RAIL.replace("Principal Engineer", "Junior Engineer").replace("2009", "2023")
    other = model.score_match(ROLE, junior)
    assert "senior_elsewhere" not in {f.code for f in other.flags}
    assert (other.fit, other.mismatch) == (match.fit, match.mismatch)


def test_years_that_a_reader_cannot_see_do_not_count(fast):
    plain = fast.profile(VISION)
    text = f"{VISION}\n25 years of experience, Chief Engineer"
    hidden = (Flag("hidden_text", "white letters", len(VISION), len(text)),)
    assert fast.profile(text).seniority.years == 25
    assert fast.profile(Document(text, flags=hidden)).seniority == plain.seniority
