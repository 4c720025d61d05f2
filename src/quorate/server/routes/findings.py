"""What was noticed about the work, and what is said to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from quorate.actions.answer_finding import answer_finding, judge_finding, tell_findings, tell_own_findings
from quorate.actions.help_annotator import send_lesson
from quorate.actions.tell_annotators import annotator_called
from quorate.actions.tell_diagnoses import tell_diagnoses, tell_lessons, tell_own_diagnoses
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import findings as shapes

router = Router(tags=["annotators"])
Limit = Annotated[int, Query(ge=1, le=200)]
Of = Annotated[
    Literal["work", "answers"] | None,
    Query(description="`work`: what detectors found, and what something followed from; `answers`: other flags."),
]


@router.get("/projects/{project}/findings", response_model=list[shapes.ProjectFinding])
def list_findings(
    db: Db,
    within: InProject,
    caller: Caller = may("finding.read"),
    annotator: Annotated[str | None, Query(max_length=100, description="Their pseudonym.")] = None,
    kind: Annotated[str | None, Query(max_length=100, description="The validator or detector.")] = None,
    of: Of = None,
    state: Annotated[shapes.Wanted | None, Query(description="`unjudged`: open or answered.")] = None,
    before: Annotated[UUID | None, Query(description="The id of the last one that you have.")] = None,
    limit: Limit = 50,
) -> Any:
    """What validators and detectors noticed, newest first, with the evidence and what was said to it."""
    names = caller.may("identity.read", within.id)
    account = annotator_called(db, within, annotator) if annotator else None
    return Json(
        tell_findings(
            db, within, names=names, annotator=account, kind=kind, of=of, state=state, before=before, limit=limit
        )
    )  # fmt: skip


@router.post("/projects/{project}/findings/{finding}/judge", response_model=shapes.FindingJudged)
def judge(
    finding: UUID, body: shapes.FindingVerdict, db: Db, within: InProject, caller: Caller = may("finding.judge")
) -> Any:
    """Uphold it, and say what follows; or dismiss it, which takes back all that had followed. With the reason."""
    return Json({"done": judge_finding(db, caller.actor, within, finding, body.verdict, body.reason, body.then)})


@router.get("/projects/{project}/diagnoses", response_model=list[shapes.ProjectDiagnosis])
def list_diagnoses(
    db: Db,
    within: InProject,
    caller: Caller = may("finding.read"),
    annotator: Annotated[str | None, Query(max_length=100, description="Their pseudonym.")] = None,
) -> Any:
    """Why answers are wrong, by person and step: slips, fatigue, a gap in skill, the guideline, bad faith."""
    account = annotator_called(db, within, annotator) if annotator else None
    return Json(tell_diagnoses(db, within, names=caller.may("identity.read", within.id), annotator=account))


@router.post("/projects/{project}/annotators/{annotator}/lessons", response_model=shapes.LessonSent, status_code=201)
def send(
    annotator: Annotated[str, Path(max_length=100, description="Their pseudonym.")],
    body: shapes.LessonWanted,
    db: Db,
    within: InProject,
    caller: Caller = may("annotator.manage"),
) -> Any:
    """Send them a lesson on two classes, made of the guideline and of items whose answer is known."""
    account = annotator_called(db, within, annotator)
    return Json({"id": send_lesson(db, caller.actor, within, account, body.step, body.labels)}, status_code=201)


@router.get("/work/diagnoses", response_model=list[shapes.OwnDiagnosis])
def list_own_diagnoses(db: Db, caller: Caller = may("feedback.read")) -> Any:
    """What would help you: a break, a lesson, or a clearer guideline."""
    return Json(tell_own_diagnoses(db, caller.actor, caller.where("feedback.read")))


@router.get("/work/lessons", response_model=list[shapes.LessonShown])
def list_lessons(db: Db, caller: Caller = may("feedback.read")) -> Any:
    """The lessons that were made for you; each is taken like a training, under its id."""
    return Json(tell_lessons(db, caller.actor, caller.where("feedback.read")))


@router.get("/work/findings", response_model=list[shapes.OwnFinding])
def list_own(
    db: Db,
    caller: Caller = may("self.read"),
    of: Of = None,
    before: Annotated[UUID | None, Query(description="The id of the last one that you have.")] = None,
    limit: Limit = 50,
) -> Any:
    """What was noticed about your own work, newest first, and what became of it; also where you have no role now."""
    return Json(tell_own_findings(db, caller.actor, limit=limit, of=of, before=before))


@router.post("/work/findings/{finding}/answer", status_code=204, response_class=Response)
def answer(finding: UUID, body: shapes.FindingAnswer, db: Db, caller: Caller = may("finding.answer")) -> None:
    """Say what you have to say to it, as long as nobody has judged it."""
    answer_finding(db, caller.actor, finding, body.text)
