"""All the specs of a project together: is each right, and do they fit one another?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from quorate.errors import Fact, InvalidInput
from quorate.flow.exam import Exam
from quorate.flow.policy import Policy
from quorate.flow.prices import Pay
from quorate.flow.project import ProjectSpec
from quorate.flow.training import Practice, Training
from quorate.labels.fields import faults_of, path, read
from quorate.labels.guideline import Guideline
from quorate.labels.question import Question
from quorate.labels.schema import parse_question
from quorate.labels.template import Template

Key = tuple[str, str]
"""Kind and name of a spec."""

KINDS = ("project", "schema", "policy", "guideline", "rubric", "template", "training", "exam")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one spec; `error.where` is the path of the field in its file."""

    key: Key
    error: InvalidInput


def _loose(body: Any, at: str) -> Any:
    if not isinstance(body, dict):
        raise InvalidInput("A mapping of fields is wanted here.")
    return body


PARSERS: Mapping[str, Callable[[Any, str], Any]] = {
    "project": lambda body, at: read(ProjectSpec, body, at=""),
    "schema": parse_question,
    "policy": lambda body, at: Policy.parse(_loose(body, at)),
    "guideline": lambda body, at: read(Guideline, body, at=""),
    "template": lambda body, at: read(Template, body, at=""),
    "rubric": _loose,
    "training": lambda body, at: read(Training, _loose(body, at), at=""),
    "exam": lambda body, at: read(Exam, _loose(body, at), at=""),
}


def check(bodies: Mapping[Key, Any]) -> list[Fault]:
    """Everything that is wrong with these specs, alone and together; nothing when they may be published."""
    faults: list[Fault] = []
    parsed: dict[Key, Any] = {}
    for key, body in bodies.items():
        try:
            parsed[key] = parse(key, body)
        except InvalidInput as error:
            faults.extend(Fault(key, fault) for fault in faults_of(error))
    project = next((key for key in bodies if key[0] == "project"), None)
    if project is None:
        missing = InvalidInput("There is no project spec.", mend="Write project.yaml.")
        return [*faults, Fault(("project", "project"), missing)]
    if project in parsed:
        # a schema that is there but wrong has been told already; only those that are not there are missing
        wrong = {name for kind, name in bodies if kind == "schema" and (kind, name) not in parsed}
        faults.extend(_together(project, parsed[project], questions(parsed), wrong))
    return faults or ([*_trusted(parsed[project], parsed)] if project in parsed else [])


def parse(key: Key, body: Any) -> Any:
    """One spec, parsed. Raises `InvalidInput` with paths as they are in its file."""
    kind, name = key
    if kind not in PARSERS:
        raise InvalidInput("There is no spec of kind `{kind}`.", mend="There are: {known}.", kind=kind, known=KINDS)
    return PARSERS[kind](body, path(name) if kind == "schema" else "")


def questions(parsed: Mapping[Key, Any]) -> dict[str, Question]:
    """The questions by name."""
    return {name: question for (kind, name), question in parsed.items() if kind == "schema"}


def _together(key: Key, project: ProjectSpec, known: Mapping[str, Question], wrong: set[str]) -> list[Fault]:
    if any(step.asks in wrong for step in project.steps):
        return []
    try:
        project.check(known)
    except InvalidInput as error:
        return [Fault(key, fault) for fault in faults_of(error)]
    return []


def _trusted(project: ProjectSpec, parsed: Mapping[Key, Any]) -> Iterator[Fault]:
    """Do exams, trainings and the policy name steps, questions and one another that are there?"""
    asked = {step.id: questions(parsed)[step.asks] for step in project.steps}
    for key, spec in parsed.items():
        match spec:
            case Policy():
                yield from _qualified(key, spec, asked, parsed)
                yield from _priced(key, spec.pay, asked, parsed)
                yield from _told_apart(key, spec, asked)
                yield from _waived(key, spec, parsed)
            case Exam():
                yield from _examined(key, spec, asked)
            case Training():
                yield from _taught(key, spec, asked)


def _qualified(key: Key, policy: Policy, asked: Mapping[str, Question], parsed: Mapping[Key, Any]) -> Iterator[Fault]:
    for place, term in enumerate(policy.qualification):
        at = path("qualification", place)
        yield from _known(key, term.steps, asked, at)
        if term.source not in parsed:
            yield _unknown(key, at, term.source)


def _examined(key: Key, exam: Exam, asked: Mapping[str, Question]) -> Iterator[Fault]:
    yield from _known(key, exam.steps, asked, "")
    plain = [name for name in exam.steps or asked if name in asked and not asked[name].ids]
    if exam.per == "class" and plain:
        yield _fault(key, "per", "The question of the step `{name}` has no classes to test one by one.", name=plain[0])


