"""The ranked walk: among the first rows of the queue that somebody may have, those that they should have.

It takes the place of the plain walk in the claim's one statement where a policy or the items ask for more than the next
in the queue. A claim looks at no more than a window of rows, and for each claimed row the window moves on by one, so a
row is looked at by one annotator no more often than the window is long, and the cost does not grow with the project.
What an annotator's window has passed is there for the others, and for them again when they have come to the end.

`flow/route.py` says the same without a database, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from quorate.flow.triage import WORTH
from quorate.store.statement import Statement, dumps

PROJECT = "project"

CLEARED = "coalesce(nullif(i.attributes -> 'access', 'null') <@ {granted}, true)"
"""Whether the item `i` is for somebody who was granted this; null: whatever an item asks for."""
FITS = f"""{CLEARED.format(granted="coalesce((SELECT fit -> 'access' FROM seat), '[]')")}
          AND NOT coalesce(lower((i.attributes -> 'parties')::text)::jsonb ?| (SELECT parties FROM seat), false)
          AND coalesce(nullif(i.attributes -> 'language', 'null') <@ (SELECT fit -> 'language' FROM seat), true)
          AND coalesce(nullif(i.attributes -> 'domain', 'null') <@ (SELECT fit -> 'domain' FROM seat), true)"""
"""`flow/route.unfit` of the item `i`, but for the qualification. What it does not name is open to everybody."""

SEAT = """fit, ARRAY(
        SELECT lower(jsonb_array_elements_text(coalesce(fit -> 'parties', '[]')))
        UNION SELECT account_id::text) AS parties,
    """

_MET = """o.project_id = %(project)s AND o.band = {band} AND o.position > (SELECT cursor_{band} FROM seat)
          AND (SELECT a.id FROM assignments a
               WHERE a.task_id = o.task_id AND a.account_id = %(account)s
                 AND a.state NOT IN ('released', 'expired') LIMIT 1) IS NULL"""
"""Which openings `o` of a band a claim meets: beyond the annotator's cursor, of tasks that are not theirs already."""
_FIRST_OF_TASK = """
          AND (SELECT e.position FROM openings e
               WHERE e.task_id = o.task_id AND e.project_id = %(project)s AND e.band = {band}
                 AND e.position > (SELECT cursor_{band} FROM seat) AND e.position < o.position LIMIT 1) IS NULL"""
_NOT_AHEAD = """
          AND o.task_id NOT IN (SELECT task_id FROM ahead)"""

_WALKED = """
    SELECT o.band, o.position, o.task_id, a.*
    FROM (
        SELECT o.band, o.position, o.task_id
        FROM openings o
        WHERE {walked} AND (SELECT n FROM seat) > 0 {reached} {open}
        ORDER BY o.position
        LIMIT {window}) AS o
    CROSS JOIN LATERAL (
        SELECT t.step_id, t.likely, t.rival, t.chance, {attributes} AS attributes, k.edge
        FROM tasks t {items}
        LEFT JOIN skills k ON k.step_id = t.step_id AND k.account_id = %(account)s
        WHERE t.id = o.task_id
        LIMIT 1) AS a
"""
_TOLD = {"attributes": "i.attributes", "items": "JOIN items i ON i.id = t.item_id"}
_UNTOLD = {"attributes": "NULL::jsonb", "items": ""}
"""What an item says of itself is looked at only where something goes by it."""
_OPEN = """
          AND (SELECT t.id FROM tasks t JOIN items i ON i.id = t.item_id
               WHERE t.id = o.task_id {fits} {shared} LIMIT 1) IS NOT NULL"""
