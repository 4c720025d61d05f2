"""Who may have a task, and who should: the pure rules. That the claim says the same: tests/actions/test_routing.py."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.flow.coverage import Covered
from quorate.flow.policy import Quota
from quorate.flow.route import (
    Candidate,
    Fitness,
    Standing,
    checked,
    costs,
    edge,
    ranked,
    room,
    score,
    standing,
    tells,
    typical,
    unfit,
)  # fmt: skip

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HORIZON = timedelta(days=1)
BETWEEN = Standing(0, 1, 0.5)
counts = st.lists(st.floats(0.5, 20), min_size=9, max_size=9).map(lambda flat: np.reshape(flat, (3, 3)))


def scored(task, own=None):
    return score(task, own, now=NOW, horizon=HORIZON)


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
        (Fitness(conflicts=frozenset({"acme"})), {"parties": ["zeta", "Acme"]}, None, "conflict"),
    ],
)
def test_who_may_be_given_an_item(fitness, attributes, needs, why):
    assert unfit(fitness, attributes, needs) == why


@pytest.mark.parametrize("wrong", [{"access": 7}, {"parties": {"a": 1}}, {"parties": ["a", 2]}, {"due": "soon"}])
def test_attributes_that_routing_cannot_read_are_refused(wrong):
    with pytest.raises(InvalidInput, match=r"wanted|no date"):
        checked(wrong)
    assert checked({"access": "a", "parties": ["b"], "due": "2026-12-24T18:00:00Z"})


def test_a_task_stands_between_its_two_likeliest_classes():
    assert standing([0.2, 0.5, 0.3]) == Standing(1, 2, 0.5)
    assert standing([0.4, 0.4, 0.2]) == Standing(0, 1, 0.4)
    assert standing([1.0]) is None


@given(st.lists(counts, min_size=1, max_size=4))
def test_the_edge_is_symmetric_one_for_who_is_like_the_others_and_tells_how_often_each_class_was_met(people):
    own = np.array(edge(people[0], typical(people)))
    apart = own[~np.eye(3, dtype=bool)]
    assert own == pytest.approx(own.T) or np.allclose(own - own.T, np.diag(np.diag(own - own.T)), atol=1e-3)
    assert (apart > 0).all()
    assert np.diag(own) == pytest.approx(1 / people[0].sum(axis=1), abs=1e-4)
    assert np.array(edge(people[0], typical([people[0]])))[~np.eye(3, dtype=bool)] == pytest.approx(np.ones(6))


def test_a_task_goes_to_who_is_furthest_ahead_on_its_two_classes_and_not_to_who_is_best_at_everything():
    knows_ab, knows_all = [[9, 1, 1], [1, 9, 1], [4, 4, 4]], [[18, 1, 1], [1, 18, 1], [1, 1, 18]]
    others = typical([knows_ab, knows_all])
    ab, bc = Candidate(0, Standing(0, 1, 0.5)), Candidate(1, Standing(1, 2, 0.5))
    first = [ranked([ab, bc], [scored(t, edge(rows, others)) for t in (ab, bc)])[0] for rows in (knows_ab, knows_all)]
    assert first == [ab, bc]


@given(st.lists(st.tuples(st.floats(0.1, 9), st.floats(-50, 50), st.floats(1, 2)), min_size=1, max_size=12))
def test_all_are_ranked_once_by_their_score_and_equals_by_their_place(drawn):
    tasks = [Candidate(n, BETWEEN, value, NOW + timedelta(hours=due), wanted)
             for n, (value, due, wanted) in enumerate(drawn)]  # fmt: skip
    scores = [scored(task) for task in tasks]
    order = ranked(tasks, scores)
    assert sorted(task.place for task in order) == list(range(len(tasks)))
    assert all((-scores[a.place], a.place) < (-scores[b.place], b.place) for a, b in pairwise(order))


def test_value_date_and_what_is_missing_weigh():
    plain = scored(Candidate(0))
    assert scored(Candidate(0, value=3.0)) == 3 * plain
    assert scored(Candidate(0, due=NOW + HORIZON / 4)) == pytest.approx(1.75 * plain)
    assert scored(Candidate(0, due=NOW - 9 * HORIZON)) == 2 * plain
    assert scored(Candidate(0, wanted=1.5)) == 1.5 * plain


def test_what_an_answer_adds_is_weighed_by_what_it_costs():
    prices = {"topic": Decimal("0.04"), "spans": Decimal("0.12"), "free": Decimal(0)}
    assert costs(prices) == {"topic": 1, "spans": pytest.approx(3), "free": 1}
    assert costs({"free": Decimal(0)}) == {"free": 1}
    cheap, dear = Candidate(0), Candidate(1, cost=3.0)
    assert scored(dear) == pytest.approx(scored(cheap) / 3)
    assert scored(Candidate(1, value=4.0, cost=3.0)) > scored(cheap)
    own = edge([[9.0, 1.0], [1.0, 9.0]], [[0, 1], [1, 0]])
    assert tells(Candidate(0, BETWEEN, cost=2.0), own) == tells(Candidate(0, BETWEEN), own) / 2


def test_exploring_prefers_sure_tasks_of_the_classes_least_measured():
    own = edge([[90.0, 10.0], [1.0, 3.0]], [[0, 1], [1, 0]])
    fresh, unsure = Candidate(0), Candidate(1, Standing(1, 0, 0.5))
    common, rare = Candidate(2, Standing(0, 1, 0.98)), Candidate(3, Standing(1, 0, 0.98))
    tasks = [fresh, unsure, common, rare]
    assert [task.place for task in ranked(tasks, [tells(task, own) for task in tasks])] == [3, 1, 2, 0]


def test_what_is_missing_of_a_quota_is_preferred_until_it_is_there():
    quota = Quota(of="language", wanted={"de": 10, "fr": 4})
    assert Covered(quota, {"de": 5, "fr": 4, "en": 9}).weights() == {"language=de": 1.5}
    assert Covered(quota, {}).missing() == {"de": 10, "fr": 4}


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
