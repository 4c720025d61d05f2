"""The right task to the right person, in the claim's one statement: who may, who should, and no one too much."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from quorate import clock
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.declare_fitness import declare_fitness
from quorate.actions.end_lease import release_task
from quorate.actions.grant_access import grant_access
from quorate.actions.refit_skills import refit_skills
from quorate.actions.rules import rules_now
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_coverage import tell_coverage
from quorate.actions.tell_home import tell_home
from quorate.errors import LimitReached
from quorate.flow import merkle
from quorate.flow.route import Candidate, Fitness, Standing, edge, ranked, score, typical, unfit
from quorate.store import fitness, ledger

SKILL = {"routing": {"by": "skill", "explore": 0}}


def sql(world: Any, statement: str, **values: Any) -> list[Any]:
    with world.db.write() as connection:
        found = connection.execute(text(statement), values)
        return list(found) if found.returns_rows else []


def attribute(world: Any, project: Any, attributes: list[dict[str, Any]], *, guarded: bool = True) -> None:
    """Give the items of a project these attributes, in order."""
    for place, these in enumerate(attributes):
        sql(world, "UPDATE items SET attributes = cast(:a AS jsonb) WHERE project_id = :p AND key = :k",
            a=orjson.dumps(these).decode(), p=project, k=f"i{place}")  # fmt: skip
    if guarded:
        with world.db.work() as connection:
            fitness.match(connection, project)


def knows(world: Any, project: Any, who: Any, edge: list[list[float]]) -> None:
    """Let an annotator be so far ahead of the others."""
    sql(world, "INSERT INTO skills (step_id, account_id, body, edge, updated_at)"
        " SELECT id, :a, '[]', cast(:e AS real[]), now() FROM steps WHERE project_id = :p",
        a=who.account, p=project, e=str(edge).replace("[", "{").replace("]", "}"))  # fmt: skip


def given(world: Any, who: Any, project: Any, count: int = 50) -> list[str]:
    return sorted(one.lease.key for one in claim_tasks(world.db, who, [project], count))


def answer(world: Any, who: Any, project: Any, value: Any = "a") -> str:
    """Claim one task and answer it; the item's key."""
    (task,) = claim_tasks(world.db, who, [project])
    submit_annotation(world.db, who, Submission(task.lease.id, value))
    return task.lease.key


def test_nobody_gets_what_they_may_not_see_or_are_party_to(world: Any) -> None:
    project, who, other = world.project(7), world.person(), world.person()
    items: list[dict[str, Any]] = [
        {}, {"access": "board"}, {"access": ["board", "legal"]}, {"parties": ["Acme"]}, {"language": "de"},
        {"language": ["de", "fr"]}, {"parties": [str(who.account)], "domain": "law"},
    ]  # fmt: skip
    attribute(world, project, items)
    assert given(world, who, project) == ["i0", "i3", "i4", "i5"]
    for lease in claim_tasks(world.db, other, [project], 1):
        release_task(world.db, other, lease.lease.id)
    declare_fitness(world.db, other, other.account, "language", ["de"])
    declare_fitness(world.db, other, other.account, "conflict", [" ACME "])
    grant_access(world.db, other, rules_now(world.db, project).project, other.account, ["board"])
    sql(world, "DELETE FROM assignments WHERE project_id = :p", p=project)
    sql(world, "DELETE FROM openings WHERE project_id = :p", p=project)
    sql(world, "INSERT INTO openings (project_id, band, task_id) SELECT project_id, 1, id FROM tasks"
        " WHERE project_id = :p", p=project)  # fmt: skip
    assert given(world, other, project) == ["i0", "i1", "i4", "i6"]
    with world.db.read() as connection:
        ((id, content),) = connection.execute(
            text("SELECT object_id, content FROM events WHERE verb = 'access.granted'")
        ).all()
        assert [merkle.digest(row) for _, row in ledger.told_rows(connection, "access.granted", [id])] == [content]


