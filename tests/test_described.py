import json

import numpy as np
import pytest

from domainfit import load_bundle
from domainfit.described import bare_lists, buckets, copied, repeats, work_log_odds
from domainfit.reading import WORK_LOG_ODDS, read_lines
from domainfit.spelling import normalize
from domainfit.training.as_read import as_read
from domainfit.training.corpus import load_corpus
from domainfit.training.train import split
from domainfit.training.work_lines import describes_work

from .conftest import ROOT

DEEDS = (
    "Trained a detector for weld seams on 40,000 labelled images and put it on the line.",
    "Cut the retraining time of the pricing models from two days to three hours.",
    "I run the evaluation of every new prompt before it goes to our 9,000 agents.",
    "Designed the holdout test that showed which coupons were given away for nothing.",
    "Maintained the payroll database of the county and answered tickets.",
)
CLAIMS = (
    "PyTorch, TensorFlow, OpenCV, YOLO, LangChain, RAG, MLflow, Kubernetes",
    "Expert in deep learning, computer vision and large language models.",
    "Highly motivated professional with a passion for artificial intelligence.",
    "Over ten years of experience with machine learning and NLP.",
    "Deep Learning Specialization, Coursera",
    "Classified MNIST digits with a small network in Keras for a course.",
    "[NAME]",
    "jane.doe@mail.example",
)


@pytest.fixture(scope="module")
def head():
    return load_bundle("fast").heads.work


def test_deeds_describe_work_and_claims_do_not(head):
    assert (work_log_odds(head, DEEDS) >= WORK_LOG_ODDS).all()
    assert (work_log_odds(head, CLAIMS) < WORK_LOG_ODDS).all()


def test_little_work_is_lost_in_documents_held_out(head):
    _, held_out = split(load_corpus(ROOT / "data"))
    told = [(line.text, describes_work(line)) for d in held_out if d.source == "candidate" for line in as_read(d)]
    told = [(text, work) for text, work in told if work is not None]
    taken = work_log_odds(head, [normalize(text) for text, _ in told]) >= WORK_LOG_ODDS
    work = np.array([w for _, w in told])
    assert taken[work].mean() > 0.9
    assert taken[~work].mean() < 0.16


def test_what_costs_nothing_to_write_is_no_work(head):
    stuffing = json.loads((ROOT / "src/domainfit/assets/stuffing.json").read_text(encoding="utf-8")).values()
    lines = [", ".join(own["skills"]) for own in stuffing]
    lines += [line for own in stuffing for kind in ("praise", "tutorials") for line in own[kind]]
    assert (work_log_odds(head, [normalize(line) for line in lines]) < WORK_LOG_ODDS).all()


def test_a_line_is_judged_alone(head):
    together = work_log_odds(head, [*DEEDS, *CLAIMS])
    alone = [work_log_odds(head, [line])[0] for line in (*DEEDS, *CLAIMS)]
    assert together.tolist() == alone


def test_digits_are_all_alike():
    assert buckets("Served 120 models") == buckets("Served 7 models")
    assert buckets("") == buckets("   ")


def test_the_roles_own_words_are_recognised_in_the_past_tense_too():
    role = (
        "You will develop and deploy retrieval pipelines for our support assistant and evaluate their answers weekly."
    )
    lines = [
        "Developed and deployed retrieval pipelines for our support assistant and evaluated their answers weekly.",
        "Deploy retrieval pipelines for our support assistant",
        "Built a parser for invoices that reads 3,000 pages a day.",
        "Deploy and develop",
    ]
    assert copied(role, lines).tolist() == [True, True, False, False]


def test_repeated_lines_count_once():
    line = "Trained a detector for weld seams on 40,000 images"
    again = repeats(
        [line, "Wrote the billing service in Go", f"- {line.upper()}!", line.replace("40,000", "90,000"), "Go", "Go"]
    )
    assert again.tolist() == [False, False, True, True, False, True]
    assert not np.any(repeats([]))


def test_a_line_of_nothing_but_items_is_a_list():
    lists = ["CRF, dependency parsing, coreference, tagging", "Skills: Go | SQL | Rust | C", "a; b; c; d"]
    deeds = ["Built parsers, taggers and the corpus they needed, with two annotators", "Go, SQL, Rust", ""]
    assert bare_lists([*lists, *deeds]).tolist() == [True] * 3 + [False] * 3
    assert bare_lists([]).tolist() == []


def test_a_list_is_no_work_whatever_its_words_say(head):
    text = "Experience\n- Trained a parser for letters of insurers and ran it for years\n- parsed, tagged, trained, shipped it"
    lines = read_lines(head, text, "candidate")
    assert lines.work.tolist() == [False, True, False]
