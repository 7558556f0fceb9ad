"""The service answers as the library does, names what is wrong, and never falls over."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
import zipfile
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, Phase, settings

import domainfit
from domainfit import InputError
from domainfit.cli import main

from .conftest import BACKEND, LANGUAGE, ROOT, TEACHER, VISION, VISION_ROLE

httpx = pytest.importorskip("httpx")
pytest.importorskip("fastapi")
pytest.importorskip("prometheus_client")

from domainfit.client import AsyncClient, ServiceError  # noqa: E402
from domainfit.service import Settings, create_app  # noqa: E402
from domainfit.service.engine import Deadline, Engine, Loaded  # noqa: E402
from domainfit.service.middleware import JsonLines  # noqa: E402
from domainfit.service.problems import ProblemError  # noqa: E402

SMALL = Settings(model="fast", max_body=300_000, max_text=20_000, max_candidates=8)


def talk(app, ask):
    """Run the application in this process, and ask it something."""

    async def run():
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                return await ask(http)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def app(fast):
    return create_app(SMALL, fast)


def post(app, url, **request):
    async def ask(http):
        return await http.post(url, **request)

    return talk(app, ask)


def get(app, url, **request):
    async def ask(http):
        return await http.get(url, **request)

    return talk(app, ask)


def test_a_match_is_the_librarys_to_the_bit(app, fast):
    found = post(app, "/v1/match", json={"role": VISION_ROLE, "candidate": VISION}).json()
    expected = json.loads(json.dumps(fast.score_match(VISION_ROLE, VISION).to_dict()))
    assert {**found, "role": None, "candidate": None} == {**expected, "role": None, "candidate": None}
    assert found["candidate"] == expected["candidate"]


def test_a_profile_of_a_text_and_of_a_file(app, fast):
    text = post(app, "/v1/profile", json={"text": VISION}).json()
    assert text["probability"] == dict(fast.profile(VISION).probability)
    file = post(app, "/v1/profile", files={"file": ("al.html", f"<p>{LANGUAGE}</p>".encode())}).json()
    assert (file["primary"], file["name"]) == ("nlp", "al.html")
    role = post(app, "/v1/profile", files={"text": (None, VISION_ROLE), "kind": (None, "role")}).json()
    assert role["kind"] == "role"


def test_a_ranking_loses_nobody(app):
    files = [
        ("role", (None, VISION_ROLE)),
        ("floor", (None, "0.5")),
        ("candidates", ("bo.txt", LANGUAGE.encode())),
        ("candidates", ("broken.pdf", b"%PDF-1.4 broken")),
        ("candidates", ("al.txt", VISION.encode())),
        ("texts", (None, "too short")),
    ]
    found = post(app, "/v1/rank", files=files).json()
    assert [r["name"] for r in found["ranking"]][:2] == ["al.txt", "bo.txt"]
    assert {r["name"]: r["status"] for r in found["ranking"][2:]} == {"broken.pdf": "error", "text 1": "abstained"}
    assert [r["above_floor"] for r in found["ranking"]][:2] == [True, False]
    assert found["ranking"][0]["text"] == VISION
    assert found["role"]["text"] == VISION_ROLE
    assert found["model"]["name"] == "fast"
    listed = [{"name": "al", "text": VISION}, {"name": "bo", "text": ""}]
    body = {"role": VISION_ROLE, "candidates": listed}
    assert [r["status"] for r in post(app, "/v1/rank", json=body).json()["ranking"]] == ["ok", "error"]


def test_a_decision(app):
    account = (
        "We had to choose between two caches. I measured both for a week, and took the slower one, since it kept " * 3
    )
    found = post(app, "/v1/decision", json={"text": account, "role": VISION_ROLE}).json()
    assert found["status"] == "ok"
    assert set(found["ratings"]) >= {"alternatives", "evidence"}


def test_health_readiness_model_and_metrics(app, fast):
    assert get(app, "/healthz").json() == {"status": "ok"}
    assert get(app, "/readyz").json() == {"status": "ready"}
    model = get(app, "/v1/model").json()
    assert [d["key"] for d in model["disciplines"]] == list(fast.taxonomy.keys)
    post(app, "/v1/profile", json={"text": VISION})
    text = get(app, "/metrics").text
    assert 'domainfit_requests_total{method="POST",path="/v1/profile",status="200"}' in text


@pytest.mark.parametrize(
    ("request_", "status", "field"),
    [
        ({"json": {"text": ""}}, 422, "text"),
        ({"json": {"text": VISION, "kind": "poet"}}, 422, "kind"),
        ({"json": {"text": VISION, "secret": 1}}, 422, "secret"),
        ({"json": {}}, 422, "text"),
        ({"json": {"text": "x " * 15_000}}, 413, "text"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, None),
        ({"content": b"[" * 5000 + b"]" * 5000, "headers": {"content-type": "application/json"}}, 400, None),
        ({"content": b"a=b", "headers": {"content-type": "text/plain"}}, 415, None),
        ({"files": {"file": ("a.pdf", b"%PDF-1.7\n")}}, 422, "file"),
        ({"files": {"file": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40))}}, 422, "file"),
        ({"files": {"file": ("a.txt", b"")}}, 422, "file"),
        ({"files": {"other": ("a.txt", b"x")}}, 422, "text"),
        ({"files": [("text", (None, VISION)), ("file", ("a.txt", VISION.encode()))]}, 422, "text"),
        ({"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, 400, None),
    ],
)
def test_problems_name_the_field_and_quote_nothing(app, request_, status, field):
    answer = post(app, "/v1/profile", **request_)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["field"]) == (status, status, field)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["title"]
    assert "pallets" not in answer.text


def test_hostile_uploads_get_an_answer(app):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("word/document.xml", b"<w:document>" + b" " * 80_000_000)
    for name, data in (
        ("bomb.docx", bomb.getvalue()),
        ("nulls.txt", b"\0" * 5000),
        ("surrogates.json", b'{"basics": {"summary": "\\ud800"}}'),
        ("deep.html", b"<div>" * 20_000),
        ("../../etc/passwd", VISION.encode()),
    ):
        found = post(app, "/v1/rank", files=[("role", (None, VISION_ROLE)), ("candidates", (name, data))])
        assert found.status_code == 200
        row = found.json()["ranking"][0]
        assert row["status"] in ("ok", "error", "abstained")
        assert "/" not in row["name"]


def test_too_much_is_refused_while_it_comes(app):
    sent = []

    async def endless():
        for _ in range(1000):
            sent.append(1)
            yield b"x" * 10_000

    answer = post(app, "/v1/profile", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert len(sent) < 100
    body = {"role": VISION_ROLE, "candidates": [{"name": str(i), "text": VISION} for i in range(9)]}
    assert post(app, "/v1/rank", json=body).json()["field"] == "candidates"


def test_ids_headers_and_unknown_places(app):
    kept = get(app, "/healthz", headers={"x-request-id": "abc-1"})
    assert kept.headers["x-request-id"] == "abc-1"
    odd = get(app, "/healthz", headers={"x-request-id": "a b\tc" * 40})
    assert len(odd.headers["x-request-id"]) == 32
    assert "default-src 'none'" in kept.headers["content-security-policy"]
    assert get(app, "/nowhere").json()["status"] == 404
    assert get(app, "/page/..%2fapp.py").status_code == 404
    assert get(app, "/v1/profile").json()["status"] == 405
    assert get(app, "/v1/profile").headers["allow"] == "POST"


def test_a_key_is_asked_for(fast):
    locked = create_app(Settings(model="fast", api_key="open sesame"), fast)
    assert get(locked, "/v1/model").status_code == 401
    assert get(locked, "/v1/model", headers={"x-api-key": "open"}).json()["status"] == 401
    assert get(locked, "/v1/model", headers={"x-api-key": "open sesame"}).status_code == 200
    assert get(locked, "/healthz").status_code == 200


class Slow:
    """A model that waits for a sign."""

    def __init__(self, model):
        self.model, self.go, self.began = model, threading.Event(), threading.Event()

    def __getattr__(self, name):
        return getattr(self.model, name)

    def profile(self, *arguments):
        self.began.set()
        self.go.wait(20)
        return self.model.profile(*arguments)


def slow_app(fast, **settings):
    app = create_app(Settings(model="fast", **settings), fast)
    return app, Slow(fast)


def test_a_burst_waits_and_the_rest_is_told_to_come_back(fast):
    app, slow = slow_app(fast, workers=1, queue=2)

    async def ask(http):
        app.state.engine.loaded = Loaded(slow, "")
        asked = [asyncio.create_task(http.post("/v1/profile", json={"text": VISION})) for _ in range(8)]
        await asyncio.to_thread(slow.began.wait)
        while sum(t.done() for t in asked) < 5:
            await asyncio.sleep(0.01)
        slow.go.set()
        return [await t for t in asked]

    answers = talk(app, ask)
    assert sorted(a.status_code for a in answers) == [200] * 3 + [503] * 5
    assert {a.headers.get("retry-after") for a in answers if a.status_code == 503} == {"2"}
    assert {a.json()["primary"] for a in answers if a.status_code == 200} == {"computer_vision"}


def test_what_takes_too_long_is_given_up_and_frees_its_place(fast):
    app, slow = slow_app(fast, workers=1, queue=4, timeout=0.3)

    async def ask(http):
        app.state.engine.loaded = Loaded(slow, "")
        first = await http.post("/v1/profile", json={"text": VISION})
        slow.go.set()
        while app.state.engine.pending:
            await asyncio.sleep(0.01)
        return first, await http.post("/v1/profile", json={"text": VISION})

    late, then = talk(app, ask)
    assert (late.status_code, late.json()["status"], then.status_code) == (504, 504, 200)
    with pytest.raises(ProblemError):
        Deadline(-1).check()


def test_a_failure_shows_nothing(fast, caplog):
    class Broken(Slow):
        def profile(self, *arguments):
            raise RuntimeError(f"cannot read {VISION}")

    app = create_app(SMALL, fast)

    async def ask(http):
        app.state.engine.loaded = Loaded(Broken(fast), "")
        return await http.post("/v1/profile", json={"text": VISION})

    with caplog.at_level(logging.INFO, "domainfit.service"):
        answer = talk(app, ask)
    assert answer.status_code == 500
    assert "pallets" not in answer.text
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records if r.name == "domainfit.service"]
    assert "pallets" not in json.dumps(lines)
    assert {"id", "path", "status", "milliseconds"} <= set(lines[-1])


def test_a_bundle_is_swapped_and_a_broken_one_refused(fast, tmp_path):
    from domainfit.bundle import BundleInfo, save_bundle

    save_bundle(tmp_path / "b", fast, BundleInfo("first"))

    async def run():
        engine = Engine(Settings(model=str(tmp_path / "b")))
        engine.load()
        assert engine.current().model.name == "first"
        save_bundle(tmp_path / "b", fast, BundleInfo("second"))
        assert await engine.reload()
        assert engine.current().model.name == "second"
        (tmp_path / "b" / "terms.txt").write_text("broken")
        assert not await engine.reload()
        assert engine.current().model.name == "second"
        engine.close()

    asyncio.run(run())


def test_every_setting_is_documented_with_its_default():
    page = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    for f in fields(Settings):
        assert f"`{f.name.upper()}`" in page
        shown = {"api_key": "none"}.get(f.name, f"{f.default:,}" if isinstance(f.default, int) else f"{f.default}")
        assert shown.removesuffix(".0").replace("8,000", "8000") in page


def test_settings_come_from_the_environment():
    found = Settings.from_environment({"DOMAINFIT_PORT": "9", "DOMAINFIT_QUEUE": "3"}, port=10, host=None)
    assert (found.port, found.queue, found.host) == (10, 3, "127.0.0.1")
    with pytest.raises(InputError, match="DOMAINFIT_PORT must be a int"):
        Settings.from_environment({"DOMAINFIT_PORT": "nine"})
    with pytest.raises(InputError, match="workers"):
        Settings(workers=0)


def test_a_command_without_a_bundle_ends_before_it_listens(capsys, tmp_path):
    pytest.importorskip("uvicorn")
    assert main(["serve", "--model", str(tmp_path / "nowhere")]) == 2
    assert "there is no bundle" in capsys.readouterr().err


def test_the_client(fast, tmp_path):
    app = create_app(SMALL, fast)
    (tmp_path / "al.txt").write_text(VISION)
    (tmp_path / "di.txt").write_text(TEACHER)

    async def run():
        async with (
            app.router.lifespan_context(app),
            AsyncClient("http://service", transport=httpx.ASGITransport(app)) as client,
        ):
            assert (await client.model())["name"] == "fast"
            assert (await client.profile(VISION))["primary"] == "computer_vision"
            one = await client.match(VISION_ROLE, tmp_path / "al.txt")
            assert one["fit"] == fast.score_match(VISION_ROLE, VISION).fit
            files = await client.rank(VISION_ROLE, sorted(tmp_path.iterdir()), floor=0.5)
            assert [r["name"] for r in files["ranking"]] == ["al.txt", "di.txt"]
            texts = await client.rank(VISION_ROLE, {"al": VISION, "bo": BACKEND})
            assert texts["ranking"][0]["name"] == "al"
            assert (await client.decision(VISION * 2))["status"] == "ok"
            with pytest.raises(ServiceError, match="text") as caught:
                await client.profile("x" * 30_000)
            assert (caught.value.status, caught.value.field) == (413, "text")

    asyncio.run(run())
    assert domainfit.client.Client("http://nowhere").close() is None


schemathesis = pytest.importorskip("schemathesis")
WHOLE = schemathesis.openapi.from_asgi(
    "/openapi.json",
    create_app(Settings(model="fast", max_candidates=5, max_text=5000), domainfit.load_bundle("fast")),
)


@pytest.mark.filterwarnings("default")
@WHOLE.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_whole_schema_holds(case):
    # No schema can say which file holds a document, so that one that is refused may well be valid.
    case.call_and_validate(excluded_checks=[schemathesis.checks.CHECKS.get_one("positive_data_acceptance")])
