"""What it takes to finish follows what each state of task still needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from quorate.flow.outlook import Ahead, Prices, Work, needed, outlooks

PRICES = Prices(judgement=Decimal("0.04"), adjudication=Decimal("1.20"), fewest=2)
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def work(**these):
    return Work(**{"open": 0, "contested": 0, "decided": 0, "settled": Decimal(0), "begun": Decimal(0), "hourly": 0.0}
                | these)  # fmt: skip


def test_before_anything_is_decided_the_fewest_judgements_do():
    assert needed(work(open=100), PRICES) == Decimal("8.00")
    assert needed(work(), PRICES) == 0


def test_a_contested_task_takes_an_adjudication_and_no_more():
    assert needed(work(contested=3, decided=50, settled=Decimal(10)), PRICES) == Decimal("3.60")


def test_an_open_task_takes_what_a_decided_one_did_less_what_it_got():
    done = {"decided": 50, "settled": Decimal("5.00")}
    assert needed(work(open=10, **done), PRICES) == Decimal("1.00")
    assert needed(work(open=10, begun=Decimal("0.40"), **done), PRICES) == Decimal("0.60")


def test_an_open_task_takes_one_more_judgement_at_least():
    done = {"decided": 50, "settled": Decimal("5.00")}
    assert needed(work(open=10, begun=Decimal("2.00"), **done), PRICES) == Decimal("0.40")


def alone(work, left):
    return outlooks({"it": Ahead(work, PRICES)}, left, NOW)["it"]


def test_money_that_does_not_last_ends_when_it_goes_as_fast_as_now():
    far = alone(work(open=100, hourly=2.0), Decimal(4))
    assert (far.needed, far.ends, far.undone) == (Decimal("8.00"), NOW + timedelta(hours=2), 50)
    assert alone(work(open=100), Decimal(4)).ends is None
    assert alone(work(open=100), None).undone == 0
    assert alone(work(open=100), Decimal(8)).undone == 0
    assert outlooks({}, Decimal(8), NOW) == {}


def test_what_is_too_little_for_all_steps_is_spent_once():
    each = Ahead(work(open=100, hourly=2.0), PRICES)  # which needs 8.00
    both = outlooks({"a": each, "b": replace(each, work=replace(each.work, hourly=0.0))}, Decimal(12), NOW)
    assert {key: (one.ends, one.undone) for key, one in both.items()} == {
        "a": (NOW + timedelta(hours=6), 25), "b": (NOW + timedelta(hours=6), 25),
    }  # fmt: skip


def test_a_step_takes_no_more_of_the_projects_money_than_its_own_budget_lets_it():
    each = Ahead(work(open=100, hourly=2.0), PRICES)
    both = outlooks({"a": replace(each, left=Decimal(2)), "b": each}, Decimal(10), NOW)
    assert (both["a"].ends, both["a"].undone) == (NOW + timedelta(hours=1), 75)
    assert (both["b"].ends, both["b"].undone) == (None, 0)
