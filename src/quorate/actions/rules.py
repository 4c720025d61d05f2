"""A project's rules, compiled: its steps with their questions and conditions, and its policy.

Every process keeps them and reads them again when the project's `epoch` has grown. What follows from counting (how
likely an audit must be, what audits have shown of the models) is looked at again every few seconds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from threading import Lock
from typing import Any
from uuid import UUID

from quorate.errors import Conflict, NotFound
from quorate.flow import merkle
from quorate.flow.coverage import Covered
from quorate.flow.decide import MachineRecord
from quorate.flow.exam import Exam
from quorate.flow.lag import waived
from quorate.flow.mapping import Version, heard
from quorate.flow.policy import Policy
from quorate.flow.project import moment
from quorate.flow.route import costs
from quorate.flow.training import Training
from quorate.flow.trust import Term
from quorate.labels import conditions
from quorate.labels.guideline import ACCESSIBILITY
from quorate.labels.schema import Question, parse
from quorate.labels.template import Template
from quorate.store import counts, lag, projects, strata, window
from quorate.store.database import Database, Row
from quorate.store.projects import Project
from quorate.store.specs import versions as spec_versions

FRESH_SECONDS = 2.0
REACH = "languages, domains and classes by step, tests of classes by step"
SELDOM = 20.0
"""What takes a second to count is counted again after so many."""


@dataclass(frozen=True)
class Step:
    """One labelling question about an item, under the schema version in force."""

    id: UUID
    name: str
    position: int
    ask: str
    question: Question
    schema_id: UUID
    when: conditions.Condition | None
    past: tuple[Version, ...] = ()
    """Every version of its schema, the one in force last; empty while there is only one."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Spec id → number of those versions."""
    raised: Decimal = Decimal(0)
    """What a judgement brings on top now, by a rule of the policy."""
    thrift: str | None = None
    """`degraded` or `stopped` since its budget is nearly spent."""

    @property
    def asked(self) -> tuple[str, Question]:
        """Its name and what it asks."""
        return self.name, self.question

    def heard(self, value: Any, schema_id: UUID | str) -> Any | None:
        """What an answer made under some version says under the one in force; None when nothing any more."""
        made = self.numbers.get(str(schema_id))
        return value if made is None else heard(self.past, made, value)


