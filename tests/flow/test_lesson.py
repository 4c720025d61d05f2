"""A lesson made for one person takes along what the project's trainings teach of the two classes already."""

from __future__ import annotations

from quorate.flow.lesson import about, lesson
from quorate.flow.training import Training
from quorate.labels.schema import parse_question

QUESTION = parse_question({"kind": "choice", "classes": ["spam", "ham", "unsure"]})
PICTURE = {"url": "media:00", "type": "image/png", "alt": "A letter with a link"}


def one(id, answers=(), clause="", step="topic"):
    practice = [{"step": step, "item": answer, "answer": answer, "why": "So it is."} for answer in answers]
    return {"id": id, "title": id, "text": "…", "media": [PICTURE], "clause": clause, "practice": practice}


def taught(*lessons, labels=("spam", "ham"), clauses=("1.2",)):
    training = Training.model_validate({"lessons": list(lessons)})
    return about([training], labels, clauses, lambda one: [one.answer] if one.step == "topic" else [])


def test_what_is_practised_on_both_comes_before_what_has_their_clause() -> None:
    found = taught(one("clause", clause="1.2"), one("other", ["spam", "unsure"]), one("both", ["spam", "ham"]))
    assert [lesson.id for lesson in found] == ["both", "clause"]


def test_what_another_step_asks_is_not_about_it() -> None:
    assert taught(one("elsewhere", ["spam", "ham"], step="tone")) == []


def test_it_is_a_training_with_the_pictures_and_practices_of_the_lessons_that_there_are() -> None:
    found = taught(one("both", ["spam", "ham"]))
    body = lesson("topic", QUESTION.classes[:2], [("1.2", "Links")], [], QUESTION.same, found)
    made = Training.model_validate(body)
    assert [one.id for one in made.lessons] == ["pair", "taught.0"]
    assert made.lessons[1].media[0].url == "media:00"
    assert [practice.answer for practice in made.lessons[1].practice] == ["spam", "ham"]
