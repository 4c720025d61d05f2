"""Name the test of a class by its step, too: two steps may each have a class of one id, and had shared its test.

What was asked says of which step it was. Who has shown a class by questions of one step keeps it; what was shown by
questions of several was shown of none, stays under its old name, which nothing asks for, and is asked again.
"""

from alembic import op

revision = "2026_11_29_0200"
down_revision = "2026_11_29_0190"
branch_labels = None
depends_on = None

ASKED = """
    SELECT q.id, x.project_id, x.account_id, x.exam, q.test, s.name AS step
    FROM questions q
    JOIN sittings x ON x.id = q.sitting_id
    JOIN specs e ON e.id = x.spec_id AND e.body ->> 'per' = 'class'
    JOIN tasks t ON t.id = q.task_id
    JOIN steps s ON s.id = t.step_id
"""
UPGRADES = (
    f"""UPDATE qualifications f SET test = a.step || '.' || a.test
    FROM (SELECT project_id, account_id, exam, test, min(step) AS step FROM ({ASKED}) AS asked
          GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT step) = 1) AS a
    WHERE f.kind = 'exam' AND (f.project_id, f.account_id, f.name, f.test)
        = (a.project_id, a.account_id, a.exam, a.test)""",
    f"UPDATE questions q SET test = a.step || '.' || a.test FROM ({ASKED}) AS a WHERE a.id = q.id",
)
SHORT = "substr(a.test, length(a.step) + 2)"
SAME = """f.kind = 'exam' AND starts_with(a.test, a.step || '.')
    AND (f.project_id, f.account_id, f.name, f.test) = (a.project_id, a.account_id, a.exam, a.test)"""
DOWNGRADES = (
    # Of the tests of two steps that become one again, one is kept.
    f"""DELETE FROM qualifications f USING ({ASKED}) AS a, qualifications o
    WHERE {SAME} AND (o.project_id, o.account_id, o.kind, o.name) = (f.project_id, f.account_id, f.kind, f.name)
      AND o.test < f.test AND substr(o.test, strpos(o.test, '.') + 1) = {SHORT}""",
    f"UPDATE qualifications f SET test = {SHORT} FROM ({ASKED}) AS a WHERE {SAME}",
    f"""UPDATE questions q SET test = {SHORT} FROM ({ASKED}) AS a
    WHERE a.id = q.id AND starts_with(a.test, a.step || '.')""",
)


def upgrade() -> None:
    for statement in UPGRADES:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWNGRADES:
        op.execute(statement)
