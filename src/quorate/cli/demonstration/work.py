"""What each simulated person, and the classifier, does all day."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np

from quorate.cli.demonstration.client import Client, RefusedError
from quorate.cli.demonstration.crowd import Annotator
from quorate.cli.demonstration.digits import Digits

IDLE = 0.5


def annotate(client: Client, person: Annotator, truth: Mapping[str, str], seed: int, stop: threading.Event) -> None:
    """Claim, think, answer, until there is nothing left."""
    random = Random(f"{seed} {person.name} pace")
    tasks: list[Any] = []
    while not stop.is_set():
        if not tasks:
            tasks = client.call("POST", "/work/claim", {"count": 1, "projects": ["digits"]})["tasks"]
        tasks = tasks or client.call("GET", "/work/held")["tasks"]  # of an answer that was lost on its way
        if not tasks:
            stop.wait(IDLE)
            continue
        task = tasks.pop(0)
        value, seconds = person.answer(truth[task["item"]], task["item"], seed)
        stop.wait(person.wait(random))
        body = {"assignment": task["assignment"], "value": value, "seconds": seconds, "claim": 1}
        try:
            tasks += client.call("POST", "/work/submit", body, key=task["assignment"])["tasks"]
        except RefusedError as refused:
            if refused.status not in (404, 409):
                raise


def judge(client: Client, person: Annotator, truth: Mapping[str, str], seed: int, stop: threading.Event) -> None:
    """Take the most urgent case, look, decide, say why."""
    random = Random(f"{seed} {person.name} pace")
    while not stop.is_set():
        cases = client.call("POST", "/cases/claim", {"count": 1, "projects": ["digits"]})["cases"]
        cases = cases or client.call("GET", "/cases/held")["cases"]
        if not cases:
            stop.wait(IDLE)
            continue
        case = cases[0]
        value, seconds = person.answer(truth[case["item"]], case["item"], seed)
        stop.wait(person.wait(random))
        said = [answer["value"] for answer in case.get("answers", ())]
        wrong = bool(said) and value not in said
        body = {
            "assignment": case["assignment"],
            "value": value,
            "rationale": f"The strokes are those of a {value}; see the guideline's clause on look-alikes.",
            "clauses": ["2.1"],
            "error": "careless" if wrong else "confused" if said else None,
            "seconds": seconds,
        }
        client.call("POST", "/cases/adjudicate", body)


class Classifier:
    """A logistic regression that learns from what is decided and votes on the rest; where it is not sure, it passes."""

    FIRST, GROWTH, SURE = 250, 1.5, 0.5

    def __init__(self, client: Client, digits: Digits) -> None:
        self._client = client
        self._pixels = dict(zip(digits.keys, digits.pixels / 16, strict=True))
        self._labels: dict[str, str] = {}
        self._since: str | None = None
        self._model: Any = None
        self._learnt_from = 0

    def run(self, stop: threading.Event) -> None:
        """Learn, vote, wait."""
        while not stop.is_set():
            self._read()
            if len(self._labels) >= max(self.FIRST, self._learnt_from * self.GROWTH):
                self._learn()
            if self._model is None or not self._vote(stop):
                stop.wait(IDLE)

    def _read(self) -> None:
        while True:
            since = f"&since={self._since}" if self._since else ""
            page = self._client.call("GET", f"/projects/digits/labels?limit=5000{since}")
            self._labels |= {label["item"]: label["value"] for label in page["labels"]}
            self._since = page["next"]
            if len(page["labels"]) < 5000:
                return

    def _learn(self) -> None:
        from sklearn.linear_model import LogisticRegression

        keys = list(self._labels)
        model = LogisticRegression(C=0.5, max_iter=300)
        self._model = model.fit(np.stack([self._pixels[key] for key in keys]), [self._labels[key] for key in keys])
        self._learnt_from = len(keys)

    def _vote(self, stop: threading.Event) -> int:
        tasks = self._client.call("POST", "/work/claim", {"count": 40, "projects": ["digits"]})["tasks"]
        tasks = tasks or self._client.call("GET", "/work/held")["tasks"]
        if not tasks:
            return 0
        chances = self._model.predict_proba(np.stack([self._pixels[task["item"]] for task in tasks]))
        voted = 0
        for task, chance in zip(tasks, chances, strict=True):
            if stop.is_set():
                break
            best = int(chance.argmax())
            if chance[best] < self.SURE:
                body = {"assignment": task["assignment"], "reason": f"not sure: {chance[best]:.2f}"}
                self._client.call("POST", "/work/skip", body)
                continue
            body = {
                "assignment": task["assignment"],
                "value": str(self._model.classes_[best]),
                "confidence": round(float(chance[best]), 4),
                "seconds": 0.001,
            }
            try:
                self._client.call("POST", "/work/submit", body, key=task["assignment"])
                voted += 1
            except RefusedError as refused:
                if refused.status not in (404, 409):
                    raise
        return voted


def finished(client: Client) -> tuple[bool, dict[str, Any]]:
    """Whether nothing is open, contested, held or wanted any more, nor a refit to come; and the progress."""
    progress = client.call("GET", "/projects/digits/progress")
    states, work = progress["states"], progress["work"]
    busy = states.get("open", 0) + states.get("contested", 0) + work["held"] + progress["refits"]
    return not busy and not any(queue["cases"] for queue in progress["queues"]), progress


def until_ready(client: Client, seconds: float) -> None:
    """Wait until the server answers. Raises `TimeoutError`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.call("GET", "/health")
        except (OSError, RefusedError) as error:
            if time.monotonic() > deadline:
                raise TimeoutError("The server did not come up.") from error
            time.sleep(0.1)
        else:
            return
