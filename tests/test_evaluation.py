from __future__ import annotations

import json

import pytest

from domainfit import DataError
from domainfit.evaluation import evaluate, load_gold

from .conftest import BACKEND, LANGUAGE, VISION, VISION_ROLE

KEYS = ("computer_vision", "nlp", "mlops", "llm_integration", "data_science", "classical_ml")


def row(i, text, primary, **more):
    return {"id": i, "text": text, "primary": [primary], "strengths": {} if primary == "none" else {primary: 3}, **more}


@pytest.fixture
def gold(tmp_path):
    jobs = [row("j1", VISION_ROLE, "computer_vision"), row("j2", BACKEND, "none")]
    people = [
        row("r1", VISION, "computer_vision", depths={"computer_vision": 4}),
        row("r2", LANGUAGE, "nlp", depths={"nlp": 4}),
        row("r3", BACKEND, "none", depths={}),
    ]
    pairs = [{"role": "j1", "candidate": c, "fit": f} for c, f in (("r1", 3), ("r2", 1), ("r3", 0))]
    for name, rows in (("jobs", jobs), ("resumes", people), ("pairs", pairs)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_easy_text_is_read_right(gold, fast):
    result = evaluate(fast, gold, resamples=50)
    assert result["Résumés", "primary right (top of six)"].value == 1.0
    assert result["Pairs", "AUROC of fit >= 2"].value == 1.0
    assert result.failures == ()
    assert "Résumés" in str(result)
    assert "| Pairs |" in result.to_markdown()


def test_the_report_is_json_and_the_same_every_time(gold, fast):
    first = evaluate(fast, gold, resamples=50).to_dict()
    json.dumps(first, allow_nan=False)
    assert first == evaluate(fast, gold, resamples=50).to_dict()


def test_groups_without_both_classes_are_not_perfect(gold, fast):
    (gold / "pairs.jsonl").write_text(json.dumps({"role": "j1", "candidate": "r1", "fit": 3}))
    assert evaluate(fast, gold, resamples=20).to_dict()["rows"][-5]["value"] is None


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("jobs", {"primary": ["poetry"]}, "jobs.jsonl, line 1: field 'primary'"),
        ("jobs", {"strengths": {"nlp": 7}}, "field 'strengths', nlp must be a number from 0 to 3"),
        ("jobs", {"text": ""}, "field 'text'"),
        ("pairs", {"role": "j9"}, "names 'j9'"),
    ],
)
def test_malformed_rows_are_named(gold, file, change, message):
    path = gold / f"{file}.jsonl"
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([json.dumps(json.loads(first) | change), *rest]))
    with pytest.raises(DataError, match=message.replace("(", r"\(")):
        load_gold(gold, KEYS)


def test_an_empty_folder_is_no_gold(tmp_path):
    with pytest.raises(DataError, match="not a gold folder"):
        load_gold(tmp_path, KEYS)
