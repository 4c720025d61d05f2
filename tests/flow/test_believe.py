import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.flow.believe import believe, learn
from quorate.flow.classes import frequency
from quorate.flow.decide import Facts, heard
from quorate.flow.evidence import Answer, Prior, Role, Skill
from quorate.flow.policy import Policy
from quorate.labels.schema import parse_question

SPECS = {
    "choice": ({"kind": "choice", "classes": ["a", "b", "c"]}, st.sampled_from("abc")),
    "choices": (
        {"kind": "choices", "classes": ["a", "b", "c"]},
        st.lists(st.sampled_from("abc"), unique=True).map(sorted),
    ),
    "scale": ({"kind": "scale", "points": 5}, st.integers(1, 5).map(str)),
    "number": ({"kind": "number", "min": 0, "max": 100}, st.floats(0, 100)),
    "unbounded": ({"kind": "number", "tolerance": 0.5}, st.floats(-50, 50)),
    "text": ({"kind": "text"}, st.sampled_from(["the cat sat", "The cat sat.", "a cat sat", "dogs run", "no"])),
}
QUESTIONS = {name: parse_question(spec) for name, (spec, _) in SPECS.items()}
KINDS = pytest.mark.parametrize("kind", SPECS)


def answers(question, values, roles=None):
    roles = roles or [Role.CROWD] * len(values)
    return [
        Answer(n, n, role, question.check(value), Skill.prior(question, role))
        for n, (value, role) in enumerate(zip(values, roles, strict=True))
    ]


@KINDS
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_posterior_holds_together(kind, data):
    question = QUESTIONS[kind]
    roles = data.draw(st.lists(st.sampled_from(Role), min_size=1, max_size=6))
    said = answers(question, [data.draw(SPECS[kind][1]) for _ in roles], roles)
    posterior = believe(question, said)
    question.check(posterior.value)
    assert 0 <= posterior.confidence < 1
    assert 0 <= posterior.ambiguity <= 1 + 1e-9
    assert len(posterior.moves) == len(said)
    assert posterior.moves[-1].after == pytest.approx(posterior.confidence)
    for earlier, later in zip(posterior.moves, posterior.moves[1:], strict=False):
        assert later.before == earlier.after
    quick = believe(question, said, trace=False)
    assert (quick.value, quick.confidence, quick.moves) == (posterior.value, posterior.confidence, ())
    if kind in {"choice", "scale"}:
        assert sum(posterior.probabilities.values()) == pytest.approx(1)
        assert posterior.probabilities[posterior.value] == posterior.confidence


@KINDS
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_who_answers_first_does_not_matter_to_the_value(kind, data):
    question = QUESTIONS[kind]
    said = answers(question, data.draw(st.lists(SPECS[kind][1], min_size=1, max_size=6)))
    one, other = believe(question, said), believe(question, said[::-1])
    assert one.confidence == pytest.approx(other.confidence, abs=1e-6)


@KINDS
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_agreement_makes_sure(kind, data):
    question = QUESTIONS[kind]
    value = data.draw(SPECS[kind][1])
    sure = [believe(question, answers(question, [value] * n)).confidence for n in (1, 2, 4, 8)]
    assert sure == sorted(sure)


@KINDS
def test_nobody_has_answered(kind):
    posterior = believe(QUESTIONS[kind], [])
    assert posterior.value is None
    assert posterior.confidence <= 0.5


@KINDS
def test_an_expert_weighs_more_than_one_of_the_crowd(kind):
    question = QUESTIONS[kind]
    one, other = {"choices": (["a"], ["b", "c"]), "text": ("the cat sat", "dogs run")}.get(kind, ("1", "4"))
    if question.kind == "number":
        one, other = 20, 24
    if kind == "choice":
        one, other = "a", "b"
    posterior = believe(question, answers(question, [one, other], [Role.CROWD, Role.EXPERT]))
    assert question.distance(posterior.value, question.check(other)) < question.distance(
        posterior.value, question.check(one)
    )


@KINDS
def test_skills_and_priors_survive_the_way_through_json(kind):
    question = QUESTIONS[kind]
    for role in Role:
        skill = Skill.prior(question, role)
        assert Skill.from_json(skill.to_json()) == skill
    assert Prior.from_json(Prior.flat(question).to_json()) == Prior.flat(question)


