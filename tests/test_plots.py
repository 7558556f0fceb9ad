from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from colorspacious import cspace_convert
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure

import domainfit
from domainfit import DataError, InputError, Match, MissingExtraError, Profile, Taxonomy, default_taxonomy, plots
from domainfit.frames import rank_matches
from domainfit.results import Gap
from domainfit.taxonomy import COLORS, Discipline

from .conftest import LANGUAGE, TEACHER, VISION, VISION_ROLE

NAMES = ["Computer vision", "NLP", "MLOps", "LLM integration", "Data science", "Classical ML"]
FOUR = Taxonomy.from_dict({"name": "four", "disciplines": [{"key": k, "name": k.upper()} for k in "abcd"]})


@pytest.fixture(scope="module")
def match(fast) -> Match:
    return fast.score_match(VISION_ROLE, LANGUAGE)


@pytest.fixture(scope="module")
def ranked(fast):
    pool = {"vera": VISION, "lars": LANGUAGE, "tea": TEACHER, "shy": "Too short.", "none": b"%PDF-1.4 broken"}
    return rank_matches(VISION_ROLE, pool, model=fast)


def four(kind="candidate", **values) -> Profile:
    even = dict.fromkeys(FOUR.keys, 0.25)
    numbers = dict.fromkeys(("probability", "share", "strength", "shown", "shown_depth", "depth", "support"), even)
    return Profile(kind, "ok", (), **(numbers | values), primary="a", taxonomy=FOUR)


def texts(ax):
    return [t.get_text() for t in ax.texts]


def rows(ax):
    return [t.get_text() for t in ax.get_yticklabels()]


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def drawn(ax):
    ax.figure.canvas.draw()
    ax.figure.savefig(os.devnull, format="png")
    return ax


def test_profile_bars_are_the_probabilities_in_the_taxonomys_order(match):
    p = match.candidate
    ax = drawn(p.plot())
    assert rows(ax) == NAMES
    assert [b.get_width() for b in ax.patches] == list(p.probability.values())
    assert [to_hex(b.get_facecolor(), keep_alpha=False).upper() for b in ax.patches] == [
        d.color for d in p.taxonomy.disciplines
    ]
    assert len({b.get_hatch() for b in ax.patches}) == 6
    assert texts(ax)[1].startswith(f"{p.probability['nlp']:.2f}  ")
    top, bottom = ax.get_ylim()[1], ax.get_ylim()[0]
    assert top < bottom, "the first discipline stands on top"


def test_what_is_not_scored_has_no_bars_but_a_reason(fast):
    ax = drawn(fast.profile("Too short.").plot())
    assert not ax.patches
    assert "25" in texts(ax)[0]
    assert legend(drawn(plots.plot_radar(fast.profile("Too short.")))) == ["candidate (not scored)"]


def test_radar_closes_each_line_and_names_each_profile(match):
    ax = drawn(plots.plot_radar(match.role, match.candidate, labels=["role", "lars"]))
    assert legend(ax) == ["role", "lars"]
    for line, p in zip(ax.lines, (match.role, match.candidate), strict=True):
        assert list(line.get_ydata()) == [*p.probability.values(), p.probability["computer_vision"]]
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    assert [t.get_text() for t in ax.get_xticklabels()] == NAMES


def test_radar_needs_polar_axes_one_taxonomy_and_labels(match):
    with pytest.raises(InputError, match="polar"):
        plots.plot_radar(match.role, ax=Figure().subplots())
    for wrong in ((), (match.role, four())):
        with pytest.raises(InputError, match="one taxonomy"):
            plots.plot_radar(*wrong)
    with pytest.raises(InputError, match="label"):
        plots.plot_radar(match.role, labels=["a", "b"])
    ax = Figure().subplots(subplot_kw={"projection": "polar"})
    assert plots.plot_radar(match.role, ax=ax) is ax


