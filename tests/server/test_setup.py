"""From nothing to the first label, over HTTP alone: template, preview, estimate, publish, import, answer."""

from __future__ import annotations

CSV = "key,text,attributes.shop\na,It came late.,s1\nb,Fits well.,s2\nc,\n"


def test_from_a_template_and_a_table_to_the_first_label(api):
    head = api.person("head", project="none", admin=True)
    template = next(one for one in head.get("/templates").json() if one["id"] == "sentiment")
    seen = head.post("/previews", content=CSV, headers={"Content-Type": "text/csv"}).json()
    assert (seen["rows"], seen["rejected"], seen["fields"]) == (3, 1, {"text": 2})
    assert seen["first"][0] == {
        "line": 2, "key": "a", "body": {"text": "It came late."}, "media": [], "attributes": {"shop": "s1"}, "gold": {},
    }  # fmt: skip
    assert (seen["first_rejects"][0]["line"], head.get("/projects").json()) == (4, [])
    for spec in template["specs"]:
        if spec["kind"] == "project":
            spec["body"]["name"] = "reviews"
    head.put("/projects/reviews", json={"specs": template["specs"], "reason": "from a template"}).raise_for_status()
    report = head.post("/projects/reviews/items", content=CSV, headers={"Content-Type": "text/csv; charset=utf-8"})
    assert (report.json()["imported"], report.json()["rejected"]) == (2, 1)
    ada = api.person("ada", "annotator")
    (task,) = ada.post("/work/claim", json={}).json()["tasks"]
    answer = {"assignment": task["assignment"], "value": "negative", "seconds": 5}
    assert ada.post("/work/submit", json=answer).status_code == 200
    (item,) = head.get("/projects/reviews/items?attribute=shop=s1").json()["items"]
    assert item["key"] == "a"


def test_json_lines_are_previewed_too(api):
    head = api.person("head", project="none", admin=True)
    seen = head.post("/previews", content='{"text": "x", "gold": {"a": 1}}\nnot json\n').json()
    assert (seen["rows"], seen["rejected"], seen["first"][0]["gold"]) == (2, 1, {"a": 1})


def test_an_estimate_has_a_curve_and_the_point_to_take(api):
    head = api.person("head", project="none", admin=True)
    asked = {"classes": 3, "accuracy": 0.85, "items": 1000, "price": 0.05, "expert_price": 1, "target": 0.9}
    told = head.post("/estimates", json=asked).json()
    assert told["enough"] in told["points"]
    assert told["enough"]["accuracy"] >= 0.9
    assert [point["cost"] for point in told["points"]] == sorted(point["cost"] for point in told["points"])
    assert head.post("/estimates", json={**asked, "classes": 1}).status_code == 422
