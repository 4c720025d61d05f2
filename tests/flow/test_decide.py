from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.flow.decide import Accept, AskMore, Escalate, Facts, MachineRecord, Retire, decide, places
from quorate.flow.evidence import Posterior
from quorate.flow.policy import Policy


def belief(confidence, value="a"):
    return Posterior(value, confidence, {"a": confidence, "b": 1 - confidence}, 0.5, "test")


def folded(one, other):
    return one.lower() == other.lower()


COSTLY = Policy.parse(
    {
        "judgements": {"min": 2, "max": 5},
        "accept": {"confidence": 0.9},
        "escalate": [
            {"when": "value == 'a' && confidence < 0.95 && item.value == 'high'", "reason": "costly"},
            {"when": "ambiguity > 2.0", "to": "manager", "reason": "never"},
        ],
        "retire": [{"when": "item.withdrawn == true", "reason": "withdrawn"}],
        "machine": {"may_decide": "confidence > 0.99 && machine.audited >= 200 && machine.error_upper < 0.01"},
        "pay": {"judgement": "0.04"},
    }
)


@pytest.mark.parametrize(
    ("facts", "confidence", "kind", "rule"),
    [
        (Facts(0), 0.5, AskMore, "judgements.min"),
        (Facts(1), 0.99, AskMore, "judgements.min"),
        (Facts(2), 0.99, Accept, "accept.confidence"),
        (Facts(2), 0.7, AskMore, "accept.confidence"),
        (Facts(2, item={"value": "high"}), 0.92, Escalate, "escalate[0]"),
        (Facts(2, item={"value": "low"}), 0.92, Accept, "accept.confidence"),
        (Facts(1, item={"value": "high"}), 0.92, AskMore, "judgements.min"),
        (Facts(5), 0.6, Escalate, "judgements.max"),
        (Facts(5), 0.95, Accept, "accept.confidence"),
        (Facts(3, skips=3), 0.6, Escalate, "judgements.skips"),
        (Facts(2, item={"withdrawn": True}), 0.99, Retire, "retire[0]"),
        (Facts(2, gold=True), 0.99, AskMore, "gold"),
        (Facts(2, budget=Decimal("0.03")), 0.6, AskMore, "budget"),
        (Facts(5, adjudications=1, adjudicated="a"), 0.9, Accept, "experts.enough"),
        (Facts(5, adjudications=1, adjudicated="b"), 0.9, Escalate, "experts.second_opinion"),
        (Facts(5, adjudications=1, adjudicated="a"), 0.6, Escalate, "experts.second_opinion"),
        (Facts(5, adjudications=1, adjudicated="A", same=folded), 0.9, Accept, "experts.enough"),
        (Facts(5, adjudications=3, adjudicated="b"), 0.6, Accept, "experts.max"),
        (Facts(1, models=1, machine=MachineRecord(200, 0.009)), 0.995, Accept, "machine.may_decide"),
        (Facts(1, models=1, machine=MachineRecord(199, 0.009)), 0.995, AskMore, "judgements.min"),
    ],
)
def test_the_rule_that_fires(facts, confidence, kind, rule):
    decision = decide(facts, belief(confidence), COSTLY)
    assert (type(decision), decision.rule) == (kind, rule)
    assert decision.why


def test_a_decision_says_its_numbers():
    decision = decide(Facts(5), belief(0.6123), COSTLY)
    assert decision.why == "confidence 0.612 after 5 judgements, the most there may be; 0.9 wanted"
    assert (decision.to, decision.reason) == ("expert", "undecided")


@given(
    st.integers(0, 12),
    st.integers(0, 5),
    st.floats(0, 1),
    st.integers(1, 4),
    st.integers(0, 6),
)
def test_never_more_judgements_than_the_most(judgements, leases, confidence, fewest, more):
    policy = Policy.parse({"judgements": {"min": fewest, "max": fewest + more}})
    facts = Facts(judgements, leases=leases)
    decision = decide(facts, belief(confidence), policy)
    if isinstance(decision, AskMore):
        assert judgements < policy.judgements.max
        assert judgements + leases + decision.places <= max(policy.judgements.max, judgements + leases)
        assert decision.places == places(facts, policy)
    else:
        assert judgements >= policy.judgements.min


