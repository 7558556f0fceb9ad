from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import domainfit
from domainfit import Document, DocumentError, InputError
from domainfit.document_scoring import pool
from domainfit.types import Document as Doc

from .conftest import BACKEND, LANGUAGE, TEACHER, VISION, VISION_ROLE

MODELS = ["fast", "base"]


@pytest.mark.parametrize("model", MODELS)
def test_clear_cases(model):
    assert domainfit.profile(VISION, model=model).primary == "computer_vision"
    assert domainfit.profile(LANGUAGE, model=model).primary == "nlp"
    nobody = domainfit.profile(TEACHER, model=model)
    assert (nobody.primary, nobody.status) == (None, "no_discipline")
    assert domainfit.profile(VISION_ROLE, kind="role", model=model).primary == "computer_vision"


def test_a_backend_developer_is_no_ml_engineer(base):
    # `fast` takes the message queue for MLOps; it reads words, not lines in context.
    assert base.profile(BACKEND).status == "no_discipline"


@pytest.mark.parametrize("model", MODELS)
def test_the_right_candidate_fits_best(model):
    role = domainfit.profile(VISION_ROLE, kind="role", model=model)
    vision, language, backend = (domainfit.score_match(role, t, model=model) for t in (VISION, LANGUAGE, BACKEND))
    assert vision.fit > language.fit >= backend.fit
    assert vision.mismatch < language.mismatch <= backend.mismatch
    assert vision.verdict == "fit"
    assert backend.verdict == "mismatch"
    assert {g.discipline for g in backend.gaps} >= {"computer_vision"}
    assert language.questions


@pytest.mark.parametrize("model", MODELS)
def test_numbers_keep_their_ranges(model):
    p = domainfit.profile(VISION, model=model)
    keys = p.taxonomy.keys
    assert all(0 <= p.probability[k] <= 1 and 0 <= p.depth[k] <= 4 and 0 <= p.strength[k] <= 3 for k in keys)
    assert sum(p.share.values()) == pytest.approx(1)
    m = domainfit.score_match(VISION_ROLE, p, model=model)
    assert 0 <= m.fit <= 1
    assert 0 <= m.mismatch <= 1


@pytest.mark.parametrize("model", MODELS)
def test_a_document_does_not_depend_on_its_neighbours(model):
    chosen = domainfit.load_bundle(model)
    alone = chosen.profile(VISION).to_dict()
    for other in (LANGUAGE, BACKEND, VISION_ROLE * 3):
        chosen.profile(other)
    assert chosen.profile(VISION).to_dict() == alone
    assert pickle.loads(pickle.dumps(chosen)).profile(VISION).to_dict() == alone


def test_evidence_quotes_the_document_and_adds_up(fast):
    document = Doc(VISION)
    p = fast.profile(document)
    assert p.evidence
    assert all(VISION[e.start : e.end] == e.text for e in p.evidence)
    scores = fast.read(VISION).scores
    assert np.allclose(pool(fast.heads.candidate, scores).contribution.sum(axis=0), list(p.support.values()))
    for k, support in p.support.items():
        listed = sum(e.contribution for e in p.evidence if e.discipline == k)
        assert listed + p.remainder[k] == pytest.approx(support)
        assert p.remainder[k] >= -1e-9


def test_removing_the_evidence_removes_the_score(fast):
    p = fast.profile(VISION)
    rest = VISION
    for e in sorted((e for e in p.evidence if e.discipline == "computer_vision"), key=lambda e: -e.start):
        rest = rest[: e.start] + "Kept the minutes of the weekly meeting" + rest[e.end :]
    assert fast.profile(rest).probability["computer_vision"] < 0.2 < p.probability["computer_vision"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Python, PyTorch", "too short"),
        (
            "Wir suchen für unser Team eine Person mit Freude an Daten und Modellen, die mit uns die Qualität der Anlagen verbessert. "
            * 3,
            "not English",
        ),
        (
            "T r a i n e d a d e t e c t o r o n i m a g e s o f w e l d s a n d s h i p p e d i t t o t h e l i n e",
            "letters stand apart",
        ),
        ("深層学習を用いた画像認識の研究開発を担当しました。" * 5, "short"),
    ],
)
def test_it_abstains_with_a_reason(fast, text, reason):
    p = fast.profile(text)
    assert p.status == "abstained"
    assert reason in p.reasons[0]
    m = fast.score_match(VISION_ROLE, p)
    assert m.verdict == "undecided"
    assert np.isnan(m.fit)
    assert m.to_dict()["fit"] is None
    assert m.reasons[0].startswith("The candidate")