def test_match_bars_are_the_demand_and_its_covered_part(match):
    ax = drawn(match.plot())
    demand, covered = ax.patches[:6], ax.patches[6:]
    assert [b.get_width() for b in demand] == list(match.role.share.values())
    gap = match.gaps[0]
    row = match.role.taxonomy.keys.index(gap.discipline)
    assert covered[row].get_width() == pytest.approx(gap.demand * gap.coverage)
    assert any(f"{gap.demand:.0%} needed, {gap.coverage:.0%} covered" in t for t in texts(ax))
    assert ax.get_title() == f"mismatch, fit {match.fit:.2f}"


def test_an_undecided_match_covers_nothing(fast):
    ax = drawn(fast.score_match(VISION_ROLE, "Too short.").plot())
    assert {b.get_width() for b in ax.patches[6:]} == {0.0}
    assert ax.get_title() == "undecided"


def test_evidence_stands_where_it_stands_in_the_text(match):
    p = match.candidate
    ax = drawn(plots.plot_evidence(p))
    bars = {(b.get_x(), b.get_x() + b.get_width()) for b in ax.patches}
    assert bars == {(e.start, e.end) for e in p.evidence}
    described = [e for e in p.evidence if e.described]
    deep, shallow = max(described, key=lambda e: e.depth), min(described, key=lambda e: e.depth)
    height = {(round(b.get_y()), b.get_x()): b.get_height() for b in ax.patches if b.get_height() > 0}
    rank = {k: i for i, k in enumerate(p.taxonomy.keys)}
    heights = {
        (e.discipline, e.start): h
        for (row, x), h in height.items()
        for e in described
        if e.start == x and rank[e.discipline] == row
    }
    assert heights[deep.discipline, deep.start] >= heights[shallow.discipline, shallow.start]
    for b in ax.patches:
        e = next(e for e in p.evidence if e.start == b.get_x())
        assert (b.get_hatch() is None) == e.described
    assert ax.get_xlim() == (0, len(p.document.text))
    assert legend(ax) == ["named", "used", "built", "shipped", "claimed only"]
    assert not drawn(plots.plot_evidence(replace(p, evidence=()))).patches
    assert plots.plot_evidence(match.role).get_legend() is None


def test_ranking_shows_fit_verdict_and_shares_best_first(ranked):
    ax = drawn(plots.plot_ranking(ranked))
    assert rows(ax) == ["vera", "lars", "tea", "shy", "none"]
    fits = [m.fit for _, m in ranked[:3]]
    assert ax.collections[0].get_offsets().data[:, 0].tolist() == pytest.approx(fits)
    assert texts(ax)[0] == f"{fits[0]:.2f} fit"
    assert texts(ax)[2].endswith("mismatch, no AI work found")
    assert texts(ax)[3:] == ["not scored", "not read"]
    for row, (_, m) in enumerate(ranked[:2]):
        shares = [s for s in m.candidate.share.values() if s >= 0.005]
        assert [b.get_width() for b in ax.patches if round(b.get_y() + 0.35) == row] == pytest.approx(shares)
    assert not [b for b in ax.patches if round(b.get_y() + 0.35) >= 2]
    assert legend(ax) == ["fit", *NAMES]


def test_ranking_says_how_many_it_leaves_out(ranked):
    ax = plots.plot_ranking(ranked, most=2)
    assert rows(ax) == ["vera", "lars"]
    assert ax.get_title() == "the first 2 of 5"
    with pytest.raises(InputError, match="at least one match"):
        plots.plot_ranking(ranked[-1:])


def test_another_taxonomy():
    a, b = four(), four("role", share={"a": 0.5, "b": 0.5, "c": 0.0, "d": 0.0})
    m = Match(0.4, 0.25, "partial", (Gap("b", 0.5, 0.5, "a", 1.0),), (), (), b, a)
    assert rows(drawn(plots.plot_profile(a))) == ["A", "B", "C", "D"]
    assert [p.get_width() for p in drawn(plots.plot_match(m)).patches[4:]] == [0.5, 0.25, 0, 0]
    assert texts(plots.plot_match(m))[1] == "50% needed, 50% covered through A"
    assert legend(drawn(plots.plot_ranking([("x", m)]))) == ["fit", "A", "B", "C", "D"]
    assert len(drawn(plots.plot_radar(a)).get_xticks()) == 4
    drawn(plots.plot_confusion(["a", None], ["a", "d"], taxonomy=FOUR))
    assert [d.color for d in FOUR.disciplines] == list(COLORS[:4])


