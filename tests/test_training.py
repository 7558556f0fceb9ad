from __future__ import annotations

import dataclasses
import json
from collections import Counter

import numpy as np
import pytest
from scipy.sparse import csr_array

from domainfit import DataError, InputError, Taxonomy, load_bundle
from domainfit.cli import main
from domainfit.static import words
from domainfit.training.as_read import as_read
from domainfit.training.corpus import CANDIDATE_SECTIONS, SECTIONS, LabelledDocument, Line, load_corpus
from domainfit.training.datasheet import datasheet_tables
from domainfit.training.pairs import compose_pairs
from domainfit.training.train import conformal_threshold, split, train
from domainfit.training.windows import WindowSampler
from domainfit.training.work_lines import document_blocks, fit_work_head

from .conftest import LANGUAGE, ROOT, VISION, VISION_ROLE


def small(corpus, every=9):
    """A sample of the corpus with both kinds on both sides of the split."""
    learn, held_out = split(corpus)
    return dataclasses.replace(
        corpus, segments=corpus.segments[::every], documents=learn.documents[::every] + held_out[::3]
    )


def test_the_corpus_is_valid_and_its_fingerprint_moves_with_it(corpus):
    assert len(corpus.documents) >= 540
    assert {d.primary for d in corpus.documents} == {*corpus.taxonomy.keys, None}
    assert corpus.fingerprint() == load_corpus(ROOT / "data").fingerprint()
    assert dataclasses.replace(corpus, segments=corpus.segments[1:]).fingerprint() != corpus.fingerprint()


def test_no_document_repeats_another(corpus):
    places: dict[str, int] = {}
    rows = []
    for document in corpus.documents:
        tokens = words(document.text)
        runs = {" ".join(tokens[i : i + 5]) for i in range(len(tokens) - 4)}
        rows.append([places.setdefault(run, len(places)) for run in runs])
    sizes = np.array([len(r) for r in rows])
    runs = csr_array(
        (np.ones(sizes.sum()), np.concatenate(rows), np.concatenate([[0], sizes.cumsum()])),
        shape=(len(rows), len(places)),
    )
    shared = (runs @ runs.T).toarray() / np.minimum(sizes[:, None], sizes[None, :])
    np.fill_diagonal(shared, 0)
    assert shared.max() < 0.15, "two documents share this part of their runs of five words"


def test_text_that_waits_to_be_learned_is_valid_and_new(corpus):
    waiting = load_corpus(ROOT / "data" / "incoming")
    assert waiting.documents
    assert waiting.segments
    assert not {d.id for d in waiting.documents} & {d.id for d in corpus.documents}
    assert not {line.text for line in waiting.segments} & {line.text for line in corpus.segments}


def test_lines_with_a_label_are_not_repeated(corpus):
    lines = [line for d in corpus.documents for line in d.lines] + list(corpus.segments)
    seen = Counter(" ".join(words(line.text)) for line in lines if line.strengths)
    repeated = sum(n - 1 for text, n in seen.items() if len(text.split()) >= 5)
    assert repeated <= len(lines) / 1000


def test_the_split_is_fixed_and_disjoint(corpus):
    learn, held_out = split(corpus)
    assert not {d.id for d in learn.documents} & {d.id for d in held_out}
    assert 0.12 < len(held_out) / len(corpus.documents) < 0.28


def test_the_datasheet_in_docs_is_up_to_date(corpus):
    assert datasheet_tables(corpus) in (ROOT / "docs" / "data.md").read_text(encoding="utf-8")


def document(*lines):
    lines = tuple(Line(text, "experience", labels, depth, False, "candidate") for text, labels, depth in lines)
    return LabelledDocument("x", "candidate", {}, {}, None, 2, None, lines)


def test_segments_take_the_labels_of_the_lines_they_hold():
    halves = document(
        ("Built a detector of cracks for the bottles of six", {"computer_vision": 3}, 3),
        ("lines, which runs day and night.", {"computer_vision": 2}, 4),
        ("Wrote the manual.", {}, 0),
    )
    assert [(s.strengths, s.depth) for s in as_read(halves)] == [({"computer_vision": 3}, 4), ({}, 0)]


