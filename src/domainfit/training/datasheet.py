"""The tables of the corpus' datasheet, counted anew from the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .corpus import Corpus, LabelledDocument, Line


def datasheet_tables(corpus: Corpus) -> str:
    """Count a corpus' labels.

    Parameters
    ----------
    corpus : Corpus
        What to count.

    Returns
    -------
    str
        Markdown tables: sizes, document strengths, line strengths, depths, sections, years.
    """
    keys = corpus.taxonomy.keys
    parts = {
        "Sizes": _sizes(corpus),
        "Documents by primary discipline": _table(
            ["kind", *keys, "none"],
            [
                [kind, *_counts((d.primary or "none" for d in documents), [*keys, "none"])]
                for kind, documents in _kinds(corpus)
            ],
        ),
        "Documents by strength": _table(
            ["discipline", "1", "2", "3"],
            [[k, *_counts((d.strengths.get(k, 0) for d in corpus.documents), [1, 2, 3])] for k in keys],
        ),
        "Lines by strength": _table(
            ["discipline", "1", "2", "3"],
            [[k, *_counts((x.strengths.get(k, 0) for x in _lines(corpus)), [1, 2, 3])] for k in keys],
        ),
        "Résumé lines by depth": _table(
            ["0", "1", "2", "3", "4"], [_counts((x.depth for x in _lines(corpus) if x.source == "candidate"), range(5))]
        ),
        "Lines by section": _table(
            ["section", "lines"], [[k, n] for k, n in Counter(x.section for x in _lines(corpus)).most_common()]
        ),
        "Documents by year (where the author gave one)": _table(
            ["year", "documents"],
            [[y, n] for y, n in sorted(Counter(d.year for d in corpus.documents if d.year).items())],
        ),
    }
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in parts.items())


def _kinds(corpus: Corpus) -> list[tuple[str, list[LabelledDocument]]]:
    return [(kind, [d for d in corpus.documents if d.source == kind]) for kind in ("role", "candidate")]


def _lines(corpus: Corpus) -> list[Line]:
    return [*corpus.segments, *(x for d in corpus.documents for x in d.lines)]


def _sizes(corpus: Corpus) -> str:
    rows: list[list[object]] = [["single lines", len(corpus.segments), len(corpus.segments), "", ""]]
    for kind, documents in _kinds(corpus):
        words = sorted(len(d.text.split()) for d in documents) or [0]
        blank = sum(not x.strengths for d in documents for x in d.lines)
        lines = sum(len(d.lines) for d in documents)
        rows.append(
            [f"{kind} documents", len(documents), lines, words[len(words) // 2], f"{blank / max(1, lines):.0%}"]
        )
    return _table(["part", "items", "lines", "median words", "lines without a discipline"], rows)


def _counts(values: Iterable[object], order: Iterable[object]) -> list[object]:
    counted = Counter(values)
    return [counted[v] for v in order]


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
