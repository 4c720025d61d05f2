"""Hours over HTTP: one's own to write, a project's to read; and the queue tells when each case is due, and for whom."""

from __future__ import annotations

import pytest

from quorate.actions.assign_cases import assign_cases

ROUND = {
    "zone": "Asia/Kolkata",
    "week": {day: [{"from": "00:00", "to": "00:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "away": [{"from": "2031-12-24", "to": "2031-12-31"}],
}


@pytest.fixture(scope="module")
def api(make_api, module_database_url):
    made = make_api(module_database_url)
    made.project(items=2, escalate=[{"when": "true", "reason": "always"}])
    yield made
    made.close()


@pytest.fixture(scope="module")
def eva(api):
    expert = api.person("eva", "expert")
    expert.put("/me/hours", json=ROUND).raise_for_status()
    return expert


def test_ones_hours_are_ones_own_to_write(api):
    someone = api.person("someone")
    assert someone.get("/me/hours").json() == {"hours": None}
    assert someone.put("/me/hours", json=ROUND).status_code == 204
    assert someone.get("/me/hours").json() == {"hours": ROUND}
    for wrong in (
        {**ROUND, "zone": "Mars/Olympus"},
        {**ROUND, "week": {"mon": [{"from": "12:00", "to": "09:00"}]}},
        {**ROUND, "week": {"monday": []}},
        {**ROUND, "week": {"mon": [{"from": "9", "to": "12:00"}]}},
        {**ROUND, "away": [{"from": "2031-12-31", "to": "2031-12-24"}]},
    ):
        refused = someone.put("/me/hours", json=wrong)
        assert (refused.status_code, bool(refused.json()["detail"])) == (422, True), refused.text
    night = someone.put("/me/hours", json={**ROUND, "week": {"mon": [{"from": "22:00", "to": "06:00"}]}}).json()
    assert night["mend"] == "Split it at midnight: 22:00–00:00, and 00:00–06:00 on the next day."
    assert someone.get("/me/hours").json() == {"hours": ROUND}, "what was refused changed nothing"
    assert someone.delete("/me/hours").status_code == 204
    assert someone.get("/me/hours").json() == {"hours": None}


def test_whose_token_is_too_narrow_is_told_so_and_not_sent_to_an_administrator(api):
    api.project("others", items=1)
    api.person("mel", "manager", project="others"), api.person("wyn", "annotator", project="others")
    narrow = api.client(api.token("wyn", "work"))
    refused = narrow.put("/me/hours", json=ROUND)
    assert refused.status_code == 403
    told = "Your token may not do this (self.manage): it is limited to work. Use a token of the scope manage."
    assert f"{refused.json()['detail']} {refused.json()['mend']}" == told
    refused = api.client(api.token("mel", "work", "export")).get("/projects/others/duty").json()
    assert refused["detail"] == "Your token may not do this (duty.read): it is limited to work, export."
    refused = narrow.get("/projects/others/duty").json()
    assert "needs another role" in refused["detail"], "a wider token would not help"
    refused = api.client(api.token("mel", "manage")).post("/accounts", json={"name": "x"}).json()
    assert refused["mend"] == "Ask an administrator."


def test_those_who_oversee_see_names_and_an_expert_pseudonyms(api, eva):
    manager = api.person("manager", "manager").get("/projects/reviews/duty").json()
    assert [one["person"] for one in manager["people"]] == ["eva"]
    assert manager["on_duty"]["expert"] == 1
    assert manager["people"][0]["hours"] == ROUND
    own = eva.get("/projects/reviews/duty").json()
    assert own["people"][0]["you"]
    assert own["people"][0]["person"].startswith("a-")


def test_the_queue_says_when_each_case_is_due_and_for_whom(api, eva):
    ada = api.person("ada", "annotator")
    task = ada.post("/work/claim", json={}).json()["tasks"][0]
    ada.post("/work/submit", json={"assignment": task["assignment"], "value": "product", "seconds": 5})
    assert assign_cases(api.db) == 1
    (queued,) = eva.get("/projects/reviews/cases").json()
    assert queued["yours"]
    assert not queued["overdue"]
    assert queued["due_at"] > queued["opened_at"]
    (other,) = api.person("oversees", "manager").get("/projects/reviews/cases").json()
    assert (other["yours"], other["expert"], other["backup"]) == (False, "eva", None)
    (case,) = eva.post("/cases/claim", json={}).json()["cases"]
    assert case["due_at"] == queued["due_at"]