def test_lines_learn_what_their_document_is_about(corpus):
    learn = dataclasses.replace(corpus, documents=corpus.documents[:3], segments=corpus.segments[:20])
    blocks = document_blocks(learn, fit_work_head(small(corpus)))
    marks, tokens = (0, 1, 2), lambda texts: [[3] * len(t.split()) for t in texts]
    options = {"window": 64, "max_tokens": 30, "recompose": 0.5, "seed": 0}
    batches = WindowSampler(learn, blocks, tokens, marks, **options).epoch(256)
    seen = {tuple(row) for b in batches for row in b.document.astype(int).tolist()}
    wanted = {tuple(int(x) for x in corpus.taxonomy.vector(d.strengths)) for d in learn.documents}
    assert seen == wanted | {(-1,) * len(corpus.taxonomy)}


def test_what_is_read_keeps_all_labels_of_a_document(corpus):
    for d in corpus.documents[::20]:
        assert {k for s in as_read(d) for k in s.strengths} == {k for line in d.lines for k in line.strengths}


ROW = {"text": "a", "source": "job", "section": "company", "disciplines": {}, "depth": 0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": " "}, "'text'"),
        ({"source": "cv"}, "'source'"),
        ({"section": "skills"}, "'section'"),
        ({"disciplines": {"nlp": 4}}, "0 to 3"),
        ({"disciplines": {"magic": 1}}, "'disciplines'"),
        ({"depth": 2}, "'depth'"),
        ({"depth": True}, "'depth'"),
    ],
)
def test_a_malformed_row_names_file_line_and_field(tmp_path, change, message):
    folder = tmp_path / "segments"
    folder.mkdir()
    (folder / "a.jsonl").write_text(json.dumps(ROW) + "\n" + json.dumps(ROW | change))
    with pytest.raises(DataError, match=message) as caught:
        load_corpus(tmp_path)
    assert str(caught.value).startswith("a.jsonl, line 2")


def test_pairs_follow_the_rule(corpus):
    roles = [d for d in corpus.documents if d.source == "role" and d.primary == "nlp"][:5]
    people = [d for d in corpus.documents if d.source == "candidate"]
    pairs = compose_pairs(roles, people, corpus.taxonomy.adjacency, corpus.taxonomy.keys)
    by_primary = {
        k: np.mean([p.fit for p in pairs if people[p.candidate].primary == k]) for k in ("nlp", "computer_vision", None)
    }
    assert by_primary["nlp"] > 0.5 > by_primary["computer_vision"] > by_primary[None]


def test_unknown_options_are_named(tmp_path, corpus):
    with pytest.raises(InputError, match="epoch"):
        train("fast", tmp_path, corpus=corpus, options={"epoch": 1})


def test_an_encoder_of_ones_own_is_not_written(tmp_path, corpus):
    class Own:
        def encode(self, sentences):
            return np.zeros((len(sentences), 2))

    with pytest.raises(InputError, match="leave output out"):
        train(Own(), tmp_path, corpus=corpus)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_fast_trains_the_same_twice_and_loads(tmp_path, corpus):
    pytest.importorskip("torch")
    sample = small(corpus)
    options = {"epochs": 2, "word_count": 3, "pair_count": 6, "threads": 1}
    for name in "ab":
        train("fast", tmp_path / name, corpus=sample, options=options, progress=False)
    for file in ("static.safetensors", "heads.safetensors", "terms.txt"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert load_bundle(tmp_path / "a").profile(VISION).status in ("ok", "no_discipline")


@pytest.mark.slow
def test_base_trains_resumes_and_ends_alike(tmp_path, corpus, monkeypatch):
    pytest.importorskip("torch")
    from domainfit.training import finetune as module

    sample = small(corpus, every=60)
    options = {"epochs": 2, "members": 1, "threads": 2}
    train("base", tmp_path / "whole", corpus=sample, options=options, progress=False)
    save, calls = module._save, []

    def interrupted(*arguments):
        save(*arguments)
        calls.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train("base", tmp_path / "x", corpus=sample, options=options, checkpoints=tmp_path / "ckpt", progress=False)
    monkeypatch.undo()
    train("base", tmp_path / "resumed", corpus=sample, options=options, checkpoints=tmp_path / "ckpt", progress=False)
    assert calls == [1]
    for file in ("encoder.onnx", "heads.safetensors"):
        assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "resumed" / file).read_bytes()


