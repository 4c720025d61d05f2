"""What travels about who may be given what."""

from __future__ import annotations

from pydantic import BaseModel, Field

from quorate.server.shapes.shape import Shape, example


class Asked(BaseModel):
    """What the items of one's projects name; the first 200, of the first 2,000 items of each project."""

    language: list[str] = Field(examples=[["de", "en"]])
    domain: list[str] = Field(examples=[["law"]])


class Fitness(BaseModel):
    """What somebody says of themselves. Null sets no limit."""

    language: list[str] | None = Field(examples=[["en", "de"]])
    domain: list[str] | None = Field(examples=[["law"]])
    conflict: list[str] | None = Field(examples=[["Acme"]])
    asked: Asked


class Names(BaseModel):
    """As they were kept."""

    names: list[str] | None
    unheard: list[str] = Field(description="Those that no item of your projects names, where any names some.")
    asked: list[str] = Field(description="What they name.")


class Declared(Shape):
    """Names in the place of those before; null sets no limit (again)."""

    model_config = example(names=["en", "de"])

    names: list[str] | None = Field(max_length=200, examples=[["en", "de"]])


class Granted(Shape):
    """What an account may see, in the place of what it might."""

    model_config = example(names=["board"])

    names: list[str] = Field(max_length=200, examples=[["board"]])


class Known(BaseModel):
    """A member: what was granted, and what they say of themselves."""

    name: str | None
    granted: list[str]
    language: list[str] | None
    domain: list[str] | None
    conflict: list[str] | None


class Access(BaseModel):
    """What items ask for, and who has it."""

    asked: list[str] = Field(description="The names in the items' `access` attributes; the first 200.")
    members: list[Known]
