"""Money, by any order of earning, holding, releasing, reversing and paying: nothing appears, nothing is lost."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quorate.actions.award_bonus import award_bonus, preview_bonus
from quorate.actions.claim_task import claim_tasks
from quorate.actions.hold_pay import end_hold, hold_pay, reverse_pay
from quorate.actions.publish_spec import publish_spec
from quorate.actions.rebuild_state import compare_state
from quorate.actions.revise_annotation import revise_annotation
from quorate.actions.run_payout import file_of_payout, run_payout
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.take_back_bonus import preview_take_back, take_back_bonus
from quorate.actions.tell_pay import file_of_earnings
from quorate.actions.verify_ledger import verify_ledger
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.formats.payout import read_payees
from quorate.labels.fields import InvalidSpec, faults_of
from quorate.store import budgets, money, projects

PAY = {"pay": {"judgement": "0.035"}, "judgements": {"min": 2, "max": 2}}


def earn(world, project, person, tasks=1):
    return [
        submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0)).annotation
        for claimed in claim_tasks(world.db, person, [project], tasks)
    ]


def of(world, project):
    with world.db.read() as connection:
        return projects.get(connection, project)


def books(world, project):
    """The trial balance, after checking that it sums to zero and that the running sums agree."""
    with world.db.work() as connection:
        trial = money.trial(connection, project)
        assert money.difference(connection, project) == 0
    assert sum(trial.values()) == 0
    assert compare_state(world.db, project) == []
    return {account: balance for account, balance in trial.items() if balance}


def balance(world, project, person):
    with world.db.work() as connection:
        return SimpleNamespace(**money.balances(connection, project, person.account)[0])


@pytest.fixture
def earned(world):
    """A project in which one person has earned 10 × 0.035."""
    project, person = world.project(10, policy=PAY, budget=Decimal(1)), world.person()
    return SimpleNamespace(world=world, project=project, person=person, answers=earn(world, project, person, 10))


def test_an_answer_is_its_own_posting(earned):
    assert books(earned.world, earned.project) == {"budget": Decimal("-0.35"), "payable": Decimal("0.35")}


def test_what_was_promised_in_one_currency_is_never_paid_in_another(world, one):
    id, person = world.project(10, policy=PAY, budget=Decimal(1)), world.person()

    def change(currency, total=1):
        body = {"name": str(id), "steps": [{"id": "topic"}], "budget": {"total": total, "currency": currency}}
        publish_spec(world.db, world.person(), str(id), "project", "project", body, reason="test")
        return of(world, id).currency

    assert change("EUR") == "EUR"
    (claimed,) = claim_tasks(world.db, person, [id])
    with pytest.raises(InvalidSpec, match="promised or earned in EUR") as refused:
        change("JPY")
    assert [fault.where for fault in faults_of(refused.value)] == ["budget.currency"]
    answer = submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0)).annotation
    reverse_pay(world.db, world.person(), of(world, id), person.account, "Copied.", [answer])
    with pytest.raises(InvalidSpec, match="make a new project for JPY"):
        change("JPY")
    assert change("EUR", 2) == "EUR"
    assert one("SELECT budget::int FROM projects") == [(2,)]


def test_a_run_pays_each_once_whatever_how_often_it_is_asked_for(earned):
    world, project = earned.world, of(earned.world, earned.project)
    boss = world.person()
    first = run_payout(world.db, boss, project, "november")
    again = run_payout(world.db, boss, project, "november")
    assert (first.total, first.people, first.repeated) == (Decimal("0.35"), 1, False)
    assert (again.total, again.people, again.repeated) == (first.total, 1, True)
    assert books(world, project.id) == {"budget": Decimal("-0.35"), "paid": Decimal("0.35")}
    assert run_payout(world.db, boss, project, "december").people == 0
    with pytest.raises(InvalidInput, match="needs an id"):
        run_payout(world.db, boss, project, " ")


def test_less_than_a_cent_stays_payable(world):
    project, person = world.project(5, policy=PAY), world.person()
    earn(world, project, person, 5)
    assert run_payout(world.db, world.person(), of(world, project), "r").total == Decimal("0.17")
    assert balance(world, project, person).payable == Decimal("0.005")


def test_a_hold_keeps_pay_out_of_the_run_until_it_ends_once(earned):
    world, project = earned.world, of(earned.world, earned.project)
    boss = world.person()
    hold = hold_pay(world.db, boss, project, earned.person.account, "Looked at.", annotations=earned.answers[:4])
    assert run_payout(world.db, boss, project, "r1").total == Decimal("0.21")
    with pytest.raises(Conflict, match="held or reversed"):
        reverse_pay(world.db, boss, project, earned.person.account, "Twice.", earned.answers[3:5])
    assert end_hold(world.db, boss, project, hold, "release", "All is well.") == Decimal("0.14")
    with pytest.raises(NotFound):
        end_hold(world.db, boss, project, hold, "reverse", "Again.")
    assert run_payout(world.db, boss, project, "r2").total == Decimal("0.14")
    assert books(world, project.id) == {"budget": Decimal("-0.35"), "paid": Decimal("0.35")}


def test_what_is_reversed_can_be_earned_again_and_a_debt_is_settled_from_the_next_pay(earned):
    world, project, person = earned.world, of(earned.world, earned.project), earned.person
    boss = world.person()
    run_payout(world.db, boss, project, "r1")
    assert reverse_pay(world.db, boss, project, person.account, "Copied.", earned.answers[:2]) == Decimal("0.07")
    assert balance(world, project.id, person).payable == Decimal("-0.07")
    assert of(world, project.id).pool + _granted(world, project.id) == Decimal(1)
    assert run_payout(world.db, boss, project, "r2").people == 0
    with pytest.raises(Conflict):
        reverse_pay(world.db, boss, project, person.account, "Copied.", earned.answers[:1])
    assert books(world, project.id) == {
        "budget": Decimal("-0.28"),
        "paid": Decimal("0.35"),
        "payable": Decimal("-0.07"),
    }


def _granted(world, project):
    with world.db.work() as connection:
        return connection.execute("SELECT sum(granted) FROM seats WHERE project_id = %s", (project,)).fetchone()[0]


def test_what_is_taken_back_as_a_whole_is_there_again_for_the_steps_that_it_came_from(world):
    steps = tuple({"id": name, "schema": name, "budget": "0.40"} for name in ("topic", "mood"))
    policy = {"pay": {"judgement": {"topic": "0.03", "mood": "0.05"}}, "judgements": {"min": 1, "max": 1}}
    id = world.project(6, policy=policy, steps=steps, budget=Decimal("0.60"))
    project, boss, person = of(world, id), world.person(), world.person()
    first = [answer for _ in range(3) for answer in earn(world, id, person)]
    run_payout(world.db, boss, project, "r1")
    paid = balance(world, id, person).paid
    later = [answer for _ in range(9) for answer in earn(world, id, person)]
    due = balance(world, id, person).payable
    hold = hold_pay(world.db, boss, project, person.account, "Look at it.")
    with pytest.raises(Conflict):
        reverse_pay(world.db, boss, project, person.account, "Twice.", later[:1])
    assert end_hold(world.db, boss, project, hold, "reverse", "Copied.") == due
    with pytest.raises(Conflict):
        reverse_pay(world.db, boss, project, person.account, "Twice.", later[:1])
    assert books(world, id) == {"budget": -paid, "paid": paid}
    with world.db.work() as connection:
        spent = {row.name: row.spent for row in budgets.standing(connection, id)}
        left = {row.name: row.own_left for row in budgets.standing(connection, id)}
    assert sum(spent.values()) == paid
    assert left == {name: Decimal("0.40") - amount for name, amount in spent.items()}
    assert len(first) == 3


def test_a_reason_is_wanted_and_others_answers_are_not_theirs(earned):
    world, project = earned.world, of(earned.world, earned.project)
    with pytest.raises(InvalidInput, match="reason"):
        hold_pay(world.db, world.person(), project, earned.person.account, " ")
    with pytest.raises(NotFound):
        hold_pay(world.db, world.person(), project, world.person().account, "Why.", annotations=earned.answers)


def test_files_are_what_the_platforms_take(earned):
    world, project = earned.world, of(earned.world, earned.project)
    run_payout(world.db, world.person(), project, "r1")
    name = str(earned.person.account)
    assert file_of_payout(world.db, project, "r1", "prolific") == f"{name},0.35\n"
    (row,) = csv.DictReader(io.StringIO(file_of_payout(world.db, project, "r1", "mturk", {name: ("A1B", "3XY")})))
    assert (row["WorkerId"], row["AssignmentId"], row["BonusAmount"]) == ("A1B", "3XY", "0.35")
    assert len(row["UniqueRequestToken"]) == 64
    for payees in (None, {name: ("A1B", "")}):
        with pytest.raises(InvalidInput, match="for an assignment"):
            file_of_payout(world.db, project, "r1", "mturk", payees)
    (row,) = csv.DictReader(io.StringIO(file_of_payout(world.db, project, "r1", "csv")))
    assert row == {"payee": name, "amount": "0.35", "currency": "USD", "run": "r1"}
    with pytest.raises(NotFound, match="payees"):
        file_of_payout(world.db, project, "r1", "prolific", {})
    with pytest.raises(InvalidInput, match="format"):
        file_of_payout(world.db, project, "r1", "gold bars")
    with pytest.raises(NotFound):
        file_of_payout(world.db, project, "r9", "csv")


def test_nobody_is_paid_when_the_file_that_is_wanted_cannot_be_written(earned):
    world, project, name = earned.world, of(earned.world, earned.project), str(earned.person.account)
    with pytest.raises(InvalidInput, match="for an assignment"):
        run_payout(world.db, world.person(), project, "r1", "mturk")
    assert books(world, project.id) == {"budget": Decimal("-0.35"), "payable": Decimal("0.35")}
    assert run_payout(world.db, world.person(), project, "r1", "mturk", {name: ("A1B", "3XY")}).people == 1


@pytest.mark.parametrize(
    ("currency", "price", "written"), [("JPY", 1, "3"), ("KWD", "1.2", "3.600"), ("EUR", "1.2", "3.60")]
)
def test_amounts_have_the_decimals_of_their_currency(shared_world, currency, price, written):
    world = shared_world
    id = world.project(3, policy={**PAY, "pay": {"judgement": price}}, plan={"budget": {"currency": currency}})
    with world.db.work() as connection:
        connection.execute("UPDATE projects SET currency = %s WHERE id = %s", (currency, id))
    person = world.person()
    earn(world, id, person, 3)
    run_payout(world.db, world.person(), of(world, id), "r1")
    assert file_of_payout(world.db, of(world, id), "r1", "prolific") == f"{person.account},{written}\n"


def test_payees_are_read_as_people_write_them():
    told = '\ufeffname,payee,assignment\nann, A1B ,3XY\n\n"ben, jr",B2C\n'
    assert read_payees(told) == {"ann": ("A1B", "3XY"), "ben, jr": ("B2C", "")}
    for wrong, said in (("ann\n", "has no payee"), ("ann,A\nann,B\n", "twice"), ('ann,"A"1\n', "cannot be read")):
        with pytest.raises(InvalidInput, match=said):
            read_payees(wrong)


def test_the_ledger_proves_every_transfer(earned):
    world, project = earned.world, of(earned.world, earned.project)
    boss = world.person()
    hold = hold_pay(world.db, boss, project, earned.person.account, "Looked at.")
    end_hold(world.db, boss, project, hold, "reverse", "It was bad.")
    earn(world, project.id, world.person(), 3)
    run_payout(world.db, boss, project, "r1")
    seal_ledger(world.db)
    before = verify_ledger(world.db).to_json()["fault"]  # the specs of this small world were never told
    assert before is None or before.startswith("specs")
    with world.db.work() as connection:
        connection.execute("ALTER TABLE transfers DISABLE TRIGGER ALL")
        connection.execute("UPDATE transfers SET amount = amount + 1 WHERE kind = 'paid'")
    after = verify_ledger(world.db).to_json()["fault"]
    assert after is not None
    assert "money.moved" in after


def informative(world, **more):
    """A project that gives bonuses, in which three say what they see and one always the same: (id, people)."""
    pay = {"judgement": "0.01", "bonus": "0.02", "bonus_tasks": 20}
    policy = {"pay": pay, "judgements": {"min": 4, "max": 4}, **more}
    step = {"id": "topic", "schema": "topic", "budget": "3"}
    id = world.project(30, policy=policy, steps=(step,), budget=Decimal(3))
    people = [world.person() for _ in range(4)]
    for number, person in enumerate(people):
        for claimed in claim_tasks(world.db, person, [id], 30):
            seen = "ab"[int(claimed.lease.key[1:]) % 2] if number < 3 else "a"
            submit_annotation(world.db, person, Submission(claimed.lease.id, seen, seconds=5.0))
    return id, people


def test_a_bonus_is_given_once_for_each_answer_out_of_the_budget_and_most_to_who_says_what_they_see(world):
    id, people = informative(world)
    project, boss = of(world, id), world.person()
    foreseen = preview_bonus(world.db, project)
    given = {one.account: one for one in award_bonus(world.db, boss, project)}
    assert foreseen == list(given.values())
    assert preview_bonus(world.db, project) == []
    honest = given[people[0].account]
    assert given.keys() == {person.account for person in people[:3]}, "nothing for who tells nothing"
    assert honest.answers == 30
    assert honest.score == given[people[1].account].score > 0.8
    assert Decimal("0.48") < honest.amount <= Decimal("0.60")
    assert award_bonus(world.db, boss, project) == []
    bonuses = sum(one.amount for one in given.values())
    assert books(world, id) == {"budget": -Decimal("1.20") - bonuses, "payable": Decimal("1.20") + bonuses}
    with world.db.work() as connection:
        (row,) = budgets.standing(connection, id)
    assert (row.spent, row.own_left) == (Decimal("1.20") + bonuses, 3 - Decimal("1.20") - bonuses)
    hold = hold_pay(world.db, boss, project, people[0].account, "Look at it.")
    taken = end_hold(world.db, boss, project, hold, "reverse", "Copied.")
    assert taken == Decimal("0.30") + honest.amount
    assert books(world, id)["budget"] == taken - Decimal("1.20") - bonuses
    with world.db.work() as connection:
        (row,) = budgets.standing(connection, id)
    assert row.own_left == 3 - Decimal("1.20") - bonuses + taken, "the bonus goes back to the step, too"


KILLED = """
import sys, time
from uuid import UUID
from quorate.actions import award_bonus
from quorate.actions.actor import Actor
from quorate.store import projects
from quorate.store.database import Database