def test_reliability_draws_the_bins_and_the_diagonal():
    ax = drawn(plots.plot_reliability([0.1, 0.1, 0.9, 0.9], [False, False, True, False], bins=2))
    diagonal, points = ax.lines[0], ax.lines[1]
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert points.get_xydata().tolist() == [[0.1, 0.0], [0.9, 0.5]]
    assert ax.get_title() == "n = 4"


def test_risk_coverage_draws_one_line_a_call():
    ax = plots.plot_risk_coverage([0.9, 0.8], [False, True], label="base")
    drawn(plots.plot_risk_coverage([0.9, 0.8], [True, True], label="fast", ax=ax))
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[0.5, 0], [1, 0.5]], [[0.5, 1], [1, 1]]]
    assert legend(ax) == ["base", "fast"]
    assert ax.get_ylim()[1] > 1
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


def test_confusion_counts_rows_as_truth_and_none_last():
    ax = drawn(plots.plot_confusion(["nlp", "nlp", None, "mlops"], ["nlp", "mlops", None, "mlops"]))
    counts = np.array(texts(ax), int).reshape(7, 7)
    assert counts[1].tolist() == [0, 1, 1, 0, 0, 0, 0]
    assert counts[6, 6] == counts[2, 2] == 1
    assert counts.sum() == 4
    assert ax.get_title() == "75% of 4 right"
    assert rows(ax) == [*NAMES, "none"]
    for wrong in (([], []), (["nlp"], []), (["vision"], ["nlp"])):
        with pytest.raises(InputError):
            plots.plot_confusion(*wrong)


def test_learning_curve_sorts_its_sizes():
    ax = drawn(plots.plot_learning_curve([400, 100], [0.8, 0.6], [0.7, 0.5], [0.9, 0.7], measure="right"))
    assert ax.lines[0].get_xydata().tolist() == [[100, 0.6], [400, 0.8]]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["100", "400"]
    assert ax.get_ylabel() == "right"
    assert ax.get_xscale() == "log"
    band = ax.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((0.5, 0.9))
    for wrong in (([0, 1], [1, 1]), ([], []), ([1, 2], [1]), ([[1]], [[1]])):
        with pytest.raises(InputError):
            plots.plot_learning_curve(*wrong)


def test_impact_ratios_mark_who_is_below_four_fifths_by_shape_and_words():
    table = pd.DataFrame(
        {"ratio": [1.0, 0.72, np.nan, 0.8], "low": [0.9, 0.6, np.nan, 0.7], "high": [1.1, 0.84, np.nan, 0.9]},
        index=["A", "B", "C", "D"],
    )
    ax = drawn(plots.plot_impact_ratios(table))
    assert rows(ax) == ["A", "B", "C", "D"]
    lines = {line.get_label(): line.get_xdata()[0] for line in ax.lines if not line.get_label().startswith("_")}
    assert lines == {"four fifths": 0.8, "equal": 1.0}
    assert texts(ax) == ["1.00", "0.72  below four fifths", "too few to tell", "0.80"]
    scatters = [c for c in ax.collections if len(c.get_offsets()) and hasattr(c, "get_sizes")]
    at, below = scatters
    assert below.get_offsets().data.tolist() == [[0.72, 1.0]]
    assert [0.8, 3.0] in at.get_offsets().data.tolist()
    spans = [s.tolist() for c in ax.collections if hasattr(c, "get_segments") for s in c.get_segments()]
    assert [[pytest.approx(0.6), 1.0], [pytest.approx(0.84), 1.0]] in spans