def test_the_claim_and_the_rule_agree_on_who_may(world: Any) -> None:
    draw = random.Random(7)
    items = [
        {name: draw.choice(["x", "y", ["x"], ["x", "y"], [], None])
         for name in ("access", "parties", "language", "domain") if draw.random() < 0.4} for _ in range(40)
    ]  # fmt: skip
    for _ in range(3):
        project, who = world.project(len(items)), world.person()
        attribute(world, project, items)
        said = {kind: draw.choice([["x"], ["y"], ["x", "y"], None]) for kind in fitness.KINDS}
        for kind, names in said.items():
            declare_fitness(world.db, who, who.account, kind, names)
        may = draw.choice([[], ["x"], ["x", "y"]])
        grant_access(world.db, who, rules_now(world.db, project).project, who.account, may)
        own = Fitness(
            languages=said["language"] and frozenset(said["language"]), access=frozenset(may),
            domains=said["domain"] and frozenset(said["domain"]), conflicts=frozenset(said["conflict"] or ()),
        )  # fmt: skip
        expected = sorted(f"i{n}" for n, these in enumerate(items) if unfit(own, these) is None)
        assert given(world, who, project) == expected


def test_what_somebody_says_before_they_join_counts(world: Any) -> None:
    project, who = world.project(2), world.person()
    declare_fitness(world.db, who, who.account, "language", ["fr"])
    attribute(world, project, [{"language": "de"}, {"language": "fr"}], guarded=False)
    assert given(world, who, project) == ["i1"]


def test_known_items_and_cases_are_guarded_too(world: Any) -> None:
    project, who = world.project(4, gold=2, policy={"gold": {"rate": 0.5}}), world.person()
    attribute(world, project, [{"access": "board"}] * 2)
    for _ in range(2):
        answer(world, who, project)
    assert not sql(world, "SELECT FROM assignments WHERE project_id = :p AND gold", p=project)
    contested = world.project(1, policy={"judgements": {"min": 1, "max": 1}, "accept": {"confidence": 0.99}})
    answer(world, who, contested)
    attribute(world, contested, [{"parties": ["acme"]}])
    expert = world.person()
    declare_fitness(world.db, expert, expert.account, "conflict", ["Acme"])
    assert claim_cases(world.db, expert, [contested]) == []
    assert len(claim_cases(world.db, world.person(), [contested])) == 1


def _lay(world: Any, project: Any, who: Any, draw: random.Random) -> list[Candidate]:
    """Tasks that stand somewhere, and an annotator with some edge; as the pure rule sees them."""
    own = [[draw.choice([0.3, 0.8, 1.0, 1.7, 2.5]) for _ in range(3)] for _ in range(3)]
    knows(world, project, who, own)
    tasks, attributes = [], []
    for place in range(20):
        likely, rival = draw.sample(range(3), 2)
        stands = None if draw.random() < 0.3 else Standing(likely, rival, 0.6)
        these = {"value": draw.choice([1, 2.5, "high", "low"])} if draw.random() < 0.5 else {}
        due = clock.now() + timedelta(hours=draw.uniform(-5, 40)) if draw.random() < 0.5 else None
        attributes.append(these | ({"due": due.isoformat()} if due else {}))
        value = {"high": 2.0, "low": 0.5}.get(these.get("value"), these.get("value", 1.0))
        tasks.append(Candidate(place, stands, value, due))
        if stands:
            sql(world, "UPDATE tasks SET likely = :l, rival = :r, chance = 0.6 WHERE item_id ="
                " (SELECT id FROM items WHERE project_id = :p AND key = :k)",
                l=stands.likely, r=stands.rival, p=project, k=f"i{place}")  # fmt: skip
    attribute(world, project, attributes, guarded=False)
    scores = [score(task, own, now=clock.now(), horizon=timedelta(days=1)) for task in tasks]
    return ranked(tasks, [round(one, 4) for one in scores])


def test_the_claim_and_the_rule_agree_on_who_should(world: Any) -> None:
    project, who = world.project(20, policy=SKILL), world.person()
    expected = [f"i{task.place}" for task in _lay(world, project, who, random.Random(3))]
    found = [one.lease.key for one in claim_tasks(world.db, who, [project], 12)]
    assert found == expected[:12]


