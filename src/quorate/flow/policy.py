"""The policy: when to stop, whom to ask, what to check and what to pay, as data that is checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from quorate.errors import InvalidInput
from quorate.flow.alerts import Alert, Messages
from quorate.flow.lag import Measure
from quorate.flow.prices import Amount, Pay, Spending
from quorate.flow.trust import Leads, Probation, Term
from quorate.flow.watching import Watch
from quorate.labels import conditions
from quorate.labels.conditions import Condition
from quorate.labels.fields import Written, fault, fault_of, read
from quorate.labels.question import Class

LOW_PAY = "low pay"
FACTS: Mapping[str, Any] = {
    "judgements": 3, "min": 1, "max": 7, "crowd": 3, "models": 0, "adjudications": 0, "skips": 0, "agree": False,
    "value": None, "confidence": 0.5, "accept": 0.9, "ambiguity": 0.5, "probabilities": {}, "item": {},
    "machine": {"audited": 0, "error_upper": 1.0},
}  # fmt: skip
"""What the conditions of a policy may speak of, with examples to try them on; `flow/decide.py` gives the values."""


def _compiled(source: object) -> Condition:
    if isinstance(source, Condition):
        return source
    text = str(source).lower() if isinstance(source, bool) else source
    if not isinstance(text, str):
        raise fault("A condition is wanted.", "Write such as: confidence < 0.9 && item.language == 'de'")
    try:
        return conditions.compile(text, FACTS)
    except InvalidInput as error:
        raise fault_of(error) from None


When = Annotated[
    Condition, PlainValidator(_compiled), PlainSerializer(lambda c: c.source, return_type=str),
    WithJsonSchema({"type": ["string", "boolean"], "description": "A condition in CEL."}),
]  # fmt: skip
"""A condition on `FACTS`, in CEL; `true` and `false` are conditions too."""


Dimension = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$")]
"""By what tasks are told apart: `project` (not at all), `class` (the likeliest), `step`, or an attribute of the item
such as `language`."""


class Judgements(Written):
    """How many answers of the crowd (and of models that may vote) a task gets."""

    min: int = Field(1, ge=1, le=100, description="Fewest judgements before the crowd may decide.")
    max: int = Field(15, ge=1, le=1000, description="Most judgements; a task still open then goes to an expert.")
    skips: int = Field(3, ge=1, description="After so many annotators have passed, an expert looks.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise fault(
                "The fewest judgements ({min}) are more than the most ({max}).", None, "min", min=self.min, max=self.max
            )
        return self


class Acceptance(Written):
    """When the crowd's belief is enough."""

    confidence: float = Field(0.86, gt=0, lt=1, description="Calibrated probability that the value is right.")
    evidence: float = Field(
        0.8,
        ge=0,
        lt=1,
        description="The same probability, were all classes equally frequent: no label for its frequency alone, "
        "so that rare classes are found. At most `confidence` counts.",
    )


class Rule(Written):
    """If `when` holds, the task leaves the crowd's hands. Rules are looked at from `judgements.min` on."""

    when: When
    to: Literal["expert", "manager"] = "expert"
    reason: str = Field(min_length=1, max_length=100)


class Retirement(Written):
    """If `when` holds, nobody is asked any more and there is no label."""

    when: When
    reason: str = Field(min_length=1, max_length=100)


class Experts(Written):
    """When an expert's word is enough."""

    enough: int = Field(1, ge=1, le=10, description="Adjudications that settle a task.")
    second_opinion: When = Field(
        default_factory=lambda: _compiled("confidence < 0.8 || !agree"),
        description="Ask one expert more when this holds after `enough` adjudications.",
    )
    max: int = Field(
        3,
        ge=1,
        le=10,
        description="Most adjudications; after them the likeliest value stands. With fewer experts than this, a task on"
        " which all have spoken and that is not sure yet waits for another one, and the first page says so.",
    )
    repeat: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of adjudications that come back blind to the same expert, and share that go blind to"
        " another: how consistent an expert is becomes part of their skill.",
    )
    after_days: float = Field(
        7, ge=0, le=365, description="So long after the first word the same expert is asked again."
    )
    due_hours: float = Field(24, gt=0, le=24 * 365, description="A case is to be judged so long after it was opened.")
    assign: Literal["hours", "always", "never"] = Field(
        "hours",
        description="Whether each case is one expert's turn, so that it is judged in time and nobody judges the same"
        " annotators and classes for long; `hours`: as soon as one of the experts has said when they work, before that"
        " among those who have judged or taken a case in the last hour, if there are two; `always`: among all.",
    )
    rotate_days: float = Field(
        30, ge=0, le=365, description="What was judged longer ago does not count for whose turn it is."
    )


class Audit(Written):
    """Blind checks of decided tasks by experts."""

    rate: float = Field(0.03, ge=0, le=1)
    min: int = Field(100, ge=0, description="Audits to aim for in a project, however small.")


