"""Tell where a project stands. Reads only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from quorate import clock
from quorate.actions.tell_budgets import tell_budgets
from quorate.actions.tell_coverage import tell_coverage
from quorate.actions.tell_forecast import tell_forecast
from quorate.flow import datasheet, status
from quorate.store import datasheet as figures
from quorate.store import progress
from quorate.store.database import Database
from quorate.store.projects import Project


def tell_status(db: Database, project: Project) -> dict[str, Any]:
    """Progress, judgements per item, agreement, estimated accuracy, certificate, cost, queues, and what is ahead."""
    ahead = tell_forecast(db, project)
    with db.read() as connection:
        sheet = datasheet.compose(figures.of_project(connection, project.id, None), at=clock.now())
    quotas = tell_coverage(db, project)
    needed = sum((step["needed"] for step in tell_budgets(db, project)), Decimal(0))
    with db.work() as driver:
        standing = status.compose(sheet, progress.of_project(driver, project.id), needed)
    return {**standing, "ahead": ahead, "coverage": quotas}