def test_who_tells_two_classes_apart_gets_the_tasks_between_them_and_the_reason_is_kept(world: Any) -> None:
    """Two who each know one pair; after a refit, what stands between a and b goes to who knows a from b."""
    policy = {**SKILL, "judgements": {"min": 2, "max": 9}, "accept": {"confidence": 0.99}}
    project, ab, bc = world.project(6, policy=policy), world.person(), world.person()
    sql(world, "UPDATE tasks SET likely = 1, rival = 2, chance = 0.5 WHERE project_id = :p", p=project)
    sql(world, "UPDATE tasks SET likely = 0, rival = 1 WHERE item_id = (SELECT id FROM items WHERE project_id = :p"
        " AND key = 'i4')", p=project)  # fmt: skip
    able = {ab: [[9, 1, 1], [1, 9, 1], [1, 5, 5]], bc: [[5, 5, 1], [5, 5, 1], [1, 1, 9]]}
    others = typical(list(able.values()))
    for who, rows in able.items():
        knows(world, project, who, edge(rows, others))
    (task,) = claim_tasks(world.db, ab, [project])
    assert (task.lease.key, task.lease.chosen) == ("i4", "skill")
    ((why,),) = sql(world, "SELECT why FROM assignments WHERE id = :i", i=task.lease.id)
    assert why["between"] == ["topic.a", "topic.b"]
    assert (why["place"], why["of"]) == (5, 6)
    assert why["score"] > 1
    (task,) = claim_tasks(world.db, bc, [project])
    assert task.lease.key == "i0"


def test_skill_is_learnt_into_an_edge_by_each_answer_and_by_refits(world: Any) -> None:
    project, other, who = world.project(1, policy=SKILL), world.person(), world.person()
    answer(world, other, project)
    ((alone,),) = sql(world, "SELECT edge FROM skills WHERE account_id = :a", a=other.account)
    assert alone[0][1] == alone[1][2]  # the only answer tells nothing of its author
    answer(world, who, project)
    ((before, step),) = sql(world, "SELECT edge, step_id FROM skills WHERE account_id = :a", a=who.account)
    assert len(before) == 3
    assert before[0][1] > before[1][2]
    assert sql(world, "SELECT likely FROM tasks WHERE project_id = :p AND likely IS NOT NULL", p=project) == [(0,)]
    refit_skills(world.db, step)
    ((after, typical),) = sql(world, "SELECT k.edge, s.typical FROM skills k JOIN steps s ON s.id = k.step_id"
                              " WHERE k.account_id = :a", a=who.account)  # fmt: skip
    assert after[0][1] == pytest.approx(1)
    assert typical[0][1] > typical[1][2]


def test_exploring_asks_about_the_class_least_known_of_them(world: Any) -> None:
    policy = {"routing": {"by": "skill", "explore": 0.5}}
    project, who = world.project(2, policy=policy), world.person()
    knows(world, project, who, [[0.01, 1, 1], [1, 0.5, 1], [1, 1, 0.01]])
    sql(world, "UPDATE tasks SET likely = 0, rival = 2, chance = 0.9 WHERE project_id = :p", p=project)
    sql(world, "UPDATE tasks SET likely = 1 WHERE item_id = (SELECT id FROM items WHERE project_id = :p"
        " AND key = 'i1')", p=project)  # fmt: skip
    seen: set[tuple[str | None, str]] = set()
    while not any(chosen == "explore" for chosen, _ in seen):
        (task,) = claim_tasks(world.db, who, [project])
        seen.add((task.lease.chosen, task.lease.key))
        release_task(world.db, who, task.lease.id)
        sql(world, "UPDATE openings SET band = 1 WHERE project_id = :p", p=project)
        sql(world, "UPDATE seats SET cursor_0 = 0, cursor_1 = 0 WHERE project_id = :p", p=project)
    assert seen <= {("explore", "i1"), ("skill", "i0"), ("skill", "i1")}


def test_what_a_window_has_passed_comes_to_them_in_the_end(world: Any) -> None:
    project, who = world.project(30, policy={"routing": {"by": "skill", "window": 4, "explore": 0}}), world.person()
    sql(world, "UPDATE tasks SET likely = 0, rival = 1, chance = 0.5 WHERE project_id = :p"
        " AND ('x' || substr(md5(id::text), 1, 1))::bit(4)::int % 2 = 0", p=project)  # fmt: skip
    knows(world, project, who, [[1, 2, 1], [2, 1, 1], [1, 1, 1]])
    found: set[str] = set()
    for _ in range(40):
        sql(world, "UPDATE seats SET swept_at = NULL WHERE project_id = :p", p=project)
        found |= {one.lease.key for one in claim_tasks(world.db, who, [project])}
    assert len(found) == 30