class Gold(Written):
    """Items with known answers, mixed in."""

    rate: float = Field(0.05, ge=0, le=0.5)


class Machine(Written):
    """What model annotators may do: be heard at all, and settle a task whatever `judgements.min` says."""

    may_vote: When = Field(default_factory=lambda: _compiled("true"))
    may_decide: When = Field(default_factory=lambda: _compiled("false"))


class Lease(Written):
    """How long a task is held for an annotator."""

    minutes: float = Field(20, gt=0, le=7 * 24 * 60)


class Share(Written):
    """No one person has more than a share of the answers to tasks of one kind, so that no label rests on one pair of
    eyes, and nobody has all of the work that pays well (`above`)."""

    of: Dimension = "project"
    share: float = Field(gt=0, le=1, description="Of the answers so far; whoever has so many waits for the others.")
    least: int = Field(50, ge=0, le=1_000_000, description="So many nobody is refused, however few there are in all.")
    only: tuple[str, ...] = Field(
        (),
        max_length=1000,
        description="The classes (`STEP.CLASS`), steps or values meant; each of them when left out.",
    )
    above: Amount | None = Field(
        None,
        description="Only answers that bring more than this count, raises and tiers included: the well-paid ones.",
    )


class Limits(Written):
    """How much one annotator may be given, so that people keep well and results fair. Machines have no limits."""

    shares: tuple[Share, ...] = Field(
        (), max_length=10, description="What no one person may have more than a share of."
    )
    hour: int | None = Field(
        None, ge=1, le=100_000, description="Tasks of this project in any hour; null: as many as they like."
    )
    day: int | None = Field(None, ge=1, le=1_000_000, description="And in any 24 hours.")


class Rest(Written):
    """When a break is proposed to somebody, quietly; they may go on. Null (`rest: null`): never."""

    minutes: float | None = Field(
        90, gt=0, description="After so long at work without a pause, in whatever projects, answering or judging."
    )
    slower: float | None = Field(1.5, gt=1, description="When their newest answers take so many times as long.")
    worse: float | None = Field(
        0.15, gt=0, lt=1, description="When so much fewer known items are right than they used to get right."
    )


class Routing(Written):
    """Which of the first tasks in the queue an annotator is given."""

    by: Literal["queue", "skill"] = Field(
        "queue",
        description="`skill`: the one between two classes that they tell apart best, compared with the others; more of"
        " those with a greater `value` or an earlier `due` attribute. `queue`: the first.",
    )
    window: int = Field(12, ge=4, le=200, description="Among so many it is chosen; each costs the claim a little.")
    explore: float = Field(
        0.05, ge=0, le=0.5, description="Share of claims that are chosen by what they would tell about the annotator."
    )
    urgent_days: float = Field(1, gt=0, le=365, description="So long before its date a task begins to count more.")


class Quota(Written):
    """How many decided tasks are wanted of each class (`STEP.CLASS`), step or value of an attribute."""

    of: Dimension
    wanted: dict[str, int] = Field(min_length=1, max_length=1000)

    @model_validator(mode="after")
    def _some(self) -> Self:
        for name, number in self.wanted.items():
            if number < 1:
                raise fault(
                    "A quota is at least 1, and that of `{name}` is {number}.",
                    None,
                    "wanted",
                    name,
                    name=name,
                    number=number,
                )
        return self


class Feedback(Written):
    """What annotators are told of their own answers once they have given them, and how they may disagree.

    Nobody meets a known item twice, so telling gives away nothing that the same annotator will be asked again; where
    annotators may talk to one another, let `minutes` pass, or do not tell.
    """

    gold: bool = Field(True, description="Tell what was expected on items with known answers, and the accuracy there.")
    adjudicated: bool = Field(True, description="Tell what an expert decided on a task that they had answered.")
    minutes: float = Field(0, ge=0, le=365 * 24 * 60, description="Not before so many minutes have passed.")
    disputes: int = Field(10, ge=0, le=1000, description="Disputes that an annotator may open in a day.")


def _reasons(*written: tuple[str, str, str]) -> tuple[Class, ...]:
    return tuple(Class(id=id, title={"en": english, "de": german}) for id, english, german in written)


