"""How right the bundles are beside their peers, in one run: python benchmarks/accuracy.py --gold DIR.

Prints the tables, and with --write puts them into docs/accuracy.md. The peers learn from the same
corpus as the bundles, document by document, and see no gold label.
"""

from __future__ import annotations

import argparse
import itertools
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from domainfit import default_taxonomy, load_bundle, metrics
from domainfit.evaluation import Evaluation, evaluate, load_gold
from domainfit.evaluation.gold import GoldDocument
from domainfit.segments import segment
from domainfit.training.corpus import Corpus, LabelledDocument, load_corpus
from domainfit.training.finetune import stock_model

ROOT = Path(__file__).parent.parent
KEYS = default_taxonomy().keys
LINES_A_CLASS = 64
Scorer = Callable[[Sequence[str]], np.ndarray]

KEYWORDS = {
    "computer_vision": r"computer vision|opencv|yolo|image|object detection|segmentation|slam|lidar|camera",
    "nlp": r"nlp|natural language|named entity|bert|spacy|speech|translation|text classification|tokeniz",
    "mlops": r"mlops|kubernetes|mlflow|kubeflow|feature store|ci/cd|docker|model monitoring|airflow|terraform",
    "llm_integration": r"llm|gpt|langchain|rag\b|prompt|generative|openai|agents?\b|vector database|fine-tun",
    "data_science": r"data scien|a/b test|statistic|experiment|dashboard|tableau|causal|insight|analytics|sql",
    "classical_ml": r"machine learning|xgboost|scikit|random forest|recommend|fraud|forecast|regression|churn|reinforcement",
}


def keyword_scan(_: Corpus) -> Scorer:
    patterns = [re.compile(KEYWORDS[k], re.IGNORECASE) for k in KEYS]
    return lambda texts: np.array([[len(p.findall(t)) / (10 + len(p.findall(t))) for p in patterns] for t in texts])


def tfidf(corpus: Corpus) -> Scorer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts, y = _documents(corpus)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    models = _logistic(vectorizer.fit_transform(texts), y, 10.0)
    return lambda new: _apply(models, vectorizer.transform(new))


def minilm_zero_shot(_: Corpus) -> Scorer:
    encode = _minilm()
    labels = encode([d.description for d in default_taxonomy().disciplines])
    return lambda texts: np.array([np.clip((_vectors(encode, t) @ labels.T).mean(axis=0), 0, 1) for t in texts])


def minilm_logistic(corpus: Corpus) -> Scorer:
    return _logistic_on_means(_minilm(), corpus)


