"""The layout's rules: lower never imports higher, and light stays light."""

from __future__ import annotations

import ast
import subprocess
import sys

import domainfit

from .conftest import ROOT

PACKAGE = ROOT / "src" / "domainfit"
LEVELS = (
    ("_compiled", "_shown"),
    ("exceptions", "types", "headings", "spelling", "progress"),
    (
        "_optional",
        "risk",
        "_markup",
        "taxonomy",
        "segments",
        "metrics",
        "points",
        "checks",
        "readers._common",
        "readers.pdf_hidden",
        "readers.docx_hidden",
        "readers.html_styles",
        "files",
    ),
    (
        "readers.plain",
        "readers.html_hidden",
        "readers.pdf",
        "readers.docx",
        "readers.json_resume",
        "results",
        "encoders",
        "scoring",
        "hostile",
        "seniority",
    ),
    ("described", "document_scoring", "match_scoring", "readers.html", "static"),
    (
        "documents",
        "ladder",
        "marking",
        "plots._axes",
        "plots._canvas",
        "evidence",
        "questions",
        "classifier",
        "matcher",
        "bag_of_words",
        "records",
    ),
    (
        "plots.curves",
        "reading",
        "explain",
        "interview",
        "decision_scoring",
        "plots.profiles",
        "plots.matches",
        "plots.evidence",
        "plots.confusion",
        "plots.audit",
    ),
    ("decisions",),
    ("matching", "pieces", "terminal", "plots"),
    ("_html",),
    ("model",),
    ("bundle", "fingerprint"),
    ("workers", "cache", "frames.tables"),
    ("frames.pool", "frames.reading", "frames.rows", "frames.dataset"),
    ("frames.run",),
    ("frames.profiling", "frames.ranking"),
    ("frames", "api", "evaluation.gold", "training.corpus", "report.facts"),
    ("report.page",),
    ("report.candidate",),
    ("report.writing",),
    ("report",),
    ("evaluation.group_rates",),
    ("evaluation.fairness",),
    ("placements.schema",),
    ("placements.features", "placements.guards", "placements.card"),
    ("placements.model",),
    ("placements.judging",),
    ("placements.fitting", "placements.comparing"),
    ("placements",),
    ("floors",),
    ("store.files", "store.columns"),
    ("store.arrays",),
    ("store.lookup", "store.indexing"),
    ("store.profile_store",),
    ("store", "distributed"),
    (
        "training.as_read",
        "training.recompose",
        "training.pairs",
        "training.datasheet",
        "training.onnx_export",
        "training.accounts",
        "evaluation.report",
        "evaluation.robustness",
        "evaluation.drift",
    ),
    ("training.bag", "training.windows", "training.work_lines", "training.placements_example", "training.decisions"),
    ("training.finetune", "evaluation"),
    ("training.distil",),
    ("training.train",),
    ("service.settings", "service.schemas", "client"),
    ("service.problems",),
    ("service.engine", "service.intake", "service.middleware"),
    ("service.ranking",),
    ("service.routes",),
    ("service.app",),
    ("service",),
    ("cli._common",),
    ("cli.documents", "cli.models", "cli.checks", "cli.decisions", "cli.store", "cli.placements", "cli.service"),
    ("cli.pools",),
    ("cli",),
    ("cli.__main__",),
)
LEVEL = {name: i for i, names in enumerate(LEVELS) for name in names}
FACADES = {"__init__", "readers", "training"}


def module_name(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imported(path):
    """Yield the modules of the package that a module imports at its top level."""
    package = module_name(path).split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            names = [node.module] if node.module else [a.name for a in node.names]
            yield from (".".join([*base, name]) for name in names)


def test_every_module_has_a_level_and_imports_only_lower_ones():
    for path in PACKAGE.rglob("*.py"):
        name = module_name(path)
        if name in FACADES:
            continue
        assert name in LEVEL, f"{name} has no level: put it into LEVELS"
        for other in imported(path):
            assert LEVEL[other] < LEVEL[name], f"{name} imports {other}, which is not lower"


def loaded(code):
    program = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {m.split(".")[0] for m in done.stdout.split()}


def test_a_first_match_loads_nothing_heavy():
    heavy = {
        "torch",
        "pandas",
        "sklearn",
        "scipy",
        "matplotlib",
        "sentence_transformers",
        "transformers",
        "pyspark",
        "fastapi",
    }
    match = "import domainfit\nt = 'Trained detectors on images and shipped them to forty robots in warehouses. ' * 5\ndomainfit.score_match(t, t{})"
    assert not loaded("import domainfit") & (heavy | {"onnxruntime"})
    assert not loaded(match.format("")) & heavy
    assert not loaded(match.format(", model='fast'")) & (heavy | {"onnxruntime"})


def test_public_names_are_sorted_documented_and_there():
    assert list(domainfit.__all__) == sorted(domainfit.__all__)
    for name in domainfit.__all__:
        assert getattr(domainfit, name).__doc__
