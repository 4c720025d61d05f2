"""The table of items: filters, orders, pages both ways, jumps; the same rows whichever plan finds them."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from quorate.store import catalogue

ITEMS = 40


@pytest.fixture(params=["few", "many"])
def manager(api, request, monkeypatch):
    """Forty items, thirty of which are decided; found by either plan."""
    if request.param == "many":
        monkeypatch.setattr(catalogue, "FEW", 0)
    api.project(items=0, accept={"confidence": 0.05})
    rows = ({"key": f"k{n:02}", "text": f"The parcel {n}.", "attributes": {"shop": f"s{n % 4}", "size": n % 2}}
            for n in range(ITEMS))  # fmt: skip
    api.bring("reviews", *rows)
    ada = api.person("ada", "annotator")
    for _ in range(30):
        (task,) = ada.post("/work/claim", json={}).json()["tasks"]
        value = "product" if int(task["item"][1:]) % 5 == 0 else "delivery"
        ada.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 0.1})
    return api.person("manager", "manager")


def listed(client, **query):
    """Every page forwards, then every page backwards; they must be the same."""
    text = "&".join(f"{name.rstrip('_')}={quote(str(value))}" for name, value in query.items())
    path = f"/projects/reviews/items?limit=7&{text}"
    page = client.get(path)
    assert page.status_code == 200, page.text
    page = page.json()
    rows, total, exact = [item["key"] for item in page["items"]], page["total"], page["exact"]
    assert page["previous"] is None
    while page["next"]:
        page = client.get(f"{path}&after={page['next']}").json()
        rows += [item["key"] for item in page["items"]]
    back = [item["key"] for item in page["items"]]
    while page["previous"]:
        page = client.get(f"{path}&before={page['previous']}").json()
        back = [item["key"] for item in page["items"]] + back
    assert back == rows
    assert len(set(rows)) == len(rows)
    if exact:
        assert total == len(rows)
    return rows


def keys(*numbers):
    return [f"k{n:02}" for n in numbers]


def test_every_filter_and_their_conjunction(manager):
    products = keys(0, 5, 10, 15, 20, 25)
    assert listed(manager) == keys(*range(ITEMS))
    assert listed(manager, sort="-key") == keys(*range(ITEMS))[::-1]
    assert listed(manager, state="open") == keys(*range(30, 40))
    assert listed(manager, value="product") == listed(manager, class_="product", step="topic") == products
    assert listed(manager, value="product", class_="delivery") == []
    assert listed(manager, attribute="shop=s1") == keys(*range(1, ITEMS, 4))
    assert listed(manager, attribute="size=1", value="product") == keys(5, 15, 25)
    assert listed(manager, q="k1") == keys(*range(10, 20))
    assert listed(manager, q="parcel 33") == keys(33)
    assert listed(manager, kind="crowd") == keys(*range(30))
    assert listed(manager, kind="expert") == []
    assert listed(manager, judgements=1, value="product") == products
    assert listed(manager, judgements=2) == []
    assert listed(manager, said="product") == listed(manager, said="product", value="product") == products
    assert listed(manager, said="product", value="delivery") == []
    newest = manager.get("/projects/reviews/items?limit=10&sort=-decided").json()["items"]
    told = newest[0]["steps"]["topic"]["decided_at"], newest[9]["steps"]["topic"]["decided_at"]
    assert {newest[5]["key"]} < set(listed(manager, decided_from=told[1], sort="decided"))
    assert listed(manager, decided_to="1960-01-01T00:00:00Z") == []
    assert len(listed(manager, decided_from="1960-01-01T00:00:00Z", decided_to="9999-12-31T00:00:00Z")) == 30
    assert listed(manager, min_confidence=0.99) == []
    assert listed(manager, case="any") == []
    (ada,) = [one["annotator"] for one in manager.get("/projects/reviews/annotators").json() if one["answers"]]
    assert listed(manager, annotator=ada) == keys(*range(30))
    assert listed(manager, annotator=ada, said="product", step="topic") == products
    assert listed(manager, annotator=ada, said="product", value="delivery") == []
    assert listed(manager, finding="min_seconds") == listed(manager, finding="min_seconds", state="decided")
    assert listed(manager, state="decided", value="product", attribute="shop=s0", q="parcel", max_confidence=1) == keys(
        0, 20
    )


@pytest.mark.parametrize("order", ["confidence", "decided", "judgements"])
def test_orders_are_those_of_the_labels(manager, order):
    up, down = listed(manager, sort=order), listed(manager, sort=f"-{order}")
    assert up == down[::-1]
    assert sorted(up) == keys(*range(30))
    page = manager.get(f"/projects/reviews/items?sort={order}&limit=40").json()["items"]
    values = [item["steps"]["topic"]["decided_at" if order == "decided" else order] for item in page]
    assert values == sorted(values)
    (ada,) = [one["annotator"] for one in manager.get("/projects/reviews/annotators").json() if one["answers"]]
    assert listed(manager, sort=order, annotator=ada, said="product") == [k for k in up if int(k[1:]) % 5 == 0]
    assert listed(manager, sort=order, value="product", attribute="size=0") == [k for k in up if k in keys(0, 10, 20)]


def test_a_jump_lands_where_it_should(manager):
    for share, first in ((0, 0), (0.25, 10), (0.5, 20), (0.99, 39), (1, 39)):
        page = manager.get(f"/projects/reviews/items?at={share}&limit=3").json()
        assert (page["position"], page["items"][0]["key"]) == (first, f"k{first:02}")
    middle = manager.get("/projects/reviews/items?at=0.5&limit=3").json()
    before = manager.get(f"/projects/reviews/items?limit=3&before={middle['previous']}").json()
    assert [item["key"] for item in before["items"]] == keys(17, 18, 19)


def test_a_cursor_of_another_list_and_a_step_that_is_not_there_are_refused(manager):
    cursor = manager.get("/projects/reviews/items?limit=3").json()["next"]
    for query in (f"sort=confidence&after={cursor}", "after=nonsense", "step=none", "attribute=shop"):
        answer = manager.get(f"/projects/reviews/items?{query}")
        assert (answer.status_code, answer.json()["type"]) == (422, "invalid-input"), query