@dataclass(frozen=True)
class Rules:
    """All that the flow of work in a project depends on besides the work itself."""

    project: Project
    policy: Policy
    policy_id: UUID | None
    guideline_id: UUID | None
    guideline_version: int | None
    guideline: Any
    template_id: UUID | None
    template: Template
    schema_versions: Mapping[UUID, int]
    steps: Mapping[UUID, Step]
    machine: MachineRecord = field(default_factory=MachineRecord)
    audit_probability: float = 0.0
    objective: Any = ""
    due: datetime | None = None
    policy_name: str = "policy"
    guideline_name: str = "guideline"
    accessibility: str | None = None
    everybody: Mapping[str, int] = field(default_factory=dict)
    """Answers by stratum, at least; for the policy's shares."""
    covered: tuple[Covered, ...] = ()
    """How far the policy's quotas are met."""
    exams: Mapping[str, tuple[UUID, Exam]] = field(default_factory=dict)
    trainings: Mapping[str, tuple[UUID, Training]] = field(default_factory=dict)
    """By name: the id of the version in force, and what it says."""

    def exam_of(self, term: Term) -> Exam | None:
        """The exam that a term of the policy asks for, if it is one."""
        return self.exams[term.exam][1] if term.exam is not None and term.exam in self.exams else None

    @cached_property
    def terms(self) -> str | None:
        """What one must have shown to get work, as a hash that changes with it (and with what a seat's `reach` looks
        like: else those kept before an upgrade would be misread); None: nothing."""
        if not self.policy.qualification and not self.policy.pay.tiers:
            return None
        exams = [exam.model_dump(mode="json") for _, exam in self.exams.values()]
        asked = [[step.name, step.question.ids] for step in self.steps.values()]
        policy = self.policy.model_dump(mode="json")
        return merkle.digest([REACH, policy["qualification"], policy["pay"]["tiers"], exams, asked]).hex()[:32]

    def price(self, step: Step, tier: str = "") -> Decimal:
        """What a judgement brings somebody of this tier now."""
        return self.policy.pay.price(step.name, tier) + step.raised

    @cached_property
    def prices(self) -> Mapping[str, Mapping[str, str]]:
        """Tier (the empty one is who has none) → id of a step → price, exact; under no id, of what is not known yet."""
        tiers = ["", *(tier.name for tier in self.policy.pay.tiers)]
        unknown = {"": f"{self.policy.pay.most:f}"}
        return {t: {str(s.id): f"{self.price(s, t):f}" for s in self.steps.values()} | unknown for t in tiers}

    @cached_property
    def costs(self) -> Mapping[str, Mapping[str, float]]:
        """Tier → id of a step → how many times as much a judgement costs as the cheapest; empty: all cost the same."""
        told = {
            tier: costs({str(step.id): self.policy.pay.price(step.name, tier) for step in self.steps.values()})
            for tier in self.prices
        }
        return told if any(len(set(each.values())) > 1 for each in told.values()) else {}

    @cached_property
    def pays(self) -> bool:
        """Whether any judgement brings money."""
        return any(Decimal(price) > 0 for prices in self.prices.values() for price in prices.values())

    def limits(self, thrifts: Mapping[UUID, str | None] | None = None) -> dict[UUID, tuple[int, int]]:
        """Step → fewest and most judgements wanted for a task; none where the step has stopped. `thrifts` are newer."""
        found = {}
        for step in self.steps.values():
            now = replace(step, thrift=(thrifts or {}).get(step.id, step.thrift))
            wanted = self.policy_on(now).judgements
            found[step.id] = (0, 0) if now.thrift == "stopped" else (wanted.min, wanted.max)
        return found

    def careful(self, step: Step) -> bool:
        """Whether experts see only what is urgent here, since the budget is nearly spent."""
        return step.thrift == "degraded" and self.policy.spending.cases == "urgent"

    def policy_on(self, step: Step) -> Policy:
        """The policy as it holds for a step now: where its budget is nearly spent, it may want less."""
        return self.policy.degraded() if step.thrift == "degraded" else self.policy

    @cached_property
    def strata(self) -> tuple[window.Share, ...]:
        """Of what no one person may have more than a share, in the order in which it is kept on leases."""
        shares = self.policy.limits.shares
        written = (one for one in shares if one.share < 1 and (one.above is None or self.pays))
        return tuple(window.Share(one.of, one.share, one.least, one.only, one.above) for one in written)

    @cached_property
    def classes(self) -> Mapping[str, Sequence[str]]:
        """By step, its classes as `STEP.CLASS`."""
        return {str(step.id): [f"{step.name}.{id}" for id in step.question.ids] for step in self.steps.values()}

    @cached_property
    def wanted(self) -> Mapping[str, float]:
        """By how much tasks of a kind of which something is missing are preferred."""
        return {key: weight for one in self.covered for key, weight in one.weights().items()}

    @cached_property
    def dependents(self) -> tuple[Step, ...]:
        """The steps that wait for what others decide."""
        return tuple(step for step in self.steps.values() if step.when is not None)

    def named(self, name: str) -> Step:
        """The step of this name. Raises `NotFound`."""
        for step in self.steps.values():
            if step.name == name:
                return step
        raise NotFound(
            "There is no step '{name}'.", where="step", mend="There are: {known}.", name=name, known=list(self.names)
        )

    def asked(self, id: UUID) -> Step:
        """The step with this id. Raises `Conflict` when it is not asked any more."""
        if id not in self.steps:
            raise Conflict(
                "This question was taken out of the project while you held the task; it is not asked any more.",
                where="assignment",
                mend="Claim the next task.",
            )
        return self.steps[id]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the steps, in order."""
        return tuple(step.name for step in self.steps.values())


_kept: dict[tuple[int, UUID], tuple[float, Rules]] = {}
_lock = Lock()


def rules_of(db: Database, project_id: UUID, epoch: int | None = None) -> Rules:
    """The rules in force. With `epoch`, exactly those (a caller that has just read it); else at most 2 s old."""
    kept = _kept.get((id(db), project_id))
    if kept and (kept[1].project.epoch == epoch or (epoch is None and time.monotonic() - kept[0] < FRESH_SECONDS)):
        return kept[1]
    rules = _read(db, project_id)
    with _lock:
        _kept[id(db), project_id] = (time.monotonic(), rules)
    return rules


def rules_now(db: Database, project_id: UUID) -> Rules:
    """The rules in force at this moment, for whoever was called because they changed."""
    with db.read() as connection:
        epoch = projects.get(connection, project_id).epoch
    return rules_of(db, project_id, epoch)


def _read(db: Database, project_id: UUID) -> Rules:
    with db.read() as connection:
        rules = rules_within(connection, project_id)
        share = counts.tasks(connection, project_id)
        audited, error_upper = counts.machine_record(connection, project_id)
        everybody = strata.answered(connection, project_id) if rules.policy.limits.shares else {}
        covered = _coverage(connection, rules)
    audit = rules.policy.audit
    probability = min(1.0, max(audit.rate, audit.min / share if share else 0.0)) if audit.rate else 0.0
    machine = MachineRecord(audited, error_upper)
    return replace(rules, machine=machine, audit_probability=probability, everybody=everybody, covered=covered)


_counted: dict[UUID, tuple[float, tuple[Covered, ...]]] = {}


def _coverage(connection: Any, rules: Rules) -> tuple[Covered, ...]:
    """How far the quotas are met. What takes long to count is counted the more seldom."""
    key, now = rules.project.id, time.monotonic()
    kept = _counted.get(key)
    if kept and kept[0] > now and [one.quota for one in kept[1]] == list(rules.policy.coverage):
        return kept[1]
    names = {step.id: step.name for step in rules.steps.values()}
    found = tuple(
        Covered(quota, strata.decided(connection, rules.project.id, quota.of, names)) for quota in rules.policy.coverage
    )
    _counted[key] = (time.monotonic() + SELDOM * (time.monotonic() - now), found)
    return found


def rules_within(connection: Any, project_id: UUID) -> Rules:
    """The rules as a transaction sees them, without what follows from counting."""
    specs = {(row.kind, row.name): row for row in projects.specs_in_force(connection, project_id)}
    past = {name: _past(connection, row) for (kind, name), row in specs.items() if kind == "schema"}
    rules = _compile(projects.get(connection, project_id), specs, projects.steps(connection, project_id), past)
    return _opened(rules, lag.opened(connection, project_id)) if rules.policy.lag else rules


def _opened(rules: Rules, firing: list[tuple[str, str]]) -> Rules:
    """With the terms waived for which the policy says so, of the steps that will be late."""
    names: dict[str, frozenset[str]] = {}
    for measure in rules.policy.lag:
        for step in (step for name, step in firing if name == measure.name):
            names[step] = names.get(step, frozenset()) | set(measure.waive)
    terms = waived(rules.policy.qualification, names, rules.names)
    return replace(rules, policy=rules.policy.model_copy(update={"qualification": terms}))


def _past(connection: Any, row: Row[Any]) -> list[Row[Any]]:
    if row.version == 1:
        return []
    versions = spec_versions(connection, row.project_id, row.kind, row.name)
    return [old for old in versions if old.body is not None]


def _compile(
    project: Project,
    specs: Mapping[tuple[str, str], Row[Any]],
    rows: list[Row[Any]],
    past: Mapping[str, list[Row[Any]]],
) -> Rules:
    plan = {entry["id"]: entry for entry in (_body(specs, "project") or {}).get("steps", ())}
    schemas = {name: row for (kind, name), row in specs.items() if kind == "schema"}
    questions = {name: parse({name: row.body})[name] for name, row in schemas.items()}
    steps: dict[UUID, Step] = {}
    before: dict[str, Any] = {}
    for row in rows:
        entry = plan[row.name]
        schema = entry.get("schema", row.name)
        when = entry.get("when")
        steps[row.id] = Step(
            id=row.id,
            name=row.name,
            position=row.position,
            ask=entry.get("question", row.name),
            question=questions[schema],
            schema_id=schemas[schema].id,
            when=conditions.compile(when, before) if when else None,
            past=tuple(Version(old.version, parse({schema: old.body})[schema], old.reverts) for old in past[schema]),
            numbers={str(old.id): old.version for old in past[schema]},
            raised=row.raised,
            thrift=row.thrift,
        )
        before[row.name] = {"value": questions[schema].example, "confidence": 1.0}
    policy, guideline, template = (_first(specs, kind) for kind in ("policy", "guideline", "template"))
    return Rules(
        project=project,
        policy=Policy.parse(policy.body if policy else None),
        policy_id=policy.id if policy else None,
        guideline_id=guideline.id if guideline else None,
        guideline_version=guideline.version if guideline else None,
        guideline=guideline.body if guideline else None,
        template_id=template.id if template else None,
        template=Template.model_validate(template.body if template else {}),
        schema_versions={row.id: row.version for row in schemas.values()},
        steps=steps,
        objective=(_body(specs, "project") or {}).get("objective", ""),
        due=_due(_body(specs, "project")),
        policy_name=policy.name if policy else "policy",
        guideline_name=guideline.name if guideline else "guideline",
        exams={n: (row.id, Exam.model_validate(row.body)) for (k, n), row in specs.items() if k == "exam"},
        trainings={n: (row.id, Training.model_validate(row.body)) for (k, n), row in specs.items() if k == "training"},
        accessibility=specs["guideline", ACCESSIBILITY].body["text"] if ("guideline", ACCESSIBILITY) in specs else None,
    )


def _due(project: Any) -> datetime | None:
    written = (project or {}).get("due")
    return None if written is None else moment(written)


def _first(specs: Mapping[tuple[str, str], Row[Any]], kind: str) -> Row[Any] | None:
    """The spec of this kind that is named after it, else the first one."""
    found = [row for (k, name), row in specs.items() if k == kind and (k, name) != ("guideline", ACCESSIBILITY)]
    return specs.get((kind, kind)) or next(iter(found), None)


def _body(specs: Mapping[tuple[str, str], Row[Any]], kind: str) -> Any:
    row = _first(specs, kind)
    return row.body if row else None
