"""From the corpus to a bundle: the steps of a training run, in order."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from .. import bundle as bundles
from ..bag_of_words import BagHead
from ..checks import abstention_reasons
from ..classifier import DocumentClassifier, SegmentClassifier
from ..described import WorkHead
from ..document_scoring import COVERAGE, pool, primary_distribution
from ..encoders import TransformerEncoder, encode_segments, sentence_transformer
from ..exceptions import InputError
from ..matcher import Matcher, starting_head
from ..model import Heads, Model
from ..reading import read_segments
from ..scoring import SegmentHead, SegmentScores
from ..taxonomy import Taxonomy
from ..types import Encoder, FloatArray, Kind
from .accounts import decisions_hash
from .bag import fit_bag
from .corpus import SECTIONS, Corpus, LabelledDocument, Line, load_corpus
from .decisions import learn_decisions
from .distil import StaticOptions, train_static
from .finetune import FinetuneOptions, finetune
from .onnx_export import bert_to_onnx
from .pairs import compose_pairs
from .recompose import lengthened
from .work_lines import document_blocks, fit_work_head

_KINDS: tuple[Kind, ...] = ("role", "candidate")
HELD_OUT = 5
"""One document in this many is kept from the encoder; pooling, calibration and matching learn on those."""


def train(
    recipe: str | Encoder,
    output: str | os.PathLike[str] | None = None,
    *,
    data: str | os.PathLike[str] = "data",
    teacher: str | os.PathLike[str] | None = None,
    checkpoints: str | os.PathLike[str] | None = None,
    options: Mapping[str, Any] | None = None,
    corpus: Corpus | None = None,
    progress: bool | None = None,
) -> Model:
    """Train a model and write its bundle.

    Parameters
    ----------
    recipe : {"base", "fast"}, str or Encoder
        ``"base"`` tunes the small transformer; ``"fast"`` learns static vectors from the corpus and
        a teacher; any other text is the name or folder of a sentence-transformers model, whose
        vectors are used as they are. An encoder of your own is used as it is, too.
    output : path, optional
        The bundle's folder; by default nothing is written. An encoder of your own cannot be stored
        in a bundle: leave it out.
    data : path, default "data"
        The corpus folder.
    teacher : path or name, optional
        For ``"fast"``: the bundle that teaches it. Without one, it learns from the labels alone.
    checkpoints : path, optional
        For ``"base"``: where the state after each epoch is kept; an interrupted run goes on there.
    options : mapping, optional
        Fields of `FinetuneOptions` or `StaticOptions` to set.
    corpus : Corpus, optional
        A corpus that is already loaded, on any taxonomy; `data` is then not read.
    progress : bool, optional
        Whether to show progress bars; by default where stderr is a terminal.

    Returns
    -------
    Model
        The trained model.

    Raises
    ------
    DataError
        If the corpus is malformed.
    InputError
        If an option does not exist, or `output` was given for an encoder of your own.
    MissingExtraError
        If a package that training needs is not installed.
    """
    start = time.monotonic()
    name = recipe if isinstance(recipe, str) else type(recipe).__name__
    if output is not None and not isinstance(recipe, str):
        raise InputError(f"an encoder of your own ({name}) cannot be stored in a bundle: leave output out")
    own, corpus = corpus, corpus or load_corpus(data)
    learn, held_out = split(corpus)
    work_head = fit_work_head(learn)
    made: Any
    settings: dict[str, Any] = {}
    if recipe == "base":
        made = _options(FinetuneOptions, options)
        tuned = finetune(learn, work_head, made, checkpoints=checkpoints, progress=progress)
        encoder: Encoder = TransformerEncoder(
            bert_to_onnx(tuned.state, heads=tuned.heads),
            tuned.tokenizer,
            window=made.window,
            max_tokens=made.max_tokens,
        )
        head = tuned.segment
    elif recipe == "fast":
        made = _options(StaticOptions, options)
        encoder, head = train_static(
            learn, work_head, made, bundles.load_bundle(teacher) if teacher else None, progress=progress
        )
    else:
        made = None
        if isinstance(recipe, str):
            encoder, settings = sentence_transformer(recipe), {"kind": "sentence-transformers", "name": recipe}
        else:
            encoder = recipe
        head = fit_segment_head(encoder, learn, work_head)
    heads, metrics = fit_heads(encoder, head, work_head, fit_bag(learn, work_head), held_out, corpus.taxonomy)
    decision = learn_decisions(encoder, data, progress=progress) if own is None else None
    heads = dataclasses.replace(heads, decision=decision)
    model = Model(encoder, heads, corpus.taxonomy, SECTIONS, name=name, encoder_settings=settings)
    if output is None:
        return model
    record = {
        "recipe": name,
        "options": dataclasses.asdict(made) if made is not None else {},
        "teacher": str(bundles.bundle_info(teacher).name) if teacher else None,
        "data_sha256": corpus.fingerprint(),
        **({"decisions_sha256": decisions_hash(data)} if decision else {}),
        "documents": {"learned": len(learn.documents), "held_out": len(held_out)},
        "segments": len(corpus.segments),
        "versions": _versions(),
        "minutes": round((time.monotonic() - start) / 60, 1),
    }
    bundles.save_bundle(output, model, bundles.BundleInfo(name, record, metrics))
    notice = "This bundle holds weights derived from all-MiniLM-L6-v2 (sentence-transformers), Apache License 2.0."
    if name in ("base", "fast"):
        (Path(output) / "NOTICE").write_text(notice + "\n", encoding="utf-8")
    return model


def split(corpus: Corpus) -> tuple[Corpus, tuple[LabelledDocument, ...]]:
    """Keep one document in five from the encoder, by the hash of its id, and drop what cannot be scored.

    Returns
    -------
    learn : Corpus
        All single lines and the other documents.
    held_out : tuple of LabelledDocument
        The documents kept back.
    """
    usable = [d for d in corpus.documents if not abstention_reasons(d.text)]
    kept = tuple(d for d in usable if _bucket(d.id) == 0)
    return dataclasses.replace(corpus, documents=tuple(d for d in usable if _bucket(d.id) != 0)), kept


def _bucket(key: str) -> int:
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % HELD_OUT


def fit_segment_head(encoder: Encoder, corpus: Corpus, work_head: WorkHead) -> SegmentHead:
    """Fit the segment classifier on an encoder's vectors of every line of the corpus."""
    blocks = [[line] for line in corpus.segments] + document_blocks(corpus, work_head)
    lines: list[Line] = [line for block in blocks for line in block]
    vectors = np.concatenate([encode_segments(encoder, [line.text for line in block]) for block in blocks])
    classifier = SegmentClassifier(n_sections=len(SECTIONS)).fit(
        vectors,
        np.stack([corpus.taxonomy.vector(line.strengths) for line in lines]),
        depth=np.array([line.depth if line.source == "candidate" else -1 for line in lines]),
        section=np.array([SECTIONS.index(line.section) for line in lines]),
    )
    return classifier.head_


