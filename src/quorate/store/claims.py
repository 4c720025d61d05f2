"""Claims: how tasks are leased. A claim is one statement, and its cost does not grow with the project.

The queue (`openings`) holds one row for each judgement that is wanted and that nobody holds, so a claim *takes a row*
and can never exceed what the policy can use, whatever the concurrency. A claim walks the queue from the annotator's own
cursor or the queue's head (see `openings.py`), whichever is further, so neither what they have answered nor what others
have finished is walked again. What a cursor passed too early (a row that was locked, or returned by somebody) is found
by a sweep from the head, which happens only when the walk finds nothing, and at most every few seconds.

Look-ups are written so (`LIMIT 1`, `LATERAL`) that they are made one by one whatever the planner thinks of how many
there are: it plans once for a small queue and a large one, for a novice and for who has answered everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store import grants, limits, window
from quorate.store.leases import Lease
from quorate.store.statement import Statement, dumps
from quorate.store.window import Ranking

SWEEP_SECONDS = 5


def _named(attribute: str) -> str:
    """The names that the item `i` has there, a name or a list of names; null when none."""
    at = f"i.attributes -> '{attribute}'"
    one = f"to_jsonb(nullif(i.attributes ->> '{attribute}', ''))"
    return f"CASE jsonb_typeof({at}) WHEN 'array' THEN {at} ELSE {one} END"


_REACHED = f"""NOT coalesce((SELECT reach -> 'closed' FROM seat) ? t.step_id::text, false)
          AND coalesce((SELECT reach -> 'language' FROM seat) -> t.step_id::text @> {_named("language")}, true)
          AND coalesce((SELECT reach -> 'domain' FROM seat) -> t.step_id::text @> {_named("domain")}, true)
          AND coalesce((SELECT reach -> 'class' FROM seat) -> t.step_id::text @> to_jsonb(t.likely), true)"""
"""Whether somebody is qualified for the task `t` of the item `i`; an item that does not say its language is for all, so
is a task of which nobody has said yet what class it stands at."""
_WITHIN = f"""
      AND ((SELECT reach FROM seat) IS NULL OR EXISTS (
        SELECT FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.id = o.task_id AND {_REACHED}))"""
_GOLD_WITHIN = f"""
      AND ((SELECT reach FROM seat) IS NULL OR EXISTS (SELECT FROM items i WHERE i.id = t.item_id AND {_REACHED}))"""
_GOLD_FITS = f"AND (SELECT i.id FROM items i WHERE i.id = t.item_id AND {window.FITS} LIMIT 1) IS NOT NULL"
_WALK = """
    SELECT o.band, o.position, o.task_id
    FROM openings o
    WHERE {walked} {reached}
    ORDER BY o.position
    LIMIT greatest((SELECT n FROM seat) - {taken}, 0)
    FOR UPDATE OF o SKIP LOCKED
"""

_TELL = """
    INSERT INTO events (at, workspace_id, project_id, actor, verb, object_id, detail, content)
    SELECT %(now)s, %(workspace)s, %(project)s, %(account)s, '{verb}', {what}.id,
           jsonb_build_object('task', {what}.task_id),
           sha256(convert_to('{{"task":"' || {what}.task_id || '"}}', 'UTF8'))
    FROM {what}
"""

_SEAT = """
    SELECT greatest(cursor_0, head_0 - 1) AS cursor_0, greatest(cursor_1, head_1 - 1) AS cursor_1,
           cursor_0 > greatest(head_0 - 1, 0) OR cursor_1 > greatest(head_1 - 1, 0) AS moved,
           gold_cursor, swept_at, tier, granted - committed - spent AS money,
           CASE WHEN %(terms)s::text IS NOT NULL THEN reach END AS reach,
           %(draw)s < %(gold)s * (1 + %(more)s * least(1, greatest(0,
               1 - (answered - %(setback)s * missed) / %(probation)s))) AS gold,
           {fit}{only}greatest(0, least({room}CASE WHEN barred IS NOT NULL
                        OR matched <> %(matched)s
                        OR %(terms)s IS NOT NULL AND (qualified_for IS DISTINCT FROM %(terms)s
                                                      OR qualified_until <= %(now)s) THEN 0
                ELSE %(n)s END)) AS n
    FROM seats JOIN projects ON projects.id = %(project)s
    WHERE project_id = %(project)s AND account_id = %(account)s
    FOR UPDATE OF seats
