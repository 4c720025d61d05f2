"""The door for jobs: each names an action and calls it. Bounded attempts; a job that failed keeps its errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from procrastinate import App, RetryStrategy
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from quorate.actions.assign_cases import assign_cases
from quorate.actions.end_lease import expire_leases
from quorate.actions.keep_budgets import keep_budgets
from quorate.actions.mark_heads import mark_heads
from quorate.actions.propose_leads import propose_leads
from quorate.actions.propose_rests import propose_rests
from quorate.actions.raise_prices import raise_prices
from quorate.actions.refit_skills import reconsider, refit_due, refit_skills
from quorate.actions.roll_up_metrics import prune_metrics, roll_up_metrics
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.send_messages import prune_messages, send_messages
from quorate.actions.watch_alerts import watch_alerts
from quorate.actions.watch_lag import watch_lag
from quorate.actions.watch_work import watch_work
from quorate.actions.write_digests import write_digests
from quorate.store.database import Database
from quorate.store.queue import queue

log = structlog.get_logger()
RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)


def jobs(db: Database) -> App:
    """The queue with every job on it."""
    app = queue(db.url)

    def job(name: str, do: Callable[..., Any]) -> Any:
        def run(**arguments: Any) -> None:
            arguments.pop("timestamp", None)
            done = do(db, **arguments)
            if done:
                log.info(name, done=done, **arguments)

        return app.task(name=name, retry=RETRY, pass_context=False)(run)

    job("refit_skills", lambda db, step: refit_skills(db, UUID(step)))
    job("reconsider", lambda db, project, account: reconsider(db, UUID(project), UUID(account)))
    often = app.periodic(cron="* * * * * */5")
    often(job("expire_leases", expire_leases))
    app.periodic(cron="* * * * * */10")(job("assign_cases", assign_cases))
    often(job("seal_ledger", seal_ledger))
    often(job("mark_heads", mark_heads))
    often(job("refit_due", refit_due))
    app.periodic(cron="* * * * * */10")(job("roll_up_metrics", roll_up_metrics))
    app.periodic(cron="17 * * * *")(job("prune_metrics", prune_metrics))
    app.periodic(cron="* * * * * */15")(job("watch_alerts", watch_alerts))
    app.periodic(cron="* * * * *")(job("watch_work", watch_work))
    app.periodic(cron="* * * * * */15")(job("keep_budgets", keep_budgets))
    app.periodic(cron="* * * * * 30")(job("raise_prices", raise_prices))
    app.periodic(cron="* * * * *")(job("watch_lag", watch_lag))
    app.periodic(cron="* * * * * 45")(job("propose_rests", propose_rests))
    often(job("send_messages", send_messages))
    app.periodic(cron="41 * * * *")(job("propose_leads", propose_leads))
    app.periodic(cron="11 * * * *")(job("write_digests", write_digests))
    app.periodic(cron="23 4 * * *")(job("prune_messages", prune_messages))
    _again(app)
    return app


def _again(app: App) -> None:
    """Have done what a killed worker left undone; its lock would keep others of its kind waiting for ever."""

    @app.periodic(cron="*/30 * * * * *")
    @app.task(name="retry_stalled", pass_context=False)
    async def retry_stalled(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs():
            log.warning("stalled job", name=job.task_name, id=job.id)
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:  # the same is wanted again already
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