def fit_heads(
    encoder: Encoder,
    segment_head: SegmentHead,
    work_head: WorkHead,
    bag_head: BagHead,
    held_out: Sequence[LabelledDocument],
    taxonomy: Taxonomy,
    *,
    words: float = 0.5,
    lengthen: bool = True,
) -> tuple[Heads, dict[str, float]]:
    """Fit pooling, calibration and matching on documents that the encoder has not seen, lengthened as real ones are.

    Parameters
    ----------
    encoder, segment_head, work_head, bag_head, held_out, taxonomy
        What reads the documents, the documents, and their labels' names.
    words : float, default 0.5
        See `DocumentClassifier`.
    lengthen : bool, default True
        Whether to make the documents longer first; only a comparison leaves it out.

    Returns
    -------
    heads : Heads
        All heads.
    metrics : dict of str to float
        Measured on the same documents, cross-fitted over five folds.
    """
    fitted, metrics = {}, {}
    held_out = lengthened(held_out) if lengthen else held_out
    for kind in _KINDS:
        documents = [d for d in held_out if d.source == kind]
        y = np.stack([taxonomy.vector(d.strengths) for d in documents])
        depths = np.stack([taxonomy.vector(d.depths) for d in documents])
        scores = [read_segments(encoder, segment_head, work_head, bag_head, d.text, kind).scores for d in documents]
        head = DocumentClassifier(words=words).fit(scores, y, depths=depths if kind == "candidate" else None).head_
        right, belief = _cross_fitted(scores, y, words)
        fitted[kind] = dataclasses.replace(head, plausible=np.array([conformal_threshold(belief, COVERAGE)]))
        metrics[f"{kind}_primary_right"] = right
    start = starting_head(taxonomy.adjacency)
    heads = Heads(segment_head, work_head, bag_head, fitted["role"], fitted["candidate"], start)
    model = Model(encoder, heads, taxonomy, SECTIONS)
    heads = dataclasses.replace(heads, match=_fit_matcher(model, held_out))
    return heads, metrics