class Reasons(Written):
    """The reasons that annotators are offered; they may always write their own."""

    skip: tuple[Class, ...] = Field(
        default=_reasons(
            ("unsure", "I cannot tell", "Ich kann es nicht sagen"),
            ("unreadable", "I cannot read, see or hear it", "Ich kann es nicht lesen, sehen oder hören"),
            ("language", "Not a language that I know", "Diese Sprache kann ich nicht"),
            ("expertise", "It needs knowledge that I do not have", "Dazu fehlt mir das Fachwissen"),
            ("distressing", "I would rather not see this", "Das möchte ich lieber nicht sehen"),
        ),
        max_length=20,
        description="Why one may pass on a task.",
    )
    flag: tuple[Class, ...] = Field(
        default=_reasons(
            ("broken", "It does not load or is cut off", "Es lädt nicht oder ist abgeschnitten"),
            ("misplaced", "It does not belong in this project", "Es gehört nicht in dieses Projekt"),
            ("personal", "It shows personal data", "Es zeigt persönliche Daten"),
            ("harmful", "It is harmful or against the law", "Es ist schädlich oder verboten"),
            ("unclear", "The guideline does not say what to do", "Der Leitfaden sagt nicht, was zu tun ist"),
        ),
        max_length=20,
        description="What may be wrong with an item or a question.",
    )


class Policy(Written):
    """The body of a `policy` spec. Everything has a default, and the empty policy is a good one."""

    judgements: Judgements = Judgements()
    accept: Acceptance = Acceptance()
    escalate: tuple[Rule, ...] = ()
    retire: tuple[Retirement, ...] = ()
    experts: Experts = Field(default_factory=Experts)
    audit: Audit = Audit()
    gold: Gold = Gold()
    machine: Machine = Field(default_factory=Machine)
    lease: Lease = Lease()
    routing: Routing = Routing()
    coverage: tuple[Quota, ...] = Field(
        (), max_length=10, description="What is wanted of which kind; preferred so far."
    )
    limits: Limits = Limits()
    rest: Rest | None = Field(Rest(), description="When a break is proposed; null: never.")
    pay: Pay = Pay()
    spending: Spending = Spending()
    feedback: Feedback = Feedback()
    reasons: Reasons = Reasons()
    qualification: tuple[Term, ...] = Field((), max_length=50, description="What one must have shown to get work.")
    probation: Probation = Probation()
    leads: Leads | None = Field(Leads(), description="Who is proposed as an expert; null: nobody.")
    alerts: tuple[Alert, ...] = Field((), max_length=100)
    messages: Messages = Messages()
    lag: tuple[Measure, ...] = Field((), max_length=20, description="What is done when a step will be late.")
    watch: Watch = Watch()
    duplicates: Literal["separate", "share"] = Field(
        "separate", description="`share`: items with the same content are labelled once."
    )
    order: Literal["import", "random", "value"] = Field(
        "import", description="Which open tasks come first; `value` reads the item's attribute of that name."
    )

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        told = [("alerts", place, alert.name) for place, alert in enumerate(self.alerts)]
        told += [("lag", place, measure.name) for place, measure in enumerate(self.lag)]
        names = [name for *_, name in told]
        for at, (field, place, name) in enumerate(told):
            if name in names[:at]:
                raise fault("`{name}` is there twice.", "Give each its own name.", field, place, "name", name=name)
        return self

    @model_validator(mode="after")
    def _spent(self) -> Self:
        if (self.spending.judgements or self.judgements.min) < self.judgements.min:
            fewest = f"at least {self.judgements.min}, as `judgements.min` says"
            raise fault(
                "A task gets its fewest judgements all the same.",
                "Write {fewest}.",
                "spending",
                "judgements",
                fewest=fewest,
            )
        return self

    @property
    def watched(self) -> tuple[Alert, ...]:
        """The alerts; where `pay.hourly` is set, one besides for steps that bring less, unless one is called so."""
        if not self.pay.hourly or any(alert.name == LOW_PAY for alert in self.alerts):
            return self.alerts
        when = f"hourly_pay < {float(self.pay.hourly)} && n.answers >= 20"
        low = {
            "name": LOW_PAY,
            "when": when,
            "over": "7d",
            "by": ["step"],
            "to": ["*"],
            "say": "An hour of work here brings less than pay.hourly. Raise the price or make the task shorter.",
        }
        return (*self.alerts, Alert.model_validate(low))  # fmt: skip

    def accepting(self, confidence: float) -> Self:
        """The same policy with another confidence wanted."""
        return self.model_copy(update={"accept": self.accept.model_copy(update={"confidence": confidence})})

    def degraded(self) -> Self:
        """The policy of a step whose budget is nearly spent."""
        less, limits = self.spending, self.judgements
        most = min(less.judgements or limits.max, limits.max)
        policy = self.model_copy(update={"judgements": limits.model_copy(update={"max": most})})
        return policy if less.accept is None else policy.accepting(min(less.accept, self.accept.confidence))

    def hearing(self, fewest: int) -> Self:
        """The same policy with at least so many judgements a task, as far as its most allow."""
        limits = self.judgements
        fewest = max(limits.min, min(fewest, limits.max))
        return self.model_copy(update={"judgements": limits.model_copy(update={"min": fewest})})

    @classmethod
    def parse(cls, body: Mapping[str, Any] | None, where: str = "") -> Self:
        """Check a spec's body. Raises `InvalidSpec` with every fault and its path."""
        return read(cls, body or {}, at=where)