"""
_GOLD = """
    SELECT t.id AS task_id, t.gold_order
    FROM tasks t
    WHERE (SELECT gold FROM seat) AND ({some})
      AND t.project_id = %(project)s AND t.gold_order > (SELECT gold_cursor FROM seat)
      AND (SELECT a.id FROM assignments a WHERE a.task_id = t.id AND a.account_id = %(account)s LIMIT 1) IS NULL
      AND (SELECT q.id FROM questions q WHERE q.task_id = t.id AND q.account_id = %(account)s LIMIT 1) IS NULL {reached}
    ORDER BY t.gold_order
    LIMIT least((SELECT n FROM seat), 1)
"""
_PICKED = """
    SELECT * FROM (SELECT DISTINCT ON (task_id) *
                   FROM (TABLE ahead UNION ALL TABLE fresh) AS bands ORDER BY task_id, band) AS once
    ORDER BY band, position LIMIT greatest((SELECT n FROM seat) - (SELECT count(*) FROM gold), 0)
"""
_TAKEN = """
    DELETE FROM openings o
    USING {picked} AS picked
    WHERE o.project_id = %(project)s AND o.band = picked.band AND o.position = picked.position
    RETURNING o.task_id, o.band, o.position{more}
"""
_LEASED = """
    INSERT INTO assignments (id, project_id, task_id, account_id, state, gold, price, claimed_at, expires_at{columns})
    SELECT (%(ids)s::uuid[])[row_number() OVER (ORDER BY wanted.place)], %(project)s, wanted.task_id, %(account)s,
           'open', wanted.gold, {price}, %(now)s, %(expires)s{why}
    FROM (SELECT task_id, false AS gold, row_number() OVER (ORDER BY band, {order}) AS place FROM taken
          UNION ALL
          SELECT task_id, true, floor(random() * (1 + (SELECT count(*) FROM taken))) + 0.5 FROM {gold}) AS wanted
    {ranked}
    ON CONFLICT (task_id, account_id, case_id) DO UPDATE
        SET state = 'open', price = excluded.price, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at,
            why = excluded.why, strata = excluded.strata
        WHERE assignments.state IN ('released', 'expired')
    RETURNING id, task_id, expires_at, price, why ->> 'by' AS chosen, strata
"""
_LOST = """
    INSERT INTO openings (project_id, band, task_id)
    SELECT %(project)s, band, task_id FROM taken WHERE task_id NOT IN (SELECT task_id FROM leased)
"""
_SEATED = """
    UPDATE seats
    SET {moved},
        gold_cursor = greatest(gold_cursor, (SELECT max(gold_order) FROM gold WHERE EXISTS (SELECT FROM leased))),
        committed = committed{promised}{settled}{counted}
    WHERE project_id = %(project)s AND account_id = %(account)s
"""
_MOVED = ", ".join(
    f"cursor_{band} = greatest(cursor_{band}, (SELECT max(position) FROM taken WHERE band = {band}))" for band in (0, 1)
)
_SHORT = "SELECT step_id, price FROM payable WHERE NOT paid ORDER BY gold DESC, band, position LIMIT 1"
_NOT_SHORT = "SELECT NULL::uuid AS step_id, NULL::numeric AS price"
_PAID = "(SELECT * FROM payable WHERE paid AND {})"
_SETTLED = """ - %(freed)s * (SELECT count(*) FROM gate),
        spent = spent + %(price)s * (SELECT count(*) FROM gate),
        answered = answered + (SELECT count(*) FROM gate), missed = missed + %(missed)s * (SELECT count(*) FROM gate)"""
# LIMIT 1 keeps the look-ups one by one. How many are leased is not known when the plan is made; for the share of the
# queue that the planner takes it for, it would read all tasks in order of id until it meets the last one leased.
GIVEN = """
SELECT s.n AS allowed, (SELECT step_id FROM short) AS short, (SELECT price FROM short) AS asked_price,
       s.swept_at, s.moved,
       l.id, l.task_id, l.expires_at, l.price, l.chosen, l.step_id, l.item_id, l.key, l.body, l.media, l.attributes