url, workspace, project = sys.argv[1:]
give, given = award_bonus._give, []

def slowly(*all):
    given.append(give(*all))
    if len(given) == 2:
        print("two of three are given", flush=True)
        time.sleep(60)
    return given[-1]

award_bonus._give, db = slowly, Database(url)
with db.read() as connection:
    found = projects.get(connection, UUID(project))
award_bonus.award_bonus(db, Actor(UUID(workspace)), found)
"""


def test_who_is_killed_while_giving_bonuses_has_given_none(world):
    id, _ = informative(world)
    before = books(world, id)
    arguments = [world.db.url, str(world.workspace), str(id)]
    with subprocess.Popen([sys.executable, "-c", KILLED, *arguments], stdout=subprocess.PIPE, text=True) as giving:
        assert "two of three are given\n" in iter(giving.stdout.readline, "")
        giving.kill()
    assert books(world, id) == before
    project, boss = of(world, id), world.person()
    given = award_bonus(world.db, boss, project)
    assert [one.given for one in given] == [True] * 3
    total = sum(one.amount for one in given)
    assert books(world, id) == {"budget": before["budget"] - total, "payable": before["payable"] + total}
    paid = run_payout(world.db, boss, project, "r1").total
    assert books(world, id).get("payable", 0) == before["payable"] + total - paid < Decimal("0.03")


def test_no_bonus_for_what_is_held_or_was_taken_back_until_it_is_released(world, one):
    id, people = informative(world)
    project, boss = of(world, id), world.person()
    first, second, third, _ = (person.account for person in people)
    hold = hold_pay(world.db, boss, project, first, "Looked at.")
    answers = [row[0] for row in one("SELECT id FROM annotations WHERE account_id = %s", second)]
    reverse_pay(world.db, boss, project, second, "All of it was copied.", answers)
    assert [bonus.account for bonus in award_bonus(world.db, boss, project)] == []
    end_hold(world.db, boss, project, hold, "release", "All is well.")
    assert {bonus.account for bonus in award_bonus(world.db, boss, project)} == {first, third}


def test_a_known_answer_counts_for_more_than_what_all_the_others_say(world, one):
    id, _ = informative(world)
    with world.db.work() as connection:
        connection.execute(
            "UPDATE tasks t SET gold = CASE right(i.key, 1)::int %% 2 WHEN 0 THEN '\"b\"' ELSE '\"a\"' END::jsonb"
            " FROM items i WHERE i.id = t.item_id AND t.project_id = %s", (id,)
        )  # fmt: skip
    assert preview_bonus(world.db, of(world, id)) == [], "all three say the opposite of what is so"


def test_who_corrects_an_answer_gets_no_second_bonus_for_it(world, one):
    id, people = informative(world, judgements={"min": 4, "max": 9}, accept={"confidence": 0.999999})
    project, boss = of(world, id), world.person()
    assert len(award_bonus(world.db, boss, project)) == 3
    for answer, said in one("SELECT id, value FROM annotations WHERE account_id = %s", people[0].account):
        revise_annotation(world.db, people[0], answer, said)
    assert award_bonus(world.db, boss, project) == []


def test_a_run_of_bonuses_is_taken_back_at_once_and_no_cent_twice(world, one):
    id, people = informative(world)
    project, boss = of(world, id), world.person()
    before = books(world, id)
    given = award_bonus(world.db, boss, project)
    run = _runs(world, id)[0]["run"]
    foreseen = preview_take_back(world.db, project, run)
    assert books(world, id) != before, "a look takes nothing"
    taken = take_back_bonus(world.db, boss, project, run, "The guideline changed.")
    assert taken == foreseen == preview_take_back(world.db, project, run)
    assert {row.account: row.amount for row in taken} == {row.account: row.amount for row in given}
    assert take_back_bonus(world.db, boss, project, run, "Once more.") == taken
    assert books(world, id) == before
    assert compare_state(world.db, id) == []
    assert one("SELECT count(*) FROM notices WHERE kind = 'reversed'") == [(3,)]
    assert one("SELECT count(*) FROM events WHERE verb = 'money.moved'") == [(6,)]
    (told,) = _runs(world, id)
    assert told["taken_back"] == told["amount"] == sum(row.amount for row in given)

    assert award_bonus(world.db, boss, project) == given, "the answers may get one again"
    again, first = _runs(world, id)[0]["run"], people[0].account
    hold = hold_pay(world.db, boss, project, first, "Look at it.")
    with pytest.raises(Conflict, match="held"):
        take_back_bonus(world.db, boss, project, again, "All.")
    end_hold(world.db, boss, project, hold, "reverse", "Copied.")
    rest = {row.account: row.amount for row in take_back_bonus(world.db, boss, project, again, "All.")}
    assert rest == {row.account: row.amount for row in given} | {first: 0}, "theirs went back with what was held"
    assert books(world, id)["payable"] == Decimal("0.90")
    assert compare_state(world.db, id) == []
    with pytest.raises(NotFound):
        take_back_bonus(world.db, boss, project, id, "No run.")


def _runs(world, id):
    with world.db.work() as connection:
        return money.bonus_runs(connection, id)


STEPS = st.lists(
    st.tuples(st.sampled_from(["earn", "hold", "release", "forfeit", "reverse", "pay"]), st.integers(0, 9)), max_size=15
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("earn", 8), ("hold", 0), ("forfeit", 0), ("earn", 2), ("hold", 0)])
def test_any_order_of_moves_sums_to_zero_and_pays_no_more_than_was_earned(world, steps):
    id = world.project(30, policy=PAY, budget=Decimal("1.40"))
    project, boss, people = of(world, id), world.person(), [world.person() for _ in range(2)]
    answers, holds = {person.account: [] for person in people}, []
    for number, (what, n) in enumerate(steps):
        person = people[n % 2]
        try:
            if what == "earn":
                answers[person.account] += earn(world, id, person, 1 + n // 2)
            elif what == "hold":
                holds.append(
                    hold_pay(world.db, boss, project, person.account, "r", annotations=answers[person.account][:n])
                )
            elif what in ("release", "forfeit") and holds:
                end_hold(world.db, boss, project, holds[n % len(holds)], what, "r")
            elif what == "reverse":
                reverse_pay(world.db, boss, project, person.account, "r", answers[person.account][n : n + 2])
            elif what == "pay":
                run_payout(world.db, boss, project, str(number % 4))
        except (Conflict, NotFound, InvalidInput):
            pass
    trial = books(world, id)
    assert trial.get("held", 0) >= 0
    assert -trial.get("budget", 0) <= Decimal("1.40")
    with world.db.work() as connection:
        for row in money.balances(connection, id):
            assert row["payable"] + row["held"] + row["paid"] == row["earned"] + row["bonus"] - row["reversed"]
            told = csv.DictReader(io.StringIO(file_of_earnings(world.db, row["account_id"], None)))
            lines = [(Decimal(line["amount"]), Decimal(line["held"])) for line in told]
            assert [sum(column) for column in zip(*lines, strict=True)] == [row["payable"], row["held"]], "it adds up"
