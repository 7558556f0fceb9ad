"""Learn static vectors: start from the stock transformer's word vectors, follow labels and a teacher."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .._optional import require
from ..described import WorkHead
from ..encoders import encode_segments, sentence_transformer
from ..model import Model
from ..scoring import LEVELS, RUNGS, SegmentHead, cumulative_strengths
from ..spelling import normalize
from ..static import StaticEncoder, pairs, words
from ..types import FloatArray
from .corpus import SECTIONS, Corpus, Line
from .finetune import affine_rows, stock_model, where_known
from .work_lines import document_blocks


@dataclass(frozen=True, slots=True)
class StaticOptions:
    """How the static vectors are learned; written into the bundle.

    Parameters
    ----------
    dimensions : int
        The length of a stored vector.
    word_count, pair_count : int
        A word, or a pair of words, needs this many lines of the corpus to get its own vector.
    hidden : int
        The width of the hidden layer.
    epochs : int
        Passes over the corpus.
    learning_rate, head_learning_rate : float
        Peak rates of the vectors and of the layers above them, falling linearly to zero.
    word_dropout : float
        The part of a line's words left out at each pass.
    teach : float
        The weight of the teacher's probabilities against the labels, in [0, 1].
    document : float
        As in `FinetuneOptions`.
    seed, threads : int
        Seeds sampling and initial weights; threads of torch.
    """

    dimensions: int = 128
    word_count: int = 2
    pair_count: int = 3
    hidden: int = 256
    epochs: int = 12
    learning_rate: float = 5e-3
    head_learning_rate: float = 3e-3
    word_dropout: float = 0.25
    teach: float = 0.5
    document: float = 0.3
    seed: int = 0
    threads: int = 2


Block = tuple[list[list[int]], FloatArray, FloatArray, FloatArray, FloatArray]
"""Rows of each line, strength targets, depth targets (-1 for none), section indices, the document's strength
targets (-1 for none)."""


def train_static(
    corpus: Corpus,
    work_head: WorkHead,
    options: StaticOptions,
    teacher: Model | None,
    *,
    progress: bool | None = None,
) -> tuple[StaticEncoder, SegmentHead]:
    """Learn vectors of words and word pairs, and the read-outs on them.

    Parameters
    ----------
    corpus : Corpus
        The training text.
    work_head : WorkHead
        Tells which lines of a candidate are read together.
    options : StaticOptions
        How to learn.
    teacher : Model or None
        A model on the same taxonomy whose probabilities are learned beside the labels.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    encoder : StaticEncoder
    head : SegmentHead
    """
    torch = require("torch", "train", "learning static vectors")
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    blocks = [[line] for line in corpus.segments] + document_blocks(corpus, work_head)
    terms = _vocabulary(blocks, options)
    encoder = _start(torch, terms, blocks, options)
    data = [_block(block, encoder, corpus, teacher, options.teach) for block in blocks]
    return _Run(torch, encoder, data, len(corpus.taxonomy), options).train(progress)


def _vocabulary(blocks: Sequence[Sequence[Line]], options: StaticOptions) -> list[str]:
    seen_words: Counter[str] = Counter()
    seen_pairs: Counter[str] = Counter()
    for block in blocks:
        for line in block:
            tokens = words(normalize(line.text))
            seen_words.update(set(tokens))
            seen_pairs.update(set(pairs(tokens)))
    kept = {w for w, n in seen_words.items() if n >= options.word_count}
    return sorted(kept | {p for p, n in seen_pairs.items() if n >= options.pair_count})


def _start(torch: Any, terms: Sequence[str], blocks: Sequence[Sequence[Line]], options: StaticOptions) -> StaticEncoder:
    """Give every word piece and term the stock model's vector, shortened, and weighed by rarity."""
    model, pieces, saved, piece_vectors = _stock()
    vectors = np.concatenate([piece_vectors, _encoded(model, terms)])
    vectors -= vectors.mean(axis=0)
    _, _, components = np.linalg.svd(vectors[:: max(1, len(vectors) // 20000)], full_matrices=False)
    short = vectors @ components[: options.dimensions].T
    count = Counter(t for b in blocks for line in b for t in words(normalize(line.text)))
    total = sum(count.values())
    # A frequent word says little: the smooth inverse frequency of Arora et al. (ICLR 2017), a = 1e-3.
    rarity = np.array([1e-3 / (1e-3 + count[t.removeprefix("##")] / total) for t in [*pieces, *terms]])
    short *= rarity[:, None] * 3.0 / np.linalg.norm(short, axis=1).mean()
    table, scale = quantise(short)
    return StaticEncoder(list(terms), table, scale, np.zeros((2 * options.dimensions + 1, options.hidden)), saved)


@cache
def _stock() -> tuple[Any, list[str], str, FloatArray]:
    """Load the stock model, its word pieces, its tokenizer, and the vectors of the pieces."""
    model = sentence_transformer(str(stock_model()), device="cpu")
    tokenizer = model[0].tokenizer.backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    pieces = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
    return model, pieces, tokenizer.to_str(), _encoded(model, [p.removeprefix("##") for p in pieces])


def _encoded(model: Any, texts: Sequence[str]) -> FloatArray:
    return np.asarray(model.encode(list(texts), batch_size=512, show_progress_bar=False), np.float64)


def quantise(vectors: FloatArray) -> tuple[Any, FloatArray]:
    """Store vectors as int8 with one scale a row."""
    scale = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
    return np.rint(vectors / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def _block(lines: Sequence[Line], encoder: StaticEncoder, corpus: Corpus, teacher: Model | None, teach: float) -> Block:
    targets = _reached(np.stack([corpus.taxonomy.vector(line.strengths) for line in lines]))
    document = _reached(np.stack([corpus.taxonomy.vector(line.document or {}) for line in lines]))
    document[[line.document is None for line in lines]] = -1
    depth = (np.array([line.depth for line in lines])[:, None] >= np.arange(1, RUNGS + 1)).astype(np.float32)
    depth[[line.source != "candidate" for line in lines]] = -1
    if teacher is not None:
        vectors = encode_segments(teacher.encoder, [line.text for line in lines])
        targets = (1 - teach) * targets + teach * cumulative_strengths(teacher.heads.segment, vectors)
    section = np.array([SECTIONS.index(line.section) for line in lines])
    return [encoder.rows(words(normalize(line.text))) for line in lines], targets, depth, section, document


def _reached(strengths: FloatArray) -> FloatArray:
    """Lay strengths out as the cumulative targets of the read-outs: ≥ 1, ≥ 2, ≥ 3."""
    return (strengths[:, :, None] >= np.arange(1, LEVELS + 1)).astype(np.float32).reshape(len(strengths), -1)


class _Run:
    def __init__(
        self, torch: Any, encoder: StaticEncoder, data: list[Block], n_disciplines: int, options: StaticOptions
    ) -> None:
        self.torch, self.encoder, self.data, self.options = torch, encoder, data, options
        start = torch.from_numpy(encoder.table.astype(np.float32) * encoder.scale[:, None].astype(np.float32))
        self.table = torch.nn.EmbeddingBag.from_pretrained(start, freeze=False, mode="sum")
        self.sizes = [n_disciplines * LEVELS, RUNGS, len(SECTIONS), n_disciplines * LEVELS]
        self.hidden = torch.nn.Linear(2 * options.dimensions, options.hidden)
        self.head = torch.nn.Linear(options.hidden, sum(self.sizes))
        self.random = random.Random(options.seed)

    def train(self, progress: bool | None) -> tuple[StaticEncoder, SegmentHead]:
        from tqdm import tqdm

        torch, o = self.torch, self.options
        groups = [
            {"params": self.table.parameters(), "lr": o.learning_rate, "weight_decay": 0.0},
            {
                "params": [*self.hidden.parameters(), *self.head.parameters()],
                "lr": o.head_learning_rate,
                "weight_decay": 0.01,
            },
        ]
        optimizer = torch.optim.AdamW(groups)
        peaks = [g["lr"] for g in optimizer.param_groups]
        total = o.epochs * sum(1 for _ in self._batches())
        self.random.seed(o.seed)
        step = 0
        with tqdm(
            total=total, desc="static vectors", unit="step", disable=None if progress is None else not progress
        ) as bar:
            while step < total:
                for batch in self._batches():
                    for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                        group["lr"] = peak * (1 - step / total)
                    loss = self._loss(batch)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    step += 1
                    bar.update()
                    if step == total:
                        break
        return self._result()

    def _batches(self, size: int = 256) -> Iterator[list[Block]]:
        order = list(range(len(self.data)))
        self.random.shuffle(order)
        batch: list[Block] = []
        lines = 0
        for i in order:
            batch.append(self.data[i])
            lines += len(self.data[i][0])
            if lines >= size:
                yield batch
                batch, lines = [], 0
        if batch:
            yield batch

    def _loss(self, batch: list[Block]) -> Any:
        torch, F, rnd = self.torch, self.torch.nn.functional, self.random
        keep = 1 - self.options.word_dropout
        rows = [[x for x in r if rnd.random() < keep] or r[:1] or [0] for block in batch for r in block[0]]
        owner = torch.tensor([i for i, block in enumerate(batch) for _ in block[0]])
        flat = torch.tensor([x for r in rows for x in r])
        offsets = torch.tensor(np.concatenate([[0], np.cumsum([len(r) for r in rows])[:-1]]))
        lengths = torch.tensor([float(len(r)) for r in rows])
        own = self.table(flat, offsets) / lengths.sqrt()[:, None]
        whole = torch.zeros(len(batch), own.shape[1]).index_add_(0, owner, own)
        whole = whole / torch.bincount(owner, minlength=len(batch))[:, None]
        # Half the documents at a time hide their context, so that a line must also speak for itself.
        shown = torch.tensor([rnd.random() < 0.5 for _ in batch])[owner][:, None]
        both = torch.cat([own, torch.where(shown, whole[owner], own)], dim=1)
        mixed = F.dropout(F.relu(self.hidden(F.dropout(both, 0.1))), 0.2)
        strength, depth, section, document = self.head(mixed).split(self.sizes, dim=1)
        wanted = torch.from_numpy(np.concatenate([b[1] for b in batch]).astype(np.float32))
        rungs = torch.from_numpy(np.concatenate([b[2] for b in batch]))
        sections = torch.from_numpy(np.concatenate([b[3] for b in batch]))
        about = torch.from_numpy(np.concatenate([b[4] for b in batch]))
        return (
            F.binary_cross_entropy_with_logits(strength, wanted, reduction="none").sum(1).mean()
            + 0.3 * where_known(depth, rungs.clamp(min=0), (rungs[:, 0] >= 0).float())
            + 0.2 * F.cross_entropy(section, sections)
            + self.options.document * where_known(document, about.clamp(min=0), (about[:, 0] >= 0).float())
        )

    def _result(self) -> tuple[StaticEncoder, SegmentHead]:
        table, scale = quantise(self.table.weight.detach().double().numpy())
        encoder = StaticEncoder(self.encoder.terms, table, scale, affine_rows(self.hidden), self.encoder.tokenizer)
        return encoder, SegmentHead(*np.split(affine_rows(self.head), np.cumsum(self.sizes)[:-1], axis=1)[:3])