@pytest.mark.parametrize(
    ("body", "where", "said"),
    [
        ({"escalate": [{"when": "judgments > 2", "reason": "x"}]}, "policy.escalate[0].when", "judgments"),
        ({"escalate": [{"when": "confidence <", "reason": "x"}]}, "policy.escalate[0].when", "ends too early"),
        ({"experts": {"second_opinion": "confidence"}}, "policy.experts.second_opinion", "neither true nor false"),
        ({"machine": {"may_vote": "confidence > 'a'"}}, "policy.machine.may_vote", "cannot be evaluated"),
        ({"acept": {}}, "policy.acept", "no field"),
        ({"judgements": {"min": 3, "max": 2}}, "policy.judgements.min", "more than the most"),
        ({"accept": {"confidence": 1.2}}, "policy.accept.confidence", "less than"),
    ],
)
def test_what_is_wrong_in_a_policy_is_told_with_its_place(body, where, said):
    with pytest.raises(InvalidInput) as error:
        Policy.parse(body, "policy")
    assert error.value.where == where
    assert said in error.value.detail


def test_a_policy_survives_the_way_through_json():
    assert Policy.parse(COSTLY.model_dump(mode="json")) == COSTLY
    assert Policy.parse({}) == Policy.parse(None) == Policy.parse(Policy().model_dump(mode="json"))


def test_true_and_false_are_conditions():
    assert not Policy.parse({"machine": {"may_vote": False}}).machine.may_vote.true({})


def test_a_policy_as_people_write_it():
    policy = Policy.parse(
        {
            "judgements": {"min": 2, "max": 7},
            "accept": {"confidence": 0.97},
            "escalate": [
                {"when": "judgements >= max && confidence < accept", "to": "expert", "reason": "undecided"},
                {"when": "value == 'delivery' && confidence < 0.99 && item.value == 'high'", "reason": "costly"},
            ],
            "experts": {"enough": 1, "second_opinion": "confidence < 0.9"},
            "audit": {"rate": 0.03, "min": 100},
            "gold": {"rate": 0.08},
            "machine": {
                "may_vote": True,
                "may_decide": "confidence > 0.995 && machine.audited >= 200 && machine.error_upper < 0.01",
            },
            "lease": {"minutes": 20},
            "pay": {"judgement": 0.04, "adjudication": 1.20},
        }
    )
    assert policy.pay.judgement == Decimal("0.04")
    assert decide(Facts(7), belief(0.9), policy).rule == "escalate[0]"
    assert decide(Facts(2, item={"value": "high"}), belief(0.98, "delivery"), policy).reason == "costly"
    assert decide(Facts(2, item={"value": 3}), belief(0.98, "delivery"), policy).rule == "accept.confidence"


@pytest.mark.parametrize(
    ("evidence", "judgements", "kind"), [(0.7, 1, AskMore), (0.85, 1, Accept), (None, 1, Accept), (0.7, 15, Accept)]
)
def test_no_label_for_its_frequency_alone(evidence, judgements, kind):
    sure = Posterior("a", 0.95, {"a": 0.95, "b": 0.05}, 0.2, "test", evidence=evidence)
    decision = decide(Facts(judgements), sure, Policy())
    assert isinstance(decision, kind)
    if kind is AskMore:
        assert decision.rule == "accept.evidence"
        assert "0.700" in decision.why


def test_a_lower_confidence_wants_no_more_evidence_than_that():
    sure = Posterior("a", 0.75, {"a": 0.75, "b": 0.25}, 0.5, "test", evidence=0.72)
    assert isinstance(decide(Facts(1), sure, Policy().accepting(0.7)), Accept)
