"""Depth must not live on length and digits: short plain work in production against long numeric coursework."""

from __future__ import annotations

import pytest

import domainfit

OPERATED = {
    "computer_vision": """[NAME]
Imaging engineer at a maker of milk cartons
I wrote the software that looks at every seal. It rejects the bad ones and tells the operator why.
All our factories use it. When it is wrong they ring me, which is seldom.""",
    "nlp": """[NAME]
Text engineer for a publisher of court decisions
Decisions are tagged by the models I trained, in both official languages. Editors only correct.
This has been our daily production since I joined, and I retrain when the law changes.""",
    "mlops": """[NAME]
Infrastructure engineer, machine learning
My team's models are released, watched and rolled back by the system I put together.
It carries the whole shop, at Christmas too. I am the one on call for serving and training.""",
    "llm_integration": """[NAME]
Engineer at a housing association
Tenants write to our assistant and it answers from the rules and from their file.
I designed it, I run it, and I judge its answers each week. It is live for everyone.""",
    "data_science": """[NAME]
Head of analysis at a bus company
I plan and evaluate every trial of fares and timetables with control lines.
The council decides by my reports. Two of its cuts were reversed after I measured what they did.""",
    "classical_ml": """[NAME]
Modeller at an electricity trader
The price forecast that our desk bids with is my work, from features to retraining.
It has run each night without me touching it for most of its life, and I answer for its losses.""",
}
STUDIED = {
    "computer_vision": """[NAME]
Student of informatics, 4th semester
Lab course Image Understanding, 5 credits: trained AlexNet, MobileNetV2 and DenseNet-121 on 102 flower classes (8,189 photographs, 256 x 256) for 40 epochs with SGD, momentum 0.9, weight decay 0.0005 and 3 seeds, 91.3% top-1 and 98.2% top-5 accuracy, 14 pages of report, mark 1.7 of 5.""",
    "nlp": """[NAME]
Student of linguistics, 6th semester
Seminar Text Mining, 4 credits: classified 18,846 newsgroup posts of 20 topics with TF-IDF (30,000 terms), linear SVM and distilbert (4 epochs, batch 32, 128 tokens), 5-fold cross-validation, macro-F1 of 0.87 against 0.91, 9 tables, presented in 15 minutes to 22 students.""",
    "mlops": """[NAME]
Student of informatics, 5th semester
Online course on MLOps, 6 weeks, 48 hours: as an exercise put a penguin classifier with 344 rows into Docker, logged 12 runs in MLflow, wrote a GitHub Actions workflow with 4 jobs and 17 tests, and called it 1,000 times on a laptop at 9 ms; certificate with 95 of 100 points.""",
    "llm_integration": """[NAME]
Student of business informatics, 3rd semester
Weekend hackathon, 30 hours, 64 teams: built a demo that answers questions on 7 annual reports (1,240 pages) with LlamaIndex, Chroma and GPT-3.5 following the quickstart, chunk size 512, top-k 3, 10 test questions, 8 right, 2.10 euros of tokens, 5th place.""",
    "data_science": """[NAME]
Student of sociology, 4th semester
Methods course, 8 credits: described 2,317 answers to 64 survey questions in SPSS, 19 bar charts, 11 cross tables with chi-squared tests at the 5% level, 2 t-tests and 1 linear regression with 6 predictors (R2 = 0.23), 27 pages, mark 1.3, 35 participants.""",
    "classical_ml": """[NAME]
Student of mathematics, 5th semester
Course project, Statistical Learning, 6 credits: compared ridge, lasso, kNN (k from 1 to 50) and AdaBoost with 400 stumps on the Boston and California housing sets (506 and 20,640 rows, 13 and 8 features), 10 folds, 60 settings each, best RMSE 2.91, 12 plots, 97 of 100 points.""",
}


@pytest.mark.parametrize("bundle", ["base", "fast"])
@pytest.mark.parametrize(
    "discipline",
    [
        pytest.param(
            d,
            marks=[
                pytest.mark.xfail(
                    reason="a seminar told in figures, read apart from its heading, passes for built work"
                )
            ]
            if d == "nlp"
            else [],
        )
        for d in OPERATED
    ],
)
def test_plain_work_in_production_is_deeper_than_numeric_coursework(bundle, discipline):
    operated = domainfit.profile(OPERATED[discipline], model=bundle)
    studied = domainfit.profile(STUDIED[discipline], model=bundle)
    # The deepest sentence reads "built" at least: its expected depth is nearer to 3 than to 2.
    assert max(e.depth for e in operated.evidence) >= 2.5
    assert operated.depth[discipline] > studied.depth[discipline]
    if bundle == "fast":
        # The transformer reads the numbers of coursework as specifics still, and puts it near 3.
        assert studied.depth[discipline] <= 2.5
