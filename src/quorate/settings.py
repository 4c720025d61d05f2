"""Configuration, from the environment (`QUORATE_…`) alone."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data() -> Path:
    """The platform's user data folder; for root, the system's state folder."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/quorate")
    return Path(platformdirs.user_data_dir("quorate", appauthor=False))


class Settings(BaseSettings):
    """Every setting there is. Each has a default that works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="QUORATE_", frozen=True)

    data: Path = Field(
        default_factory=default_data,
        description="Folder of the embedded database, copied media, exports and reports.",
    )
    database_url: SecretStr | None = Field(
        default=None, description="postgresql://… of an external server; unset means embedded."
    )
    host: str = Field(default="127.0.0.1", description="Address that `quorate serve` listens on.")
    port: int = Field(default=8137, ge=0, le=65535, description="Port that `quorate serve` listens on; 0: a free one.")
    processes: int = Field(default=1, ge=1, description="API processes that `quorate serve` starts.")
    threads: int = Field(default=16, ge=1, description="Requests that one API process works on at a time.")
    media_from: str = Field(
        default="",
        description="Beginnings of addresses, separated by commas, from which the server may fetch items' media for"
        " those who look at them although they are private or a store's: http://10.0.0.5/,s3://our-bucket/."
        " Public http(s) addresses need no entry.",
    )
    metrics_minutes_days: int = Field(default=14, ge=1, description="Days that metrics are kept by the minute.")
    metrics_hours_days: int = Field(default=400, ge=1, description="Days that metrics are kept by the hour.")
    metrics_people: bool = Field(
        default=False, description="Label the metrics that Prometheus reads with annotators' pseudonyms, too."
    )
    messages_to: str = Field(
        default="",
        description="Hosts, separated by commas, that messages may go to although private: mail.local,10.0.0.5.",
    )
    secure_cookies: bool = Field(
        default=False, description="Send session cookies over HTTPS only; set it wherever there is HTTPS."
    )


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