TWO = ({"id": "short", "schema": "short"}, {"id": "long", "schema": "long"})
PAID = {"short": "0.02", "long": "0.06"}


def test_what_costs_more_is_asked_where_it_is_worth_it(world: Any) -> None:
    """Three times the price, so three times the value; also for somebody whose tier is paid alike for both."""
    tier = {"name": "pro", "training": "basics", "judgement": "0.08"}
    project = world.project(4, policy={**SKILL, "pay": {"judgement": PAID, "tiers": [tier]}}, steps=TWO)
    who = world.person()
    attribute(world, project, [{}, {"value": 2.9}, {"value": 3.1}, {}], guarded=False)
    sql(world, "DELETE FROM openings o USING tasks t, steps s, items i WHERE t.id = o.task_id AND s.id = t.step_id"
        " AND i.id = t.item_id AND s.project_id = :p AND (s.name = 'short') <> (i.key = 'i3')", p=project)  # fmt: skip
    found = [task for _ in range(4) for task in claim_tasks(world.db, who, [project])]
    assert [task.lease.key for task in found][:3] == ["i2", "i3", "i1"]
    ((why,),) = sql(world, "SELECT why FROM assignments WHERE id = :i", i=found[0].lease.id)
    assert why["cost"] == 3
    sql(world, "UPDATE seats SET tier = 'pro', cursor_1 = 0 WHERE project_id = :p", p=project)
    sql(world, "DELETE FROM assignments WHERE project_id = :p", p=project)
    sql(world, "INSERT INTO openings (project_id, band, task_id) SELECT t.project_id, 1, t.id FROM tasks t"
        " JOIN steps s ON s.id = t.step_id JOIN items i ON i.id = t.item_id"
        " WHERE t.project_id = :p AND (s.name = 'short') = (i.key = 'i3')", p=project)  # fmt: skip
    found = [task for _ in range(2) for task in claim_tasks(world.db, who, [project])]
    assert [task.lease.key for task in found] == ["i2", "i1"]


def test_who_has_had_their_share_is_told_so_and_who_has_done_all_is_not(world: Any) -> None:
    for of in ("language", "project"):
        shares = [{"of": of, "share": 0.3, "least": 4}]
        policy = {"limits": {"shares": shares}, "accept": {"confidence": 0.4, "evidence": 0}}
        project, who, other = world.project(6, policy=policy), world.person(), world.person()
        attribute(world, project, [{"language": "en"}] * 6, guarded=False)
        for _ in range(4):
            answer(world, who, project)
        with pytest.raises(LimitReached, match="your share of what is left"):
            claim_tasks(world.db, who, [project])
        second = world.project(1)
        assert [task.rules.project.id for task in claim_tasks(world.db, who, [project, second])] == [second]
        assert len(claim_tasks(world.db, other, [project], 5)) == 2
        assert claim_tasks(world.db, who, [project]) == [], "all of it is done or held"


def test_nobody_has_more_than_their_share_of_what_pays_well(world: Any) -> None:
    """Two steps, one well paid: of that no one has more than two fifths or three, of the other whatever they like."""
    shares = [{"of": "project", "above": "0.05", "share": 0.4, "least": 3}]
    project = world.project(
        30, policy={"pay": {"judgement": PAID}, "limits": {"shares": shares}}, steps=TWO
    )  # fmt: skip
    people = [world.person() for _ in range(3)]

    def work(who: Any) -> None:
        for _ in range(15):
            with suppress(LimitReached):
                for task in claim_tasks(world.db, who, [project], 2):
                    submit_annotation(world.db, who, Submission(task.lease.id, "a"))
            rules_now(world.db, project)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, people))
    rows = sql(world, "SELECT n.account_id, n.cost FROM annotations n WHERE n.project_id = :p"
               " ORDER BY n.created_at, n.id", p=project)  # fmt: skip
    own: dict[Any, int] = {}
    well = [account for account, cost in rows if cost > Decimal("0.05")]
    for total, account in enumerate(well, 1):
        own[account] = own.get(account, 0) + 1
        assert own[account] <= max(3, 0.4 * total)
    assert max(own.values()) >= 3, "so many nobody is refused"
    less = [account for account, cost in rows if cost <= Decimal("0.05")]
    assert max(less.count(account) for account in set(less)) > max(3, 0.4 * len(well)), (
        "of what pays less, all they like"
    )