def test_selection_rates_and_tables_without_intervals():
    table = pd.DataFrame({"rate": [0.5, np.nan], "n": [1200, 3]}, index=["A", "B"])
    ax = drawn(plots.plot_selection_rates(table))
    assert [b.get_width() for b in ax.patches] == [0.5, 0.0]
    assert texts(ax) == ["50%  n = 1,200", "too few to tell  n = 3"]
    drawn(plots.plot_impact_ratios(pd.DataFrame({"ratio": [1.0]}, index=["A"])))
    for plot in (plots.plot_selection_rates, plots.plot_impact_ratios):
        with pytest.raises(InputError, match="column"):
            plot(pd.DataFrame({"other": [1.0]}))
        with pytest.raises(InputError, match="row"):
            plot(pd.DataFrame({"rate": [], "ratio": []}))


def test_axes_given_are_drawn_on(match, ranked):
    for plot, value in (
        (plots.plot_profile, match.role),
        (plots.plot_match, match),
        (plots.plot_evidence, match.candidate),
        (plots.plot_ranking, ranked),
    ):
        ax = Figure().subplots()
        assert plot(value, ax=ax) is ax
    assert match.plot(ax).figure is ax.figure
    assert match.role.plot(ax) is ax


def test_nothing_global_changes_and_nothing_is_left(match, ranked):
    import matplotlib.pyplot as plt

    before, open_before = dict(mpl.rcParams), plt.get_fignums()
    figures = sum(issubclass(type(o), Figure) for o in gc.get_objects())
    for _ in range(3):
        drawn(match.plot())
        drawn(plots.plot_ranking(ranked))
    gc.collect()
    assert plt.get_fignums() == open_before
    assert dict(mpl.rcParams) == before
    assert sum(issubclass(type(o), Figure) for o in gc.get_objects()) <= figures


def test_a_notebook_shows_the_axes_as_a_picture(match):
    data, size = match.plot()._repr_png_()
    assert data.startswith(b"\x89PNG")
    assert size["width"] == pytest.approx(8.4 * 96)


@pytest.mark.parametrize("name", ["plot_profile", "plot_reliability", "plot_confusion", "plot_selection_rates"])
def test_without_matplotlib_the_error_says_what_to_install(monkeypatch, match, name):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    arguments = {
        "plot_profile": (match.role,),
        "plot_reliability": ([0.1], [True]),
        "plot_confusion": (["nlp"], ["nlp"]),
        "plot_selection_rates": (pd.DataFrame({"rate": [0.1]}),),
    }
    with pytest.raises(MissingExtraError, match=r'pip install "domainfit\[plots\]"'):
        getattr(plots, name)(*arguments[name])


@pytest.mark.parametrize("sight", [None, "protanomaly", "deuteranomaly", "tritanomaly"])
def test_no_eye_takes_one_discipline_for_another(sight):
    """At full severity (Machado, Oliveira and Fernandes, 2009), in CAM02-UCS, where 1 is just visible side by side."""
    rgb = np.array([to_rgba(d.color)[:3] for d in default_taxonomy().disciplines])
    seen = (
        rgb
        if sight is None
        else cspace_convert(rgb, {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}, "sRGB1")
    )
    lab = cspace_convert(np.clip(seen, 0, 1), "sRGB1", "CAM02-UCS")
    distance = np.linalg.norm(lab[:, None] - lab[None], axis=-1)
    assert distance[np.triu_indices(len(rgb), 1)].min() > 10


def test_shipped_bundles_have_the_colours_of_the_taxonomy(fast):
    assert fast.taxonomy.disciplines == default_taxonomy().disciplines


@pytest.mark.parametrize("color", ["red", "#12345", "#0072B2;background:url(//x)", "", "#0072b2\n"])
def test_a_colour_is_six_digits_and_nothing_else(color):
    with pytest.raises(DataError, match="#RRGGBB"):
        Discipline("k", "K", color=color)
    with pytest.raises(DataError, match="#RRGGBB"):
        Taxonomy.from_dict({"disciplines": [{"key": "k", "color": color}]})


def test_the_pictures_are_listed_once():
    assert sorted(plots.__all__) == plots.__all__ == sorted(n for n in dir(plots) if n.startswith("plot_"))
    assert domainfit.plots is plots
