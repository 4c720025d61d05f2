"""How many answers each stratum has had, and how many labels each kind has."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, text

_ANSWERED = text("""
SELECT key, sum(value::int) FROM seats, jsonb_each_text(answered_in)
WHERE project_id = :project AND answered_in <> '{}' GROUP BY key
""")
_DECIDED = """
SELECT t.step_id, {kind} AS kind, count(*) FROM tasks t {joined}
WHERE t.project_id = :project AND t.state = 'decided' AND t.gold IS NULL GROUP BY 1, 2
"""
_SAID = _DECIDED.format(kind="d.value", joined="JOIN decisions d ON d.id = t.decision_id")
_BY_CLASS = text(f"""
SELECT said.step_id, told.class, sum(said.count)::int FROM ({_SAID}) AS said, LATERAL (
    SELECT DISTINCT coalesce(one ->> 'label', one #>> '{{}}') AS class FROM jsonb_array_elements(
        CASE jsonb_typeof(said.kind) WHEN 'array' THEN said.kind ELSE jsonb_build_array(said.kind) END) AS one) AS told
GROUP BY 1, 2
""")
"""A label of several classes, or of marks, counts once for each of them."""
_BY_STEP = text(_DECIDED.format(kind="NULL", joined=""))
_BY_ATTRIBUTE = text(_DECIDED.format(kind="i.attributes ->> :of", joined="JOIN items i ON i.id = t.item_id"))


def answered(connection: Connection, project: UUID) -> dict[str, int]:
    """How many answers each stratum has had by now; it only grows."""
    return {key: int(number) for key, number in connection.execute(_ANSWERED, {"project": project})}


def decided(connection: Connection, project: UUID, of: str, steps: Mapping[UUID, str]) -> dict[str, int]:
    """How many decided tasks there are of each class (`STEP.CLASS`), step, or value of an attribute of the item."""
    sql = {"class": _BY_CLASS, "step": _BY_STEP}.get(of, _BY_ATTRIBUTE)
    values = {"project": project} | ({} if of in {"class", "step"} else {"of": of})
    found: dict[str, int] = {}
    for step, kind, number in connection.execute(sql, values):
        name = {"class": f"{steps.get(step)}.{kind}", "step": steps.get(step), "project": "project"}.get(of, kind)
        if name is not None:
            found[name] = found.get(name, 0) + number
    return found
