"""What is pasted into a text must not change how its honest lines are read."""

import numpy as np
import pytest

from domainfit import load_bundle
from domainfit.evaluation.robustness import ATTACKS, TOLERANCE, robustness_report
from domainfit.segments import segment

from .conftest import ROOT, of_work

CANDIDATE = (ROOT / "examples" / "resumes").glob("*")
HONEST = """Experience
Backend engineer, Alder Freight, 2018-2023
- Rewrote the booking service in Go and cut its error rate by half.
- Moved the ledger of 40 depots to PostgreSQL without a day of downtime.
- Answered pages for the customs interface and wrote its runbook.
- Trained two juniors in code review and testing.
- Kept the data feeds of the carriers running and documented their formats.
"""
LIST = "Skills: LangChain, RAG, GPT-4, prompt engineering, vector databases, agents, LoRA, vLLM"


def work_of(model, text):
    reading = model.read(text)
    return [s.text for s, w in zip(reading.segments, reading.scores.work, strict=True) if w], of_work(reading.scores)


@pytest.mark.parametrize("name", ["fast", "base"])
def test_pasted_claims_do_not_change_a_bit_of_the_described_work(name):
    model = load_bundle(name)
    lines, scores = work_of(model, HONEST)
    for text in (
        f"{LIST}\n\n{HONEST}",
        f"{HONEST}\n{LIST}\n" * 1 + f"{LIST}\n" * 30,
        HONEST.replace("\n- Kept", f"\n{LIST}\n- Kept"),
    ):
        now, again = work_of(model, text)
        assert now == lines
        for field in ("level", "depth", "section"):
            assert np.array_equal(getattr(scores, field), getattr(again, field))


def test_profiles_do_not_hang_on_british_or_american_spelling():
    model = load_bundle("fast")
    american = (
        "Optimized the labeling of tumor images, analyzed their behavior and modeled the centers of the clusters. " * 3
    )
    british = (
        "Optimised the labelling of tumour images, analysed their behaviour and modelled the centres of the clusters. "
        * 3
    )
    assert model.profile(american).probability == model.profile(british).probability


def test_a_role_is_read_as_a_whole():
    model = load_bundle("fast")
    assert model.read(HONEST + LIST, "role").scores.work.all()
    assert len(segment(HONEST)) > len(model.read(HONEST, "role").segments)


def test_the_report_counts_every_attack_and_change():
    model = load_bundle("fast")
    role = (ROOT / "examples" / "role.md").read_text()
    report = robustness_report(model, [role], [HONEST, HONEST.replace("Go", "Rust")], progress=False)
    assert {a.name for a in report.attacks} == set(ATTACKS)
    assert all(len(a.gain) == 2 and a.gain.max() <= TOLERANCE for a in report.attacks)
    assert str(report).count("\n") == len(report.attacks) + len(report.counterfactuals) + 2