_ROOM = """greatest(floor(({share} * {all} - {own}) / (1 - {share}) + 1e-9)::int, {least} - {own}, 0)"""
"""`flow/route.room`: what everybody has answered by now can only be more than what is known of it."""
_ROOM_OF = _ROOM.format(
    share="u.share", least="u.least", all="coalesce((%(everybody)s::jsonb ->> u.key)::int, 0)",
    own="coalesce(((SELECT given_in FROM seat) ->> u.key)::int, 0)",
)  # fmt: skip
_SHARES = "unnest({strata}, %(shares)s::float8[], %(least)s::int[]) AS u (key, share, least)"
_SHARED = f"AND NOT EXISTS (SELECT FROM {_SHARES} WHERE u.key IS NOT NULL AND {_ROOM_OF} < 1)"
_OVER = f"""
    SELECT task_id FROM (
        SELECT w.task_id, {_ROOM_OF} AS room,
               row_number() OVER (PARTITION BY u.key ORDER BY w.band, w.score DESC, w.position) AS place
        FROM ranked w CROSS JOIN LATERAL {_SHARES.format(strata="w.strata")} WHERE u.key IS NOT NULL) AS counted
    WHERE place > room
"""
_KEPT_BACK = """
    SELECT EXISTS (
        SELECT FROM (SELECT * FROM openings WHERE project_id = %(project)s ORDER BY band, position LIMIT 500) AS o
        JOIN tasks t ON t.id = o.task_id JOIN items i ON i.id = t.item_id
        WHERE {shared} {fits} {reached} AND NOT EXISTS (
            SELECT FROM assignments a
            WHERE a.task_id = o.task_id AND a.account_id = %(account)s
              AND a.state NOT IN ('released', 'expired'))) AS some
"""
_VALUE = f"""CASE jsonb_typeof(w.attributes -> 'value')
        WHEN 'number' THEN CASE WHEN (w.attributes -> 'value')::float8 > 0 THEN (w.attributes -> 'value')::float8 END
        WHEN 'string' THEN ('{dumps(WORTH)}'::jsonb ->> (w.attributes ->> 'value'))::float8 END"""
_DUE = """CASE WHEN pg_input_is_valid(w.attributes ->> 'due', 'timestamptz')
        THEN extract(epoch FROM (w.attributes ->> 'due')::timestamptz - %(now)s) END"""
_NEXT = "1::float8"
_SCORE = f"""CASE WHEN %(explore)s
        THEN coalesce(w.chance * w.chance * w.edge[w.likely + 1][w.likely + 1], 0)
        ELSE coalesce(w.edge[w.likely + 1][w.rival + 1], 1) * coalesce({_VALUE}, 1)
             * (1 + coalesce(least(greatest(1 - {_DUE} / %(horizon)s, 0), 1), 0)) END::float8"""
_WANTED = """coalesce((SELECT exp(sum(ln((%(wanted)s::jsonb ->> key)::float8)))
                       FROM unnest({kinds}) AS key WHERE %(wanted)s::jsonb ? key), 1)"""
_OF_STEP = """coalesce({of}::jsonb -> (SELECT tier FROM seat) ->> {step}::text, {of}::jsonb -> '' ->> {step}::text)"""
"""What somebody of the seat's tier has of a step, else what everybody has."""
_COST = f"coalesce({_OF_STEP.format(of='%(costs)s', step='w.step_id')}::float8, 1)"
_RANKED = """
    SELECT DISTINCT ON (task_id) w.band, w.position, w.task_id, w.step_id, w.likely, w.rival,
           {strata} AS strata, {wanted} AS wanted, {cost} AS cost, {score} * {wanted} / {cost} AS score
    FROM (TABLE ahead UNION ALL TABLE fresh) AS w
    ORDER BY task_id, band, position
"""
_LOCKED = """
    SELECT w.band, w.position, w.task_id, w.score
    FROM (SELECT * FROM ranked w {over} ORDER BY band, score DESC, position) AS w
    CROSS JOIN LATERAL (
        SELECT FROM openings o
        WHERE o.project_id = %(project)s AND o.band = w.band AND o.position = w.position
        FOR UPDATE SKIP LOCKED) AS o
    LIMIT (SELECT n FROM seat)
"""
"""In the order of the score, as far as is wanted: the others are not looked up again."""
PICKED = """
    SELECT * FROM locked ORDER BY band, score DESC, position
    LIMIT greatest((SELECT n FROM seat) - (SELECT count(*) FROM gold), 0)
"""
WHY = """jsonb_strip_nulls(jsonb_build_object(
        'by', %(by)s::text, 'score', round(r.score::numeric, 3), 'wanted', nullif(round(r.wanted::numeric, 3), 1),
        'cost', nullif(round(r.cost::numeric, 3), 1),
        'between', CASE WHEN r.likely IS NOT NULL THEN jsonb_build_array(
            %(classes)s::jsonb -> r.step_id::text -> r.likely, %(classes)s::jsonb -> r.step_id::text -> r.rival) END,
        'place', CASE WHEN r.task_id IS NOT NULL THEN 1 + (
            SELECT count(*) FROM ranked b WHERE (b.band, b.position) < (r.band, r.position)) END,
        'of', CASE WHEN r.task_id IS NOT NULL THEN (SELECT count(*) FROM ranked) END)), r.strata"""
