"""Media: to whom they are shown, and that nothing in them runs."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from quorate.actions.help_annotator import send_lesson
from quorate.actions.import_items import import_items
from quorate.server.routes import media
from quorate.settings import Settings
from quorate.store import accounts, projects

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
HOSTILE = b"<html><script>alert(document.cookie)</script></html>"


@pytest.fixture
def manager(api):
    api.project(items=0)
    return api.person("manager", "manager")


def keep(client, content, kind):
    return client.post("/projects/reviews/media", content=content, headers={"Content-Type": kind})


def shown(client, url):
    return client.get(f"/projects/reviews/media/{url.removeprefix('media:')}")


def found(api):
    with api.db.read() as connection:
        return projects.find(connection, api.operator.workspace, "reviews")


def account(api, name):
    with api.db.read() as connection:
        return accounts.by_name(connection, api.operator.workspace, name)[0].id


def test_a_medium_is_shown_while_its_task_is_held(api, manager):
    url = keep(manager, PNG, "image/png").json()["url"]
    api.bring("reviews", {"key": "picture", "media": [{"url": url, "type": "image/png"}]})
    ada, bob = api.person("ada", "annotator"), api.person("bob", "annotator")
    (task,) = ada.post("/work/claim", json={}).json()["tasks"]
    assert task["media"][0]["url"] == url
    answer = shown(ada, url)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert shown(bob, url).status_code == 404
    assert shown(manager, url).status_code == 200
    assert shown(api.client(), url).status_code == 401
    ada.post("/work/release", json={"assignment": task["assignment"]})
    assert shown(ada, url).status_code == 404


def test_feedback_shows_the_picture_again(api, manager):
    policy = {"judgements": {"min": 2, "max": 2}, "accept": {"confidence": 0.999}}
    sent = manager.put("/projects/reviews/specs/policy/policy", json={"body": policy, "reason": "two each"})
    assert sent.status_code == 200, sent.text
    url = keep(manager, PNG, "image/png").json()["url"]
    api.bring("reviews", {"key": "picture", "media": [{"url": url, "type": "image/png"}]})
    people = [api.person(name, "annotator") for name in ("ada", "bob")]
    for person, value in zip(people, ("delivery", "product"), strict=True):
        (task,) = person.post("/work/claim", json={}).json()["tasks"]
        answer = {"assignment": task["assignment"], "value": value, "seconds": 4}
        person.post("/work/submit", json=answer).raise_for_status()
        assert shown(person, url).status_code == 404
    expert = api.person("expert", "expert")
    (case,) = expert.post("/cases/claim", json={}).json()["cases"]
    word = {"assignment": case["assignment"], "value": "product", "rationale": "It is the kettle."}
    expert.post("/cases/adjudicate", json=word).raise_for_status()
    (entry,) = people[0].get("/work/feedback").json()["feedback"]
    assert entry["media"][0]["url"] == url
    assert shown(people[0], url).status_code == 200
    eve = api.person("eve", "annotator")
    assert shown(eve, url).status_code == 404
    send_lesson(api.db, api.operator, found(api), account(api, "eve"), "topic", ["product"])
    (made,) = eve.get("/work/lessons").json()
    (lesson,) = eve.get(f"/projects/reviews/trainings/{made['id']}").json()["lessons"]
    assert [one["media"] for one in lesson["practice"]] == [
        [{"url": url, "type": "image/png", "sha256": url.removeprefix("media:")}]
    ]
    assert shown(eve, url).status_code == 200
    assert shown(api.person("fay", "annotator"), url).status_code == 404, "it was made for one person"


def test_a_practice_shows_its_picture_to_who_takes_the_training(api, manager):
    url = keep(manager, PNG, "image/png").json()["url"]
    practice = {
        "item": {"text": "Look."},
        "media": [{"url": url, "type": "image/png"}],
        "answer": "product",
        "why": "So.",
    }
    body = {"lessons": [{"id": "one", "title": "One", "text": "Look at it.", "practice": [practice]}]}
    sent = manager.put("/projects/reviews/specs/training/start", json={"body": body, "reason": "pictures"})
    assert sent.status_code == 200, sent.text
    ada = api.person("ada", "annotator")
    (lesson,) = ada.get("/projects/reviews/trainings/start").json()["lessons"]
    assert lesson["practice"][0]["media"][0]["sha256"] == url.removeprefix("media:")
    assert shown(ada, url).content == PNG
    for wrong in ("file:///etc/passwd", "../../etc/passwd", "media"):
        practice["media"][0]["url"] = wrong
        refused = manager.put("/projects/reviews/specs/training/start", json={"body": body, "reason": "no"})
        assert refused.status_code == 422, refused.text


@pytest.mark.parametrize("tells", [True, False])
def test_the_picture_of_a_known_item_gives_it_away_only_where_feedback_does(api, tells):
    api.project(items=40, gold={"rate": 0.5}, judgements={"min": 3, "max": 3}, feedback={"gold": tells})
    manager, ada = api.person("manager", "manager"), api.person("ada", "annotator")
    url = keep(manager, PNG, "image/png").json()["url"]
    api.bring("reviews", {"key": "known", "media": [{"url": url, "type": "image/png"}], "gold": {"topic": "product"}})
    item = None
    while item != "known":
        (task,) = ada.post("/work/claim", json={}).json()["tasks"]
        item = task["item"]
        answer = {"assignment": task["assignment"], "value": "delivery", "seconds": 4}
        ada.post("/work/submit", json=answer).raise_for_status()
    assert shown(ada, url).status_code == (200 if tells else 404)


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/javascript", "", "image/png"])
def test_what_could_run_is_downloaded_in_a_sandbox(api, manager, kind):
    url = keep(manager, HOSTILE, "text/plain").json()["url"]
    api.bring("reviews", {"key": "hostile", "media": [{"url": url, "type": kind}]})
    answer = shown(manager, url)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    safe = kind == "image/png"
    assert answer.headers["content-disposition"] == ("inline" if safe else "attachment")
    drawn = safe or kind == "image/svg+xml"  # shown in a page as an image, downloaded by itself
    assert answer.headers["content-type"] == (kind if drawn else "application/octet-stream")


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/x-sh", ""])
def test_only_images_sounds_films_and_texts_are_kept(manager, kind):
    answer = keep(manager, HOSTILE, kind)
    assert (answer.status_code, answer.json()["where"]) == (422, "Content-Type")


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "x", "%22%7D%5D", "0" * 63, "0" * 64])
def test_a_name_that_is_none_is_refused(manager, name):
    assert manager.get(f"/projects/reviews/media/{name}").status_code in {404, 422}


def test_no_file_of_this_machine_can_be_a_medium(api, manager):
    for url in ("file:///etc/passwd", "/etc/passwd", "../secret", "local:///etc/passwd"):
        lines = f'{{"key": "k", "media": ["{url}"]}}'
        report = manager.post(
            "/projects/reviews/items", content=lines, headers={"Content-Type": "application/x-ndjson"}
        ).json()
        assert (report["imported"], report["rejected"]) == (0, 1), url


def test_what_is_too_large_is_not_kept(manager, monkeypatch, tmp_path):
    monkeypatch.setattr(media, "LARGEST_MEDIUM", 1000)
    assert keep(manager, b"x" * 1000, "text/plain").status_code == 201
    refused = keep(manager, b"x" * 1001, "text/plain")
    assert (refused.status_code, refused.json()["type"]) == (413, "too-large")
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1


@pytest.fixture
def far(monkeypatch):
    """The beginning of the addresses of another server, on this machine."""
    kinds = {"/1.png": ("image/png", PNG), "/page.png": ("text/html", HOSTILE)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = kinds.get(self.path, ("text/plain", b""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Set-Cookie", "spy=1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def elsewhere(client, url):
    return client.get("/projects/reviews/media/elsewhere", params={"url": url})


def test_a_medium_elsewhere_comes_through_this_server_to_who_holds_its_task(api, manager, far, monkeypatch):
    api.bring("reviews", {"key": "far", "media": [f"{far}1.png", f"{far}page.png", f"{far}gone.png"]})
    ada, bob = api.person("ada", "annotator"), api.person("bob", "annotator")
    ada.post("/work/claim", json={}).raise_for_status()
    refused = elsewhere(ada, f"{far}1.png")
    assert (refused.status_code, refused.json()["where"]) == (422, "url")
    assert "copy" in refused.json()["mend"]
    monkeypatch.setattr(media, "settings", lambda: Settings(media_from=f"s3://x,{far}"))
    answer = elsewhere(ada, f"{far}1.png")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert elsewhere(bob, f"{far}1.png").status_code == 404
    assert elsewhere(ada, f"{far}2.png").status_code == 404  # no item has it, so it is not asked for
    assert elsewhere(ada, f"{far}gone.png").status_code == 404
    page = elsewhere(ada, f"{far}page.png")  # an image as the item has it, whatever they call it over there
    assert (page.headers["content-type"], page.headers["x-content-type-options"]) == ("image/png", "nosniff")


def test_a_file_that_the_operator_imported_from_this_machine_is_shown(api, manager, tmp_path):
    (tmp_path / "picture.png").write_bytes(PNG)
    (tmp_path / "items.jsonl").write_text('{"key": "picture", "media": ["picture.png"]}')
    with api.db.read() as connection:
        project = projects.find(connection, api.operator.workspace, "reviews")
    import_items(api.db, project.id, tmp_path / "items.jsonl", actor=api.operator)
    ada = api.person("ada", "annotator")
    (task,) = ada.post("/work/claim", json={}).json()["tasks"]
    (kept,) = task["media"]
    assert kept["url"].startswith("file:")
    assert shown(ada, kept["sha256"]).content == PNG
    (tmp_path / "picture.png").unlink()
    assert shown(ada, kept["sha256"]).status_code == 404
