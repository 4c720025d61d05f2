"""Money over the API and on the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from quorate.actions.add_account import withdraw_role
from quorate.actions.tell_pay import tell_wages
from quorate.store import projects

PAY = "/projects/reviews/pay"


@pytest.fixture
def worked(api):
    """A project in which ann has earned 3 × 0.05 in twelve seconds."""
    api.project(items=3, pay={"judgement": "0.05", "hourly": "50"}, judgements={"min": 1, "max": 1})
    ann = api.person("ann", "annotator")
    for _ in range(3):
        (task,) = ann.post("/work/claim", json={"projects": ["reviews"]}).json()["tasks"]
        body = {"assignment": task["assignment"], "value": "delivery", "seconds": 4.0}
        ann.post("/work/submit", json=body).raise_for_status()
    api.ann, api.mia = ann, api.person("mia", "manager")
    return api


def test_a_hold_a_release_and_a_payout(worked):
    mia = worked.mia
    (person,) = mia.get(PAY).json()["annotators"]
    assert (person["name"], person["earned"], person["payable"]) == ("ann", "0.15", "0.15")
    held = mia.post(PAY + "/holds", json={"annotator": person["annotator"], "reason": "Too fast."}).json()
    (hold,) = mia.get(PAY).json()["holds"]
    assert (hold["hold"], hold["amount"], hold["reason"]) == (held["hold"], "0.15", "Too fast.")
    (told,) = worked.ann.get("/notices").json()
    assert (told["kind"], told["text"]) == ("held", "0.15 USD held: Too fast.")
    assert told["facts"] == {"amount": "0.15", "currency": "USD", "reason": "Too fast."}
    body = {"hold": held["hold"], "then": "release", "reason": "All is well."}
    assert mia.post(PAY + "/holds/end", json=body).json()["amount"] == "0.15"
    assert mia.post(PAY + "/holds/end", json=body).status_code == 404
    runs = [mia.post("/projects/reviews/payouts", json={"run": "r1"}).json() for _ in range(2)]
    assert [(run["total"], run["repeated"]) for run in runs] == [("0.15", False), ("0.15", True)]
    assert mia.get("/projects/reviews/payouts/r1", params={"as": "prolific"}).text == "ann,0.15\n"
    assert mia.get("/projects/reviews/payouts/r2").status_code == 404
    refused = mia.get("/projects/reviews/payouts/r1", params={"as": "mturk"}).json()
    assert (refused["status"], refused["where"]) == (422, "payees")
    file = "/projects/reviews/payouts/r1/export"
    assert mia.post(file, json={"as": "mturk", "payees": "ann,A1B,3XY\n"}).text.startswith(
        "WorkerId,AssignmentId,BonusAmount,Reason,UniqueRequestToken\nA1B,3XY,0.15,Payout r1,"
    )
    assert mia.post(file, json={"as": "prolific"}).text == "ann,0.15\n"
    assert mia.post(file, json={"as": "prolific", "payees": "ben,5f\n"}).status_code == 404
    assert worked.ann.post(file, json={"as": "csv"}).status_code == 403
    balances = mia.get(PAY).json()["balances"]
    assert (balances["budget"], balances["paid"]) == ("-0.15", "0.15")


def test_everybody_sees_their_own_statement_and_nobody_elses(worked):
    (own,) = worked.ann.get("/earnings").json()
    assert (own["project"], own["earned"], own["payable"]) == ("reviews", "0.15", "0.15")
    assert [(line["kind"], line["answers"], line["amount"]) for line in own["lines"]] == [("earned", 3, "0.15")]
    assert worked.mia.get("/earnings").json() == []
    assert worked.ann.get(PAY).status_code == 403
    assert worked.ann.post("/projects/reviews/payouts", json={"run": "r"}).status_code == 403


def test_who_loses_the_role_keeps_sight_of_their_money(worked):
    (person,) = worked.mia.get(PAY).json()["annotators"]
    worked.mia.post(PAY + "/holds", json={"annotator": person["annotator"], "reason": "Look."}).raise_for_status()
    before = [worked.ann.get(path).content for path in ("/earnings", "/earnings/statement")]
    withdraw_role(worked.db, worked.operator, "reviews", "ann", "annotator")
    worked.app.state.callers.forget()
    assert worked.ann.post("/work/claim", json={"projects": ["reviews"]}).status_code == 403
    assert [worked.ann.get(path).content for path in ("/earnings", "/earnings/statement")] == before
    assert b'"held":"0.15' in before[0]


def test_a_statement_by_month_and_as_a_file_and_what_a_run_would_pay(worked):
    mia, ann = worked.mia, worked.ann
    (person,) = mia.get(PAY).json()["annotators"]
    held = mia.post(PAY + "/holds", json={"annotator": person["annotator"], "reason": "=Too fast."}).json()
    assert mia.get("/projects/reviews/payouts").json() == []
    mia.post(PAY + "/holds/end", json={"hold": held["hold"], "then": "release", "reason": "Well done."})
    assert mia.get("/projects/reviews/payouts").json() == [{"name": "ann", "amount": "0.15"}]
    assert ann.get("/projects/reviews/payouts").status_code == 403
    mia.post("/projects/reviews/payouts", json={"run": "r1"}).raise_for_status()
    (own,) = ann.get("/earnings").json()
    (month,) = own["months"]
    names = ("answers", "earned", "held", "released", "paid", "payable", "still_held")
    assert [str(month[name]).rstrip("0").rstrip(".") or "0" for name in names] == [
        "3", "0.15", "0.15", "0.15", "0.15", "0", "0"
    ]  # fmt: skip
    told = ann.get("/earnings/statement", params={"month": month["month"][:7]}).text
    rows = list(csv.DictReader(io.StringIO(told)))
    assert sorted((row["kind"], row["amount"], row["held"], row["reason"]) for row in rows) == [
        ("earned", "0.150000", "0", ""), ("held", "-0.150000", "0.150000", "'=Too fast."),
        ("paid", "-0.150000", "0", "r1"), ("released", "0.150000", "-0.150000", "Well done."),
    ]  # fmt: skip
    assert len(ann.get("/earnings/statement", params={"month": "2020-01"}).text.splitlines()) == 1
    assert ann.get("/earnings/statement", params={"month": "2020-13"}).status_code == 422


def test_prices_and_budgets_are_told_by_step(worked):
    (step,) = worked.mia.get(PAY).json()["steps"]
    assert (step["step"], step["price"], step["spent"], step["left"]) == ("topic", "0.05", "0.15", None)


def test_single_answers_are_listed_held_and_taken_back_and_prices_have_a_history(worked):
    mia, aud = worked.mia, worked.person("aud", "auditor")
    (person,) = mia.get(PAY).json()["annotators"]
    asked = {"annotator": person["annotator"], "limit": 2}
    first = mia.get(PAY + "/answers", params=asked).json()
    rest = mia.get(PAY + "/answers", params={**asked, "before": first[-1]["annotation"]}).json()
    assert [(one["value"], one["amount"], one["moved"]) for one in first + rest] == [("delivery", "0.05", False)] * 3
    body = {"annotator": person["annotator"], "reason": "Copied.", "annotations": [first[0]["annotation"]]}
    assert mia.post(PAY + "/reversals", json=body).json()["amount"] == "0.05"
    assert [one["moved"] for one in mia.get(PAY + "/answers", params=asked).json()] == [True, False]
    assert aud.get(PAY + "/answers", params=asked).status_code == 403
    (price,) = aud.get(PAY + "/prices").json()
    assert (price["step"], price["before"], price["after"], price["who"]) == (
        "topic",
        None,
        "0.05",
        "founder of reviews",
    )
    assert mia.get(PAY + "/bonuses").json() == []


def test_an_hour_that_brings_too_little_is_told(worked):
    with worked.db.read() as connection:
        project = projects.find(connection, worked.operator.workspace, "reviews")
    (wage,) = tell_wages(worked.db, project)
    assert (str(wage["hourly"]), wage["low"]) == ("45.00", True)


def test_a_reversal_of_what_is_not_theirs_is_refused(worked):
    (person,) = worked.mia.get(PAY).json()["annotators"]
    stranger = "019a3f6e-7c1d-7b52-9d0e-4f1c2b3a4d5e"
    body = {"annotator": person["annotator"], "reason": "r", "annotations": [stranger]}
    assert worked.mia.post(PAY + "/reversals", json=body).status_code == 404
    body = {"annotator": person["annotator"], "reason": "r", "finding": stranger}
    assert worked.mia.post(PAY + "/holds", json=body).status_code == 404
    assert json.loads(worked.mia.post(PAY + "/bonuses").text) == []
    assert worked.mia.get(PAY + "/bonuses/runs").json() == []
    assert worked.mia.get(f"{PAY}/bonuses/runs/{stranger}").status_code == 404
    body = {"run": stranger, "reason": "r"}
    assert worked.mia.post(PAY + "/bonuses/reversals", json=body).status_code == 404