FROM seat s
LEFT JOIN (leased CROSS JOIN LATERAL (
    SELECT t.step_id, t.item_id, i.key, i.body, i.media, i.attributes
    FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.id = leased.task_id
    LIMIT 1) AS asked) AS l ON true
"""

SWEEP = """
UPDATE seats SET cursor_0 = 0, cursor_1 = 0, swept_at = %(now)s
WHERE project_id = %(project)s AND account_id = %(account)s
  AND (swept_at IS NULL OR swept_at < %(now)s - make_interval(secs => %(seconds)s))
RETURNING true
"""


_PLAIN = {"order": "position", "more": "", "columns": "", "why": "", "ranked": ""}
_RANKED = {
    "order": "score DESC, position",
    "more": ", (SELECT r.score FROM ranked r WHERE r.task_id = o.task_id) AS score",
    "columns": ", why, strata",
    "why": f",\n           {window.WHY}",
    "ranked": "LEFT JOIN ranked r ON r.task_id = wanted.task_id AND NOT wanted.gold",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim gave: `allowed` is None when the annotator has no seat yet, else how many they may be leased.

    `short` is the step of the first task that seat or purse could not pay, with its price.
    """

    allowed: int | None
    leases: list[Lease]
    can_sweep: bool = False
    short: tuple[UUID, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What an annotator would like to be leased. `prices` are by tier and step (see `Rules.prices`); None: nothing is
    paid. With `draw` (from 0 to 1) below the chance
    `gold`, one is of known answer, in the place of another: only where there is another, so that it is not known by
    coming when the queue is empty.

    The chance is `1 + more` times that at the start, and falls over the first `probation` answers; a known item
    answered wrong takes back `setback` of them. `terms` are those of
    qualification (a hash), None where there are none. `limits` are how many may be leased in an `hour` and a `day`.
    """

    workspace: UUID
    project: UUID
    account: UUID
    ids: Sequence[UUID]
    prices: Mapping[str, Mapping[str, str]] | None
    gold: float
    draw: float
    now: datetime
    expires: datetime
    more: float = 0.0
    probation: int = 0
    setback: int = 0
    terms: str | None = None
    limits: Mapping[str, int | None] = field(default_factory=dict)
    ranking: Ranking | None = None


def claim(connection: Connection[Any], wish: Wish) -> Claim:
    """Lease up to `len(wish.ids)` tasks: one statement."""
    statement = Statement()
    add_claim(statement, wish)
    return given(statement.run(connection, GIVEN), wish.now)


def kept_back(connection: Connection[Any], wish: Wish) -> bool:
    """Whether there is something for this annotator that nothing but a share keeps from them; a look at the first rows
    of the queue, for who was given nothing."""
    ranking, statement = wish.ranking, Statement()
    if ranking is None or not ranking.shares:
        return False
    sql = f"SELECT {window.seat(ranking)}reach, tier FROM seats"
    sql += " WHERE project_id = %(project)s AND account_id = %(account)s"
    values = {"project": wish.project, "account": wish.account, "prices": dumps(wish.prices or {})}
    statement.part("seat", sql, values | ranking.values())
    rows = statement.run(connection, window.kept_back(ranking, _WITHIN if wish.terms else ""))
    return bool(rows[0]["some"])


def add_claim(statement: Statement, wish: Wish, *, settled: Decimal | None = None, strata: str = "") -> None:
    """Add a claim to a statement, whose closing select must then be `GIVEN`.

    `settled` is the price of the answer that the statement keeps: seat and purse are then settled, too, since only one
    part may change a row, and `strata` is what the seat counts besides (`annotations.in_strata`). A claim that comes
    with one leases nothing when the statement's gate is shut.
    """
    values = {
        "workspace": wish.workspace,
        "project": wish.project,
        "account": wish.account,
        "ids": list(wish.ids),
        "n": len(wish.ids),
        "gold": wish.gold,
        "draw": wish.draw,
        "more": wish.more if wish.probation else 0.0,
        "probation": float(wish.probation or 1),
        "setback": wish.setback,
        "terms": wish.terms,
        "matched": wish.ranking is not None and wish.ranking.guarded,
        "now": wish.now,
        "expires": wish.expires,
        **limits.values(wish.limits, wish.now),
    }
    # Only where there are terms: else the mere test that there is no limit costs a fifth of the claim.
    limit, known = (_WITHIN, _GOLD_WITHIN) if wish.terms else ("", "")
    room, counted = limits.room(wish.limits), limits.counted(wish.limits)
    only = "" if settled is None else "(SELECT count(*) FROM gate)::int * "
    ranking = wish.ranking
    if ranking is None:
        statement.part("seat", _SEAT.format(only=only, room=room, fit=""), values)
        for band, name, taken in ((0, "ahead", "0"), (1, "fresh", "(SELECT count(*) FROM ahead)")):
            walked = window.walked(band, len(wish.ids))
            statement.part(name, _WALK.format(walked=walked, taken=taken, reached=limit))
        statement.part("gold", _GOLD.format(reached=known, some="EXISTS (TABLE ahead) OR EXISTS (TABLE fresh)"))
        statement.part("picked", _PICKED)
        parts = _PLAIN
    else:
        known = f"{known} {_GOLD_FITS}" if ranking.guarded else known
        seat = _SEAT.format(only=only, room=window.room(ranking) + room, fit=window.seat(ranking))
        statement.part("seat", seat, values | ranking.values())
        window.add(statement, ranking, len(wish.ids), limit)
        statement.part("gold", _GOLD.format(reached=known, some="EXISTS (TABLE locked)"))
        statement.part("picked", window.PICKED)
        parts = _RANKED
    paid = wish.prices is not None
    if wish.prices is not None:
        money = {"prices": dumps(wish.prices), "steps": [UUID(step) for step in wish.prices[""] if step]}
        statement.part("purse", grants.PURSE_OF, money)
        statement.part("wished", grants.WISHED)
        statement.part("payable", grants.PAYABLE)
    statement.part("short", _SHORT if paid else _NOT_SHORT)
    picked = _PAID.format("NOT gold") if paid else "picked"
    statement.part("taken", _TAKEN.format(picked=picked, more=parts["more"]))
    price = "(SELECT y.price FROM payable y WHERE y.task_id = wanted.task_id)" if paid else "0"
    gold = f"{_PAID.format('gold')} AS known" if paid else "gold"
    statement.part("leased", _LEASED.format(price=price, gold=gold, **parts))
    if ranking is not None:
        counted += window.add_tally(statement, ranking)
    statement.part("lost", _LOST)
    promised = " + (SELECT coalesce(sum(price), 0) FROM leased)" if paid else ""
    over = "" if settled is None else _SETTLED + strata
    moved = _MOVED if ranking is None else window.MOVED
    statement.part("seated", _SEATED.format(promised=promised, settled=over, counted=counted, moved=moved))
    if changes := [*[grants.CLAIMED] * paid, *[grants.SETTLED] * bool(settled)]:
        statement.part("purses_moved", grants.moved(*changes))
    statement.part("claims_told", _TELL.format(verb="task.claimed", what="leased"))


def given(rows: Sequence[dict[str, Any]], now: datetime) -> Claim:
    """What a claim gave, from the rows of `GIVEN`: in the order of the queue, a known answer somewhere among them."""
    if not rows:
        return Claim(None, [])
    first = rows[0]
    leases = [Lease(**{name: row[name] for name in Lease.__slots__}) for row in rows if row["id"] is not None]
    rested = first["swept_at"] is None or (now - first["swept_at"]).total_seconds() > SWEEP_SECONDS
    leases.sort(key=lambda lease: lease.id)
    short = None if first["short"] is None else (first["short"], first["asked_price"])
    return Claim(first["allowed"], leases, can_sweep=first["moved"] and rested, short=short)


def sweep(connection: Connection[Any], *, project: UUID, account: UUID, now: datetime) -> bool:
    """Send the annotator's cursors back to the head of the queue; False when that was done a moment ago."""
    parameters = {"project": project, "account": account, "now": now, "seconds": SWEEP_SECONDS}
    return connection.execute(SWEEP, parameters).fetchone() is not None
