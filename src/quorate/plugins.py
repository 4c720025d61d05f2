"""The registry of kinds, validators, detectors and formats: ours by name, other packages' by entry point.

A package adds one by an entry point in the group `quorate.<group>`, for example
`[project.entry-points."quorate.kinds"] span = "mine.span:Span"`.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from quorate.errors import InvalidInput

OURS: dict[str, dict[str, str]] = {
    "kinds": {
        "boxes": "quorate.labels.boxes:Boxes",
        "choice": "quorate.labels.choice:Choice",
        "choices": "quorate.labels.choices:Choices",
        "number": "quorate.labels.number:Number",
        "scale": "quorate.labels.scale:Scale",
        "spans": "quorate.labels.spans:Spans",
        "text": "quorate.labels.text:Text",
    },
    "validators": {
        "copied": "quorate.flow.screen:Copied",
        "inconsistent": "quorate.flow.screen:Inconsistent",
        "min_seconds": "quorate.labels.validators:MinSeconds",
        "reading_speed": "quorate.labels.validators:ReadingSpeed",
        "repeats": "quorate.flow.screen:Repeats",
        "required": "quorate.labels.validators:Required",
    },
    "detectors": {
        "adversarial": "quorate.watch.adversarial:Adversarial",
        "answer_order": "quorate.watch.answer_order:AnswerOrder",
        "class_mix": "quorate.watch.class_mix:ClassMix",
        "clause_agreement": "quorate.watch.clause_agreement:ClauseAgreement",
        "collusion": "quorate.watch.collusion:Collusion",
        "constant": "quorate.watch.constant:Constant",
        "duplicates": "quorate.watch.duplicates:Duplicates",
        "hard_items": "quorate.watch.hard_items:HardItems",
        "item_content": "quorate.watch.item_content:ItemContent",
        "machine_text": "quorate.watch.machine_text:MachineText",
        "pasted": "quorate.watch.pasted:Pasted",
        "position": "quorate.watch.position:Position",
        "random_answers": "quorate.watch.random_answers:RandomAnswers",
        "same_answers": "quorate.watch.same_answers:SameAnswers",
        "speed": "quorate.watch.speed:Speed",
        "straight_lining": "quorate.watch.straight_lining:StraightLining",
        "sudden_change": "quorate.watch.sudden_change:SuddenChange",
        "unrelated": "quorate.watch.unrelated:Unrelated",
    },
    "formats": {},
    "metrics": {"work": "quorate.watch.metrics:METRICS"},
}


@cache
def addresses(group: str) -> dict[str, str]:
    """Name → `module:attribute` of everything in the group; ours win over others' of the same name."""
    others = {point.name: point.value for point in entry_points(group=f"quorate.{group}")}
    return others | OURS[group]


@cache
def load(group: str, name: str) -> Any:
    """What is registered under this name; raises `InvalidInput` with the names there are."""
    known = addresses(group)
    if name not in known:
        near = "".join(get_close_matches(str(name), known, n=1))
        raise InvalidInput(
            "There is no {what} `{name}`.",
            mend="Did you mean `{near}`?" if near else "There are: {known}.",
            what=group.removesuffix("s"),
            name=name,
            near=near,
            known=sorted(known),
        )
    module, _, attribute = known[name].partition(":")
    return getattr(import_module(module), attribute)
