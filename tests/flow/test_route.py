from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.flow.route import Candidate, Fitness, ranked, room, tells, unfit, worth

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HORIZON = timedelta(days=1)
GOOD = [[8.0, 1.0], [1.0, 8.0]]


def candidate(place, posterior, **more):
    return Candidate(UUID(int=place), place, posterior, **more)


def scored(candidates, rows=GOOD, price=0.05):
    return worth(candidates, rows, price=price, now=NOW, horizon=HORIZON)


@pytest.mark.parametrize(
    ("fitness", "attributes", "needs", "why"),
    [
        (Fitness(), {}, None, None),
        (Fitness(), {"language": "de", "domain": "law"}, None, None),
        (Fitness(), {}, "radiology", "qualification"),
        (Fitness(qualifications=frozenset({"radiology"})), {}, "radiology", None),
        (Fitness(languages=frozenset({"en"})), {"language": "de"}, None, "language"),
        (Fitness(languages=frozenset({"en"})), {"language": ["en", "de"]}, None, "language"),
        (Fitness(domains=frozenset({"law"})), {"domain": "med"}, None, "domain"),
        (Fitness(), {"access": "patients"}, None, "access"),
        (Fitness(access=frozenset({"patients"})), {"access": ["patients"]}, None, None),
        (Fitness(conflicts=frozenset({"acme"})), {"parties": ["zeta", "acme"]}, None, "conflict"),
    ],
)
def test_who_may_be_given_an_item(fitness, attributes, needs, why):
    assert unfit(fitness, attributes, needs) == why


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=12), st.lists(st.floats(0.5, 20), min_size=4, max_size=4))
def test_an_answer_is_never_worth_less_than_nothing_and_all_candidates_are_ranked_once(chances, counts):
    candidates = [candidate(place, [p, 1 - p]) for place, p in enumerate(chances)]
    scores = scored(candidates, np.reshape(counts, (2, 2)))
    assert (scores >= 0).all()
    order = ranked(candidates, scores)
    assert sorted(c.place for c in order) == list(range(len(candidates)))
    by_task = dict(zip([c.task for c in candidates], scores, strict=True))
    assert all(by_task[a.task] >= by_task[b.task] for a, b in pairwise(order))


def test_the_doubtful_the_valuable_and_the_urgent_come_first_and_equals_by_their_place():
    def first(*candidates):
        return ranked(candidates, scored(candidates))[0].place

    assert first(candidate(0, [0.98, 0.02]), candidate(1, [0.5, 0.5])) == 1
    assert first(candidate(0, [0.6, 0.4]), candidate(1, [0.6, 0.4], value=3.0)) == 1
    assert first(candidate(0, [0.6, 0.4]), candidate(1, [0.6, 0.4], due=NOW + HORIZON / 4)) == 1
    assert first(candidate(1, [0.6, 0.4]), candidate(0, [0.6, 0.4])) == 0


def test_a_task_goes_to_who_can_tell_its_classes_apart():
    three = [candidate(0, [0.5, 0.5, 0.0]), candidate(1, [0.0, 0.5, 0.5])]
    blind_to_the_first_pair = [[5, 5, 0.1], [5, 5, 0.1], [0.1, 0.1, 10]]
    assert ranked(three, scored(three, blind_to_the_first_pair))[0].place == 1


def test_due_dates_weigh_between_once_and_twice():
    plain, past = scored([candidate(0, [0.5, 0.5]), candidate(1, [0.5, 0.5], due=NOW - 9 * HORIZON)])
    assert past == pytest.approx(2 * plain)


def test_exploring_prefers_sure_tasks_of_the_classes_least_measured():
    rows = [[90.0, 10.0], [1.0, 3.0]]
    sure_rare, sure_common, unsure = candidate(0, [0.02, 0.98]), candidate(1, [0.98, 0.02]), candidate(2, [0.5, 0.5])
    order = ranked([unsure, sure_common, sure_rare], tells([unsure, sure_common, sure_rare], rows))
    assert [c.place for c in order] == [0, 2, 1]


@given(st.integers(0, 500), st.integers(0, 2000), st.floats(0.01, 0.95), st.integers(0, 30))
def test_nobody_gets_above_their_share_and_nobody_is_refused_the_least(own, others, share, least):
    more = room(own, own + others, share, least)
    after = own + more
    assert more == 0 or after <= max(least, share * (own + others + more) + 1e-6)
    assert after >= least
    assert after + 1 > least
    assert after + 1 > share * (own + others + more + 1) - 1e-6  # and not less than they may


def test_a_whole_share_is_no_limit():
    assert room(10**6, 10**6, 1.0, 0) > 10**6
