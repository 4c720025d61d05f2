"""Proposals for promotion and weekly digests, against a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from quorate import clock
from quorate.actions.bar_annotator import bar_annotator, readmit_annotator
from quorate.actions.claim_task import claim_tasks
from quorate.actions.propose_leads import accept_lead, decline_lead, propose_leads, tell_leads
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.write_digests import choose_digests, tell_digests, write_digests
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.store import notices, projects
from quorate.store import tables as t

POLICY = {
    "gold": {"rate": 0.5}, "judgements": {"min": 1, "max": 3}, "leads": {"bar": 0.7, "gold": 10, "again_days": 30},
}  # fmt: skip


def member(world, project):
    person = world.person()
    with world.db.write() as connection:
        connection.execute(
            insert(t.members).values(
                project_id=project, account_id=person.account, role="annotator", created_at=clock.now()
            )
        )
    return person


def work(world, person, project, value, known, one):
    while one("SELECT count(*) FROM assignments WHERE gold AND account_id = %s", person.account)[0][0] < known:
        for claimed in claim_tasks(world.db, person, [project]):
            submit_annotation(world.db, person, Submission(claimed.lease.id, value, seconds=5.0))


@pytest.fixture
def later(monkeypatch):
    real, ahead = clock.now, [timedelta()]

    def go(**more):
        ahead[0] += timedelta(**more)

    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])
    return go


def test_the_evidence_proposes_and_a_person_decides(world, one, later):
    id = world.project(120, gold=30, policy=POLICY)
    good, poor = member(world, id), member(world, id)
    work(world, good, id, "a", 12, one)
    work(world, poor, id, "b", 12, one)
    with world.db.read() as connection:
        project = projects.get(connection, id)
    assert (propose_leads(world.db), propose_leads(world.db)) == (1, 0)
    (lead,) = tell_leads(world.db, project, names=False)
    assert (lead["state"], lead["role"], lead["evidence"]["right"]) == ("open", "expert", 12)
    assert lead["evidence"]["belief"] > 0.95
    assert one("SELECT role FROM members WHERE account_id = %s", good.account) == [("annotator",)]
    manager = world.person()
    with pytest.raises(InvalidInput):
        decline_lead(world.db, manager, project, lead["id"], " ")
    decline_lead(world.db, manager, project, lead["id"], "Not yet.")
    with pytest.raises(NotFound):
        accept_lead(world.db, manager, project, lead["id"], "")
    assert propose_leads(world.db) == 0
    later(days=31)
    assert propose_leads(world.db) == 1
    (again, _) = tell_leads(world.db, project, names=True)
    bar_annotator(world.db, manager, project, good.account, "blocked", "Spam.")
    with pytest.raises(Conflict, match="may not work"):
        accept_lead(world.db, manager, project, again["id"], "")
    assert tell_leads(world.db, project, names=True)[0]["state"] == "open"
    readmit_annotator(world.db, manager, project, good.account, "It was a mistake.")
    accept_lead(world.db, manager, project, again["id"], "Careful.")
    roles = one("SELECT role FROM members WHERE account_id = %s ORDER BY 1", good.account)
    assert roles == [("annotator",), ("expert",)]
    assert propose_leads(world.db) == 0
    verbs = one("SELECT verb FROM events WHERE verb ~ '^(lead|role)' ORDER BY seq")
    expected = ["lead.proposed", "lead.declined", "lead.proposed", "lead.accepted", "role.granted"]
    assert [verb for (verb,) in verbs] == expected


def test_a_week_is_told_once_and_only_to_those_who_want_it(world, one, later):
    id = world.project(120, gold=30, policy=POLICY)
    ann, ben, cyd = (member(world, id) for _ in range(3))
    for person in (ann, ben, cyd):
        work(world, person, id, "b" if person is ann else "a", 4, one)
    choose_digests(world.db, ann, "notice")
    choose_digests(world.db, cyd, "off")
    assert write_digests(world.db) == 0  # the week is not over
    later(days=7)
    assert (write_digests(world.db), write_digests(world.db)) == (2, 0)
    told = tell_digests(world.db, ann, [id])
    (week,) = told["digests"]
    assert told["choice"] == "notice"
    assert (week["accuracy"]["value"], week["accuracy"]["answers"]) == (0.0, 4)
    (confusion,) = week["confusions"]
    assert (confusion["expected"], confusion["said"], confusion["count"]) == ("a", "b", 4)
    assert len(confusion["examples"]) == 2
    with world.db.work() as connection:
        (notice,) = notices.unread(connection, ann.account)
        assert notices.unread(connection, ben.account) == []
    assert "a taken for b, 4 ×" in notice["text"]
    assert tell_digests(world.db, ben, [id])["digests"][0]["confusions"] == []
    assert tell_digests(world.db, cyd, [id])["digests"] == []
    assert one("SELECT count(*) FROM events WHERE verb = 'digest.written'") == [(2,)]
