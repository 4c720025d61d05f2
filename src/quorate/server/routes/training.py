"""Becoming trusted: trainings, exams, where one stands; and what one is told of one's weeks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from quorate.actions.sit_exam import answer_question, start_exam
from quorate.actions.take_training import practise, read_lesson, tell_training
from quorate.actions.tell_standing import tell_standing
from quorate.actions.write_digests import choose_digests, tell_digests
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import training as shapes

router = Router(tags=["training"])
Name = Annotated[str, Path(max_length=200)]
TRAINING = "/projects/{project}/trainings/{training}"
EXAM = "/projects/{project}/exams/{exam}"


@router.get("/work/standing", response_model=list[shapes.Standing])
def list_standing(db: Db, caller: Caller = may("feedback.read")) -> Any:
    """What your projects want shown before there is work, and what of it you have shown."""
    return Json(tell_standing(db, caller.actor, caller.where("feedback.read")))


@router.get(TRAINING, response_model=shapes.TrainingPage)
def show_training(training: Name, db: Db, within: InProject, caller: Caller = may("feedback.read")) -> Any:
    """A training's lessons, and what you have done of them."""
    return Json(tell_training(db, caller.actor, within, training))


@router.post(TRAINING + "/lessons/{lesson}/read", response_model=shapes.LessonRead)
def read(training: Name, lesson: Name, db: Db, within: InProject, caller: Caller = may("feedback.read")) -> Any:
    """Say that you have read a lesson."""
    return Json(read_lesson(db, caller.actor, within, training, lesson))


@router.post(TRAINING + "/lessons/{lesson}/practices/{place}", response_model=shapes.Explained)
def answer_practice(
    training: Name,
    lesson: Name,
    place: Annotated[int, Path(ge=0, le=1000)],
    body: shapes.Practised,
    db: Db,
    within: InProject,
    caller: Caller = may("feedback.read"),
) -> Any:
    """Answer a practice, and be told at once what is right and why; as often as you like."""
    return Json(practise(db, caller.actor, within, training, lesson, place, body.value))


@router.post(EXAM + "/start", response_model=shapes.Sitting)
def start(exam: Name, db: Db, within: InProject, caller: Caller = may("feedback.read")) -> Any:
    """Begin an exam, or go on where you left it."""
    return Json(start_exam(db, caller.actor, within, exam))


@router.post(EXAM + "/answer", response_model=shapes.Sitting)
def answer(
    exam: Name, body: shapes.ExamAnswer, db: Db, within: InProject, caller: Caller = may("feedback.read")
) -> Any:
    """Answer the question that waits; the next one comes with what is said of it."""
    return Json(answer_question(db, caller.actor, within, exam, body.question, body.value))


@router.get("/work/digests", response_model=shapes.Weeks)
def list_digests(db: Db, caller: Caller = may("feedback.read")) -> Any:
    """Your weeks: how right you were, what became better, what you confuse most."""
    return Json(tell_digests(db, caller.actor, caller.where("feedback.read")))


@router.put("/work/digests", status_code=204, response_class=Response)
def choose(body: shapes.DigestChoice, db: Db, caller: Caller = may("feedback.read")) -> None:
    """Say how you want them."""
    choose_digests(db, caller.actor, body.choice)
