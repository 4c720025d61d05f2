"""The browser app as it is served: under a strict policy, cached by its hashes, and for browsers only."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from quorate.server.app import create_app
from quorate.server.browser import Browser
from quorate.server.problems import TYPES

WORDS = Path(__file__).resolve().parents[2] / "web" / "src" / "shared" / "words"
INDEX = '<!doctype html><meta property="csp-nonce" nonce="__NONCE__"><script src="/assets/app-1a2b.js"></script>'
SCRIPT = b"console.log('labels')\n" * 50
GOES = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def built(tmp_path):
    folder = tmp_path / "pages"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "app-1a2b.js.br").write_bytes(b"brotli's bytes")
    (tmp_path / "secret.txt").write_text("not for you")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def client(built):
    app = create_app(None)
    app.router.default = Browser(app.router.default.otherwise, built)
    return TestClient(app, "http://quorate.test")


def directives(answer):
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in parts}


def test_the_page_allows_scripts_and_styles_of_its_own_only(client):
    answer = client.get("/", headers=GOES)
    assert answer.status_code == 200
    policy = directives(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "https:", "*"} & {v for values in policy.values() for v in values}
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_each_page_has_a_nonce_of_its_own_for_styles(client):
    first, second = client.get("/", headers=GOES), client.get("/index.html")
    nonces = [answer.text.split('nonce="')[1].split('"')[0] for answer in (first, second)]
    assert nonces[0] != nonces[1]
    assert len(nonces[0]) > 20
    assert directives(first)["style-src"] == ["'self'", f"'nonce-{nonces[0]}'"]
    assert "__NONCE__" not in first.text


@pytest.mark.parametrize("path", ["/work", "/projects/reviews", "/a/b.c/d", "/apiary"])
def test_a_browser_that_goes_somewhere_gets_the_page_and_a_program_does_not(client, path):
    assert "<!doctype html>" in client.get(path, headers=GOES).text
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert client.post(path, headers=GOES).status_code == 404


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/me"])
def test_the_api_never_answers_with_the_page(client, path):
    answer = client.get(path, headers=GOES)
    assert (answer.status_code, answer.json()["type"]) == (404, "not-found")


def test_hashed_files_are_kept_for_ever_and_others_asked_for_again(client):
    script = client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": ""})
    assert (script.content, script.headers["content-type"]) == (SCRIPT, "text/javascript; charset=utf-8")
    assert "immutable" in script.headers["cache-control"]
    assert directives(script)["script-src"] == ["'self'"]
    icon = client.get("/icon.svg")
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == ("image/svg+xml", "no-cache")
    assert client.head("/icon.svg").status_code == 200
    missing = client.get("/assets/app-0000.js", headers=GOES)
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(("accepts", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)])
def test_what_was_compressed_beforehand_is_sent_to_who_takes_it(client, accepts, encoding):
    with client.stream("GET", "/assets/app-1a2b.js", headers={"Accept-Encoding": accepts}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
    if encoding == "gzip":
        assert gzip.decompress(raw) == SCRIPT


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/link.txt",
                                  "//etc/passwd", "/" + "x" * 5000, "/%ff%fe", "/assets"])  # fmt: skip
def test_nothing_outside_the_folder_is_served(client, path):
    assert client.get(path).status_code == 404


def test_without_the_app_it_says_how_to_build_it(tmp_path):
    app = create_app(None)
    app.router.default = Browser(app.router.default.otherwise, tmp_path / "nothing")
    client = TestClient(app, "http://quorate.test")
    for path in ("/", "/work"):
        answer = client.get(path, headers=GOES)
        assert (answer.status_code, "make web" in answer.text) == (503, True)
    assert client.get("/assets/app.js", headers=GOES).status_code == 404


def test_every_type_of_problem_has_its_words_in_the_browser():
    for language in ("en", "de"):
        words = json.loads((WORDS / f"{language}.json").read_text())["problem"]
        assert set(words) == {name for name, _, _ in TYPES}
