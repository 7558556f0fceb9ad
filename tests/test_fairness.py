"""The arithmetic of an audit, against figures worked out by hand and published ones."""

from __future__ import annotations

import json
from math import comb

import html5lib
import numpy as np
import pandas as pd
import pytest

from domainfit import InputError
from domainfit.evaluation.fairness import audit
from domainfit.evaluation.group_rates import group_table
from domainfit.plots import plot_impact_ratios, plot_selection_rates


def people(**groups):
    """Groups by name, each (number, selected)."""
    label = np.concatenate([[g] * n for g, (n, _) in groups.items()]).astype(object)
    won = np.concatenate([[1.0] * k + [0.0] * (n - k) for n, k in groups.values()])
    return label, won


def test_the_uniform_guidelines_example():
    # Questions and Answers to the Uniform Guidelines, 44 FR 11996 (1979), question 12: 120 applicants, 80 white and
    # 40 black, of whom 48 and 12 are hired: rates of 60% and 30%, and 30/60 = 50% is below 80%.
    table = group_table(*people(white=(80, 48), black=(40, 12)))
    assert table.loc["black", ["n", "selected", "rate", "ratio"]].tolist() == [40, 12, 0.3, 0.5]
    assert table.loc["white", "ratio"] == 1.0
    ways = [comb(40, k) * comb(80, 60 - k) for k in range(41)]  # Fisher, two-sided: all as improbable as this.
    assert table.loc["black", "p"] == pytest.approx(sum(w for w in ways if w <= ways[12]) / comb(120, 60))
    assert table.loc["white", "p"] == 1.0
    assert table.loc["black", "low"] < 0.5 < table.loc["black", "high"] < 0.8


def test_scoring_rates_use_the_median_of_the_whole_sample():
    table = pd.DataFrame({"fit": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, np.nan], "sex": list("aaabbbba")})
    found = audit(table, "sex", resamples=0)
    assert (found.median, found.people, found.unscored) == (0.4, 8, 1)
    assert found.tables["sex"]["rate"].tolist() == [0.0, 0.75]
    assert found.tables["sex"]["ratio"].tolist() == [0.0, 1.0]


def test_intersections_comparator_and_small_groups():
    label, won = people(x=(90, 45), y=(9, 3), z=(1, 1))
    table = pd.DataFrame({"g": label, "h": ["u", "v"] * 50, "hired": won})
    found = audit(table, ["g", "h"], selected="hired", resamples=0)
    assert list(found.tables) == ["g", "h", "g × h"]
    assert found.tables["g"]["small"].tolist() == [False, False, True]
    assert found.tables["g"].loc["x", "ratio"] == 0.5  # The single person of z is the comparator ...
    large = audit(table, "g", selected="hired", least=0.02, resamples=0).tables["g"]
    assert large.loc["x", "ratio"] == 1.0  # ... unless groups so small are left out of it.
    assert large.loc["z", "n"] == 1
    against = audit(table, "g", selected="hired", comparator={"g": "y"}, resamples=0).tables["g"]
    assert against.loc["x", "ratio"] == pytest.approx(0.5 / (1 / 3))
    with pytest.raises(InputError, match="not among the groups"):
        audit(table, "g", selected="hired", comparator={"g": "w"})


def test_unknown_groups_bound_the_ratio():
    label, won = people(x=(10, 8), y=(10, 4))
    label, won = np.append(label, [None, None]), np.append(won, [1.0, 0.0])
    row = group_table(label, won, resamples=0).loc["y"]
    assert row["ratio"] == pytest.approx(0.5)
    assert row["bound_low"] == pytest.approx((4 / 11) / (9 / 11))
    assert row["bound_high"] == pytest.approx((5 / 11) / (8 / 11))
    whole = group_table(*people(x=(10, 8), y=(10, 4)), resamples=0).loc["y"]
    assert whole["bound_low"] == whole["bound_high"] == whole["ratio"]


def test_errors_and_calibration_by_hand():
    table = pd.DataFrame(
        {
            "fit": ["0.9", "0.8", "0.2", "0.1", "0.9", "0.2"],
            "g": ["a", "a", "a", "a", "b", ""],
            "good": ["true", "false", "true", "false", "", "true"],
        }
    )
    row = audit(table, "g", outcome="good", resamples=0).tables["g"]
    assert row.loc["a", ["outcomes", "true_positive_rate", "false_positive_rate"]].tolist() == [4, 0.5, 0.5]
    assert row.loc["a", "calibration_gap"] == pytest.approx(0.5 - 0.5)
    assert row.loc["b", "outcomes"] == 0
    assert np.isnan(row.loc["b", "true_positive_rate"])  # Nobody to tell from: not perfect, and not nought.


def test_nobody_selected_and_nobody_there():
    table = group_table(*people(x=(5, 0), y=(4, 0)))
    assert table["rate"].tolist() == [0.0, 0.0]
    assert table["ratio"].isna().all()
    empty = audit(pd.DataFrame({"fit": ["", ""], "g": ["a", "b"]}), "g").tables["g"]
    assert len(empty) == 0


def test_equal_groups_are_rarely_called_different():
    source = np.random.default_rng(3)
    small = [
        group_table(np.repeat(np.array(["x", "y"], object), 60), (source.random(120) < 0.4).astype(float), resamples=0)
        for _ in range(300)
    ]
    assert np.mean([(t["p"] < 0.05).any() for t in small]) < 0.08


def test_what_is_wrong_is_named():
    table = pd.DataFrame({"fit": ["0.3", "high"], "g": ["a", "b"], "hired": ["yes", "perhaps"]})
    with pytest.raises(InputError, match=r"no column \['race'\]"):
        audit(table, "race")
    with pytest.raises(InputError, match="row 1"):
        audit(table, "g")
    with pytest.raises(InputError, match="row 1"):
        audit(table, "g", selected="hired")


def test_the_report_is_whole_plain_and_claims_nothing():
    label, won = people(**{"<b>x": (30, 20), "y & z": (30, 10)})
    found = audit(pd.DataFrame({"g": label, "hired": won}), "g", selected="hired")
    page = found.to_html()
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<b>x" not in page
    assert "http" not in page
    assert "<script" not in page
    for text in (page, str(found), json.dumps(found.to_dict()), found._repr_html_()):
        assert "compliant" not in text.lower()
        assert "certif" not in text.lower()
    assert found.to_dict()["tables"]["g"][0]["ratio"] == 1.0
    assert str(audit(pd.DataFrame({"g": label, "hired": won}), "g", selected="hired")) == str(found)  # Seeded.


def test_the_tables_can_be_drawn():
    table = group_table(*people(x=(30, 20), y=(30, 10)))
    assert len(plot_impact_ratios(table).get_yticklabels()) == 2
    rates = table.drop(columns=["low", "high"])
    assert len(plot_selection_rates(rates).get_yticklabels()) == 2
