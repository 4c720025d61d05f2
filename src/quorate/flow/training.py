"""Trainings: lessons to read, with tasks to practise on that explain each answer at once."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from quorate.labels.fields import Name, Words, Written, fault


class Medium(Written):
    """A picture, a sound or a film in a lesson, as it was uploaded to the project or lies on the web."""

    url: str = Field(min_length=1, max_length=2000, pattern=r"^(https://|media:)\S+$")
    type: str = Field("", max_length=100, description="Such as image/png.")
    alt: Words = Field(description="What it shows, for those who do not see or hear it.")


class Shown(Written):
    """A picture, a sound or a film that a practice is about."""

    url: str = Field(
        min_length=1, max_length=4000, pattern=r"^((https?|s3|gs|gcs|az|abfs)://|media:)\S+$",
        description="As it was uploaded to the project (`media:…`) or lies elsewhere.",
    )  # fmt: skip
    type: str = Field("", max_length=100, description="Such as image/png.")

    @property
    def sha256(self) -> str | None:
        """By what the server gives it out, if it is kept here."""
        return self.url.removeprefix("media:") if self.url.startswith("media:") else None


class Practice(Written):
    """A task to practise on. Nothing that is answered here counts as a label."""

    step: Name = Field("", description="The step whose question is asked; may be left out where there is one.")
    item: dict[str, Any] | str
    media: tuple[Shown, ...] = Field((), max_length=20, description="What is shown with the item.")
    answer: Any = Field(description="What is right.")
    why: Words = Field(description="Why it is right; told with every answer.")
    clause: Name = Field("", max_length=40, description="The guideline's clause that says so.")


class Lesson(Written):
    """One thing to learn."""

    id: Name = Field(pattern=r"^[\w][\w.\-]*$", max_length=64, description="Stable: progress refers to it.")
    title: Words
    text: Words = Field(description="Markdown.")
    media: tuple[Medium, ...] = Field((), max_length=20)
    clause: Name = Field("", max_length=40, description="The guideline's clause that it is about.")
    practice: tuple[Practice, ...] = Field((), max_length=50)


class Training(Written):
    """The body of a `training` spec. It is finished when every lesson is read and every practice answered right."""

    title: Words = ""
    lessons: tuple[Lesson, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        ids = [lesson.id for lesson in self.lessons]
        for place, id in enumerate(ids):
            if id in ids[:place]:
                raise fault(
                    "The lesson `{name}` is there twice.", "Give each its own id.", "lessons", place, "id", name=id
                )
        return self

    def lesson(self, id: str) -> Lesson | None:
        """The lesson with this id."""
        return next((lesson for lesson in self.lessons if lesson.id == id), None)

    @property
    def wanted(self) -> frozenset[tuple[str, int]]:
        """What is to be done: (lesson, place of the practice), and (lesson, -1) for having read it."""
        practices = {(lesson.id, place) for lesson in self.lessons for place in range(len(lesson.practice))}
        return frozenset(practices | {(lesson.id, -1) for lesson in self.lessons})
