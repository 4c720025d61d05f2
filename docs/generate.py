"""Write `docs/reference/` from the code: `python docs/generate.py`. A test compares what is there with this."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel

from quorate import errors, plugins
from quorate.cli.main import COMMANDS, build
from quorate.flow.exam import Exam
from quorate.flow.lag import ABOUT as LATENESS
from quorate.flow.policy import FACTS, Policy
from quorate.flow.project import ProjectSpec
from quorate.flow.specs import KINDS
from quorate.flow.training import Training
from quorate.labels.guideline import Guideline
from quorate.labels.question import ASK_AGAIN, Class, Question
from quorate.labels.schema import parse_question
from quorate.labels.template import Template
from quorate.labels.validators import When
from quorate.people.roles import RIGHTS, SCOPES, Anyone, Role
from quorate.server.scrape import QUEUES, SAMPLED
from quorate.settings import Settings
from quorate.store.ledger import TOLD_BY
from quorate.watch.facts import MEASURES
from quorate.watch.metrics import BY, HOW, METRICS, UNTOLD

FOLDER = Path(__file__).parent / "reference"
HEAD = "<!-- Written by docs/generate.py; change the code, not this page. -->\n\n"

VERBS = {
    "account.added": "an account was added",
    "account.disabled": "an account is let in no more; its sessions and tokens ended",
    "account.enabled": "a disabled account is let in again",
    "alert.calmed": "what an alert waits for did not hold for long enough",
    "alert.fired": "the condition of an alert has held for long enough, with the metrics that it speaks of",
    "alert.pending": "the condition of an alert began to hold",
    "alert.recovered": "the condition of an alert that fired holds no more",
    "annotation.submitted": "somebody answered a task (a revised answer names the one it supersedes)",
    "annotator.blocked": "an annotator gets no more work in a project, with the reason and whether their answers count",
    "annotator.messaged": "an annotator was told something",
    "annotator.paused": "an annotator gets no work in a project for now, with the reason",
    "annotator.resumed": "an annotator may work again, and their answers count again",
    "annotator.retrained": "an annotator gets work again when they have read what they were sent",
    "budget.degraded": "since a budget is nearly spent, a step asks less, as the policy says",
    "budget.resumed": "there is money again for a step, and it goes on as before",
    "budget.stopped": "what is left of a budget is not for further judgements of a step",
    "case.assigned": "a case became an expert's turn, with the backup, and whether they will be late",
    "case.claimed": "an expert took a case",
    "case.opened": "a task was sent to the experts, as a case with its rule and reason",
    "case.passed": "a turn ended: late, away, left, skipped, unfit, reallocated, unassigned; and whose turn it is now",
    "channel.kept": "a channel for messages was written; its address is not told",
    "channel.removed": "a channel for messages was removed",
    "channel.tried": "a try was sent to a channel and taken",
    "clarification.answered": "a steward answered with a clause, in a new version of the guideline",
    "clarification.asked": "the watch or a person asked what the guideline should say",
    "clarification.declined": "a request to clarify the guideline was closed without a change, with the reason",
    "consequence.drawn": "something followed from a finding (a pause, held pay, tasks asked again) or was taken back",
    "decision.audited": "a blind expert's answer was compared with a decision",
    "digest.chosen": "somebody said how they want their weekly digests",
    "digest.written": "an annotator's week was summed up for them",
    "dispute.opened": "an annotator disagreed with what was held against their answer, and said why",
    "dispute.withdrawn": "an annotator took a dispute back",
    "exam.answered": "a question of an exam was answered, and whether rightly",
    "exam.granted": "a manager let somebody sit an exam once more than it allows, with the reason",
    "exam.withdrawn": "a question of an exam was taken back unanswered, since its step or its known answer had gone",
    "exam.ended": "an exam came to its verdict, test by test",
    "exam.started": "somebody began an exam",
    "expert.repeated": "an expert was asked again blind what they, or another expert, had judged",
    "finding.noted": "a validator or a detector noticed something",
    "gold.corrected": "an expert and the annotator who disputed it overruled a known answer, which is another one now",
    "gold.retired": "an expert overruled a disputed known answer, and it measures nobody any more",
    "hours.kept": "somebody said when they work; what they said is theirs and not told",
    "hours.removed": "somebody said it no more",
    "invite.accepted": "somebody took a role by an invite",
    "invite.added": "an invite by link was made",
    "invite.revoked": "an invite was ended",
    "items.imported": "a batch of items came in, with a hash over their ids and contents",
    "labels.exported": "an export was written, with the Merkle root of its records",
    "lease.expired": "a lease ran out",
    "lease.released": "a leased task was given back unanswered",
    "lease.skipped": "an annotator passed on a task and said why",
    "finding.answered": "an annotator answered what was noticed about their work",
    "finding.dismissed": "a person dismissed what was noticed, with the reason",
    "finding.upheld": "a person upheld what was noticed, with the reason",
    "lag.taken": "something was done since a step will be late: the measure of the policy, its condition and the facts",
    "lag.undone": "a measure ended, since the step will not be late any more or the policy does not say so any more",
    "lead.accepted": "a person made an expert of an annotator who was proposed",
    "lead.declined": "a person declined a proposal for promotion, with the reason",
    "lead.proposed": "an annotator was proposed for promotion, with the evidence",
    "lesson.finished": "an annotator finished a lesson that was made for them",
    "lesson.sent": "an annotator was given a lesson on two classes that they confuse",
    "message.failed": "a message was given up after several tries, with the last reason",
    "password.changed": "somebody changed their own password",
    "password.reset": "an administrator gave somebody a password",
    "access.granted": "a manager said which guarded items somebody may see",
    "fitness.declared": "somebody said which languages or domains they work in, or with whom they are in conflict",
    "rest.proposed": "a break was proposed to somebody who seemed tired, with the numbers",
    "money.moved": "an amount of money went from one account to another: bonus, hold, release, reversal, payment",
    "notice.acknowledged": "an annotator has read what they were told",
    "payout.run": "what was payable in a project was paid out, under the run's id",
    "price.changed": "a rule of the policy raised what a judgement of a step brings, or took it back, with the reason",
    "project.created": "a project was made",
    "qualification.earned": "somebody has shown what an exam or a training asks for",
    "qualification.renewed": "known items, answered well since, renewed what had run out",
    "role.granted": "somebody got a role in a project",
    "role.withdrawn": "somebody lost a role in a project",
    "session.opened": "somebody signed in",
    "spec.published": "a version of a spec was published",
    "state.repaired": "the current state was made what follows from what was said, as it was not",
    "task.adjudicated": "an expert gave a value with the reasons for it",
    "task.claimed": "a task was leased to an annotator",
    "task.contested": "a task waits for the expert whose case is open already",
    "task.decided": "a label came into force",
    "task.open": "the condition of a step became true, so its task may be worked on",
    "task.reopened": "a refit, a new policy or a new schema put a decided task back into work",
    "task.restored": "the condition of a step became true again, so its task's former label is in force again",
    "task.retired": "a task needs no label (any more), by the policy or by the condition of its step",
    "task.waiting": "the decision that a task depends on is not there (any more)",
    "token.added": "an API token was made",
    "token.revoked": "an API token was ended",
    "training.practised": "a lesson was read, or one of its practices answered",
}
"""Every verb of the ledger. The verbs are said where the events are made; a test compares them with these."""


def pages() -> dict[str, str]:
    """File name → text of every page."""
    made = {
        "commands.md": _commands(),
        "settings.md": _settings(),
        "specs.md": _specs(),
        "labels.md": _labels(),
        "rights.md": _rights(),
        "api.md": _api(),
        "events.md": _events(),
        "metrics.md": _metrics(),
        "detectors.md": _detectors(),
        "problems.md": _problems(),
    }
    made["README.md"] = _index(made)
    return {name: HEAD + text.rstrip() + "\n" for name, text in made.items()}


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    heads = list(headings)
    lines = [heads, ["---"] * len(heads), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def _index(made: dict[str, str]) -> str:
    titles = {name: text.splitlines()[0].removeprefix("# ") for name, text in made.items()}
    return "# Reference\n\n" + "".join(f"- [{title}]({name})\n" for name, title in titles.items())


def _commands() -> str:
    parts = ["# Commands\n\nExit codes: 0, 1 (what was asked about failed), 2 (bad usage or bad input).\n"]
    for name in COMMANDS:
        command: Any = typer.main.get_command(build(name)).commands[name]  # type: ignore[attr-defined]
        for words, each in _leaves(f"quorate {name}", command):
            parts.append(_command(words, each, COMMANDS[name]))
    return "\n".join(parts)


def _leaves(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    """The command, or those of a group."""
    if not hasattr(command, "commands"):
        yield words, command
        return
    for name, inner in command.commands.items():
        yield from _leaves(f"{words} {name}", inner)


def _command(words: str, command: Any, text: str) -> str:
    context = command.context_class(command, info_name=words)
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help" and not p.hidden]
    usage = " ".join(p.name.upper() if p.required else f"[{p.name.upper()}]" for p in arguments)
    rows = [(f"`{p.name.upper()}`", p.help or "") for p in arguments]
    for option in options:
        written, help_text = option.get_help_record(context)
        rows.append((f"`{written}`", help_text))
    about = command.help if " " in words.removeprefix("quorate ") else text
    head = f"## `{f'{words} {usage}'.strip()}`\n\n{(about or '').strip()}\n"
    return head + ("\n" + table(("", "what it is"), rows) if rows else "")


def _settings() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = "the platform's user data folder" if field.default_factory else field.default
        default = "unset" if default is None else default
        rows.append((f"`QUORATE_{name.upper()}`", default, field.description))
    return "# Settings\n\nFrom the environment, and nowhere else.\n\n" + table(("variable", "default", "meaning"), rows)


def _specs() -> str:
    files = [
        ("`project.yaml`", "`project`", "objective, target, budget, steps"),
        ("`schema.yaml`, `schema/*.yaml`", "`schema`", "questions by name; [kinds and validators](labels.md)"),
        ("`policy.yaml`", "`policy`", "when to stop, whom to ask, what to check, what to pay"),
        ("`guideline.md`, `guideline/*.md`", "`guideline`", "prose with numbered clauses"),
        ("`template.yaml`", "`template`", "what an expert is asked for besides the value"),
        ("`training.yaml`, `training/*.yaml`", "`training`", "lessons with practices that explain each answer at once"),
        ("`exam.yaml`, `exam/*.yaml`", "`exam`", "questions of known answer, until the evidence tells"),
        ("`rubric.yaml`", "`rubric`", "kept with its versions"),
    ]
    assert all(any(f"`{kind}`" in row[1] for row in files) for kind in KINDS)
    parts = [
        "# Specs\n\nA project as a folder. A field that is not listed here is refused.\n",
        table(("file", "kind", "says"), files),
        *(
            f"## `{name}`\n\n{(model.__doc__ or '').strip().splitlines()[0]}\n\n"
            + table(FIELDS, _fields(model, default))
            for name, model, default in SPECS
        ),
        "## Conditions\n\nThey are written in CEL. Those of a policy may speak of "
        + ", ".join(f"`{name}`" for name in FACTS)
        + "; those of its alerts of the [metrics](metrics.md)"
        + "; those of `lag` of what is listed below"
        + "; `when` of a step of `<step>.value` and `<step>.confidence` of the steps before it;"
        " `when` of a rule in a schema of `value`, `comment`, `seconds`, `confidence` and `item`.\n",
        "## What `lag` may speak of\n\nOf each step; what is not known makes a condition false.\n\n"
        + table(("fact", "is"), [(f"`{name}`", about) for name, about in LATENESS.items()]),
    ]
    return "\n".join(parts)


WORDS = {
    "integer": "whole number",
    "string": "text",
    "array": "list",
    "object": "mapping",
    "boolean": "true or false",
}
FIELDS = ("field", "is", "default", "meaning")
SPECS: tuple[tuple[str, type[BaseModel], dict[str, Any]], ...] = (
    ("project", ProjectSpec, {}),
    ("policy", Policy, Policy().model_dump()),
    ("guideline", Guideline, {}),
    ("template", Template, {}),
    ("training", Training, {}),
    ("exam", Exam, Exam().model_dump()),
)


def _fields(model: type[BaseModel], whole: dict[str, Any] | None = None) -> Iterator[tuple[str, str, str, str]]:
    """A row for each field, and below it the fields within; `whole`: what an empty one is filled up to."""
    shape = model.model_json_schema(by_alias=True)
    for name, kind, default, about in _properties(shape, shape.get("$defs", {}), ""):
        value: Any = whole
        for part in name.strip("`").split("."):
            value = value.get(part) if isinstance(value, dict) else None
        known = f"`{value}`" if not default and isinstance(value, str) and kind not in {"list", "mapping"} else default
        yield name, kind, known, about


def _properties(shape: dict[str, Any], defs: dict[str, Any], at: str) -> Iterator[tuple[str, str, str, str]]:
    required = set(shape.get("required", ()))
    for name, field in shape["properties"].items():
        inner = _inner(field, defs)
        default = "required" if name in required else _default(field, within=inner is not None)
        about = field.get("description") or (inner or {}).get("description", "").split("\n")[0]
        yield f"`{at}{name}`", _type(field, defs), default, about
        if inner is not None and "properties" in inner and inner["title"] != "Class":
            listed = field.get("type") == "array"
            yield from _properties(inner, defs, f"{at}{name}{'[]' if listed else ''}.")


def _inner(field: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any] | None:
    """The shape of what a field holds, if it has a name of its own."""
    for one in (field, field.get("items", {}), *field.get("allOf", ()), *field.get("anyOf", ())):
        if "$ref" in one:
            found: dict[str, Any] = defs[one["$ref"].rpartition("/")[2]]
            return found
    return None


def _default(field: dict[str, Any], *, within: bool) -> str:
    if within or "default" not in field or field["default"] in (None, "", [], {}):
        return ""
    return f"`{field['default']}`".lower() if isinstance(field["default"], bool) else f"`{field['default']}`"


def _type(field: dict[str, Any], defs: dict[str, Any]) -> str:
    if "enum" in field:
        return " or ".join(f"`{one}`" for one in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    inner = _inner(field, defs)
    if inner is not None:
        name = inner["title"].lower()
        return f"list of {name}" if field.get("type") == "array" else "mapping"
    kinds = field.get("type") or sorted({one.get("type", "") for one in field.get("anyOf", ())} - {"null", ""})
    if field.get("description", "").startswith("A condition"):
        return "condition"
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(WORDS.get(kind, kind) for kind in kinds) + _limits(field)


def _limits(field: dict[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    one = next((branch for branch in field.get("anyOf", ()) if signs.keys() & branch), field)
    found = [f"{sign} {one[name]:g}" for name, sign in signs.items() if name in one]
    return f" ({', '.join(found)})" if found else ""


def _labels() -> str:
    parts = [
        "# Label kinds and validators\n\nEvery kind has `title`, `description`, `validate` (a list of validators) and"
    ]
    parts[0] += f" `migrate` (old class → new class, or `{ASK_AGAIN}`).\n"
    shared = {"kind", "title", "description", "validate", "migrate"}
    for name in sorted(plugins.OURS["kinds"]):
        kind = plugins.load("kinds", name)
        rows = [row for row in _fields(kind) if row[0].strip("`") not in shared]
        parts.append(f"## Kind `{name}`\n\n{cleandoc(kind.__doc__)}\n")
        parts.append(f"Answers are brought together as `{kind.aggregate}`.\n\n{table(FIELDS, rows)}")
        parts.append(_answer(name, kind))
    parts.append("## A class\n\nA plain text stands for its `id`.\n\n" + table(FIELDS, _fields(Class)))
    parts.append("# Validators\n\n`then` is `refuse`, `flag` or `ignore`; `say` is the sentence for the annotator.\n")
    parts.extend(_validator(name, plugins.load("validators", name)) for name in sorted(plugins.OURS["validators"]))
    parts.append(_validator("when", When))
    return "\n".join(parts)


def _answer(name: str, kind: type[Question]) -> str:
    """An answer and its JSON Schema, of a question of this kind that says no more than it must."""
    asked = {field.alias or name for name, field in kind.model_fields.items() if field.is_required()}
    least = {"classes": ["yes", "no"], "points": 3}
    question = parse_question({"kind": name, **{field: least[field] for field in asked}})
    example, shape = (json.dumps(one) for one in (question.example, question.shape()))
    return f"An answer: `{example}`. Its JSON Schema:\n\n```json\n{shape}\n```\n"


def _first(cls: type) -> str:
    """The first line of what a class says of itself."""
    return (cls.__doc__ or "").strip().split("\n", 1)[0]


def _validator(name: str, cls: Any) -> str:
    on = "On unless `then: ignore` is said." if cls.default else "On where it is listed."
    rows = [row for row in _fields(cls) if row[0] not in {"`use`", "`say`"}]
    return f"## Validator `{name}`\n\n{_first(cls)} {on}\n\n" + table(FIELDS, rows)


def _rights() -> str:
    roles = list(Role)
    rows = []
    for right, who in RIGHTS.items():
        anyone = who if isinstance(who, Anyone) else ""
        rows.append((f"`{right}`", *("✓" if not anyone and role in who else "" for role in roles), anyone))
    scopes = [(f"`{name}`", ", ".join(f"`{right}`" for right in rights)) for name, rights in SCOPES.items()]
    scopes = [(name, "every right of its account") if name == "`manage`" else (name, text) for name, text in scopes]
    return (
        "# Rights\n\nRoles are held per project. What is not in this table is denied. An administrator holds manager,"
        " steward and auditor everywhere.\n\n"
        + table(("right", *roles, "or anyone who is"), rows)
        + "\n## Scopes of tokens\n\nA token never may more than its account.\n\n"
        + table(("scope", "rights"), scopes)
    )


def _api() -> str:
    from quorate.server.app import create_app
    from quorate.store.database import Database

    app = create_app(Database("postgresql:///never_opened"))
    document = app.openapi()
    rights = dict(_guards(app))
    rows = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            about = operation.get("description", operation.get("summary", "")).split("\n")[0]
            right = rights.get((method.upper(), path), "")
            rows.append((f"`{method.upper()} {path}`", f"`{right}`" if right else "", about))
    about = (
        "# HTTP API\n\nThe whole of it, with shapes and examples, is at `/api/v1/openapi.json` of a running server."
        " A request that changes something may carry an `Idempotency-Key` where the document says so."
        " Refusals are [problems](problems.md).\n\n"
    )
    return about + table(("route", "right", "what it does"), rows)


def _guards(app: Any) -> Iterator[tuple[tuple[str, str], str]]:
    from fastapi.routing import APIRoute, iter_route_contexts

    from quorate.server.guard import Guard

    for context in iter_route_contexts(app.routes):
        route = context.route
        if isinstance(route, APIRoute):
            rights = [d.call.right for d in route.dependant.dependencies if isinstance(d.call, Guard)]
            for method in route.methods or ():
                yield (method, str(context.path)), rights[0] if rights else ""


def _events() -> str:
    rows = [
        (f"`{verb}`", text, f"a row of `{TOLD_BY[verb].name}`" if verb in TOLD_BY else "its own detail")
        for verb, text in VERBS.items()
    ]
    return "# Events of the ledger\n\n" + table(("verb", "what happened", "what it tells (and hashes)"), rows)


def _metrics() -> str:
    """The metrics with what each follows from, and the same for whoever writes PromQL."""
    rows = [(f"`{m.name}`", m.unit, m.help, f"`{m.measure}`: {HOW[m.how]}", ", ".join(m.by)) for m in METRICS.values()]
    prometheus = [(f"`quorate_{n}_count`, `quorate_{n}_sum`", text) for n, text in MEASURES.items() if n not in SAMPLED]
    prometheus += [(f"`quorate_{name}`", text) for name, (text, *_) in QUEUES.items()]
    prometheus += [("`quorate_alerts_firing`", "1 for each alert that fires, by `rule`, `subject` and `severity`")]
    prometheus += [("`quorate_rollup_lag_events`", "sealed events that are not rolled up yet")]
    return (
        "# Metrics\n\nRolled up in the background from what the [ledger](events.md) has sealed, by minute, hour and"
        " day, step, class and person. A class is an answer of a closed list; what was said in free text is of none."
        " Asked for by `GET /api/v1/projects/{project}/metrics` and [`quorate metrics`](commands.md); alert rules speak"
        " of them by these names, and of `n.<metric>`, the count behind one.\n\n"
        + table(("metric", "unit", "what it is", "follows from", "by"), rows)
        + "\n## What is not told apart\n\n"
        + table(
            ("metric", "not by", "since"),
            [(f"`{n}`", ", ".join(b for b in BY if b not in METRICS[n].by), why) for n, why in UNTOLD.items()],
        )
        + "\n## For Prometheus\n\n`/metrics` has the measures as summaries with the labels `project`, `step`, `class`"
        " (and `person`, a pseudonym, where `QUORATE_METRICS_PEOPLE` is set). A mean is"
        " `sum by (project) (rate(…_sum[1h])) / sum by (project) (rate(…_count[1h]))`.\n\n"
        + table(("series", "what it counts and sums"), prometheus)
    )


def _detectors() -> str:
    parts = [
        "# Detectors\n\nWhat the watch over the work looks for, once a minute, in steps that have got new answers. Each"
        " can be left out or given other parameters in a policy (`watch.detectors`); what may follow from a finding is"
        " in `watch.pause`, `watch.hold_pay` and `watch.ask_again`. How many are found, and how many honest people are"
        " named, is measured in [detectors, measured](../detectors.md).\n"
    ]
    for name in sorted(plugins.addresses("detectors")):
        model = plugins.load("detectors", name)
        needs = ", ".join(f"`{one}`" for one in sorted(model.needs)) or "answers"
        head = f"## `{name}`\n\n{cleandoc(model.__doc__ or '')}\n\nAbout: {model.about}. Needs: {needs}.\n"
        rows = (row for row in _fields(model, model().model_dump()) if row[0] != "`use`")
        parts.append(head + "\n" + table(FIELDS, rows))
    return "\n".join(parts)


def _problems() -> str:
    there = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.QuorateError)]
    kinds = [cls for cls in there if "type" in vars(cls)]  # one without a type of its own is no answer to a request
    rows = [(f"`{cls.type}`", cls.status, cls.title, _first(cls)) for cls in kinds]
    return (
        "# Problems\n\nRefusals over HTTP are `application/problem+json` (RFC 9457) with `type`, `title`, `status`,"
        " `detail`, and where known `where` (the field, or file and line) and `mend` (what to do). At the command line"
        " the same is a message; with `--json` it is an object under `error`.\n\n"
        "`said` has the same two sentences before their facts are put in, and the facts: `There is no step '{name}'.`"
        " and `name`. Such a sentence never varies, so whoever shows problems in another language translates by it, as"
        " the browser app does ([its German](../../web/src/problems/words/de.json)).\n\n"
        + table(("type", "status", "title", "when"), rows)
    )


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