@KINDS
def test_who_is_often_right_becomes_more_convincing(kind):
    question = QUESTIONS[kind]
    right, wrong = {"choices": (["a"], ["b"]), "text": ("the cat sat", "dogs run")}.get(kind, ("2", "5"))
    if question.kind == "number":
        right, wrong = 20, 60
    if kind == "choice":
        right, wrong = "a", "b"
    right, wrong = question.check(right), question.check(wrong)
    good = poor = Skill.prior(question, Role.CROWD)
    for _ in range(30):
        good, poor = learn(question, good, right, right), learn(question, poor, wrong, right)

    def sure(skill):
        return believe(question, [Answer(0, 0, Role.CROWD, right, skill)])

    assert sure(good).confidence > sure(Skill.prior(question, Role.CROWD)).confidence
    if kind != "text":
        assert sure(good).confidence > sure(poor).confidence


def test_an_annotator_who_swaps_two_classes_is_read_backwards():
    question = QUESTIONS["choice"]
    skill = Skill.prior(question, Role.CROWD)
    for _ in range(60):
        skill = learn(question, learn(question, skill, "a", "b"), "b", "a")
    assert believe(question, [Answer(0, 0, Role.CROWD, "a", skill)]).value == "b"


def test_near_points_of_a_scale_support_each_other():
    question = QUESTIONS["scale"]
    near = believe(question, answers(question, ["2", "2", "3"])).confidence
    far = believe(question, answers(question, ["2", "2", "5"]))
    assert far.value == "2"
    assert far.probabilities["3"] < believe(question, answers(question, ["2", "2", "3"])).probabilities["3"]
    assert near > 0.3


def test_one_slip_of_the_finger_does_not_move_a_number():
    question = QUESTIONS["number"]
    assert believe(question, answers(question, [20, 21, 22, 99])).value == pytest.approx(21.5, abs=2)


def test_texts_that_differ_by_case_and_full_stop_agree():
    question = QUESTIONS["text"]
    agreeing = believe(question, answers(question, ["The cat sat.", "the cat sat"]))
    assert agreeing.value == "The cat sat."
    assert agreeing.confidence > 0.86
    assert believe(question, answers(question, ["the cat sat", "dogs run"])).confidence < 0.5


def test_an_answer_of_an_older_schema_is_not_heard():
    question = QUESTIONS["choice"]
    said = answers(question, ["a", "a"])
    old = Answer(9, 9, Role.CROWD, "gone", Skill.prior(question, Role.CROWD))
    assert believe(question, [*said, old]).confidence == believe(question, said).confidence


def test_models_are_heard_as_the_policy_allows():
    question = QUESTIONS["choice"]
    said = answers(question, ["a", "b"], [Role.CROWD, Role.MODEL])
    assert heard(said, Policy()) == said
    silent = Policy.parse({"machine": {"may_vote": False}})
    assert heard(said, silent) == said[:1]
    assert Facts.of(heard(said, silent)).judgements == 1
    tested = Policy.parse({"machine": {"may_vote": "machine.audited >= 100"}})
    assert heard(said, tested) == said[:1]


def test_evidence_is_what_the_answers_say_whatever_the_frequencies():
    question = QUESTIONS["choice"]
    said = answers(question, ["a"])
    flat, skewed = believe(question, said), believe(question, said, Prior(((90.0, 5.0, 5.0),)))
    assert flat.evidence == flat.confidence == skewed.evidence
    assert skewed.confidence > skewed.evidence
    against = believe(question, said, Prior(((5.0, 90.0, 5.0),)))
    assert against.value == "b"
    assert against.evidence < 0.3


def test_how_frequent_a_value_is_by_the_prior():
    one_of = parse_question({"kind": "choice", "classes": ["a", "b", "c"]})
    assert frequency(one_of, Prior(((6.0, 3.0, 1.0),)), "b") == pytest.approx(0.3)
    any_of = parse_question({"kind": "choices", "classes": ["a", "b"]})
    assert frequency(any_of, Prior(((1.0, 3.0), (9.0, 1.0))), ["a"]) == pytest.approx(0.75 * 0.9)
    assert frequency(parse_question({"kind": "number"}), Prior(((0.0, 1.0),)), 3) is None
