"""Tell where a project stands, in the numbers of its first page, and what needs a person now. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from quorate import clock
from quorate.actions.rules import rules_of
from quorate.actions.tell_budgets import tell_budgets
from quorate.actions.tell_coverage import tell_coverage
from quorate.actions.tell_forecast import tell_forecast
from quorate.errors import NotFound
from quorate.flow.datasheet import certify
from quorate.flow.project import ProjectSpec
from quorate.store import alerts, home, specs
from quorate.store.database import Database
from quorate.store.projects import Project
from quorate.truth.bounds import clopper_pearson

IDLE = timedelta(days=1)
RECENT = timedelta(days=7)
NEARLY = Decimal("0.9")
FEWEST_AUDITS = 30
BANDS = ("under an hour", "under four hours", "under a day", "under three days", "three days and more")
DONE = {
    "reallocate": "cases go to who can be in time",
    "raise": "its tasks come first",
    "open": "it is open to more annotators",
    "call": "experts are called",
}
"""What is done about lateness, for people."""
SAMPLED = {"judgements", "cost", "agreement", "confusion"}
"""The series that are told of the newest labels."""
Told = dict[str, Any]


def tell_home(db: Database, project: Project) -> Told:
    """Decided, right, spent, done: each with its interval where it is estimated and the list `of` what makes it."""
    now = clock.now()
    with db.work() as connection:
        numbers = home.numbers(connection, project.id, now=now, recent=now - RECENT)
        firing = alerts.firing(connection, project.id)
    plan = _plan(db, project)
    decided, of = _decided(numbers)
    certificate = _certificate(numbers, decided, plan)
    outlook = tell_forecast(db, project, now)
    money = _money(numbers["money"])
    steps = tell_budgets(db, project)
    needs = [
        *_behind(outlook),
        *_firing(firing),
        *_short(steps, money["currency"]),
        *_uncovered(tell_coverage(db, project), of - decided),
        *_needs(numbers, money, certificate, _finish(steps), now),
    ]
    return {
        "project": project.name,
        "objective": plan.objective if plan else "",
        "states": numbers["states"],
        "decided": {"value": decided, "total": of, "of": _of("items", state="decided")},
        "right": _right(numbers),
        "spent": {**money, "of": _of("annotators")},
        "done": _done(outlook),
        "ahead": _ahead(outlook),
        "certificate": certificate,
        "noticed": {row["kind"]: row["findings"] for row in numbers["findings"]},
        "needs": needs[:5],
    }


def tell_certificate(db: Database, project: Project) -> Told:
    """How wrong the labels can be, from the audits so far, and what would reach the target."""
    with db.work() as connection:
        numbers = home.numbers(connection, project.id, now=clock.now(), recent=clock.now())
    return _certificate(numbers, _decided(numbers)[0], _plan(db, project))


def _plan(db: Database, project: Project) -> ProjectSpec | None:
    with db.read() as connection:
        versions = specs.versions(connection, project.id, "project", "project")
    return ProjectSpec.model_validate(versions[-1].body) if versions and versions[-1].body else None


def _of(list_: str, **where: str) -> Told:
    return {"list": list_, "where": where}


def _decided(numbers: Told) -> tuple[int, int]:
    states = numbers["states"]
    return states.get("decided", 0), sum(states.values()) - states.get("retired", 0)


def _money(row: Told) -> Told:
    spent, budget = Decimal(row["spent"]), row["budget"]
    return {"value": spent, "total": budget, "committed": Decimal(row["committed"]), "currency": row["currency"]}


def _right(numbers: Told) -> Told | None:
    """By blind audits where there are enough of them; else by what we believe of the labels ourselves."""
    audits = numbers["audits"]
    if len(audits) >= FEWEST_AUDITS:
        wrong = sum(row["wrong"] for row in audits)
        low, high = clopper_pearson(wrong, len(audits), 0.025)
        told = {"value": 1 - wrong / len(audits), "low": 1 - float(high), "high": 1 - float(low)}
        return {**told, "by": "audits", "labels": len(audits), "of": _of("events", verb="decision.audited")}
    sure = [row["confidence"] for row in numbers["newest"] if row["stands"]]
    if not sure:
        return None
    mean = sum(sure) / len(sure)
    error = 1.96 * (sum(p * (1 - p) for p in sure) ** 0.5) / len(sure)
    told = {"value": mean, "low": max(mean - error, 0.0), "high": min(mean + error, 1.0)}
    return {**told, "by": "beliefs", "labels": len(sure), "of": _of("items", sort="confidence")}


def _done(outlook: Told) -> Told | None:
    if not outlook["known"] or not outlook["pace"]:
        return None
    told = {"value": outlook["done"], "low": outlook["low"], "high": outlook["high"], "labels_an_hour": outlook["pace"]}
    return {**told, "of": _of("items", sort="-decided")}


def _ahead(outlook: Told) -> Told:
    """How it stands to the due date, who is on duty, and what is done about it."""
    return {
        "due": outlook["due"],
        "late_hours": outlook["late_hours"],
        "annotators_on_duty": max((step["on_duty"] for step in outlook["steps"]), default=0),
        "experts_on_duty": outlook["queue"]["experts_on_duty"],
        "taken": outlook["taken"],
    }


def _behind(outlook: Told) -> Iterator[Told]:
    """That it will be late, and what is done about it."""
    if outlook["due"] is None or not outlook["late_hours"] or outlook["late_hours"] <= 0:
        return
    if outlook["known"]:
        done = f"It will be done {outlook['done']:%a %Y-%m-%d %H:%M}" if outlook["done"] else "No end is in sight"
    else:
        least = outlook["not_before"]
        done = f"It will not be done before {least:%a %Y-%m-%d %H:%M}" if least else "No end is in sight"
    measures = [one["do"] for one in outlook["taken"]]
    taken = "".join(f"; {DONE[one['do']]} since {one['since']:%Y-%m-%d %H:%M}" for one in outlook["taken"])
    told = {"done": outlook["done"], "least": outlook["not_before"], "due": outlook["due"], "taken": measures}
    yield _need("late", f"{done}; due {outlook['due']:%a %Y-%m-%d %H:%M}{taken}.", told, "duty")


def _certificate(numbers: Told, decided: int, plan: ProjectSpec | None) -> Told:
    others = sum(row["labels"] for row in numbers["kinds"])
    labels = [*numbers["kinds"], {"kind": "crowd", "labels": max(decided - others, 0)}]
    sheet = certify(labels, numbers["audits"], numbers["rate"], plan.target if plan else None)
    return {**sheet, "target": plan.target.model_dump() if plan else None}


def _uncovered(quotas: list[Told], left: int) -> Iterator[Told]:
    """The kinds of which more labels are missing than there are tasks left."""
    missing = {one["kind"]: one["wanted"] - one["decided"] for one in quotas}
    short = {kind: number for kind, number in missing.items() if number > left}
    if short:
        names, most = ", ".join(short), max(short.values())
        text = f"{names}: more labels are wanted than there are tasks left, up to {most:,}."
        yield _need("coverage", text, {"count": most, "names": names}, "items")


def _firing(rows: list[Told]) -> Iterator[Told]:
    """The alerts that fire, all in one."""
    if rows:
        names = ", ".join(dict.fromkeys(row["rule"] for row in rows))
        text = f"{_count(len(rows), 'alert fires', 'alerts fire')}: {names}."
        yield _need("alerts", text, {"count": len(rows), "names": names}, "alerts")


def _finish(steps: list[Told]) -> Decimal:
    return sum((step["needed"] for step in steps), Decimal(0))


def _short(steps: list[Told], currency: str) -> Iterator[Told]:
    """That steps stopped for want of money or ask less, and how far the money of the others goes."""
    thrifty = [step["step"] for step in steps if step["thrift"]]
    if thrifty:
        names = ", ".join(thrifty)
        yield _need("thrift", f"For want of money less is asked, or nothing: {names}.", {"names": names}, "pay")
    short = [step for step in steps if step["undone"] and not step["thrift"]]
    ends = min((step["ends"] for step in short if step["ends"]), default=None)
    undone = sum(step["undone"] for step in short)
    left = _count(undone, "task", "tasks")
    if ends:
        text = f"The money ends about {ends:%a %Y-%m-%d}; {left} will then not be decided."
        yield _need("ending", text, {"count": undone, "ends": ends}, "pay")
    elif short:
        finish = f"{_finish(steps):.2f}"
        text = f"About {finish} {currency} more is needed, and there is less; {left} will not be decided."
        yield _need("short", text, {"count": undone, "amount": finish}, "pay")


def _awaiting(rows: list[Told], now: datetime) -> Iterator[Told]:
    """What experts should look at, and what none of them may."""
    for row in rows:
        if row["kind"] == "dispute":
            text = _count(row["cases"], "dispute waits", "disputes wait") + " for an expert."
            yield _need("disputes", text, {"count": row["cases"]}, "cases", case="dispute")
    overdue = sum(row["overdue"] for row in rows)
    if overdue:
        oldest = round((now - min(row["oldest"] for row in rows)).total_seconds() / 3600)
        text = f"{_count(overdue, 'case is', 'cases are')} past due; the oldest has waited {oldest} hours."
        yield _need("cases", text, {"count": overdue, "hours": oldest}, "cases", case="any")
    stranded = sum(row["stranded"] for row in rows)
    if stranded:
        text = f"{_count(stranded, 'case waits', 'cases wait')} for an expert who is new to it: none here may judge it."
        yield _need("stranded", text, {"count": stranded}, "members")


def _needs(numbers: Told, money: Told, certificate: Told, finish: Decimal, now: datetime) -> Iterator[Told]:
    """What a person should look at, most urgent first."""
    yield from _awaiting(numbers["cases"], now)
    if money["total"] is not None and money["total"] > 0:
        used = (money["value"] + money["committed"]) / money["total"]
        if finish and used >= NEARLY:
            text = (
                f"{used:.0%} of the budget is spent or promised; about {finish:.2f} {money['currency']} more is needed."
            )
            told = {"share": float(used), "amount": f"{finish:.2f}"}
            yield _need("budget", text, told, "pay")
    asked = sum(row["open"] for row in numbers["asked"])
    if asked and (numbers["last"] is None or now - numbers["last"] > IDLE):
        since = "Nobody has answered yet" if numbers["last"] is None else "Nobody has answered for a day"
        steps = ", ".join(row["name"] for row in numbers["asked"])
        text = f"{since}; {_count(asked, 'task waits', 'tasks wait')} ({steps})."
        yield _need("starving", text, {"count": asked, "never": numbers["last"] is None}, "members")
    if certificate.get("holds") is False:
        yield _need("certificate", certificate["sentence"], {}, "exports")
    noticed = sum(row["findings"] for row in numbers["unjudged"])
    if noticed:
        kind = numbers["unjudged"][0]["kind"]
        text = f"{_count(noticed, 'finding', 'findings')} to uphold or dismiss, mostly {kind}."
        yield _need("findings", text, {"count": noticed, "kind": kind}, "findings", state="unjudged")
    if numbers["unclear"]:
        text = f"{_count(numbers['unclear'], 'question', 'questions')} to the guideline's steward."
        yield _need("clarifications", text, {"count": numbers["unclear"]}, "clarifications")


def _need(kind: str, text: str, numbers: Told, list_: str, /, **where: str) -> Told:
    return {"kind": kind, "text": text, "numbers": numbers, "of": _of(list_, **where)}


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def tell_series(db: Database, project: Project, of: str, by: str) -> Told:
    """The points of a plot. `sampled`: of how many of the newest labels they tell at most; None: of all."""
    now = clock.now()
    if of not in home.SERIES:
        raise NotFound(
            "There is no series '{name}'.", where="of", mend="There are: {known}.", name=of, known=list(home.SERIES)
        )
    with db.work() as connection:
        rows = home.series(connection, project.id, of, by, now)
    told: Told = {"of": of, "by": by, "sampled": home.SAMPLE if of in SAMPLED else None}
    match of:
        case "progress":
            first = tell_home(db, project)
            return {**told, "points": _cumulated(rows), "forecast": first["done"], "total": first["decided"]["total"]}
        case "gold_accuracy":
            rows = [{**row, **_rate(row["right"], row["answers"])} for row in rows]
        case "judgements" | "cost":
            rows = _measured(db, project, rows)
        case "queue_age":
            rows = [{**row, "band": BANDS[row["band"] - 1]} for row in rows]
        case "agreement":
            rows = _agreeing([*_echoes(db, project), *rows])
    return {**told, "points": rows}


def _cumulated(rows: list[Told]) -> list[Told]:
    total, points = 0, []
    for row in rows:
        total += row["labels"]
        points.append({**row, "decided": total})
    return points


def _measured(db: Database, project: Project, rows: list[Told]) -> list[Told]:
    """With how right such labels were found by blind audits; the label that was audited counts, not its correction."""
    with db.work() as connection:
        audits = home.audited(connection, project.id)
    found = {number: {**row, **_rate(row["right"], row["audits"])} for number, row in audits.items()}
    return [{**row, "audited": found.get(row["judgements"])} for row in rows]


def _echoes(db: Database, project: Project) -> Iterator[Told]:
    """Every class that a label which is a list names, and whether an answer names it too: the same mark, if marks."""
    steps = {step.name: step for step in rules_of(db, project.id).steps.values()}
    with db.work() as connection:
        rows = home.lists(connection, project.id)
    for row in (row for row in rows if row["step"] in steps):
        step = steps[row["step"]]
        truth, said = step.heard(row["truth"], row["truth_schema"]), step.heard(row["said"], row["said_schema"])
        for label, same in step.question.echoes(truth, said) if None not in (truth, said) else ():
            yield {"step": row["step"], "truth": label, "said": label if same else None, "answers": 1}


def _agreeing(rows: list[Told]) -> list[Told]:
    """By class in force: how many of the answers of crowd and models say the same."""
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        same = found.setdefault((row["step"], str(row["truth"])), [0, 0])
        same[0] += row["answers"] * (row["truth"] == row["said"])
        same[1] += row["answers"]
    return [
        {"step": step, "label": label, "right": right, "answers": answers, **_rate(right, answers)}
        for (step, label), (right, answers) in sorted(found.items())
    ]


def _rate(right: int, answers: int) -> Told:
    low, high = clopper_pearson(right, answers, 0.025)
    return {"value": right / answers, "low": float(low), "high": float(high)}
