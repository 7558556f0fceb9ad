from __future__ import annotations

import json
import logging
import math
from types import SimpleNamespace

import pytest

from domainfit import DataError, InputError
from domainfit.evaluation import evaluate, load_gold

from .conftest import BACKEND, LANGUAGE, VISION, VISION_ROLE

KEYS = ("computer_vision", "nlp", "mlops", "llm_integration", "data_science", "classical_ml")


class Fake:
    """Reads its answers off the text: ``cv=.9 nlp=.2 depth=3 fit=.7``; ``boom`` raises."""

    taxonomy = SimpleNamespace(keys=KEYS)

    def profile(self, text, kind):
        said = dict(word.split("=") for word in text.split() if "=" in word)
        if "boom" in text:
            raise RuntimeError(f"cannot read {text}")
        probability = {
            k: float(said.get(short, 0)) for k, short in zip(KEYS, ("cv", "nlp", "ops", "llm", "ds", "ml"), strict=True)
        }
        best = max(probability, key=probability.get)
        return SimpleNamespace(
            probability=probability,
            depth={k: float(said.get("depth", 0)) for k in KEYS},
            primary=best if probability[best] >= 0.5 else None,
            status="ok",
            fit=float(said.get("fit", 0)),
        )

    def score_match(self, role, candidate):
        if candidate.fit == 13:
            raise RuntimeError("unlucky")
        return SimpleNamespace(fit=candidate.fit, mismatch=(1 - candidate.fit) / 2)


def doc(i, text, primary="none", **more):
    primaries = [primary] if isinstance(primary, str) else primary
    return {"id": i, "text": text, "primary": primaries, "strengths": {k: 3 for k in primaries if k != "none"}, **more}


def pair(role, candidate, fit):
    return {"role": role, "candidate": candidate, "fit": fit}


def write(folder, **files):
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return folder


def run(folder, **options):
    return evaluate(Fake(), folder, **{"resamples": 20, "progress": False, **options})


@pytest.fixture
def gold(tmp_path):
    jobs = [
        doc("j1", "cv=.9 nlp=.1", "computer_vision"),
        doc("j2", "cv=.8 nlp=.3", "nlp"),
        doc("j3", "nlp=.7", ["nlp", "mlops"]),
        doc("j4", "ds=.2", "none"),
    ]
    people = [
        doc("r1", "cv=.9 depth=4 fit=.9", "computer_vision", depths={"computer_vision": 4, "nlp": 2}),
        doc("r2", "nlp=.9 depth=2.5 fit=.4", "nlp", depths={"computer_vision": 3, "nlp": 2}),
        doc("r3", "depth=1 fit=.1", "none", depths={"computer_vision": 0.5, "nlp": 2}),
    ]
    pairs = [pair("j1", "r1", 3), pair("j1", "r2", 1), pair("j1", "r3", 0)]
    pairs += [pair("j2", "r1", 1), pair("j2", "r2", 2), pair("j2", "r3", 0)]
    return write(tmp_path, jobs=jobs, resumes=people, pairs=pairs)


# --- the numbers


def test_postings_by_hand(gold):
    result = run(gold)
    right = result["Postings", "primary right (top of six)"]
    assert (right.value, right.n) == (pytest.approx(2 / 3), 3)
    own = result["Postings", "primary right, none included"]
    assert (own.value, own.n) == (pytest.approx(3 / 4), 4)
    assert result["Postings", "top not even substantial"].value == pytest.approx(1 / 3)
    # Single primaries only: j1 hit, j2 taken for vision. Vision's F1 is 2/3, language's 0.
    assert (result["Postings", "macro-F1"].value, result["Postings", "macro-F1"].n) == (pytest.approx(1 / 3), 2)
    assert result["Postings", "recall, computer_vision"].value == 1.0
    assert (result["Postings", "recall, nlp"].value, result["Postings", "recall, nlp"].n) == (0.0, 1)
    assert result["Postings", "AUROC of none against some"].value == 1.0
    # nlp is strong in j2 (.3) and j3 (.7), not in j1 (.1) and j4 (0); vision in j1 (.9), not in .8, 0, 0.
    assert result["Postings", "AUROC of strength >= 2, nlp"].value == 1.0
    # mlops is strong in j3 alone, and every score of it is 0.
    assert result["Postings", "AUROC of strength >= 2, mlops"].value == 0.5
    assert result["Postings", "AUROC of strength >= 2, mean"].value == pytest.approx((1 + 1 + 0.5) / 3)
    squares = [0.1**2, 0.1**2, 0.8**2, 0.7**2, 0.3**2, 1.0, 0.2**2]
    brier = result["Postings", "Brier score"]
    assert (brier.value, brier.n) == (pytest.approx(sum(squares) / 24), 24)