def test_a_role_that_needs_no_discipline_is_not_scored(fast):
    m = fast.score_match(
        "We are looking for a cook for our canteen. You plan menus, order vegetables, and lead a team of five. We offer regular hours and a pension, and the kitchen closes at four.",
        VISION,
    )
    assert m.verdict == "undecided"


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_a_profile_or_a_named_error(fast, text):
    try:
        p = fast.profile(text)
    except DocumentError as error:
        assert error.code == "empty"  # noqa: PT017
    else:
        json.dumps(p.to_dict(), allow_nan=False)


def test_results_are_plain_shown_and_frozen(fast):
    m = fast.score_match(VISION_ROLE, VISION)
    json.dumps(m.to_dict(), allow_nan=False)
    assert "evidence" not in m.candidate.to_dict(evidence=False)
    assert pickle.loads(pickle.dumps(m)) == m
    with pytest.raises(TypeError):
        m.candidate.probability["nlp"] = 1.0  # type: ignore[index]
    with pytest.raises(AttributeError):
        m.fit = 1.0  # type: ignore[misc]
    assert "Verdict: fit" in m.explain()


def test_html_is_escaped(fast):
    p = fast.profile(
        Document(VISION + "\n- Trained a <script>alert(1)</script> segmentation model on images", name="<b>")
    )
    assert "<script>" not in p._repr_html_()
    assert "&lt;b&gt;" in p._repr_html_()
    assert "<script>" not in fast.score_match(VISION_ROLE, p)._repr_html_()


def test_pictures(fast):
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    m = fast.score_match(VISION_ROLE, VISION)
    assert len(m.plot().patches) == 12
    assert len(m.candidate.plot().patches) == 6
    plt.close("all")


def test_wrong_calls(fast):
    with pytest.raises(InputError, match="kind must be"):
        fast.profile(VISION, kind="person")
    with pytest.raises(InputError, match="a role is needed"):
        fast.score_match(fast.profile(VISION), VISION)
    with pytest.raises(DocumentError):
        fast.profile("")


def test_invisible_characters_are_flagged(fast):
    assert [f.code for f in fast.profile(VISION + " deep\u200blearning").flags] == ["invisible_characters"]
    assert fast.profile(VISION).flags == ()


def test_more_of_what_is_needed_never_lowers_the_fit(fast):
    from domainfit.match_scoring import fit_probability, match_features, supply

    head, rng = fast.heads.match, np.random.default_rng(0)
    for _ in range(200):
        demand = rng.dirichlet(np.ones(6))
        strength, depth, k = rng.uniform(0, 3, 6), rng.uniform(0, 4, 6), rng.integers(6)
        more, deeper = strength.copy(), depth.copy()
        more[k] = min(3.0, more[k] + rng.random())
        deeper[k] = min(4.0, deeper[k] + rng.random())
        before = fit_probability(head, match_features(head, demand, supply(head, strength, depth)))
        assert fit_probability(head, match_features(head, demand, supply(head, more, depth))) >= before
        assert fit_probability(head, match_features(head, demand, supply(head, strength, deeper))) >= before


def test_what_is_shown_does_not_hang_on_claims_by_a_bit(fast):
    text = VISION
    shown = fast.profile(text).shown
    for n in (1, 3, 12):
        claims = "\n".join(f"Skills: PyTorch, OpenCV, SQL, Kafka, tool {i}" for i in range(n))
        assert fast.profile(f"{text}\n\n{claims}").shown == shown
        assert fast.profile(f"{claims}\n\n{text}").shown == shown
