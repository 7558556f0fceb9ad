"""A synthetic set of placements over the corpus' own documents, for examples and tests. Nobody in it exists.

How it is made. A role with a primary discipline and a candidate are drawn, every second time a
candidate of the role's own discipline. The candidate's true cover of the need is worked out from the
documents' labels with planted adjacencies and depths (`PLANTED_*`), not from any model. The log-odds
of staying a year are `SLOPE` times (cover - `MIDDLE`), plus `SENIORITY` for each step of seniority
above the middle: a person of the wrong domain seldom stays, and that is the planted effect. Who
stays, stays at least 12 months; who does not, one to eleven. One in twelve or so (`NOISE`) has the
outcome of the other kind written down. Placements are seen until `SEEN_UNTIL`; who was still there
is censored. Groups are drawn at random and have nothing to do with the outcome.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..scoring import sigmoid
from ..types import FloatArray
from .corpus import Corpus
from .pairs import COMMAND, demand_of

SEED, ROWS = 20261125, 2400
SLOPE, MIDDLE, SENIORITY, NOISE = 7.0, 0.45, 0.2, 0.08
PLANTED_DEPTH = np.array([0.0, 0.05, 0.35, 0.85, 1.0])
PLANTED_ADJACENCY = {("nlp", "llm_integration"): 0.75, ("data_science", "classical_ml"): 0.25}
"""Where the planted adjacency differs from the taxonomy's: (needed, shown) to the part covered."""
SEEN_UNTIL = np.datetime64("2026-06-30")


def example_placements(corpus: Corpus, rows: int = ROWS, seed: int = SEED) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the set.

    Parameters
    ----------
    corpus : Corpus
        Its documents are the roles and the candidates.
    rows, seed : int
        How many placements, and the seed of everything random.

    Returns
    -------
    table : DataFrame
        As `read_placements` takes it: ids, months, censored, date, groups, source "synthetic".
    truth : DataFrame
        What was planted, row by row: ``cover`` in [0, 1], ``probability`` and ``flipped``.
    """
    chance = np.random.default_rng(seed)
    keys = corpus.taxonomy.keys
    roles = [d for d in corpus.documents if d.source == "role" and d.primary]
    people = [d for d in corpus.documents if d.source == "candidate"]
    own = {k: [i for i, d in enumerate(people) if d.primary == k] for k in keys}
    adjacency = planted_adjacency(corpus)
    demand = np.stack([demand_of(d, keys) for d in roles])
    command = np.stack(
        [
            COMMAND[[d.strengths.get(k, 0) for k in keys]] * PLANTED_DEPTH[[d.depths.get(k, 0) for k in keys]]
            for d in people
        ]
    )
    role = chance.integers(0, len(roles), rows)
    near = chance.random(rows) < 0.5
    person = np.array(
        [
            chance.choice(own[str(roles[r].primary)]) if n else chance.integers(len(people))
            for r, n in zip(role, near, strict=True)
        ]
    )
    cover = (demand[role] * (adjacency * command[person][:, None, :]).max(axis=2)).sum(axis=1)
    level = np.array([people[p].seniority for p in person])
    probability = sigmoid(SLOPE * (cover - MIDDLE) + SENIORITY * (level - 2))
    stays = chance.random(rows) < probability
    flipped = chance.random(rows) < NOISE
    written = stays ^ flipped
    months = np.where(written, 12 + chance.exponential(18, rows), chance.uniform(1, 12, rows))
    began = np.datetime64("2020-01-01") + chance.integers(0, 2300, rows).astype("timedelta64[D]")
    looked = (SEEN_UNTIL - began).astype(np.int64) / 30.44
    table = pd.DataFrame(
        {
            "role_id": [roles[i].id for i in role],
            "candidate_id": [people[i].id for i in person],
            "months": np.floor(np.minimum(months, looked) * 10) / 10,
            "censored": months > looked,
            "date": began.astype(str),
            "group_sex": chance.choice(["female", "male", ""], rows, p=[0.42, 0.5, 0.08]),
            "group_age": chance.choice(["under 40", "40 and over"], rows, p=[0.7, 0.3]),
            "source": "synthetic",
        }
    )
    truth = pd.DataFrame({"cover": cover, "probability": probability, "flipped": flipped})
    return table, truth


def planted_adjacency(corpus: Corpus) -> FloatArray:
    """Return the adjacencies that the example was made with."""
    keys = corpus.taxonomy.keys
    adjacency = np.array(corpus.taxonomy.adjacency, np.float64)
    for (need, shown), part in PLANTED_ADJACENCY.items():
        adjacency[keys.index(need), keys.index(shown)] = part
    return adjacency
