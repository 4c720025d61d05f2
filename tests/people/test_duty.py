from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quorate.people.duty import PATIENCE, Expert, Matter, lapsed, on_duty, turn
from quorate.people.hours import Hours

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALL_DAY = Hours("UTC", {day: [(time(0), time(0))] for day in range(7)})
ANN, BEN, CAT, EVE = (UUID(int=n) for n in range(1, 5))


def matter(authors=(EVE,), hours=8.0):
    return Matter(frozenset(authors), "dog", timedelta(minutes=10), MONDAY + timedelta(hours=hours))


def test_the_desk_decides_and_the_next_is_the_backup():
    given = turn(matter(), [Expert(ANN, ALL_DAY, timedelta(hours=1)), Expert(BEN, ALL_DAY)], MONDAY)
    assert (given.expert, given.backup, given.late) == (BEN, ANN, False)
    assert given.done == MONDAY + timedelta(minutes=10)


def test_nobody_judges_the_same_annotator_or_class_again_while_another_can():
    seen = [Expert(ANN, ALL_DAY, annotators={EVE: 3}), Expert(BEN, ALL_DAY, timedelta(hours=2))]
    assert turn(matter(), seen, MONDAY).expert == BEN
    classes = [Expert(ANN, ALL_DAY, classes={"dog": 1}), Expert(BEN, ALL_DAY, timedelta(hours=2))]
    assert turn(matter(), classes, MONDAY).expert == BEN


def test_turns_go_round():
    judged = {ANN: 0, BEN: 0, CAT: 0}
    for _ in range(30):
        experts = [Expert(who, ALL_DAY, annotators={EVE: count}) for who, count in judged.items()]
        judged[turn(matter(), experts, MONDAY).expert] += 1
    assert set(judged.values()) == {10}


def test_who_is_away_does_not_get_what_is_due_today():
    evening = Hours("UTC", {day: [(time(18), time(22))] for day in range(7)})
    experts = [Expert(ANN, evening), Expert(BEN, ALL_DAY, timedelta(hours=3))]
    assert turn(matter(hours=4), experts, MONDAY).expert == BEN
    assert on_duty(experts, MONDAY) == [BEN]


def test_when_all_are_late_the_first_to_be_done_gets_it_and_it_is_said():
    experts = [Expert(ANN, ALL_DAY, timedelta(hours=9)), Expert(BEN, ALL_DAY, timedelta(hours=7))]
    given = turn(matter(hours=1), experts, MONDAY)
    assert given.expert == BEN
    assert given.late


def test_the_backup_steps_in_for_who_did_not_come():
    experts = [Expert(ANN, ALL_DAY), Expert(BEN, ALL_DAY)]
    first = turn(matter(), experts, MONDAY)
    second = turn(matter(), experts, MONDAY, passed=frozenset([first.expert]))
    assert second.expert == first.backup
    assert second.backup is None
    assert turn(matter(), experts, MONDAY, passed=frozenset([ANN, BEN])) is None


@given(st.sets(st.sampled_from([ANN, BEN, CAT])), st.lists(st.integers(0, 20), min_size=3, max_size=3))
def test_nobody_judges_their_own_work(authors, desks):
    experts = [Expert(w, ALL_DAY, timedelta(hours=h)) for w, h in zip([ANN, BEN, CAT], desks, strict=True)]
    given = turn(matter(authors), experts, MONDAY)
    assert (given is None) == (authors == {ANN, BEN, CAT})
    assert given is None or not {given.expert, given.backup} & authors


@given(st.integers(1, 600), st.integers(1, 40), st.integers(0, 23))
def test_a_turn_ends_while_another_can_still_be_in_time(minutes, hours, hour):
    now = MONDAY.replace(hour=hour)
    case = Matter(frozenset(), "dog", timedelta(minutes=minutes), now + timedelta(hours=hours))
    found = turn(case, [Expert(ANN, ALL_DAY)], now)
    assert found.done < found.ends
    assert found.late == (found.done > case.due)
    if case.due - found.done > 2 * PATIENCE:
        assert found.ends - found.done == (case.due - found.done) / 2


def test_why_a_turn_is_over():
    experts = {ANN: Expert(ANN, ALL_DAY), BEN: Expert(BEN, Hours("UTC", {}))}
    ends = MONDAY + timedelta(hours=1)
    assert lapsed(matter(), ANN, ends, experts, MONDAY) is None
    assert lapsed(matter(), ANN, ends, experts, ends) == "late"
    assert lapsed(matter(), BEN, ends, experts, MONDAY) == "away"
    assert lapsed(matter([ANN]), ANN, ends, experts, MONDAY) == "skipped"
    assert lapsed(matter(), CAT, ends, experts, MONDAY) == "left"