@pytest.mark.slow
@pytest.mark.parametrize("of", ["project", "language"])
def test_no_one_has_more_than_a_share_whatever_the_concurrency(world: Any, of: str) -> None:
    """Six people at once; at no time does one have more than three tenths of the answers, or four."""
    policy = {"limits": {"shares": [{"of": of, "share": 0.3, "least": 4}]}}
    project = world.project(90, policy=policy)
    attribute(world, project, [{"language": "en"}] * 90, guarded=False)
    people = [world.person() for _ in range(6)]

    def work(who: Any) -> int:
        done = 0
        for _ in range(30):
            try:
                tasks = claim_tasks(world.db, who, [project], 3)
            except LimitReached:
                tasks = []
            for task in tasks:
                submit_annotation(world.db, who, Submission(task.lease.id, "a"))
                done += 1
            rules_now(world.db, project)
        return done

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(work, people))
    assert min(done) >= 4
    rows = sql(world, "SELECT account_id FROM annotations WHERE project_id = :p ORDER BY created_at, id", p=project)
    own: dict[Any, int] = {}
    for total, (account,) in enumerate(rows, 1):
        own[account] = own.get(account, 0) + 1
        assert own[account] <= max(4, 0.3 * total)
    assert sql(world, "SELECT sum(value::int) FROM seats, jsonb_each_text(answered_in) WHERE project_id = :p",
               p=project) == [(len(rows),)]  # fmt: skip


def test_a_label_of_several_classes_counts_once_for_each(world: Any) -> None:
    quota = {"of": "class", "wanted": {"topic.a": 3, "topic.b": 3, "topic.c": 3}}
    policy = {"escalate": [{"when": "true", "reason": "always"}], "coverage": [quota]}
    marks = [{"start": 0, "end": 2, "label": "a"}, {"start": 2, "end": 4, "label": "a"}]
    labels = {"choices": ["a", "b"], "spans": [*marks, {"start": 5, "end": 6, "label": "b"}], "choice": "b"}
    told, who, expert = {}, world.person(), world.person()
    for kind, value in labels.items():
        project = world.project(2, schema={"kind": kind, "classes": ["a", "b", "c"]}, policy=policy)
        for _ in range(2):
            answer(world, who, project, value)
            ((lease, _),) = claim_cases(world.db, expert, [project])
            adjudicate_task(world.db, expert, Verdict(lease, value, "Because.", seconds=9))
        covered = tell_coverage(world.db, rules_now(world.db, project).project)
        told[kind] = [one["decided"] for one in covered]
    assert told == {"choices": [2, 2, 0], "spans": [2, 2, 0], "choice": [0, 2, 0]}


def test_what_is_missing_comes_first(world: Any) -> None:
    policy = {"coverage": [{"of": "language", "wanted": {"fr": 20}}]}
    project, who = world.project(6, policy=policy), world.person()
    attribute(world, project, [{"language": "en"}] * 3 + [{"language": "fr"}] * 3, guarded=False)
    assert answer(world, who, project) == "i3"
    (task,) = claim_tasks(world.db, who, [project])
    ((why,),) = sql(world, "SELECT why FROM assignments WHERE id = :i", i=task.lease.id)
    assert task.lease.key == "i4"
    assert why["wanted"] > 1
    found = rules_now(world.db, project).project
    assert tell_coverage(world.db, found) == [{"of": "language", "kind": "fr", "wanted": 20, "decided": 0}]
    (need,) = [need for need in tell_home(world.db, found)["needs"] if need["kind"] == "coverage"]
    assert need["numbers"] == {"count": 20, "names": "fr"}