"""Why a task was given: of a known one no more than how the others were chosen, so that nothing tells it."""
_TALLY = """
    SELECT s.given_in || coalesce((
        SELECT jsonb_object_agg(key, coalesce((s.given_in ->> key)::int, 0) + n) FROM (
            SELECT key, count(*) AS n FROM leased CROSS JOIN LATERAL unnest(leased.strata) AS key
            WHERE key IS NOT NULL GROUP BY key) AS counted), '{}') AS given_in
    FROM seat s
"""
_PASSED = """(SELECT max(position) FROM (
            SELECT position FROM ranked WHERE band = {band} ORDER BY position
            LIMIT CASE WHEN EXISTS (TABLE locked)
                       THEN (SELECT count(*) FROM taken WHERE band = {band}) END) AS first)"""
"""As many rows of the window as were taken; all of it when none could be."""
MOVED = ", ".join(f"cursor_{band} = greatest(cursor_{band}, {_PASSED.format(band=band)})" for band in (0, 1))


@dataclass(frozen=True, slots=True)
class Share:
    """No more than `share` of the answers to what the dimension `of` tells apart, or `least`; `only` of these kinds,
    and of what brings more than `above`."""

    of: str
    share: float
    least: int
    only: Sequence[str] = ()
    above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """How a window is ranked.

    `by` is what is said of it; `horizon` how many seconds before its date a task is urgent, None where all are alike
    but for what is wanted. `everybody` is how many answers each stratum has had at least; `wanted` by how much the
    kinds of which something is missing are preferred; `classes` the names of each step's classes and `steps` its own.
    With `guarded`, it is looked whom an item is for. `costs`: by tier (the empty one is who has none) and step, how
    many times as much an answer costs as the cheapest; empty where all cost the same.
    """

    by: str
    window: int
    horizon: float | None
    explore: bool = False
    shares: Sequence[Share] = ()
    everybody: Mapping[str, int] = field(default_factory=dict)
    kinds: Sequence[str] = ()
    wanted: Mapping[str, float] = field(default_factory=dict)
    classes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    guarded: bool = False
    costs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """What the statement is told."""
        named = {f"share_{place}": share.of for place, share in enumerate(self.shares)}
        named |= {f"kind_{place}": of for place, of in enumerate(self.kinds)}
        only = {f"only_{place}": list(share.only) for place, share in enumerate(self.shares) if share.only}
        above = {f"above_{place}": one.above for place, one in enumerate(self.shares) if one.above is not None}
        return named | only | above | {
            "by": self.by, "costs": dumps(self.costs), "explore": self.explore,
            "horizon": self.horizon, "classes": dumps(self.classes),
            "step_names": dumps(self.steps),
            "everybody": dumps(self.everybody), "wanted": dumps(self.wanted),
            "shares": [share.share for share in self.shares], "least": [share.least for share in self.shares],
        }  # fmt: skip