def _cross_fitted(scores: Sequence[SegmentScores], y: FloatArray, words: float) -> tuple[float, FloatArray]:
    """Return how often the primary is right, and the belief in each document's true primary, both out of fold."""
    from sklearn.model_selection import KFold

    right, belief = [], np.zeros(len(scores))
    for train_rows, test_rows in KFold(5, shuffle=True, random_state=0).split(scores):
        head = DocumentClassifier(words=words).fit([scores[i] for i in train_rows], y[train_rows]).head_
        for i in test_rows:
            pooled = pool(head, scores[i])
            spread = primary_distribution(pooled.probability, pooled.core)
            true = np.flatnonzero(y[i] == y[i].max()) if y[i].max() >= 2 else [len(y[i])]
            belief[i] = spread[true].max()
            if y[i].max() >= 2:
                right.append(int((pooled.probability + pooled.core).argmax()) in true)
    return float(np.mean(right)) if right else float("nan"), belief


def conformal_threshold(belief: FloatArray, coverage: float) -> float:
    """Return the threshold that a new true class reaches with at least a given probability.

    Parameters
    ----------
    belief : ndarray of shape (n_documents,)
        The belief in the true class of each calibration document.
    coverage : float
        The probability wanted, in (0, 1).

    Returns
    -------
    float
        The ``floor((n + 1) (1 - coverage))``-th smallest belief; 0, which rules nothing out, where
        there are too few documents for the coverage. It holds on average over calibration sets,
        for a document exchangeable with them (Vovk, Gammerman and Shafer, 2005).
    """
    rank = int(np.floor((len(belief) + 1) * (1 - coverage)))
    return float(np.sort(belief)[rank - 1]) if rank >= 1 else 0.0


def _fit_matcher(model: Model, held_out: Sequence[LabelledDocument]) -> Any:
    """Learn what predicted profiles say about the fit that the labels of their documents imply."""
    taxonomy = model.taxonomy
    roles = [d for d in held_out if d.source == "role"]
    candidates = [d for d in held_out if d.source == "candidate"]
    needs = [model.profile(d.text, "role") for d in roles]
    shown = [model.profile(d.text, "candidate") for d in candidates]
    composed = [
        p
        for p in compose_pairs(roles, candidates, taxonomy.adjacency, taxonomy.keys)
        if needs[p.role].status != "abstained" and shown[p.candidate].status != "abstained"
    ]
    if not composed:
        raise InputError("no role and candidate could be paired: the held-out documents need both kinds")
    # A model that learned from very little may find a discipline in no role; all of them serve then.
    pairs = [p for p in composed if needs[p.role].status == "ok"] or composed
    X = np.stack(
        [
            np.concatenate(
                [
                    taxonomy.vector(needs[p.role].share),
                    taxonomy.vector(shown[p.candidate].shown),
                    taxonomy.vector(shown[p.candidate].shown_depth),
                ]
            )
            for p in pairs
        ]
    )
    return Matcher(taxonomy.adjacency).fit(X, np.array([p.fit for p in pairs])).head_


def _options(cls: Any, given: Mapping[str, Any] | None) -> Any:
    allowed = {f.name: f for f in dataclasses.fields(cls)}
    unknown = sorted(set(given or {}) - set(allowed))
    if unknown:
        raise InputError(f"unknown training options {unknown}; there are {', '.join(allowed)}")
    return cls(**(given or {}))


def _versions() -> dict[str, str]:
    packages = ("numpy", "scikit-learn", "scipy", "torch", "transformers", "sentence-transformers", "onnxruntime")
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in packages:
        try:
            found[name] = version(name)
        except Exception:
            continue
    return found
