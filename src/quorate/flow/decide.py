"""When is a task done? A pure function of the facts, the belief and the policy: no I/O, no clock.

The same function decides live tasks, replays old votes and runs simulations, so "why" is a re-run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import eq
from typing import Any, Literal

from quorate.errors import InvalidInput
from quorate.flow.evidence import Answer, Json, Posterior, Role
from quorate.flow.policy import Policy
from quorate.labels.conditions import Condition

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class MachineRecord:
    """What audits have shown of the models on this step."""

    audited: int = 0
    error_upper: float = 1.0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision may depend on besides the belief.

    `judgements` counts the crowd's answers and those of models that may vote; `adjudications` the experts'.
    `adjudicated` is the latest expert's value, and `same` says whether two values say the same. `budget` is what is
    left for judgements, None without a limit.
    """

    judgements: int
    crowd: int = 0
    models: int = 0
    adjudications: int = 0
    adjudicated: Json = None
    same: Callable[[Json, Json], bool] = eq
    leases: int = 0
    skips: int = 0
    gold: bool = False
    item: Mapping[str, Any] = field(default_factory=dict)
    machine: MachineRecord = MachineRecord()
    budget: Decimal | None = None

    @classmethod
    def of(cls, answers: Sequence[Answer], **rest: Any) -> Facts:
        """Count the answers that are heard (see `heard`); the rest by name."""
        crowd = sum(answer.role is Role.CROWD for answer in answers)
        models = sum(answer.role is Role.MODEL for answer in answers)
        said = [answer.value for answer in answers if answer.role is Role.EXPERT]
        return cls(
            judgements=crowd + models,
            crowd=crowd,
            models=models,
            adjudications=len(said),
            adjudicated=said[-1] if said else None,
            **rest,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do, the rule that says so, and why in words with numbers."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Accept(Outcome):
    """The likeliest value becomes the label, on the word of `kind`."""

    kind: Literal["crowd", "expert", "model"] = "crowd"


@dataclass(frozen=True, slots=True)
class AskMore(Outcome):
    """Stay open; `places` is how many further annotators may work on it at once (open leases not included)."""

    places: int = 1


@dataclass(frozen=True, slots=True)
class Escalate(Outcome):
    """Send it to someone who can tell."""

    to: Literal["expert", "manager"] = "expert"
    reason: str = "undecided"


@dataclass(frozen=True, slots=True)
class Retire(Outcome):
    """Ask nobody any more; there is no label."""

    reason: str = ""


Decision = Accept | AskMore | Escalate | Retire


def heard(answers: Sequence[Answer], policy: Policy, facts: Facts | None = None) -> list[Answer]:
    """The answers that may enter the belief: all, less those of models when `machine.may_vote` does not hold."""
    if all(answer.role is not Role.MODEL for answer in answers):
        return list(answers)
    known = _setting(facts or Facts.of(answers), None, policy)
    voting = _true(policy.machine.may_vote, known, False)
    return [answer for answer in answers if answer.role is not Role.MODEL or voting]


def decide(facts: Facts, posterior: Posterior, policy: Policy) -> Decision:
    """Accept, ask more, escalate or retire.

    In this order: gold is never decided; `retire`; adjudications (`experts`); a model that may decide; too many
    skips; `escalate` rules, once `judgements.min` are in; `accept`; `judgements.max`; else ask more.
    """
    if facts.gold:
        return AskMore("gold", "the answer is known; it is asked to measure annotators", places=1)
    setting = _Lazily(facts, posterior, policy)
    return (
        _retirement(setting, policy)
        or _adjudicated(facts, posterior, policy, setting)
        or _by_machine(facts, posterior, policy, setting)
        or _by_crowd(facts, posterior, policy, setting)
        or _ask(facts, posterior, policy)
    )


def places(facts: Facts, policy: Policy) -> int:
    """How many more leases an undecided task can use now: up to `min` at once, then one at a time, never past `max`."""
    taken = facts.judgements + facts.leases
    wanted = max(policy.judgements.min, facts.judgements + 1)
    return max(0, min(wanted, policy.judgements.max) - taken)


class _Lazily:
    """The variables of conditions, gathered when a condition first needs them: most decisions have none to ask."""

    def __init__(self, facts: Facts, posterior: Posterior, policy: Policy) -> None:
        self._sources = (facts, posterior, policy)
        self._made: dict[str, Any] | None = None

    def __call__(self) -> dict[str, Any]:
        if self._made is None:
            self._made = _setting(*self._sources)
        return self._made


def _setting(facts: Facts, posterior: Posterior | None, policy: Policy) -> dict[str, Any]:
    value = posterior.value if posterior else None
    return {
        "judgements": facts.judgements,
        "min": policy.judgements.min,
        "max": policy.judgements.max,
        "crowd": facts.crowd,
        "models": facts.models,
        "adjudications": facts.adjudications,
        "skips": facts.skips,
        "agree": facts.adjudications > 0 and posterior is not None and facts.same(facts.adjudicated, value),
        "value": value,
        "confidence": posterior.confidence if posterior else 0.0,
        "accept": policy.accept.confidence,
        "ambiguity": posterior.ambiguity if posterior else 1.0,
        "probabilities": {str(k): p for k, p in posterior.probabilities.items()} if posterior else {},
        "item": dict(facts.item),
        "machine": {"audited": facts.machine.audited, "error_upper": facts.machine.error_upper},
    }


def _retirement(setting: _Lazily, policy: Policy) -> Retire | None:
    for number, rule in enumerate(policy.retire):
        if _true(rule.when, setting(), False):
            return Retire(f"retire[{number}]", f"{rule.reason}: {rule.when.source}", reason=rule.reason)
    return None


def _adjudicated(facts: Facts, posterior: Posterior, policy: Policy, setting: _Lazily) -> Decision | None:
    experts, count = policy.experts, facts.adjudications
    if not count:
        return None
    sure = f"confidence {posterior.confidence:.3f} after {_count(count, 'adjudication')}"
    if count >= max(experts.max, experts.enough):
        return Accept("experts.max", f"{sure}, the most there may be", kind="expert")
    if count < experts.enough:
        why = f"{_count(count, 'adjudication')} of {experts.enough}"
        return Escalate("experts.enough", why, reason="more experts wanted")
    if _true(experts.second_opinion, setting(), True):
        why = f"{sure}: {experts.second_opinion.source}"
        return Escalate("experts.second_opinion", why, reason="second opinion")
    return Accept("experts.enough", f"{sure}, {experts.enough} wanted", kind="expert")


def _by_machine(facts: Facts, posterior: Posterior, policy: Policy, setting: _Lazily) -> Accept | None:
    rule = policy.machine.may_decide
    if facts.models and rule.source != "false" and _true(rule, setting(), False):
        why = f"confidence {posterior.confidence:.3f} with {_count(facts.models, 'model')}: {rule.source}"
        return Accept("machine.may_decide", why, kind="model")
    return None


def _by_crowd(facts: Facts, posterior: Posterior, policy: Policy, setting: _Lazily) -> Decision | None:
    limits, wanted, count = policy.judgements, policy.accept.confidence, facts.judgements
    if facts.skips >= limits.skips:
        return Escalate("judgements.skips", f"{facts.skips} annotators passed", reason="skipped")
    if count < limits.min:
        return None
    for number, rule in enumerate(policy.escalate):
        if _true(rule.when, setting(), True):
            return Escalate(f"escalate[{number}]", f"{rule.reason}: {rule.when.source}", to=rule.to, reason=rule.reason)
    sure = f"confidence {posterior.confidence:.3f} after {_count(count, 'judgement')}"
    if posterior.confidence >= wanted and (count >= limits.max or _told(posterior, policy)):
        return Accept("accept.confidence", f"{sure}, {wanted:g} wanted")
    if count >= limits.max:
        return Escalate("judgements.max", f"{sure}, the most there may be; {wanted:g} wanted")
    return None


def _told(posterior: Posterior, policy: Policy) -> bool:
    """Whether the answers say it, and not just how frequent the class is."""
    accept = policy.accept
    return posterior.evidence is None or posterior.evidence >= min(accept.evidence, accept.confidence)


def _ask(facts: Facts, posterior: Posterior, policy: Policy) -> AskMore:
    count, limits = facts.judgements, policy.judgements
    if facts.budget is not None and facts.budget < policy.pay.most:
        why = f"{facts.budget} is left for judgements, and one costs {policy.pay.most}"
        return AskMore("budget", why, places=0)
    if count < limits.min:
        return AskMore("judgements.min", f"{count} of {limits.min} judgements", places=places(facts, policy))
    sure, heard = posterior.confidence, f"after {_count(count, 'judgement')}"
    if posterior.evidence is not None and sure >= policy.accept.confidence:
        wanted = f"{policy.accept.evidence:g} wanted whatever the class's frequency"
        why = f"evidence {posterior.evidence:.3f} {heard}, {wanted}"
        return AskMore("accept.evidence", why, places=places(facts, policy))
    why = f"confidence {sure:.3f} {heard}, {policy.accept.confidence:g} wanted"
    return AskMore("accept.confidence", why, places=places(facts, policy))


def _true(condition: Condition, setting: dict[str, Any], otherwise: bool) -> bool:
    # An item with attributes of an unexpected type must not stop an annotator: take the careful way instead.
    try:
        return condition.true(setting)
    except InvalidInput:
        return otherwise


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
