"""Property tests: whatever is pasted into a candidate's text, the fit hardly rises; honest work raises it."""

from __future__ import annotations

import json
import random
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domainfit import load_bundle
from domainfit.evaluation.robustness import PLACES, SAME, TOLERANCE, british, variants
from domainfit.training.corpus import load_corpus

from .conftest import ROOT

STUFFING = json.loads((ROOT / "src" / "domainfit" / "assets" / "stuffing.json").read_text(encoding="utf-8"))
KEYS = tuple(STUFFING)
POOL = 100


@cache
def pool():
    """One role a discipline, and a hundred candidates with their fits."""
    model = load_bundle("fast")
    documents = list(load_corpus(ROOT / "data").documents)
    random.Random(1).shuffle(documents)
    roles = {
        k: model.profile(next(d.text for d in documents if d.source == "role" and d.primary == k), "role") for k in KEYS
    }
    texts = [d.text for d in documents if d.source == "candidate"][:POOL]
    profiles = [model.profile(t) for t in texts]
    usable = [(t, p) for t, p in zip(texts, profiles, strict=True) if p.status != "abstained"]
    fits = {k: np.array([model.match(r, p).fit for _, p in usable]) for k, r in roles.items()}
    return model, roles, [t for t, _ in usable], fits


def lists(discipline):
    """Lists of tools of any length, order, punctuation and heading."""
    items = st.lists(st.sampled_from(STUFFING[discipline]["skills"]), min_size=4, max_size=60)
    return st.tuples(
        st.sampled_from(["", "Skills: ", "Tools: ", "- "]), items, st.sampled_from([", ", " | ", "; "])
    ).map(lambda parts: parts[0] + parts[2].join(parts[1]))


@st.composite
def attacks(draw):
    discipline = draw(st.sampled_from(KEYS))
    pieces = st.one_of(
        lists(discipline),
        st.sampled_from(STUFFING[discipline]["praise"]),
        st.sampled_from(STUFFING[discipline]["tutorials"]).map(lambda t: f"- {t}"),
        st.just("the role"),
        st.just("own line"),
    )
    lines = draw(st.lists(pieces, min_size=1, max_size=12))
    times = draw(st.integers(1, 4))
    place = draw(st.sampled_from(["before", "after"]))
    return discipline, lines * times, place, draw(st.integers(0, POOL - 5))


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(attack=attacks())
def test_stuffing_hardly_raises_the_fit_or_the_place(attack):
    discipline, lines, place, who = attack
    model, roles, texts, fits = pool()
    role, text = roles[discipline], texts[who]
    # With a stop at the end: what runs on from an unfinished line is a weakness of its own, below.
    finished = {"the role": role.document.text.rstrip(". ") + ".", "own line": longest(text).rstrip(". ") + "."}
    added = "\n".join(finished.get(line, line) for line in lines)
    stuffed = f"{added}\n\n{text}" if place == "before" else f"{text}\n\n{added}"
    before, after = fits[discipline][who], model.match(role, model.profile(stuffed)).fit
    assert after <= before + TOLERANCE
    others = np.delete(fits[discipline], who)
    assert ((others > before) & (others <= after)).sum() <= PLACES


def longest(text):
    return max(text.split("\n"), key=len).strip()


@pytest.mark.xfail(
    strict=True, reason="a wrapped line is told from a pasted one by its first letter and its width only"
)
def test_a_list_that_runs_on_from_a_line_of_ones_own_is_a_list():
    model, roles, texts, fits = pool()
    role, gains = roles["llm_integration"], []
    for text, before in zip(texts, fits["llm_integration"], strict=True):
        pasted = "pgvector; LoRA; tool use; RAG; prompt engineering; generative AI"
        gains.append(model.match(role, model.profile(f"{text}\n\n{longest(text)}\n{pasted}")).fit - before)
    assert max(gains) <= TOLERANCE


BACKEND = """Experience
Backend engineer, Alder Freight, 2018-2023
- Rewrote the booking service in Go and cut its error rate by half.
- Moved the ledger of 40 depots to PostgreSQL without a day of downtime.
- Answered pages for the customs interface and wrote its runbook.
"""
HONEST = {
    "llm_integration": """- Built the assistant that answers drivers from our manuals: retrieval over 9,000 pages, a prompt per vehicle type, and a test set of 600 questions that every change has to pass.
- Fine-tuned an open model on corrected answers, put it behind a gateway with limits and fallbacks, and run it for 4,000 drivers a day.""",
    "computer_vision": """- Trained the detector that finds damaged containers in gate camera images, from labelling 30,000 frames to a segmentation network on an edge computer.
- Calibrated 22 cameras, wrote the tracker that links views, and operate it in production at three terminals.""",
    "data_science": """- Designed and analysed the A/B tests of delivery windows, with a sequential design, and advised the board on which to keep.
- Estimated the effect of late deliveries on churn with difference-in-differences; the report changed the contract terms.""",
}


@pytest.mark.parametrize("name", ["fast", "base"])
@pytest.mark.parametrize("discipline", HONEST)
def test_a_described_project_does_raise_the_fit(name, discipline):
    _, roles, _, _ = pool()
    model = load_bundle(name)
    role = model.profile(roles[discipline].document, "role")
    before = model.match(role, model.profile(BACKEND)).fit
    after = model.match(role, model.profile(BACKEND + HONEST[discipline])).fit
    assert after > before + 0.1


@pytest.mark.parametrize("who", range(0, 60, 4))
def test_who_a_person_is_does_not_matter(who):
    model, roles, texts, _ = pool()
    for name, versions in variants(texts[who], seed=who):
        profiles = [model.profile(v) for v in versions]
        for role in roles.values():
            fits = [model.match(role, p).fit for p in profiles]
            assert max(fits) - min(fits) <= SAME, name


def test_british_spelling_is_what_it_says():
    assert (
        british("optimized the color of labeled centers, resized, analyzed")
        == "optimised the colour of labelled centres, resized, analysed"
    )