def test_depth_is_rounded_half_up_and_compared_per_discipline(gold):
    result = run(gold)
    # Vision: the gold's 4, 3, .5 are 4, 3, 1; the model's 4, 2.5, 1 are 4, 3, 1.
    assert result["Résumés", "depth QWK, computer_vision"].value == 1.0
    # Everybody's nlp is 2 and their other depths 0: nothing to agree on.
    assert math.isnan(result["Résumés", "depth QWK, nlp"].value)
    assert (result["Résumés", "depth QWK, mean"].value, result["Résumés", "depth QWK, mean"].n) == (1.0, 3)
    assert not [r for r in result.rows if r.group == "Postings" and "depth" in r.measure]


def test_depth_rests_on_the_documents_that_have_one(gold):
    people = [json.loads(line) for line in (gold / "resumes.jsonl").read_text().splitlines()]
    write(gold, resumes=[*people, doc("r4", "cv=.9 depth=4", "nlp")])
    assert run(gold)["Résumés", "depth QWK, computer_vision"].value == 1.0
    assert run(gold)["Résumés", "depth QWK, computer_vision"].n == 3


def test_pairs_by_hand(gold):
    result = run(gold)
    # Good: j1/r1 (.9), j2/r2 (.4); not: .4, .1, .9, .1. The first wins 3 and ties 1, the second wins 2 and ties 1.
    won = 3.5 + 2.5
    assert (result["Pairs", "AUROC of fit >= 2"].value, result["Pairs", "AUROC of fit >= 2"].n) == (won / 8, 6)
    assert result["Pairs", "AUROC of low mismatch"].value == won / 8
    # Within j1 .9 beats .4 and .1; within j2 .4 loses to .9 and beats .1.
    within = result["Pairs", "AUROC of fit >= 2 within a role"]
    assert (within.value, within.n) == (3 / 4, 4)
    second = 1 / math.log2(3)
    ndcg = result["Pairs", "nDCG within a role"]
    assert (ndcg.value, ndcg.n) == (pytest.approx((1 + (1 + 2 * second) / (2 + second)) / 2), 2)


