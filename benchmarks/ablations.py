"""What each part of the method gives, and what more text would: python benchmarks/ablations.py --gold DIR.

Trains a variant at a time, without a teacher and with one member, so that runs are alike but for the
part that is named, and measures each on a folder of labelled documents. One run a variant: differences
of about two points come from chance alone. A finished variant is kept in build/ablations and is not
run again; --only picks variants, --write puts the tables into docs/ablations.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from domainfit import Model, default_taxonomy, load_bundle
from domainfit.evaluation import evaluate, load_gold
from domainfit.evaluation.gold import Gold
from domainfit.training.corpus import Corpus, load_corpus
from domainfit.training.train import fit_heads, split, train

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "build" / "ablations"
PAGE = ROOT / "docs" / "ablations.md"
INTRO = (
    "# What each part gives\n\nWritten by `python benchmarks/ablations.py --gold DIR --write` (`--only` for some of the "
    "tables) on the same labelled text as [accuracy](accuracy.md). One run a variant, one member, no teacher; "
    "differences of about two points come from chance alone."
)
Change = Callable[[Corpus], Corpus]


@dataclasses.dataclass(frozen=True)
class Variant:
    """One thing that is different from the plain recipe; where only `heads` differ, a shipped bundle is fitted anew."""

    table: str
    name: str
    recipe: str
    heads: dict[str, Any] | None = None
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    change: Change = lambda corpus: corpus


def part_of_documents(share: float) -> Change:
    """Keep a fixed share of the documents, each larger share holding the smaller."""

    def place(key: str) -> float:
        return int(hashlib.sha256(f"learning curve {key}".encode()).hexdigest()[:8], 16) / 16**8

    return lambda c: dataclasses.replace(c, documents=tuple(d for d in c.documents if place(d.id) < share))


def only(part: str) -> Change:
    """Keep the single lines or drop them."""
    return lambda c: dataclasses.replace(c, segments=() if part == "documents" else c.segments)


def without_rounds(*marks: str) -> Change:
    """Leave out the later rounds of writing."""
    return lambda c: dataclasses.replace(
        c, documents=tuple(d for d in c.documents if not d.id.startswith(marks)), segments=c.segments
    )


CURVE = "Learning curve: share of the documents learned from"
BASE, FAST = "Parts of `base`", "Parts of `fast`"
PROFILE = "Parts of the profile, on the shipped encoders"
HEADS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("as it is", {}),
    ("lines alone, without all words together", {"words": 0.0}),
    ("all words together alone", {"words": 1.0}),
    ("fitted on documents as authored, not lengthened", {"lengthen": False}),
)
VARIANTS = (
    *(Variant(PROFILE, f"{recipe}, {name}", recipe, heads) for recipe in ("fast", "base") for name, heads in HEADS),
    *(Variant(CURVE, f"{recipe}, {share:.0%}", recipe, change=part_of_documents(share)) for recipe in ("fast", "base") for share in (0.25, 0.5, 1.0)),
    Variant(FAST, "as it is, without a teacher", "fast"),
    Variant(FAST, "no pairs of words", "fast", options={"pair_count": 10**9}),
    Variant(FAST, "no words of its own: pieces and pairs only", "fast", options={"word_count": 10**9}),
    Variant(FAST, "no words left out at random", "fast", options={"word_dropout": 0.0}),
    Variant(FAST, "lines do not learn their document's labels", "fast", options={"document": 0.0}),
    Variant(FAST, "whole documents only, no single lines", "fast", change=only("documents")),
    Variant(BASE, "as it is, one member", "base"),
    Variant(BASE, "every line alone: no neighbours in view", "base", options={"window": 1}),
    Variant(BASE, "word vectors tuned as well", "base", options={"freeze_words": False}),
    Variant(BASE, "no lines set into other documents", "base", options={"recompose": 0.0}),
    Variant(BASE, "lines do not learn their document's labels", "base", options={"document": 0.0}),
    Variant(BASE, "whole documents only, no single lines", "base", change=only("documents")),
)  # fmt: skip
MEASURES = (
    ("Postings", "primary right (top of six)", "postings right"),
    ("Résumés", "primary right (top of six)", "résumés right"),
    ("Postings", "AUROC of strength >= 2, mean", "postings AUROC"),
    ("Résumés", "AUROC of strength >= 2, mean", "résumés AUROC"),
    ("Postings", "AUROC of none against some", "postings none"),
    ("Résumés", "AUROC of none against some", "résumés none"),
    ("Résumés", "depth QWK, mean", "depth QWK"),
    ("Pairs", "AUROC of fit >= 2", "pairs AUROC"),
)


def measure(variant: Variant, corpus: Corpus, gold: Gold) -> dict[str, float]:
    """Train and measure a variant, or fetch what an earlier run measured."""
    used = variant.change(corpus)
    options = {**variant.options, **({"members": 1} if variant.recipe == "base" else {})}
    bundle = load_bundle(variant.recipe) if variant.heads is not None else None
    what = f"{used.fingerprint()} {variant.recipe} {sorted(options.items())} {variant.heads} {bundle and bundle.fingerprint}"
    key = hashlib.sha256(what.encode()).hexdigest()[:16]
    place = KEPT / f"{key}.json"
    if not place.exists():
        with TemporaryDirectory() as folder:
            model = (
                train(variant.recipe, folder, corpus=used, options=options)
                if bundle is None
                else refitted(bundle, used, variant.heads or {})
            )
            result = evaluate(model, gold, resamples=0)
        found = {name: result[group, measure].value for group, measure, name in MEASURES}
        KEPT.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"variant": variant.name, "documents": len(used.documents), **found}))
    return json.loads(place.read_text())


def refitted(bundle: Model, corpus: Corpus, options: dict[str, Any]) -> Model:
    """Fit pooling, calibration and matching anew."""
    own = bundle.heads
    heads, _ = fit_heads(bundle.encoder, own.segment, own.work, own.bag, split(corpus)[1], bundle.taxonomy, **options)
    return Model(bundle.encoder, heads, bundle.taxonomy, bundle.sections, name=bundle.name)


def table(title: str, variants: list[Variant], corpus: Corpus, gold: Gold) -> str:
    names = [name for *_, name in MEASURES]
    rows = [f"| variant | documents | {' | '.join(names)} |", "|---|---:" + "|---:" * len(names) + "|"]
    for variant in variants:
        found = measure(variant, corpus, gold)
        values = " | ".join(f"{found[n]:.3f}" if np.isfinite(found[n]) else "-" for n in names)
        rows.append(f"| {variant.name} | {found['documents']} | {values} |")
        print(rows[-1], flush=True)
    return f"## {title}\n\n" + "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--gold", required=True)
    parser.add_argument("--only", default="", help="run only variants whose recipe, name or table holds this")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    corpus, gold = load_corpus(ROOT / "data"), load_gold(arguments.gold, default_taxonomy().keys)
    chosen = [v for v in VARIANTS if arguments.only in f"{v.recipe} {v.name} {v.table}"]
    titles = dict.fromkeys(v.table for v in chosen)
    tables = {t: table(t, [v for v in chosen if v.table == t], corpus, gold) for t in titles}
    if arguments.write:
        # A table that was not asked for stays as it was.
        page = PAGE.read_text(encoding="utf-8")
        kept = {part.split("\n")[0]: f"## {part.rstrip()}" for part in page.split("\n## ")[1:]}
        PAGE.write_text("\n\n".join([INTRO, *{**kept, **tables}.values()]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
