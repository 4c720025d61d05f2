"""What travels about a project as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

By = Literal["hour", "day"]


class Of(BaseModel):
    """The list that a number opens, and the filters that show what made it."""

    list: Literal[
        "items",
        "annotators",
        "cases",
        "members",
        "specs",
        "exports",
        "events",
        "alerts",
        "findings",
        "clarifications",
        "duty",
        "pay",
    ]
    where: dict[str, str]


class Share(BaseModel):
    """A number out of a total."""

    value: int
    total: int
    of: Of


class Right(BaseModel):
    """How many of the labels are right, with a 95 % interval: `by` blind audits, or by our own beliefs."""

    value: float
    low: float
    high: float
    by: Literal["audits", "beliefs"]
    labels: int = Field(description="How many labels it follows from.")
    of: Of


class Spent(BaseModel):
    """Money. `committed` is promised to those who hold tasks."""

    value: str
    total: str | None = Field(description="The budget; null without a limit.")
    committed: str
    currency: str
    of: Of


class Done(BaseModel):
    """When the last task will be decided at the pace of the last week, with a 95 % interval (null: not in sight)."""

    value: datetime | None
    low: datetime | None
    high: datetime | None
    labels_an_hour: float
    of: Of


class Taken(BaseModel):
    """Something that is done since a step will be late."""

    measure: str = Field(description="Its name in the policy.")
    step: str
    do: Literal["reallocate", "raise", "open", "call"]
    since: datetime
    say: str
    facts: dict[str, float] = Field(description="What its condition speaks of, when last looked at.")


class Cases(BaseModel):
    """The experts' queue of a project."""

    cases: int
    overdue: int
    experts: int
    experts_on_duty: int
    arriving: float = Field(description="Cases an hour, of the last week.")
    judged: float = Field(description="Cases an hour.")
    wait_hours: float | None = Field(description="How long a new one will wait; null while too few were judged.")
    clear: datetime | None = Field(description="When those that wait and those still to come will be judged.")


class StepAhead(BaseModel):
    """When a step will be done: at its pace of the last week, in the hours of those who work."""

    step: str
    known: bool = Field(description="False while too little was done to tell.")
    left: int = Field(description="Labels that the crowd has still to give.")
    pace: float | None = Field(description="Labels an hour.")
    done: datetime | None = Field(description="Null: not in sight, or not known.")
    low: datetime | None
    high: datetime | None
    cases: int
    overdue: int
    people: int = Field(description="Annotators who answered in the last week.")
    on_duty: int
    due_hours: float | None = Field(None, description="Until the due date.")
    late_hours: float | None = Field(None, description="After the due date; negative: in time.")
    needed: float | None = Field(None, description="Labels an hour that would be in time.")


class Outlook(BaseModel):
    """When a project will be done, step by step, and what is done about it."""

    due: datetime | None
    known: bool
    done: datetime | None
    low: datetime | None
    high: datetime | None
    pace: float
    late_hours: float | None = Field(description="Of the step that will be latest, of those of which it is known.")
    not_before: datetime | None = Field(description="When those steps will be done; null: not in sight, or all is.")
    queue: Cases
    steps: list[StepAhead]
    taken: list[Taken]


class Ahead(BaseModel):
    """How a project stands to its due date, who is on duty, and what is done about it."""

    due: datetime | None
    late_hours: float | None = Field(description="Negative: in time; null: not known.")
    annotators_on_duty: int
    experts_on_duty: int
    taken: list[Taken]


class Target(BaseModel):
    """How right the labels are to be, and with what confidence."""

    accuracy: float
    confidence: float


class Certificate(BaseModel):
    """What blind audits prove: with probability 1 − `delta`, at most the share `error_upper` is wrong."""

    model_config = ConfigDict(extra="allow")

    error_upper: float | None
    audits: int
    sentence: str
    estimate: float | None = None
    errors: int | None = None
    delta: float | None = None
    holds: bool | None = Field(None, description="Whether the target is certified; null without one.")
    more_audits: int | None = Field(None, description="Further ones, none finding an error, that would reach it.")
    target: Target | None


class Need(BaseModel):
    """Something that needs a person now: in words, and as numbers for who writes the words anew."""

    kind: Literal[
        "late",
        "alerts",
        "thrift",
        "ending",
        "short",
        "coverage",
        "disputes",
        "cases",
        "stranded",
        "budget",
        "starving",
        "certificate",
        "findings",
        "clarifications",
    ]
    text: str
    numbers: dict[str, JsonValue]
    of: Of


class Home(BaseModel):
    """The numbers of a project's first page."""

    project: str
    objective: str
    states: dict[str, int]
    decided: Share
    right: Right | None = Field(description="Null before the first label.")
    spent: Spent
    done: Done | None = Field(description="Null while too few labels came to say.")
    ahead: Ahead
    certificate: Certificate
    noticed: dict[str, int] = Field(description="Findings of the last seven days, by kind.")
    needs: list[Need] = Field(description="At most five, most urgent first.")


class _Series(BaseModel):
    by: By
    sampled: int | None = Field(description="The points tell of so many of the newest labels at most; null: of all.")


class Reached(BaseModel):
    """Labels that came in a stretch, and all up to its end."""

    at: datetime
    labels: int
    decided: int


class Progress(_Series):
    """First labels over time, and when the last is expected."""

    of: Literal["progress"]
    points: list[Reached]
    forecast: Done | None
    total: int = Field(description="Tasks that are to have a label in the end.")


class Audited(BaseModel):
    """How many of the labels that were audited blind were right, with a 95 % interval of that share."""

    right: int
    audits: int
    value: float
    low: float
    high: float


class Each(BaseModel):
    """Labels that rest on so many judgements: how many, what each cost, how right they are."""

    judgements: int
    items: int
    cost: float
    confidence: float = Field(description="The accuracy that is expected: how sure the labels are in the mean.")
    audited: Audited | None = Field(description="The accuracy that was measured; null before the first audit of such.")


class Judgements(_Series):
    """Labels by judgements: their number, or their cost against how right they are."""

    of: Literal["judgements", "cost"]
    points: list[Each]


class Accuracy(BaseModel):
    """Answers to known items in a stretch, with a 95 % interval of their accuracy."""

    at: datetime
    right: int
    answers: int
    value: float
    low: float
    high: float


class Gold(_Series):
    """Accuracy on known items over time."""

    of: Literal["gold_accuracy"]
    points: list[Accuracy]


class Agreeing(BaseModel):
    """How many answers say the same as the label in force, of those to items that have this label."""

    step: str
    label: str
    right: int
    answers: int
    value: float
    low: float
    high: float


class Agreement(_Series):
    """Agreement by class."""

    of: Literal["agreement"]
    points: list[Agreeing]


class Said(BaseModel):
    """How often this was said of items with this label."""

    step: str
    truth: JsonValue
    said: JsonValue
    answers: int


class Confusion(_Series):
    """What was said by what is in force."""

    of: Literal["confusion"]
    points: list[Said]


class Aged(BaseModel):
    """Cases that have waited so long."""

    kind: str
    band: str
    cases: int


class Queue(_Series):
    """How long the open cases have waited."""

    of: Literal["queue_age"]
    points: list[Aged]


class Spell(BaseModel):
    """What experts spent on cases of a kind."""

    kind: str
    decisions: int
    seconds: float
    cost: float


class ExpertTime(_Series):
    """Where experts' time goes."""

    of: Literal["expert_time"]
    points: list[Spell]


Series = Annotated[
    Progress | Judgements | Gold | Agreement | Confusion | Queue | ExpertTime,
    Field(discriminator="of", description="A plot."),
]