def test_within_a_role_every_comparison_counts_alike(gold):
    write(
        gold,
        pairs=[pair("j1", "r1", 3), pair("j1", "r2", 1), pair("j1", "r3", 0), pair("j2", "r3", 2), pair("j2", "r1", 0)],
    )
    # Two comparisons won in j1, one lost in j2; the mean of the roles would be 1/2.
    assert run(gold)["Pairs", "AUROC of fit >= 2 within a role"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize(("strength", "expected"), [(1.5, 0.2**2), (2, 0.8**2)])
def test_a_strength_of_two_is_substantial(tmp_path, strength, expected):
    job = doc("j1", "nlp=.2") | {"strengths": {"nlp": strength}}
    assert run(write(tmp_path, jobs=[job]))["Postings", "Brier score"].value == pytest.approx(expected / 6)


def test_the_calibration_of_fit_counts_a_failure_and_not_an_undecided_pair(gold):
    write(gold, resumes=[doc("r1", "fit=.7"), doc("r2", "fit=nan"), doc("r3", "boom")])
    for fit, expected in ((3, (0.3 + 1) / 2), (0, (0.7 + 1) / 2)):
        write(gold, pairs=[pair("j1", "r1", fit), pair("j1", "r2", fit), pair("j1", "r3", fit)])
        row = run(gold)["Pairs", "calibration error of fit, 5 bins"]
        assert (row.value, row.n) == (pytest.approx(expected), 2)


def test_pairs_are_resampled_by_whole_roles(gold):
    # Each role's value is 1 or 1/2; a sample of two roles can only give 1, 3/4 or 1/2, and 1 has a quarter's chance.
    row = run(gold, resamples=500)["Pairs", "AUROC of fit >= 2 within a role"]
    assert (row.low, row.high) == (0.5, 1.0)
    write(gold, pairs=[pair("j1", "r1", 3), pair("j1", "r2", 1), pair("j1", "r3", 2)])
    row = run(gold, resamples=200)["Pairs", "AUROC of fit >= 2"]
    assert row.low == row.value == row.high == 0.5


def test_one_class_is_undefined_and_counted(gold):
    write(gold, pairs=[pair("j1", "r1", 3), pair("j2", "r2", 3)])
    for name, n in (("AUROC of fit >= 2", 2), ("AUROC of fit >= 2 within a role", 0), ("AUROC of low mismatch", 2)):
        row = run(gold)["Pairs", name]
        assert math.isnan(row.value)
        assert math.isnan(row.low)
        assert row.n == n


# --- failures


@pytest.mark.parametrize("right", KEYS)
@pytest.mark.parametrize("text", ["boom", "cv=7", "nlp=nan"])
def test_a_failing_document_is_wrong_in_every_measure(tmp_path, right, text):
    jobs = [
        doc("j1", text, right),
        doc("j2", text, "none"),
        doc("j3", "cv=.5 nlp=.4", "none"),
        doc("j4", "ml=.9", "classical_ml"),
    ]
    result = run(write(tmp_path, jobs=jobs[:2]))
    assert result.failures == ("j1", "j2")
    assert result["Postings", "primary right (top of six)"].value == 0.0
    assert result["Postings", "primary right, none included"].value == 0.0
    assert result["Postings", "top not even substantial"].value == 1.0
    assert result["Postings", "macro-F1"].value == 0.0
    assert result["Postings", f"AUROC of strength >= 2, {right}"].value == 0.0
    assert result["Postings", "AUROC of none against some"].value == 0.0
    assert result["Postings", "Brier score"].value == 1.0
    # It does not stop the run, nor hide the others.
    assert run(write(tmp_path, jobs=jobs))["Postings", "primary right (top of six)"].value == 0.5


def test_a_failing_resume_is_as_wrong_in_depth_as_can_be(tmp_path):
    people = [doc("r1", "boom", depths={"nlp": 4}), doc("r2", "boom", depths={"nlp": 0})]
    assert run(write(tmp_path, resumes=people))["Résumés", "depth QWK, nlp"].value == -1.0


def test_a_pair_of_a_failing_document_is_ranked_wrong(gold):
    people = [doc("r1", "boom"), doc("r2", "boom"), doc("r3", "fit=.5"), doc("r4", "fit=.5")]
    write(
        gold, resumes=people, pairs=[pair("j1", "r1", 3), pair("j1", "r2", 0), pair("j1", "r3", 3), pair("j1", "r4", 0)]
    )
    result = run(gold)
    # The failed good one loses to both; the failed bad one beats both; .5 ties with .5.
    assert result["Pairs", "AUROC of fit >= 2"].value == 0.5 / 4
    assert result["Pairs", "AUROC of low mismatch"].value == 0.5 / 4
    assert result.failures == ("r1", "r2")


def test_a_failing_match_is_named_by_its_ids(gold):
    write(gold, resumes=[doc("r1", "fit=13"), doc("r2", "fit=1.5"), doc("r3", "fit=.5")])
    result = run(gold)
    assert result.failures == ("j1/r1", "j1/r2", "j2/r1", "j2/r2")
    assert "j2/r2" in str(result)


def test_an_undecided_match_ranks_last_and_claims_nothing(gold):
    write(gold, resumes=[doc("r1", "fit=nan"), doc("r2", "fit=0"), doc("r3", "fit=0")])
    result = run(gold)
    assert result.failures == ()
    assert result["Pairs", "calibration error of fit, 5 bins"].n == 4
    # j1: the good one is undecided and loses to both; j2: the good one ties with one, beats the undecided.
    assert result["Pairs", "AUROC of fit >= 2 within a role"].value == 1.5 / 4


def test_no_text_leaks_from_a_failure(gold, caplog):
    write(gold, resumes=[doc(i, "boom Jane Example of Utopia") for i in ("r1", "r2", "r3")])
    with caplog.at_level(logging.DEBUG):
        result = run(gold)
    shown = caplog.text + str(result) + result.to_markdown() + json.dumps(result.to_dict())
    assert "r1" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Jane" not in shown


# --- the report


def test_the_report_is_json_the_same_every_time_and_varies_with_the_seed(gold):
    first = run(gold, resamples=50).to_dict()
    json.dumps(first, allow_nan=False)
    assert {"group", "measure", "value", "low", "high", "n"} == set(first["rows"][0])
    assert None in [r["value"] for r in first["rows"]]
    assert first == run(gold, resamples=50).to_dict()
    assert first["rows"] != run(gold, resamples=50, seed=7).to_dict()["rows"]


def test_intervals_hold_their_value_and_can_be_left_out(gold):
    for row in run(gold, resamples=300).rows:
        assert math.isnan(row.low) or row.low <= row.high
    assert all(math.isnan(r.low) and math.isnan(r.high) for r in run(gold, resamples=0).rows)
    with pytest.raises(InputError, match="resamples"):
        run(gold, resamples=-1)


def test_the_table_is_aligned_and_grouped(gold):
    blocks = str(run(gold)).split("\n\n")
    assert [b.splitlines()[0] for b in blocks[:3]] == ["Postings", "Résumés", "Pairs"]
    for block in blocks[:3]:
        assert len({line.index("n=") for line in block.splitlines()[1:]}) == 1
    assert "pairs role by role" in blocks[3]


def test_the_markdown_has_a_row_a_measure(gold):
    result = run(gold)
    table = result.to_markdown().split("\n\n")[0].splitlines()
    assert len(table) == 2 + len(result.rows)
    assert {line.count("|") for line in table} == {6}
    assert "pairs role by role" in result.to_markdown()


def test_asking_for_an_unknown_measure_says_what_there_is(gold):
    with pytest.raises(KeyError, match="macro-F1"):
        run(gold)["Postings", "charm"]


def test_progress_is_shown_on_demand(gold, capsys):
    run(gold, progress=True)
    assert "doc" in capsys.readouterr().err
    run(gold, progress=False)
    run(gold, progress=None)  # stderr is no terminal here
    assert capsys.readouterr().err == ""


def test_the_shipped_model_reads_easy_text(tmp_path, fast):
    jobs = [doc("j1", VISION_ROLE, "computer_vision"), doc("j2", BACKEND, "none")]
    people = [doc("r1", VISION, "computer_vision"), doc("r2", LANGUAGE, "nlp"), doc("r3", BACKEND, "none")]
    pairs = [pair("j1", "r1", 3), pair("j1", "r2", 1), pair("j1", "r3", 0)]
    result = evaluate(fast, write(tmp_path, jobs=jobs, resumes=people, pairs=pairs), resamples=20)
    assert result["Résumés", "primary right (top of six)"].value == 1.0
    assert result["Pairs", "AUROC of fit >= 2"].value == 1.0
    assert result.failures == ()


# --- the folder


@pytest.mark.parametrize("missing", ["jobs", "resumes", "pairs"])
def test_any_one_file_may_be_missing(gold, missing):
    (gold / f"{missing}.jsonl").unlink()
    result = run(gold)
    groups = {"jobs": {"Résumés"}, "resumes": {"Postings"}, "pairs": {"Postings", "Résumés"}}[missing]
    assert {r.group for r in result.rows} == groups
    note = f"pairs.jsonl was left out: there is no {missing}.jsonl."
    assert (note in str(result)) == (missing != "pairs")


def test_a_folder_without_any_is_no_gold(tmp_path):
    with pytest.raises(DataError, match=r"none of jobs\.jsonl, resumes\.jsonl, pairs\.jsonl"):
        load_gold(tmp_path, KEYS)


def test_what_was_read(gold):
    write(gold, jobs=[doc("j1", "a b", "nlp", year=2023.0, seniority=2), doc("j2", "c", ["none", "nlp"], year=None)])
    (gold / "pairs.jsonl").write_text('\n{"role": "j1", "candidate": "r1", "fit": 2.5}\n\n')
    read = load_gold(gold, KEYS)
    assert (read.jobs[0].year, read.jobs[0].text, read.jobs[0].strengths) == (2023, "a b", {"nlp": 3.0})
    assert (read.jobs[1].year, read.jobs[1].primary) == (None, ("none", "nlp"))
    assert read.resumes[0].depths == {"computer_vision": 4.0, "nlp": 2.0}
    assert read.pairs[0].fit == 2.5
    (gold / "pairs.jsonl").unlink()
    write(gold, jobs=[doc("j1", "a", year=math.nan, depths={"nlp": 2})])  # as pandas writes a missing year
    assert (load_gold(gold, KEYS).jobs[0].year, load_gold(gold, KEYS).jobs[0].depths) == (None, {})


LABELS = ", ".join(KEYS)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("jobs", {"id": None}, "jobs.jsonl, line 2, field 'id': expected a text that is not blank, found nothing"),
        ("jobs", {"id": "j1"}, "jobs.jsonl, line 2, field 'id': expected one that no earlier line has, found 'j1'"),
        (
            "jobs",
            {"text": " "},
            "jobs.jsonl, line 2, field 'text': expected a text that is not blank, found a text of 1 characters",
        ),
        ("jobs", {"year": "soon"}, "jobs.jsonl, line 2, field 'year': expected a number from 0 to 9999, found 'soon'"),
        (
            "jobs",
            {"primary": ["poetry"]},
            f"jobs.jsonl, line 2, field 'primary': expected a list of some of {LABELS}, none, found 'poetry'",
        ),
        (
            "jobs",
            {"primary": []},
            f"jobs.jsonl, line 2, field 'primary': expected a list of some of {LABELS}, none, found an empty list",
        ),
        (
            "jobs",
            {"primary": [["nlp"]]},
            f"jobs.jsonl, line 2, field 'primary': expected a list of some of {LABELS}, none, found a list",
        ),
        (
            "jobs",
            {"primary": "nlp"},
            f"jobs.jsonl, line 2, field 'primary': expected a list of some of {LABELS}, none, found 'nlp'",
        ),
        (
            "jobs",
            {"strengths": {"nlp": 3.5}},
            "jobs.jsonl, line 2, field 'strengths', nlp: expected a number from 0 to 3, found 3.5",
        ),
        (
            "jobs",
            {"strengths": {"nlp": True}},
            "jobs.jsonl, line 2, field 'strengths', nlp: expected a number from 0 to 3, found True",
        ),
        (
            "jobs",
            {"strengths": {"nlp": math.nan}},
            "jobs.jsonl, line 2, field 'strengths', nlp: expected a number from 0 to 3, found nan",
        ),
        (
            "jobs",
            {"strengths": {"poetry": 1}},
            f"jobs.jsonl, line 2, field 'strengths': expected some of {LABELS} with 0 to 3, found 'poetry'",
        ),
        (
            "jobs",
            {"strengths": None},
            f"jobs.jsonl, line 2, field 'strengths': expected some of {LABELS} with 0 to 3, found nothing",
        ),
        (
            "resumes",
            {"depths": {"nlp": 5}},
            "resumes.jsonl, line 2, field 'depths', nlp: expected a number from 0 to 4, found 5",
        ),
        ("pairs", {"role": "r1"}, "pairs.jsonl, line 2, field 'role': expected an id in jobs.jsonl, found 'r1'"),
        (
            "pairs",
            {"candidate": "j1"},
            "pairs.jsonl, line 2, field 'candidate': expected an id in resumes.jsonl, found 'j1'",
        ),
        ("pairs", {"fit": {}}, "pairs.jsonl, line 2, field 'fit': expected a number from 0 to 3, found an object"),
    ],
)
def test_a_malformed_row_is_named(gold, file, change, message):
    path = gold / f"{file}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[1] |= change
    with pytest.raises(DataError) as error:
        run(write(gold, **{file: rows}))
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": ', "jobs.jsonl, line 2: expected a JSON object, found something else (Expecting value)"),
        (b"[1]", "jobs.jsonl, line 2: expected a JSON object, found a list"),
        (b'{"id": "\xff\xfe"}', "jobs.jsonl, line 2: expected a JSON object, found something else (not UTF-8)"),
    ],
)
def test_a_line_that_is_no_object_is_named(gold, line, message):
    path = gold / "jobs.jsonl"
    path.write_bytes(path.read_bytes().splitlines()[0] + b"\n" + line)
    with pytest.raises(DataError) as error:
        load_gold(gold, KEYS)
    assert str(error.value) == message


@pytest.mark.parametrize("field", ["primary", "strengths", "depths", "year"])
def test_errors_quote_no_text(gold, field):
    leak = "Jane Example, 12 Main Street"
    write(gold, resumes=[doc("r1", "x") | {field: leak}])
    with pytest.raises(DataError, match="found a text of 28 characters"):
        load_gold(gold, KEYS)
    write(gold, resumes=[doc("r1", "x") | {field: {leak: leak}}])
    with pytest.raises(DataError) as error:
        load_gold(gold, KEYS)
    assert "Jane" not in str(error.value)