@pytest.mark.slow
def test_any_sentence_transformers_model_and_any_taxonomy(tmp_path, corpus):
    pytest.importorskip("sentence_transformers")
    from domainfit.training.finetune import stock_model

    taxonomy = Taxonomy.from_dict(
        {
            "name": "two",
            "disciplines": [{"key": "seeing"}, {"key": "language"}],
            "adjacency": {"seeing": {"language": 0.2}},
        }
    )
    names = {"computer_vision": "seeing", "nlp": "language"}

    def rename(labels):
        return {names[k]: v for k, v in labels.items() if k in names}

    def line(x):
        return dataclasses.replace(x, strengths=rename(x.strengths))

    sample = small(corpus, every=12)
    documents = tuple(
        dataclasses.replace(
            d,
            strengths=rename(d.strengths),
            depths=rename(d.depths),
            primary=names.get(d.primary),
            lines=tuple(map(line, d.lines)),
        )
        for d in sample.documents
    )
    renamed = dataclasses.replace(
        sample, segments=tuple(map(line, sample.segments)), documents=documents, taxonomy=taxonomy
    )
    train(str(stock_model()), tmp_path, corpus=renamed)
    profile = load_bundle(tmp_path).profile(VISION)
    assert profile.primary == "seeing"
    assert set(profile.probability) == {"seeing", "language"}


def test_sections_are_in_a_fixed_order():
    assert SECTIONS[-len(CANDIDATE_SECTIONS) :] == CANDIDATE_SECTIONS


def test_the_conformal_threshold_covers_as_it_says():
    random = np.random.default_rng(0)
    covered = []
    for _ in range(2000):
        belief = random.beta(4, 2, 40)
        covered.append(random.beta(4, 2) >= conformal_threshold(belief, 0.9))
    # At least 0.9, and at most 1 / (n + 1) more.
    assert 0.9 - 0.015 <= np.mean(covered) <= 0.9 + 1 / 41 + 0.015
    assert conformal_threshold(np.array([0.5] * 5), 0.9) == 0.0


FOUR = {
    "seeing": ["computer_vision"],
    "language": ["nlp", "llm_integration"],
    "running": ["mlops"],
    "numbers": ["data_science", "classical_ml"],
}


@pytest.mark.slow
def test_four_disciplines_of_ones_own_from_files_alone(tmp_path, capsys):
    """Labelled lines and documents on another taxonomy: profiles, matches and pictures with no code changed."""
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")

    def rename(labels):
        return {new: max((labels.get(k, 0) for k in old), default=0) for new, old in FOUR.items()}

    def line(row):
        return {**row, "disciplines": rename(row["disciplines"])}

    def document(row):
        strengths = rename(row["strengths"])
        best = max(strengths, key=strengths.get)
        lines = [line(x) for x in row["lines"]]
        primary = best if strengths[best] >= 2 else "none"
        return {
            **row,
            "lines": lines,
            "strengths": strengths,
            "depths": rename(row.get("depths") or {}),
            "primary": primary,
        }

    for name, change in (("segments", line), ("documents", document)):
        files = sorted((ROOT / "data" / name).glob("*.jsonl"))
        rows = [json.loads(r) for f in files for r in f.read_text(encoding="utf-8").split("\n") if r]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(change(r)) for r in rows[::4]), encoding="utf-8")
    adjacency = {"running": {"language": 0.3}}
    taxonomy = {"name": "four", "disciplines": [{"key": k} for k in FOUR], "adjacency": adjacency}
    (tmp_path / "taxonomy.json").write_text(json.dumps(taxonomy))
    arguments = ["train", "fast", "-o", tmp_path / "four", "--segments", tmp_path / "segments.jsonl"]
    arguments += ["--documents", tmp_path / "documents.jsonl", "--taxonomy", tmp_path / "taxonomy.json"]
    assert main([*map(str, arguments), "--set", "epochs=4"]) == 0
    model = load_bundle(tmp_path / "four")
    assert model.taxonomy.keys == tuple(FOUR)
    near, far = model.score_match(VISION_ROLE, VISION), model.score_match(VISION_ROLE, LANGUAGE)
    assert near.role.primary == near.candidate.primary == "seeing"
    assert far.candidate.primary == "language"
    assert near.fit > far.fit
    assert len(near.candidate.plot().get_yticklabels()) == len(near.plot().get_yticklabels()) == 4
    assert "seeing" in near._repr_html_().lower()
