"""What travels about accounts."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from quorate.people.roles import Role
from quorate.server.shapes.shape import Shape, example


class SignIn(Shape):
    """Name and password."""

    model_config = example(name="ada", password="correct horse battery")

    name: str = Field(max_length=200, examples=["ada"])
    password: str = Field(max_length=1000, examples=["correct horse battery"])


class Me(BaseModel):
    """The caller."""

    id: UUID
    name: str | None
    kind: str
    admin: bool
    scopes: tuple[str, ...] | None = Field(description="What the token is limited to; null for a session.")
    roles: dict[str, list[str]] = Field(description="By project.", examples=[{"reviews": ["annotator"]}])


class NewToken(Shape):
    """A token to make."""

    model_config = example(name="nightly export", scopes=["export"], days=365)

    name: str = Field(min_length=1, max_length=100, examples=["nightly export"])
    scopes: list[Literal["work", "read", "export", "manage"]] = Field(min_length=1)
    days: int | None = Field(None, ge=1, le=3650, description="Ends after so many days; never when left out.")
    account: str | None = Field(None, description="For another account (administrators only).")


class Token(BaseModel):
    """A token, shown once."""

    name: str
    token: str
    scopes: list[str]


class NewAccount(Shape):
    """An account to add."""

    model_config = example(name="ada", kind="person", password="correct horse battery")

    name: str = Field(min_length=1, max_length=200, examples=["ada"])
    kind: Literal["person", "machine"] = "person"
    password: str | None = Field(None, max_length=1000)
    admin: bool = False


class Account(BaseModel):
    """An account."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str | None
    kind: str
    admin: bool


class Member(BaseModel):
    """Somebody's role in a project."""

    name: str | None
    kind: str
    role: Role