def _taught(key: Key, training: Training, asked: Mapping[str, Question]) -> Iterator[Fault]:
    for number, lesson in enumerate(training.lessons):
        for place, practice in enumerate(lesson.practice):
            yield from _practised(key, practice, asked, path("lessons", number, "practice", place))


def _priced(key: Key, pay: Pay, asked: Mapping[str, Question], parsed: Mapping[Key, Any]) -> Iterator[Fault]:
    for field in ("judgement", "adjudication"):
        amounts = getattr(pay, field)
        if isinstance(amounts, dict):
            yield from _known(key, amounts, asked, path("pay", field), "")
            if missing := [name for name in asked if name not in amounts]:
                yield _fault(
                    key,
                    path("pay", field),
                    "The step `{name}` has no price.",
                    "Write one for each step.",
                    name=missing[0],
                )
    for place, tier in enumerate(pay.tiers):
        at = path("pay", "tiers", place)
        yield from _known(key, tier.steps, asked, at)
        if isinstance(tier.judgement, dict):
            yield from _known(key, tier.judgement, asked, path(at, "judgement"), "")
        if tier.source not in parsed:
            yield _unknown(key, at, tier.source)
    for place, one in enumerate(pay.raises):
        yield from _known(key, one.steps, asked, path("pay", "raises", place))


NO_SUCH = {
    "class": "There is no class `{name}`.",
    "step": "There is no step `{name}`.",
    "project": "Of the whole there is only `project`, and no `{name}`.",
}


def _told_apart(key: Key, policy: Policy, asked: Mapping[str, Question]) -> Iterator[Fault]:
    """Are the kinds that quotas and shares name there? Attributes of items are whatever the items say."""
    named = [(path("coverage", place), "wanted", one.of, list(one.wanted)) for place, one in enumerate(policy.coverage)]
    named += [
        (path("limits", "shares", place), "only", one.of, list(one.only))
        for place, one in enumerate(policy.limits.shares)
    ]
    known = {
        "project": ["project"], "step": list(asked),
        "class": [f"{name}.{id}" for name, question in asked.items() for id in question.ids],
    }  # fmt: skip
    for at, field, of, kinds in named:
        if of not in known:
            if near := get_close_matches(of, known, 1, 0.85):
                yield _fault(
                    key, path(at, "of"), "`{name}` would be an attribute of the items.", "Did you mean `{near}`?",
                    name=of, near=near[0],
                )  # fmt: skip
            continue
        for place, kind in enumerate(kinds):
            if kind not in known[of]:
                where = path(at, field, kind if field == "wanted" else place)
                detail = NO_SUCH[of]
                yield _nearly(key, where, detail, kind, known[of])


def _waived(key: Key, policy: Policy, parsed: Mapping[Key, Any]) -> Iterator[Fault]:
    """Are the exams and trainings there that late steps do without?"""
    known = [name for kind, name in parsed if kind in {"exam", "training"}]
    for place, measure in enumerate(policy.lag):
        for number, name in enumerate(measure.waive):
            if name not in known:
                where = path("lag", place, "waive", number)
                detail = "There is no exam or training `{name}`."
                yield _nearly(key, where, detail, name, known)


def _nearly(key: Key, at: str, detail: str, name: str, known: list[str]) -> Fault:
    near = get_close_matches(name, known, 1)
    mend = "Did you mean `{near}`?" if near else "There are: {known}." if known else "Remove it."
    return _fault(key, at, detail, mend, name=name, near=near[0] if near else "", known=known)


def _practised(key: Key, practice: Practice, asked: Mapping[str, Question], at: str) -> Iterator[Fault]:
    if not practice.step and len(asked) > 1:
        yield _fault(key, path(at, "step"), "Which step is it about?", "There are: {known}.", known=list(asked))
        return
    yield from _known(key, [practice.step] if practice.step else (), asked, at, "step")
    question = asked.get(practice.step) if practice.step else next(iter(asked.values()), None)
    if question is not None:
        body = practice.item if isinstance(practice.item, dict) else {"text": practice.item}
        try:
            question.check_on(question.check(practice.answer), body)
        except InvalidInput as error:
            error.where = path(at, "answer")
            yield Fault(key, error)


def _known(
    key: Key, named: Iterable[str], asked: Mapping[str, Question], at: str, field: str = "steps"
) -> Iterator[Fault]:
    for place, name in enumerate(named):
        if name not in asked:
            where = path(at, field, place) if field == "steps" else path(at, field or name)
            yield _fault(key, where, "There is no step `{name}`.", "There are: {known}.", name=name, known=list(asked))


def _unknown(key: Key, at: str, source: Key) -> Fault:
    kind, name = source
    detail = "There is no exam `{name}`." if kind == "exam" else "There is no training `{name}`."
    return _fault(key, path(at, kind), detail, name=name)


def _fault(key: Key, at: str, detail: str, mend: str | None = None, **facts: Fact) -> Fault:
    return Fault(key, InvalidInput(detail, where=at, mend=mend, **facts))