def setfit(corpus: Corpus) -> Scorer:
    """SetFit (Tunstall et al., 2022): contrastive tuning on a few lines of each discipline and of none."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    chance = np.random.default_rng(0)
    lines = [line for d in corpus.documents for line in d.lines]
    strong = [{k for k in KEYS if line.strengths.get(k, 0) >= 2} for line in lines]
    wanted = [{k} for k in KEYS] + [set()]
    picked = [(i, label) for label, own in enumerate(wanted) for i in _sample(chance, strong, own, LINES_A_CLASS)]
    data = Dataset.from_dict({"text": [lines[i].text for i, _ in picked], "label": [label for _, label in picked]})
    model = SetFitModel.from_pretrained(str(stock_model()), device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        options = TrainingArguments(
            output_dir=folder, batch_size=32, num_iterations=2, num_epochs=1, seed=0, report_to="none"
        )
        Trainer(model=model, args=options, train_dataset=data).train()
    body = model.model_body
    return _logistic_on_means(
        lambda texts: body.encode(list(texts), normalize_embeddings=True, show_progress_bar=False), corpus
    )


def _sample(chance: np.random.Generator, strong: Sequence[set[str]], own: set[str], n: int) -> list[int]:
    rows = [i for i, s in enumerate(strong) if s == own]
    return sorted(chance.choice(rows, n, replace=False).tolist())


def _logistic_on_means(encode: Callable[[Sequence[str]], np.ndarray], corpus: Corpus) -> Scorer:
    texts, y = _documents(corpus)
    models = _logistic(np.stack([_vectors(encode, t).mean(axis=0) for t in texts]), y, 10.0)
    return lambda new: _apply(models, np.stack([_vectors(encode, t).mean(axis=0) for t in new]))


PEERS = {
    "keyword scan": keyword_scan,
    "TF-IDF 1-2-grams + logistic regression": tfidf,
    "MiniLM zero-shot": minilm_zero_shot,
    "MiniLM + logistic regression": minilm_logistic,
    "SetFit, 64 lines a class, + logistic regression": setfit,
}


def _minilm() -> Callable[[Sequence[str]], np.ndarray]:
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(stock_model()), device="cpu")
    return lambda texts: encoder.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)


def _vectors(encode: Callable[[Sequence[str]], np.ndarray], text: str) -> np.ndarray:
    return encode([s.text for s in segment(text) if not s.heading] or [text])


def _documents(corpus: Corpus) -> tuple[list[str], np.ndarray]:
    documents: Sequence[LabelledDocument] = corpus.documents
    return [d.text for d in documents], np.array([[d.strengths.get(k, 0) for k in KEYS] for d in documents])


def _logistic(X: object, y: np.ndarray, C: float) -> list:
    from sklearn.linear_model import LogisticRegression

    return [LogisticRegression(C=C, max_iter=2000).fit(X, y[:, k] >= 2) for k in range(len(KEYS))]


def _apply(models: list, X: object) -> np.ndarray:
    return np.stack([m.predict_proba(X)[:, 1] for m in models], axis=1)


def row_of(scores: np.ndarray, documents: Sequence[GoldDocument]) -> list[float]:
    strengths = np.array([[d.strengths.get(k, 0.0) for k in KEYS] for d in documents])
    allowed = np.array([[k in d.primary for k in KEYS] for d in documents])
    some, strong = allowed.any(axis=1), strengths >= 2
    return [
        metrics.top_allowed(scores, allowed),
        metrics.top_unsubstantial(scores, strengths, some),
        metrics.mean_or_nan([metrics.auroc(strong[:, k], scores[:, k]) for k in range(len(KEYS))]),
        metrics.auroc(some, scores.max(axis=1)),
        metrics.calibration_error(scores, strong),
    ]


HEAD = "| approach | primary right | top not substantial | AUROC of strength >= 2 | none against some | calibration error |\n|---|---|---|---|---|---|"


def tables(gold_folder: str) -> str:
    corpus, gold = load_corpus(ROOT / "data"), load_gold(gold_folder, KEYS)
    results: dict[str, Evaluation] = {name: evaluate(load_bundle(name), gold) for name in ("base", "fast")}
    fitted = {name: make(corpus) for name, make in PEERS.items()}
    parts = []
    for title, group, documents in (("Postings", "Postings", gold.jobs), ("Résumés", "Résumés", gold.resumes)):
        rows = [HEAD]
        names = (
            "primary right (top of six)",
            "top not even substantial",
            "AUROC of strength >= 2, mean",
            "AUROC of none against some",
            "calibration error",
        )
        for name, result in results.items():
            rows.append(_row(f"**{name}**", [result[group, n].value for n in names]))
        for name, score in fitted.items():
            rows.append(_row(name, row_of(score([d.text for d in documents]), documents)))
        parts.append(f"## {title}: {len(documents)} documents\n\n" + "\n".join(rows))
    groups = (("Postings", gold.jobs, "role"), ("Résumés", gold.resumes, "candidate"))
    for name, result in results.items():
        parts.append(f"## Every measure, `{name}`\n\n{result.to_markdown()}\n\n{details(name, groups)}")
    return "\n\n".join(parts)


def details(name: str, groups: Sequence[tuple[str, Sequence[GoldDocument], str]]) -> str:
    """Where a bundle is right and where it is not: by year, by layout, by discipline, by its own probability."""
    model, parts = load_bundle(name), []
    for title, documents, kind in groups:
        profiles = [model.profile(d.text, kind) for d in documents]
        scores = np.nan_to_num(np.array([[p.probability[k] for k in KEYS] for p in profiles]))
        right = np.array([KEYS[s.argmax()] in d.primary for s, d in zip(scores, documents, strict=True)])
        some = np.array([d.primary != ("none",) for d in documents])
        years = [_era(d.year) for d in documents]
        layouts = [_layout(d.text) for d in documents]
        parts.append(f"### {title}: right by year and by layout\n\n" + _shares(right, some, years, layouts))
        parts.append(f"### {title}: what is taken for what\n\n" + _confusion(profiles, documents))
        strong = np.array([[d.strengths.get(k, 0.0) >= 2 for k in KEYS] for d in documents])
        parts.append(f"### {title}: what a probability is worth\n\n" + _reliability(scores.ravel(), strong.ravel()))
    return "\n\n".join(parts)


def _era(year: int | None) -> str:
    return "no year" if year is None else "before 2020" if year < 2020 else "2020-2022" if year < 2023 else "2023 on"


def _layout(text: str) -> str:
    """Tell a text with a line a bullet from one that a scraper left in one run."""
    return "run together" if len(text) > 400 * (1 + text.count("\n")) else "lines"


def _shares(right: np.ndarray, some: np.ndarray, *groupings: Sequence[str]) -> str:
    rows = ["| documents | n | primary right |", "|---|---:|---:|"]
    for groups in groupings:
        for group in sorted(set(groups)):
            chosen = some & np.array([g == group for g in groups])
            rows.append(f"| {group} | {chosen.sum()} | {right[chosen].mean() if chosen.any() else float('nan'):.3f} |")
    return "\n".join(rows)


def _confusion(profiles: Sequence, documents: Sequence[GoldDocument]) -> str:
    """Count documents with one allowed primary by what the model says."""
    names = [*KEYS, "none"]
    counts = {(a, b): 0 for a in names for b in names}
    for profile, document in zip(profiles, documents, strict=True):
        if len(document.primary) == 1:
            counts[document.primary[0], profile.primary or "none"] += 1
    rows = [f"| labelled, read as → | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    rows += [f"| {a} | {' | '.join(str(counts[a, b]) for b in names)} |" for a in names]
    return "\n".join(rows)


def _reliability(p: np.ndarray, hit: np.ndarray) -> str:
    rows = ["| probability said | n | mean said | share true |", "|---|---:|---:|---:|"]
    edges = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0 + 1e-9)
    for low, high in itertools.pairwise(edges):
        chosen = (p >= low) & (p < high)
        if chosen.any():
            row = (
                f"{low:.2f} to {min(high, 1):.2f}",
                chosen.sum(),
                f"{p[chosen].mean():.3f}",
                f"{hit[chosen].mean():.3f}",
            )
            rows.append("| " + " | ".join(map(str, row)) + " |")
    return "\n".join(rows)


def _row(name: str, values: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{v:.3f}" for v in values) + " |"


INTRO = """# How right it is

Written by `python benchmarks/accuracy.py --gold DIR --write`, on real postings and redacted résumés labelled by hand, that took no part in training. Intervals are 95% bootstrap percentiles; pairs are resampled role by role. The peers learn from the same corpus in the same run; "primary right" takes the top discipline of six and counts documents whose label is not none. [Twenty typical mistakes](mistakes.md), in words.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--gold", required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    page = tables(arguments.gold)
    print(page)
    if arguments.write:
        (ROOT / "docs" / "accuracy.md").write_text(INTRO + page + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
