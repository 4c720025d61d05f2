"""Logs of the processes that run for long: JSON where nobody watches, and no secret in any line."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import logging, structlog
from quorate import logs

logs.configure()
log = structlog.get_logger()

def sign_in(password):
    raise ValueError("the disk is full")

try:
    sign_in("Tr0ub4dor and the rest")
except ValueError as error:
    log.error("request failed", path="/session", exc_info=error)
    logging.getLogger("procrastinate.worker").error("job failed", exc_info=True)
logging.getLogger("procrastinate.worker").info("taking a job")
log.info("refit_skills", done={"tasks": 3})
"""


def test_lines_are_json_and_tracebacks_have_no_values():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("request failed", "error"), ("job failed", "error"), ("refit_skills", "info"),
    ]  # fmt: skip
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "ValueError: the disk is full" in lines[0]["exception"]
    assert "ValueError: the disk is full" in lines[1]["exception"]
    assert lines[2]["done"] == {"tasks": 3}
    assert "Tr0ub4dor" not in done.stderr + done.stdout
    assert done.stdout == ""


@pytest.mark.slow
def test_a_worker_that_cannot_begin_tells_no_password():
    environment = os.environ | {"QUORATE_DATABASE_URL": "postgresql://ada:s3cret-word@127.0.0.1:1/none"}
    command = [sys.executable, "-m", "quorate.cli.main", "worker"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert done.returncode == 1
    assert "s3cret-word" not in done.stderr + done.stdout
