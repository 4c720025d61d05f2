"""Projects to start from: a whole set of specs for each usual kind of work, to be filled in and published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quorate.flow.template_words import WORDS

Specs = list[dict[str, Any]]
POLICY: Mapping[str, Any] = {"judgements": {"min": 2, "max": 5}, "accept": {"confidence": 0.9}, "audit": {"rate": 0.03}}
MARKS: Mapping[str, Any] = {"judgements": {"min": 2, "max": 4}, "accept": {"confidence": 0.8}, "audit": {"rate": 0.03}}


def _class(id: str, key: str, description: str) -> dict[str, str]:
    return {"id": id, "title": id.capitalize(), "key": key, "description": description}


def _specs(step: str, question: str, schema: Mapping[str, Any], guideline: str, policy: Mapping[str, Any]) -> Specs:
    plan = {
        "name": "untitled",
        "objective": "",
        "target": {"accuracy": 0.95},
        "steps": [{"id": step, "question": question}],
    }
    bodies = (
        ("project", "project", plan), ("schema", step, dict(schema)), ("policy", "policy", dict(policy)),
        ("guideline", "guideline", {"text": guideline}),
    )  # fmt: skip
    return [{"kind": kind, "name": name, "body": body} for kind, name, body in bodies]


TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "id": "sentiment",
        "title": "Sentiment of a text",
        "about": "How does the writer feel about it? One of three answers.",
        "item": {"text": "The kettle is lovely, but it took three weeks to arrive."},
        "specs": _specs(
            "sentiment",
            "How does the writer feel about it?",
            {
                "kind": "choice",
                "classes": [
                    _class("positive", "1", "They would recommend it."),
                    _class("neutral", "2", "They report, and do not judge."),
                    _class("negative", "3", "They would warn others."),
                ],
            },
            "# Sentiment\n\n## 1 What counts\n\nGo by the text as a whole, not by single words.\n\n"
            "## 2 Mixed feelings\n\nChoose what the writer would say if they could keep one sentence only.\n",
            POLICY,
        ),
    },
    {
        "id": "topic",
        "title": "Topics of a text",
        "about": "What is it about? One answer or several.",
        "item": {"text": "The box arrived crushed, and nobody answers the telephone."},
        "specs": _specs(
            "topic",
            "What is it about?",
            {
                "kind": "choices",
                "classes": [
                    _class("delivery", "1", "The parcel, the courier, the time."),
                    _class("product", "2", "The thing itself."),
                    _class("service", "3", "The people who answer."),
                ],
            },
            "# Topics\n\n## 1 Several\n\nMark each topic that a sentence of the text is about.\n\n"
            "## 2 None\n\nMark nothing if no topic fits.\n",
            POLICY,
        ),
    },
    {
        "id": "image",
        "title": "What an image shows",
        "about": "One class for each image.",
        "item": {"text": "", "media": ["https://example.org/street.jpg"]},
        "specs": _specs(
            "shows",
            "What does the image show?",
            {
                "kind": "choice",
                "classes": [
                    _class("cat", "1", "A cat, alone or with others."),
                    _class("dog", "2", "A dog and no cat."),
                    _class("neither", "3", "Neither of them."),
                ],
            },
            "# Images\n\n## 1 What counts\n\nWhat can be seen, even if only a part of it is in the picture.\n",
            POLICY,
        ),
    },
    {
        "id": "spans",
        "title": "Names in a text",
        "about": "Mark stretches of the text, each with a class.",
        "item": {"text": "Ada Lovelace lived in London."},
        "specs": _specs(
            "names",
            "Mark every name.",
            {
                "kind": "spans",
                "classes": [
                    _class("person", "p", "People, without their titles."),
                    _class("place", "l", "Countries, cities, rivers, streets."),
                    _class("organisation", "o", "Companies, offices, clubs."),
                ],
            },
            "# Names\n\n## 1 Extent\n\nThe whole name and no more: no article, no title, no full stop.\n\n"
            "## 2 Places that act\n\nA city that plays football is an organisation.\n",
            MARKS,
        ),
    },
    {
        "id": "boxes",
        "title": "Things in an image",
        "about": "Draw a box around each thing.",
        "item": {"text": "", "media": ["https://example.org/street.jpg"]},
        "specs": _specs(
            "things",
            "Draw a box around each person and each car.",
            {
                "kind": "boxes",
                "classes": [
                    _class("person", "1", "Anybody on foot or on a bicycle."),
                    _class("car", "2", "Cars, vans and lorries."),
                ],
            },
            "# Boxes\n\n## 1 Edges\n\nThe smallest box that holds all that can be seen of the thing.\n\n"
            "## 2 Crowds\n\nOne box for each person, as long as they can be told apart.\n",
            MARKS,
        ),
    },
    {
        "id": "rating",
        "title": "A rating",
        "about": "How good is it, on a scale of five?",
        "item": {"question": "Why is the sky blue?", "answer": "Because air scatters blue light most."},
        "specs": _specs(
            "quality",
            "How good is the answer?",
            {"kind": "scale", "points": 5},
            "# Rating\n\n## 1 The ends\n\n5: right, whole and clear. 1: wrong, or no answer to what was asked.\n",
            POLICY,
        ),
    },
    {
        "id": "pair",
        "title": "Which of two is better",
        "about": "Two answers beside each other; one is chosen.",
        "item": {"question": "Why is the sky blue?", "a": "It mirrors the sea.", "b": "Air scatters blue light most."},
        "specs": _specs(
            "better",
            "Which answer is better?",
            {
                "kind": "choice",
                "classes": [
                    _class("a", "a", "The first is better."),
                    _class("b", "b", "The second is better."),
                    _class("same", "s", "Neither is better."),
                ],
            },
            "# Better\n\n## 1 What counts\n\n"
            "First whether it is right, then whether it is clear, then whether it is short.\n",
            POLICY,
        ),
    },
)
"""Every template. `item` is an example of what it labels."""


def templates(language: str) -> list[dict[str, Any]]:
    """Every template in this language, as far as there are words for it; the example item stays as it is."""
    known = WORDS.get(language, {})
    return [{**_told(template, known), "item": template["item"]} for template in TEMPLATES]


def _told(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _told(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [_told(inner, known) for inner in value]
    return known.get(value, value) if isinstance(value, str) else value