def add(statement: Statement, ranking: Ranking, count: int, reached: str) -> None:
    """Add the walk to a claim of `count` tasks: its parts `ahead`, `fresh`, `ranked` and `locked`."""
    task = "t.step_id", "t.likely", "i.attributes"
    shared = _SHARED.format(strata=_strata(ranking, *task)) if ranking.shares else ""
    fits = f"AND {FITS}" if ranking.guarded else ""
    open = _OPEN.format(fits=fits, shared=shared) if fits or shared else ""
    window = ranking.window if count * 2 <= ranking.window else 100
    told = _TOLD if ranking.horizon or ranking.kinds or ranking.shares else _UNTOLD
    for band, name in enumerate(("ahead", "fresh")):
        walks = walked(band, count)
        statement.part(name, _WALKED.format(walked=walks, reached=reached, open=open, window=window, **told))
    task = "w.step_id", "w.likely", "w.attributes"
    kinds = [_kind(f"%(kind_{place})s", of, *task) for place, of in enumerate(ranking.kinds)]
    wanted = _WANTED.format(kinds=f"ARRAY[{', '.join(kinds)}]") if kinds else "1::float8"
    strata = _strata(ranking, *task) if ranking.shares else "NULL::text[]"
    cost, score = _COST if ranking.costs else "1::float8", _SCORE if ranking.horizon else _NEXT
    statement.part("ranked", _RANKED.format(strata=strata, wanted=wanted, cost=cost, score=score))
    if ranking.shares:
        statement.part("over", _OVER)
    over = "WHERE w.task_id NOT IN (TABLE over)" if ranking.shares else ""
    statement.part("locked", _LOCKED.format(over=over))


def kept_back(ranking: Ranking, reached: str) -> str:
    """Whether one of the first rows of the queue is kept from the seat by nothing but a share."""
    shared = _SHARED.removeprefix("AND NOT ").format(strata=_strata(ranking, "t.step_id", "t.likely", "i.attributes"))
    fits = f"AND {FITS}" if ranking.guarded else ""
    return _KEPT_BACK.format(reached=reached, fits=fits, shared=shared)


def walked(band: int, count: int) -> str:
    """Which openings `o` a claim of `count` tasks meets; of several, only the first place of each task."""
    several = (_FIRST_OF_TASK + _NOT_AHEAD * band) * (count > 1)
    return (_MET + several).format(band=band)


def seat(ranking: Ranking) -> str:
    """What the part `seat` must read besides."""
    return SEAT * ranking.guarded + "given_in, " * bool(ranking.shares)


def add_tally(statement: Statement, ranking: Ranking) -> str:
    """Add the part `tally`, after `leased`, where there are shares; what the seat's row is told of it."""
    if not ranking.shares:
        return ""
    statement.part("tally", _TALLY)
    return ", given_in = (SELECT given_in FROM tally)"


def _strata(ranking: Ranking, step: str, likely: str, attributes: str) -> str:
    """The strata in which a task counts, as an array: one for each share; null where it counts in none."""
    keys = []
    for place, share in enumerate(ranking.shares):
        key = _kind(f"%(share_{place})s", share.of, step, likely, attributes)
        if share.only:
            of = f"%(share_{place})s"
            key = f"CASE WHEN substr({key}, length({of}::text) + 2) = ANY(%(only_{place})s::text[]) THEN {key} END"
        if share.above is not None:
            price, above = _OF_STEP.format(of="%(prices)s", step=step), f"%(above_{place})s::numeric"
            key = f"CASE WHEN {price}::numeric > {above} THEN {key} || '>' || {above} END"
        keys.append(key)
    return f"ARRAY[{', '.join(keys)}]"


def _kind(name: str, of: str, step: str, likely: str, attributes: str) -> str:
    """What a task is in one dimension, as `dimension=value`."""
    if of == PROJECT:
        return f"{name}::text"
    value = {
        "class": f"(%(classes)s::jsonb -> {step}::text ->> {likely})",
        "step": f"(%(step_names)s::jsonb ->> {step}::text)",
    }
    return f"{name}::text || '=' || {value.get(of, f'({attributes} ->> {name}::text)')}"


def room(ranking: Ranking) -> str:
    """How many more the seat may be given whatever their kind, for `least`; empty where that has no limit."""
    parts = [
        _ROOM.format(
            share=f"(%(shares)s::float8[])[{place + 1}]", least=f"(%(least)s::int[])[{place + 1}]",
            all="coalesce((%(everybody)s::jsonb ->> 'project')::int, 0)",
            own="coalesce((given_in ->> 'project')::int, 0)",
        )
        for place, share in enumerate(ranking.shares) if share.of == PROJECT and share.above is None
    ]  # fmt: skip
    return "".join(f"{part}, " for part in parts)
