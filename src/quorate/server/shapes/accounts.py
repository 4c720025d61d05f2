"""What travels about accounts."""

from __future__ import annotations

from datetime import datetime
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


class KeptToken(BaseModel):
    """A token that was made and not revoked. Its secret is known to nobody but its holder."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None = Field(description="Null: it does not end by itself.")


class NewPassword(Shape):
    """One's own password, replaced."""

    model_config = example(old="correct horse battery", new="staple correct horse")

    old: str = Field(max_length=1000, examples=["correct horse battery"])
    new: str = Field(max_length=1000, examples=["staple correct horse"])


class GivenPassword(Shape):
    """A password for somebody else."""

    model_config = example(password="staple correct horse")

    password: str = Field(max_length=1000, examples=["staple correct horse"])


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
    disabled: bool = Field(False, description="It is let in no more.")


class Member(BaseModel):
    """Somebody's role in a project."""

    name: str | None
    kind: str
    role: Role
